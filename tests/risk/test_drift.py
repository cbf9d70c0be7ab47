"""Drift: what was made by hand, what is noise, and what the plan does about it."""

from typing import Any

import pytest

from tests.build import change
from tests.risk.small import RULES, WHOLE, assessed, judge, rule
from tfchange.risk.assessment import DriftItem


def drift_of(
    before: Any,
    after: Any,
    planned: Any = None,
    *,
    kind: str = "aws_instance",
    more: tuple[Any, ...] = (),
    relevant: list[Any] | None = None,
) -> tuple[DriftItem | None, int]:
    """The drift item of one resource, if it is not noise, and how many were."""
    address = f"{kind}.x"
    actions = ["no-op"] if planned is None else ["update"]
    other = change("aws_vpc.other", ["create"], None, {})
    found = assessed(
        [change(address, actions, after, after if planned is None else planned), other, *more],
        drift=[change(address, ["update"], before, after)],
        relevant_attributes=relevant,
    ).drift
    return (found.items[0] if found.items else None), found.suppressed


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"tags": None}, {"tags": {}}),
        ({"names": None}, {"names": []}),
        ({"name": None}, {"name": ""}),
        ({"rule": [{"names": None}]}, {"rule": [{"names": []}]}),
        ({"policy": None}, {"policy": ""}),
        ({"policy": '{"a": [1]}'}, {"policy": '{ "a":[1] }'}),
    ],
)
def test_empty_is_empty(before: Any, after: Any) -> None:
    """Null, empty text, empty list and empty object say the same, as do JSON texts."""
    assert drift_of(before, after) == (None, 1)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"on": None}, {"on": True}),
        ({"policy": {"on": None}}, {"policy": {"on": False}}),
        ({"arns": []}, {"arns": ["arn:aws:x"]}),
        ({"dns_name": ""}, {"dns_name": "x.example"}),
        ({"attachment_count": 0}, {"attachment_count": 2}),
        ({"made": "2024-01-01T00:00:00Z"}, {"made": "2024-02-01T00:00:00Z"}),
        ({"zones": ["a", "b"]}, {"zones": ["b", "a"]}),
        ({"disk": [{"size": 1}, {"size": 2}]}, {"disk": [{"size": 2}, {"size": 1}]}),
    ],
)
def test_what_a_provider_fills_in_is_noise(before: Any, after: Any) -> None:
    """A value that turned up, a tally, a time stamp and another order are nobody's work."""
    assert drift_of(before, after) == (None, 1)


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        ({"on": False}, {"on": True}, "on"),
        ({"on": False}, {"on": None}, "on"),
        ({"protected": None}, {"protected": True}, "protected"),
        ({"size": 0}, {"size": None}, "size"),
        ({"size": 0}, {"size": 3}, "size"),
        ({"desired_count": 1}, {"desired_count": 3}, "desired_count"),
        ({"tags": {"a": "x"}}, {"tags": {"a": "y"}}, "tags.a"),
        ({"tags": {}}, {"tags": {"a": "y"}}, "tags.a"),
        ({"env": {"b": "x"}}, {"env": {"a": "x", "b": "x"}}, "env.a"),
        ({"policy": None}, {"policy": "open"}, "policy"),
        ({"user_data": None}, {"user_data": "sh"}, "user_data"),
        ({"ingress": []}, {"ingress": [{"from_port": 22}]}, "ingress"),
        ({"arns": ["a"]}, {"arns": ["b"]}, "arns[0]"),
    ],
)
def test_what_somebody_did_is_not(before: Any, after: Any, path: str) -> None:
    """Values that changed, and anything that says who may do what, are never noise by shape."""
    item, suppressed = drift_of(before, after)
    assert item is not None
    assert (item.paths, suppressed) == ((path,), 0)


def test_what_is_secret_as_a_whole_may_have_been_changed_by_hand() -> None:
    """Nobody can see that it is noise, and no rule takes it for a resource without attributes."""
    marks = {"before_sensitive": True, "after_sensitive": True}
    entry = change("aws_instance.x", ["update"], {"size": 1}, {"size": 2}, **marks)
    found = assessed([change("aws_vpc.other", ["create"], None, {})], drift=[entry]).drift
    assert [(item.address, item.noise) for item in found.items] == [("aws_instance.x", False)]


