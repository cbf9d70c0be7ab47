"""Fingerprints: equal where plans do the same, different where anything that counts differs."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.build import change, plan_json
from tfchange.change.fingerprint import fingerprint, items, of_items, of_several
from tfchange.errors import PlanError
from tfchange.plan.decode import decode
from tfchange.plan.model import Plan

MARKER = "MARKER-9d41"
PLANS = Path(__file__).parent.parent.parent / "fixtures" / "plans"

BEFORE = {"id": "db-1", "class": "small", "size": 20, "password": f"{MARKER}-old", "tags": None}
AFTER = {"id": "db-1", "class": "large", "size": 40, "password": f"{MARKER}-new", "tags": None}


def plan(*changes: dict[str, Any], **top: Any) -> Plan:
    """A plan of these changes."""
    return decode(plan_json(list(changes), **top))


def mark(*changes: dict[str, Any], salt: str = "salt", **top: Any) -> str:
    """The fingerprint of a plan of these changes."""
    return fingerprint([plan(*changes, **top)], salt)


def update(before: Any = BEFORE, after: Any = AFTER, **more: Any) -> dict[str, Any]:
    """One database that is updated."""
    return change(more.pop("address", "aws_db.a"), ["update"], before, after, **more)


NEW = change("aws_x.new", ["create"], None, {"a": 1, "b": {"c": [1, 2]}})
GONE = change("aws_x.gone", ["delete"], {"id": "x-1", "seen": "09:00"}, None)


@given(order=st.permutations([update(), NEW, GONE]))
def test_the_order_of_changes_is_irrelevant(order: list[dict[str, Any]]) -> None:
    """Terraform promises none."""
    assert mark(*order) == mark(update(), NEW, GONE)


def test_what_tells_only_of_the_run_is_irrelevant() -> None:
    """Times, versions, the file's name and the order of keys say nothing of what is done."""
    text = plan_json([update(), NEW])
    turned = json.loads(text)
    turned["resource_changes"][0]["change"]["after"] = dict(reversed(list(AFTER.items())))
    turned |= {"timestamp": "2026-11-23T10:00:00Z", "terraform_version": "1.14.0"}
    one, other = decode(text, "a.json"), decode(json.dumps(turned).encode(), "b.json")
    assert fingerprint([one], "s") == fingerprint([other], "s")


def test_what_does_nothing_is_irrelevant() -> None:
    """No-ops, reads, drift and what a provider merely reads back of a doomed object."""
    quiet = change("aws_x.q", ["no-op"], {"a": 1}, {"a": 1})
    read = change("data.aws_x.r", ["read"], None, {"a": 1})
    assert mark(update(), quiet, read, drift=[update()]) == mark(update())
    later = change("aws_x.gone", ["delete"], {"id": "x-1", "seen": "09:30"}, None)
    assert mark(later) == mark(GONE)
    touched = update({**BEFORE, "seen": "09:00"}, {**AFTER, "seen": "09:00"})
    assert mark(touched) == mark(update())


@pytest.mark.parametrize(
    "other",
    [
        update(after={**AFTER, "size": 41}),
        update(after={**AFTER, "size": "40"}),
        update(before={**BEFORE, "size": 21}),
        update(after={**AFTER, "password": "another"}),
        update(before={**BEFORE, "password": "another"}),
        update(after={**AFTER, "tags": {"a": "b"}}),
        update(after={**AFTER, "size": None}, after_unknown={"size": True}),
        update({**BEFORE, "id": "db-2"}, {**AFTER, "id": "db-2"}),
        update(address="aws_db.b"),
        update(address="aws_db.a[0]"),
        update(action_reason="replace_by_request"),
        update(previous_address="aws_db.old"),
        update(importing={"id": "db-1"}),
        update(deposed="abcd1234"),
        change("aws_db.a", ["delete", "create"], BEFORE, AFTER),
        change("aws_db.a", ["create", "delete"], BEFORE, AFTER),
        change("aws_db.a", ["create"], None, AFTER),
        change("aws_db.a", ["delete"], BEFORE, None),
        change("aws_db.a", ["forget"], BEFORE, None),
        change("aws_db.a", ["create", "forget"], BEFORE, AFTER),
    ],
)
def test_every_difference_that_counts_shows(other: dict[str, Any]) -> None:
    """A value, also a secret one, an address, an action, a reason: each makes another one."""
    assert mark(other) != mark(update())
    assert mark(other) == mark(other)


