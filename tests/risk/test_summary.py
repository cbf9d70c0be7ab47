"""Counts, and the list of changes."""

from tests.build import change
from tests.risk.small import assessed
from tfchange.risk.assessment import Summary


def test_counts() -> None:
    """Each instance counts by what happens to it; moves, imports and outputs count beside."""
    found = assessed(
        [
            change("aws_vpc.a", ["create"], None, {}),
            change("aws_vpc.b", ["update"], {"a": 1}, {"a": 2}, previous_address="aws_vpc.c"),
            change("aws_vpc.d", ["create", "delete"], {}, {}),
            change("aws_vpc.e", ["delete"], {}, None),
            change("aws_vpc.f", ["forget"], {}, None),
            change("aws_vpc.g", ["no-op"], {}, {}, importing={"id": "vpc-1"}),
            change("aws_vpc.h", ["no-op"], {}, {}),
            change("data.aws_vpc.i", ["read"], None, {}),
        ],
        output_changes={"x": {"actions": ["update"]}, "y": {"actions": ["no-op"]}},
    )
    assert found.summary == Summary(
        create=1,
        update=1,
        replace=1,
        delete=1,
        forget=1,
        import_=1,
        move=1,
        read=1,
        no_op=2,
        outputs=1,
    )
    assert {c.address for c in found.changes} == {f"aws_vpc.{n}" for n in "abdefg"}


def test_worst_first() -> None:
    """What findings weigh most on comes first, then what is destroyed, then what reaches far."""
    found = assessed(
        [
            change("aws_vpc.new", ["create"], None, {}),
            change("aws_vpc.gone", ["delete"], {}, None),
            change("aws_instance.replaced", ["delete", "create"], {}, {"a": 1}),
            change("aws_db_instance.gone", ["delete"], {}, None),
        ]
    )
    assert [c.address for c in found.changes] == [
        "aws_db_instance.gone",
        "aws_instance.replaced",
        "aws_vpc.gone",
        "aws_vpc.new",
    ]
    assert found.changes[0].findings == ("database-destroyed",)


def test_reasons_are_words() -> None:
    """Terraform's reasons become phrases, also those that nobody knows yet."""

    def reasons(entry: object) -> tuple[str, ...]:
        return assessed([entry]).changes[0].reasons

    replaced = change(
        "aws_vpc.a",
        ["delete", "create"],
        {"cidr": 1},
        {"cidr": 2},
        action_reason="replace_because_cannot_update",
        replace_paths=[["cidr"]],
    )
    assert reasons(replaced) == (
        "what changes cannot be changed in place",
        "cidr forces a replacement",
    )
    new = change("aws_vpc.a", ["delete"], {}, None, action_reason="delete_because_of_the_moon")
    assert reasons(new) == ("delete because of the moon",)
    left = change("aws_vpc.a", ["delete"], {}, None, deposed="0")
    assert reasons(left) == ("it was left over when its replacement failed",)