@pytest.mark.parametrize(("after", "noise"), [({"a": 1, "b": None}, True), ({"a": 2}, False)])
def test_resources_are_compared_whole_where_nothing_of_them_is_known(
    after: dict[str, Any], noise: bool
) -> None:
    """What is empty says nothing then, as it does inside of a resource."""
    entry = change("aws_instance.x", ["update"], {"a": 1}, after, after_unknown=True)
    found = assessed([change("aws_vpc.other", ["create"], None, {})], drift=[entry]).drift
    assert (found.suppressed, len(found.items)) == ((1, 0) if noise else (0, 1))


@pytest.mark.parametrize("name", [["sg-1"], {"a": "sg-1"}, 7])
def test_an_id_that_is_no_text_is_nobodys(name: Any) -> None:
    """It is compared like any other value, and no resource of the plan accounts for it."""
    own = {"id": "sgr-1", "security_group_id": "sg-1", "from_port": 443}
    before, after = ({"id": name, "ingress": ports} for ports in ([], [{"from_port": 443}]))
    sibling = change("aws_security_group_rule.y", ["no-op"], own, own)
    item, _ = drift_of(before, after, kind="aws_security_group", more=(sibling,))
    assert item is not None
    assert item.paths == ("ingress",)


def test_tags_all_mirrors_tags() -> None:
    """A computed copy of tags is not told twice."""
    item, _ = drift_of(
        {"tags": {"a": "x"}, "tags_all": {"a": "x"}}, {"tags": {"a": "y"}, "tags_all": {"a": "y"}}
    )
    assert item is not None
    assert item.paths == ("tags.a",)


def test_cosmetic_by_the_traits_of_the_type() -> None:
    """What traits call cosmetic is noise while the plan leaves it, and shown once it does not."""
    before, after = {"last_modified": "a"}, {"last_modified": "b"}
    assert drift_of(before, after, kind="aws_lambda_function") == (None, 1)
    item, _ = drift_of(before, after, before, kind="aws_lambda_function")
    assert item is not None
    assert item.status == "reverted"


def test_rules_made_by_siblings_are_noise() -> None:
    """Ingress that a rule resource of the plan made is noise; one that nobody made is not."""
    own = {
        "id": "sgr-1",
        "security_group_id": "sg-1",
        "from_port": 443,
        "cidr_blocks": ["10.0.0.0/8"],
    }
    sibling = change("aws_security_group_rule.y", ["no-op"], own, own)
    before = {"id": "sg-1", "ingress": []}
    made = {"from_port": 443, "self": False, "cidr_blocks": ["10.0.0.0/8"]}
    filled = {"id": "sg-1", "ingress": [made]}
    opened = {"id": "sg-1", "ingress": [{**made, "from_port": 22}]}
    told = {"kind": "aws_security_group", "more": (sibling,)}
    assert drift_of(before, filled, **told) == (None, 1)
    assert drift_of(before, opened, **told)[0] is not None
    assert drift_of(before, filled, kind="aws_security_group")[0] is not None


def test_attributes_with_a_resource_of_their_own_are_noise() -> None:
    """A bucket's versioning follows the resource that manages it, for that very bucket."""
    own = {"bucket": "logs", "versioning_configuration": [{"status": "Enabled"}]}
    sibling = change("aws_s3_bucket_versioning.y", ["no-op"], own, own)
    off, on = ({"id": "logs", "versioning": [{"enabled": on}]} for on in (False, True))
    assert drift_of(off, on, kind="aws_s3_bucket", more=(sibling,)) == (None, 1)
    off["id"] = on["id"] = "other"
    assert drift_of(off, on, kind="aws_s3_bucket", more=(sibling,))[0] is not None