def test_each_way_to_replace_is_another() -> None:
    """It matters what is done first, and whether the old one is destroyed at all."""
    ways = (["delete", "create"], ["create", "delete"], ["create", "forget"])
    assert len({mark(change("aws_db.a", list(way), BEFORE, AFTER)) for way in ways}) == 3


def test_a_move_alone_counts() -> None:
    """It changes the state, and approval was for that too."""
    same = {"a": 1}
    moved = change("aws_x.b", ["no-op"], same, same, previous_address="aws_x.a")
    assert mark(moved) not in (mark(), mark(change("aws_x.b", ["no-op"], same, same)))


def test_outputs_count_by_name_action_and_value() -> None:
    """A value is digested, and told to be secret where the plan says so."""
    one = mark(output_changes={"o": {"actions": ["create"], "after": "x"}})
    assert one == mark(output_changes={"o": {"actions": ["create"], "after": "x"}})
    assert one != mark(output_changes={"o": {"actions": ["create"], "after": "y"}})
    assert one != mark(output_changes={"p": {"actions": ["create"], "after": "x"}})
    assert mark(output_changes={"o": {"actions": ["no-op"]}}) == mark()


def test_what_is_not_known_yet_is_a_token() -> None:
    """It is neither null nor any text, and it is the same in each plan."""
    unknown = change("aws_x.a", ["create"], None, {"b": "c"}, after_unknown={"id": True})
    assert mark(unknown) == mark(unknown)
    for value in (None, "", "unknown", {"\0": "x"}):
        known = change("aws_x.a", ["create"], None, {"b": "c", "id": value})
        assert mark(known) != mark(unknown)
    deep = {"list": [{"a": True}, {}], "whole": [True]}
    inner = change("aws_x.a", ["create"], None, {"list": [{"b": 1}, {}]}, after_unknown=deep)
    assert mark(inner) != mark(change("aws_x.a", ["create"], None, {"list": [{"b": 1}, {}]}))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda deeper: st.lists(deeper, max_size=3) | st.dictionaries(st.text(max_size=4), deeper),
    max_leaves=6,
)


@given(one=values, other=values)
def test_equal_values_are_equal_and_others_are_not(one: Any, other: Any) -> None:
    """Of whatever type and depth; nothing and null are the same in an object."""

    def made(value: Any) -> str:
        return mark(change("aws_x.a", ["create"], None, {"k": value, "other": 1}))

    same = json.dumps(_bare(one), sort_keys=True) == json.dumps(_bare(other), sort_keys=True)
    assert (made(one) == made(other)) is same


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _bare(deeper) for name, deeper in value.items() if deeper is not None}
    return [_bare(deeper) for deeper in value] if isinstance(value, list) else value


def test_plans_together_have_one_in_any_order() -> None:
    """One alone has its own; one that does nothing does not count."""
    one, other, idle = plan(update()), plan(NEW), plan()
    assert fingerprint([one, other], "s") == fingerprint([other, idle, one], "s")
    assert fingerprint([one], "s") == fingerprint([idle, one], "s") != fingerprint([other], "s")
    assert fingerprint([one, one], "s") != fingerprint([one], "s")
    assert fingerprint([idle, idle], "s") == fingerprint([], "s") == of_several([])
    assert len(fingerprint([one, other], "s")) == 32


def test_the_salt_is_a_key() -> None:
    """Without it digests cannot be compared with guesses."""
    assert mark(update(), salt="a") != mark(update(), salt="b")


def test_items_show_where_and_never_what() -> None:
    """Paths that may be told, and digests; no value, no name below a secret, no equality."""
    secret = {"deep": {f"{MARKER}-key": f"{MARKER}-value"}, "password": f"{MARKER}-pass"}
    marks = {"deep": True}
    one = change("aws_x.a", ["update"], {"id": MARKER, "deep": {}}, {"id": MARKER, **secret},
                 before_sensitive=marks, after_sensitive=marks)  # fmt: skip
    other = change("aws_x.b", ["update"], {"id": MARKER, "deep": {}}, {"id": MARKER, **secret},
                   before_sensitive=marks, after_sensitive=marks)  # fmt: skip
    found = items(plan(one, other), "salt")
    assert MARKER not in repr(found)
    assert [each.path for each in found[0].values] == ["deep", "id", "password"]
    said = [each.value for item in found for each in item.values]
    assert len(set(said)) == len(said) == 6


