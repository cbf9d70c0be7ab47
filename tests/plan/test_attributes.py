"""Attributes, each decoded when it is asked for."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.build import change, plan, plan_json, seen
from tests.plan.test_paths import marks, objects
from tfchange.errors import PlanError
from tfchange.plan.attributes import differing, members, readable
from tfchange.plan.decode import decode
from tfchange.plan.paths import changed_paths


def _members(tree: Any) -> Any:
    return members(msgspec.Raw(json.dumps(tree).encode()))


@given(
    st.none() | objects,
    st.none() | objects,
    st.none() | st.just(True) | st.dictionaries(st.sampled_from(["a", "b", "c"]), marks),
)
def test_what_differs_is_told_by_bytes_as_by_values(before: Any, after: Any, unknown: Any) -> None:
    """What is written alike is the same, and all else is compared as if all were decoded."""
    found = differing(_members(before), _members(after), unknown)
    assert found == changed_paths(before, after, unknown)


def test_values_written_in_two_ways_are_the_same() -> None:
    """White space, escapes and the order of keys are no change."""
    one = b'{"a": {"x": 1, "y": "\\u00e9"}, "b": null}'
    other = '{"b":null,"a":{"y":"é","x":1}}'.encode()
    assert differing(members(msgspec.Raw(one)), members(msgspec.Raw(other))) == ()


def test_an_absent_attribute_is_null() -> None:
    """Some providers write null where others write nothing."""
    entry = change("aws_x.a", ["update"], {"a": 1}, {"a": 1, "b": None})
    assert seen(plan([entry]).changes[0]) == ({"a": 1}, {"a": 1, "b": None}, ())


def test_a_version_is_a_mapping() -> None:
    """It can be asked like a dictionary, and does not show what is in it by accident."""
    entry = change("aws_x.a", ["create"], None, {"a": 1, "password": "hunter22"})
    after = plan([entry]).changes[0].read().after
    assert after is not None
    assert after == {"a": 1, "password": "(sensitive)"}
    assert (len(after), "a" in after, "z" in after, after.get("z", 3)) == (2, True, False, 3)
    assert after.keys() & {"a", "z"} == {"a"}
    assert "hunter22" not in repr(after)
    with pytest.raises(KeyError):
        after["z"]


def test_what_is_unlike_is_written_or_marked_otherwise() -> None:
    """An attribute that is secret in one of them only is not alike, whatever stands there."""
    entry = change(
        "aws_x.a",
        ["update"],
        {"a": 1, "b": [1], "c": "x", "gone": 1},
        {"a": 1, "b": [2], "c": "x", "new": None},
        after_sensitive={"c": True},
    )
    values = plan([entry]).changes[0].read()
    before, after = readable(values.before), readable(values.after)
    assert before is not None
    assert after is not None
    assert after.unlike(before) == ["b", "c", "new"]
    assert before.unlike(after) == ["b", "c", "gone"]
    assert after.unlike(after) == []
    assert [name for name in ("a", "b", "c", "none") if after.alike(before, name)] == ["a", "none"]


@pytest.mark.parametrize("broken", [b'"\xff"', b"[" * 500 + b"]" * 500])
def test_a_broken_value_is_an_error_that_names_the_resource(broken: bytes) -> None:
    """It is raised when somebody asks for the value, and quotes nothing of it."""
    entry = change("aws_x.a", ["create"], None, {"a": "HERE", "b": 1})
    data = plan_json([entry]).replace(b'"HERE"', broken)
    with pytest.raises(PlanError, match=r"the values of aws_x\.a cannot be read"):
        seen(decode(data).changes[0])


@pytest.mark.parametrize("values", ["text", ["a"], 3])
def test_values_that_are_no_object_are_refused(values: Any) -> None:
    """A resource has attributes, or it is not there."""
    with pytest.raises(PlanError, match=r"aws_x\.a"):
        seen(plan([change("aws_x.a", ["create"], None, values)]).changes[0])