@pytest.mark.parametrize(
    ("planned", "relevant", "status"),
    [
        ({"size": 1, "name": "a"}, [], "reverted"),
        ({"size": 2, "name": "b"}, None, "kept"),
        (None, None, "kept"),
        (None, [], "irrelevant"),
        (None, [{"resource": "aws_instance.x", "attribute": ["size"]}], "kept"),
        (None, [{"resource": "aws_instance.x", "attribute": []}], "kept"),
        (None, [{"resource": "aws_instance.x", "attribute": ["size", "deeper"]}], "kept"),
        (None, [{"resource": "aws_instance.x", "attribute": ["name"]}], "irrelevant"),
        (None, [{"resource": "aws_instance.y", "attribute": ["size"]}], "irrelevant"),
    ],
)
def test_status(planned: Any, relevant: Any, status: str) -> None:
    """Reverted where the plan changes it back, else kept where relevant, else irrelevant."""
    item, _ = drift_of(
        {"size": 1, "name": "a"}, {"size": 2, "name": "a"}, planned, relevant=relevant
    )
    assert item is not None
    assert item.status == status


def test_where_nothing_is_planned_drift_is_kept() -> None:
    """A plan without any action leaves drift as it is, whatever it calls relevant."""
    (item,) = assessed(
        [change("aws_instance.x", ["no-op"], {"size": 2}, {"size": 2})],
        drift=[change("aws_instance.x", ["update"], {"size": 1}, {"size": 2})],
        relevant_attributes=[{"resource": "aws_vpc.other", "attribute": ["id"]}],
    ).drift.items
    assert item.status == "kept"


def test_deleted_outside() -> None:
    """A deletion outside is its own kind: reverted where the plan creates it again, else kept."""
    gone = change("aws_instance.x", ["delete"], {"id": "i-1"}, None)
    back = change("aws_instance.x", ["create"], None, {"size": 1})
    (item,) = assessed([back], drift=[gone]).drift.items
    assert (item.kind, item.status) == ("deleted", "reverted")
    (item,) = assessed([], drift=[gone]).drift.items
    assert (item.kind, item.status) == ("deleted", "kept")


def test_drift_alone_is_found_by_rules_for_drift_only() -> None:
    """A drifted resource that the plan leaves alone is hit by rules that ask for it, no others."""
    opened = {"ingress": [{"from_port": 22}]}
    found = assessed(
        [change("aws_security_group.x", ["no-op"], opened, opened)],
        drift=[
            change("aws_security_group.x", ["update"], {"ingress": []}, opened),
            change("aws_db_instance.y", ["delete"], {"id": "db"}, None),
        ],
        by=judge(rules=(*RULES, rule("any-database", "high", 1, traits=("database",)))),
    )
    assert [(f.rule, f.address) for f in found.findings] == [
        ("security-drift", "aws_security_group.x"),
        ("deleted-outside", "aws_db_instance.y"),
    ]


def test_moves_are_no_drift() -> None:
    """An entry that only says that an address moved is neither drift nor noise."""
    moved = change(
        "aws_instance.x", ["no-op"], {"a": 1}, {"a": 1}, previous_address="aws_instance.w"
    )
    found = assessed([], drift=[moved]).drift
    assert (found.items, found.suppressed, found.score) == ((), 0, 0)


def group(network: str, **more: Any) -> dict[str, Any]:
    """A security group that lets a network reach its port 22."""
    rule_ = {"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": [network]}
    return {"ingress": [rule_], **more}


@pytest.mark.parametrize("actions", [["no-op"], ["update"], ["delete"], ["delete", "create"]])
@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (group("10.0.0.0/8"), group("0.0.0.0/0"), True),
        (group("0.0.0.0/0"), group("10.0.0.0/8"), False),
        (group("10.0.0.0/8"), group("192.0.2.0/24"), False),
        (group("0.0.0.0/0", tags={"a": "b"}), group("0.0.0.0/0", tags={"a": "c"}), False),
    ],
)
def test_what_drift_opened_is_told_whatever_the_plan_does(
    before: Any, after: Any, expected: bool, actions: list[str]
) -> None:
    """It stood open, be it taken back, left so or destroyed now."""
    address = "aws_security_group.x"
    planned = None if actions == ["delete"] else after if actions == ["no-op"] else before
    found = assessed(
        [change(address, actions, after, planned)],
        judge(rules=WHOLE),
        drift=[change(address, ["update"], before, after)],
    )
    assert ("opened" in {f.rule for f in found.findings}) is expected
