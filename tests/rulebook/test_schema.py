"""The published schemas: valid, strict, and of one mind with the types."""

from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from tfchange import schema
from tfchange.errors import TfchangeError
from tfchange.rulebook.example import Example
from tfchange.rulebook.rule import (
    Envelope,
    Floor,
    FreezePolicy,
    LevelPolicy,
    Limits,
    Policy,
    Rule,
    Sharper,
    TypeTraits,
    Waiver,
    When,
)

NAMES = ("rule-1.0", "traits-1.0", "envelope-1.0", "policy-1.0", "waivers-1.0")


def objects(tree: Any) -> list[dict[str, Any]]:
    """Every object schema in a schema."""
    found = [tree] if isinstance(tree, dict) and "properties" in tree else []
    inner = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    return found + [one for value in inner for one in objects(value)]


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_valid_and_strict(name: str) -> None:
    """Each is a JSON Schema of 2020-12, and no object in it takes an unknown key."""
    loaded = schema.load(name)
    Draft202012Validator.check_schema(loaded)
    assert loaded["$schema"].endswith("/2020-12/schema")
    assert [o for o in objects(loaded) if o.get("additionalProperties") is not False] == []


@pytest.mark.parametrize(
    ("name", "part", "kind"),
    [
        ("rule-1.0", None, Rule),
        ("rule-1.0", "when", When),
        ("rule-1.0", "example", Example),
        ("traits-1.0", "facts", TypeTraits),
        ("envelope-1.0", None, Envelope),
        ("envelope-1.0", "limits", Limits),
        ("policy-1.0", None, Policy),
        ("policy-1.0", "level", LevelPolicy),
        ("policy-1.0", "floor", Floor),
        ("policy-1.0", "sharper", Sharper),
        ("policy-1.0", "freeze", FreezePolicy),
        ("waivers-1.0", "waiver", Waiver),
    ],
)
def test_schemas_and_types_know_the_same_keys(
    name: str, part: str | None, kind: type[msgspec.Struct]
) -> None:
    """A key can be written in a file exactly where the type has a field for it.

    Examples stand beside the rules in a rulebook, since nothing is judged by them.
    """
    loaded = schema.load(name)
    properties = (loaded["$defs"][part] if part else loaded)["properties"]
    beside = {"examples"} if kind is Rule else set()
    assert set(properties) == set(kind.__struct_fields__) | beside


def test_a_fault_says_where_and_what_is_meant() -> None:
    """Faults come in the order of their place, and an unknown key is compared with known ones."""
    instance = {"waivers": [{"rule": "a", "addresses": [], "ticket": "", "ownr": "x",
                             "expires": "soon"}]}  # fmt: skip
    assert schema.faults(instance, "waivers-1.0") == [
        "waivers[0]: the key 'owner' is missing",
        "waivers[0].addresses: needs at least 1 entries",
        "waivers[0].expires: 'soon' must be a day such as 2027-03-31",
        "waivers[0].ownr: unknown key 'ownr'; is 'owner' meant?",
        "waivers[0].ticket: must not be empty",
    ]
    assert schema.faults([], "waivers-1.0") == ["(top): [] is not of type object"]


def test_a_schema_that_is_not_there_is_an_error() -> None:
    """Asking for an unknown schema names it."""
    with pytest.raises(TfchangeError, match=r"no schema called 'nothing-1\.0'"):
        schema.load("nothing-1.0")


def test_floors_ask_what_rules_ask() -> None:
    """Both schemas say the same of `when`, but for what rules ask of plans and versions."""
    rules, policy = schema.load("rule-1.0")["$defs"], schema.load("policy-1.0")["$defs"]
    asked = dict(rules["when"]["properties"])
    del asked["destroyed"], asked["bumped"]
    assert policy["when"]["properties"] == asked