def test_items_tell_apart_what_differs() -> None:
    """Only the path that differs has another digest, so that two plans can be compared."""
    one = items(plan(update()), "s")[0].values
    other = items(plan(update(after={**AFTER, "size": 41})), "s")[0].values
    assert {each.path for each in set(one) ^ set(other)} == {"size"}


def test_items_tell_what_is_secret() -> None:
    """Where a value was masked, and a whole that holds one; so that it can be withheld."""
    made = change("aws_x.new", ["create"], None, {"a": 1, "password": MARKER})
    found = {i.id: {d.path for d in i.values if d.secret} for i in items(plan(update(), made), "s")}
    assert found == {"aws_db.a": {"password"}, "aws_x.new": {""}}
    assert not any(d.secret for d in items(plan(NEW), "s")[0].values)


@pytest.mark.parametrize("path", sorted(PLANS.glob("*.json")), ids=lambda path: path.stem)
def test_real_plans_have_fingerprints_without_secrets(path: Path) -> None:
    """Every kind of thing a plan can say; those that do something each have their own."""
    found = items(decode(path.read_bytes()), "s")
    assert "MARKER" not in repr(found)
    assert list(found) == sorted(found)
    assert len(of_items(found)) == 32


def test_values_nested_beyond_reason_are_an_error() -> None:
    """As they are when they are read."""
    text = plan_json([]).replace(
        b'"resource_changes": []',
        b'"resource_changes": [{"address": "aws_x.a", "type": "aws_x", "name": "a", "change": '
        b'{"actions": ["create"], "before": null, "after": {"a": '
        + b"[" * 2_000 + b"1" + b"]" * 2_000 + b"}}}]",
    )  # fmt: skip
    with pytest.raises(PlanError):
        fingerprint([decode(text)], "s")


def configured(root: dict[str, Any], providers: dict[str, Any] | None = None, **more: Any) -> str:
    """The fingerprint of a creation under that configuration."""
    configuration = {"root_module": root, "provider_config": providers or {}}
    return mark(NEW, configuration=configuration, **more)


def script(command: str, **call: Any) -> dict[str, Any]:
    """A root module whose new resource runs a command."""
    run = {"type": "local-exec", "expressions": {"command": {"constant_value": command}}}
    block = {"address": "aws_x.new", "mode": "managed", "type": "aws_x", "name": "new"}
    return {"resources": [{**block, "provisioners": [run]}], **call}


def test_what_a_provisioner_runs_counts() -> None:
    """It is in no resource, and runs all the same; where nothing is created, nothing runs."""
    assert configured(script("echo a")) == configured(script("echo a"))
    assert configured(script("echo a")) != configured(script("echo b"))
    assert configured(script("echo a")) != configured({})
    other = {"root_module": script("echo b"), "provider_config": {}}
    same = {"root_module": script("echo a"), "provider_config": {}}
    changed = change("aws_x.new", ["update"], {"id": "x", "a": 1}, {"id": "x", "a": 2})
    assert mark(changed, configuration=other) == mark(changed, configuration=same)


def test_what_it_takes_from_variables_counts() -> None:
    """The value of a root variable that it names, unless that is a secret."""
    named = {"references": ["var.what"]}
    run = {"type": "local-exec", "expressions": {"command": named}}
    block = {"address": "aws_x.new", "mode": "managed", "type": "aws_x", "name": "new"}
    root = {"resources": [{**block, "provisioners": [run]}]}
    one = configured(root, variables={"what": {"value": "a"}})
    assert one != configured(root, variables={"what": {"value": "b"}})
    secret = {**root, "variables": {"what": {"sensitive": True}}}
    told = [configured(secret, variables={"what": {"value": v}}) for v in "ab"]
    assert told[0] == told[1]


def test_how_a_provider_is_configured_counts() -> None:
    """Another region or role is another account; a password is no such thing."""

    def aws(**given: Any) -> str:
        expressions = {name: {"constant_value": value} for name, value in given.items()}
        return configured({}, {"aws": {"name": "aws", "expressions": expressions}})

    assert aws(region="eu-west-1") == aws(region="eu-west-1")
    assert aws(region="eu-west-1") != aws(region="us-east-1")
    assert aws(region="eu-west-1", password="a") == aws(region="eu-west-1", password="b")  # noqa: S106
    idle = {"root_module": {}, "provider_config": {"aws": {"expressions": {"region": {}}}}}
    assert mark(configuration=idle) == mark()
