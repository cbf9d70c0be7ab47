"""The blast radius: who is reached, how, and how much it matters."""

from typing import Any

from tests.build import change
from tests.risk.small import assessed
from tfchange.risk.assessment import Assessment, Hop
from tfchange.risk.weights import nth, saturate


def chained(changes: list[Any], *uses: tuple[str, str], more: tuple[str, ...] = ()) -> Assessment:
    """An assessment where the first of each pair refers to the second."""
    names = {c["address"] for c in changes} | {a for pair in uses for a in pair} | set(more)
    resources = []
    for name in sorted(names):
        kind, _, short = name.removeprefix("data.").partition(".")
        targets = [f"{b}.id" for a, b in uses if a == name]
        resources.append(
            {
                "address": name,
                "mode": "data" if name.startswith("data.") else "managed",
                "type": kind,
                "name": short,
                "expressions": {"uses": {"references": targets}},
            }
        )
    quiet = [
        change(n, ["no-op"] if not n.startswith("data.") else ["read"], {}, {})
        for n in sorted(names - {c["address"] for c in changes})
    ]
    return assessed([*changes, *quiet], configuration={"root_module": {"resources": resources}})


def updated(name: str, **after: Any) -> dict[str, Any]:
    """A resource whose size changes, or what is given."""
    return change(name, ["update"], {"size": 1, "tags": {}}, {"size": 1, "tags": {}, **after})


def test_reached_with_chain() -> None:
    """Each reached resource has its distance and the shortest chain, nearest first."""
    found = chained(
        [updated("aws_vpc.a", size=2)],
        ("aws_instance.b", "aws_vpc.a"),
        ("aws_db_instance.c", "aws_instance.b"),
    ).blast_radius
    assert [(r.address, r.distance, r.changed) for r in found.reached] == [
        ("aws_instance.b", 1, False),
        ("aws_db_instance.c", 2, False),
    ]
    assert found.reached[1].chain == (
        Hop("aws_vpc.a"),
        Hop("aws_instance.b", "reference"),
        Hop("aws_db_instance.c", "reference"),
    )
    assert found.services == (("compute", 1), ("database", 1))
    expected = {"reached": 2, "unchanged": 2, "inferred": 0, "distance": 2, "felt": 2}
    assert {k: n for k, n in found.counts.items() if ":" not in k} == expected
    assert (found.counts["module:root"], found.counts["trait:database"]) == (2, 1)


def test_points() -> None:
    """Force, distance and the kind of what is reached multiply; the score saturates at 100."""
    # An update (2) next to compute (12 x 1), and two steps from a database (6 x 3).
    found = chained(
        [updated("aws_vpc.a", size=2)],
        ("aws_instance.b", "aws_vpc.a"),
        ("aws_db_instance.c", "aws_instance.b"),
    )
    assert found.blast_radius.score == saturate(2 * 12 * 1 + 2 * 6 * 3, 600) == 9
    assert ("blast-radius", 3) in [(c.rule, c.points) for c in found.contributions]


def test_the_worst_change_counts_not_the_strongest_nor_the_nearest() -> None:
    """A resource is weighed once, by the change that hits it hardest from where it is."""
    uses = [(f"aws_instance.n{i + 1}", f"aws_instance.n{i}") for i in range(4)]

    def score(*changes: Any) -> int:
        return chained(
            list(changes), *uses, ("aws_instance.n4", "aws_lambda_function.f")
        ).blast_radius.score

    far = change("aws_instance.n0", ["delete"], {}, None)
    near = updated("aws_lambda_function.f", size=2)
    # The deletion (4) reaches n1 to n4 with 12, 6, 4 and 3; the update (2) reaches n4 with 12.
    assert score(far) == saturate(4 * (12 + 6 + 4 + 3), 600)
    assert score(far, near) == saturate(4 * (12 + 6 + 4) + 2 * 12, 600)
    # Beside a stronger change that is as near, a weaker one adds nothing.
    strong = change("aws_lambda_function.f", ["delete"], {}, None)
    assert score(far, strong) == saturate(4 * (12 + 6 + 4) + 4 * 12, 600)


def test_tags_reach_nobody_who_feels_it() -> None:
    """A change of tags lists its dependents, but weighs nothing."""
    tags = updated("aws_vpc.a", tags={"a": "b"})
    found = chained([tags], ("aws_instance.b", "aws_vpc.a"))
    assert (found.blast_radius.score, found.blast_radius.counts["felt"]) == (0, 0)
    assert len(found.blast_radius.reached) == found.changes[0].reached == 1


def test_what_is_new_feels_nothing() -> None:
    """Among resources that are all created nothing is at stake."""
    new = [change(n, ["create"], None, {}) for n in ("aws_vpc.a", "aws_instance.b")]
    found = chained(new, ("aws_instance.b", "aws_vpc.a")).blast_radius
    assert (found.score, len(found.reached)) == (0, 1)


def test_data_sources_only_pass_it_on() -> None:
    """A data source weighs nothing, but what reads it is reached."""
    found = chained(
        [updated("aws_vpc.a", size=2)],
        ("data.aws_vpc.d", "aws_vpc.a"),
        ("aws_instance.b", "data.aws_vpc.d"),
    ).blast_radius
    assert len(found.reached) == 2
    assert found.counts["felt"] == 1


def test_left_over_objects_reach_nothing() -> None:
    """Deleting a deposed object touches nobody, while its successor lives on."""
    left = change("aws_vpc.a", ["delete"], {}, None, deposed="00000000")
    live = change("aws_vpc.a", ["no-op"], {}, {})
    found = chained([left, live], ("aws_instance.b", "aws_vpc.a"))
    assert found.blast_radius.reached == ()
    assert [(c.address, c.deposed, c.reached) for c in found.changes] == [
        ("aws_vpc.a", "00000000", 0)
    ]


def test_saturation() -> None:
    """50 at the half, never 100, never falling; the n-th of many costs at least one."""
    assert [saturate(n, 10) for n in (0, 10, 30, 10**9)] == [0, 50, 75, 99]
    assert [nth(5, n) for n in (1, 2, 3, 9)] == [5, 2, 1, 1]
    assert nth(0, 1) == 0
