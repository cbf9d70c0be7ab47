"""Attribute paths."""

from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tfchange.plan.paths import as_path, changed_paths, inside, marked_paths, path_text

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda deeper: (
        st.lists(deeper, max_size=3) | st.dictionaries(st.text(max_size=4), deeper, max_size=3)
    ),
    max_leaves=12,
)


@given(json_values)
def test_nothing_differs_from_itself(value: object) -> None:
    """A value compared with itself has no changed path."""
    assert changed_paths(value, value) == ()


@given(json_values, json_values)
def test_a_difference_is_always_found_and_is_symmetric(before: object, after: object) -> None:
    """Two values differ somewhere unless only nulls differ from absence; both ways the same."""
    there, back = changed_paths(before, after), changed_paths(after, before)
    assert set(there) == set(back)
    assert bool(there) == (repr(_without_nulls(before)) != repr(_without_nulls(after)))


def _without_nulls(value: object) -> object:
    if isinstance(value, dict):
        kept = {k: _without_nulls(v) for k, v in value.items() if v is not None}
        return dict(sorted(kept.items()))
    return [_without_nulls(v) for v in value] if isinstance(value, list) else value


def _plainly(at: tuple[Any, ...], before: Any, after: Any, unknown: Any) -> Iterator[Any]:
    """The changed paths, found without any short cut."""
    if unknown is True:
        yield at
    elif isinstance(before, dict) and isinstance(after, dict):
        marks = unknown if isinstance(unknown, dict) else {}
        for name in dict.fromkeys((*before, *after, *marks)):
            deeper = before.get(name), after.get(name), marks.get(name)
            yield from _plainly((*at, name), *deeper)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for i, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _plainly((*at, i), old, new, inside(unknown, i))
    else:
        same = before == after and isinstance(before, bool) == isinstance(after, bool)
        yield from [] if same and not (unknown and marked_paths(unknown)) else [at]


leaves = st.sampled_from([None, True, False, 0, 1, 0.0, 1.0, "", "a", "b"])
names = st.sampled_from(["a", "b", "c"])
trees = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner), max_leaves=8
)
marks = st.recursive(
    st.sampled_from([True, False]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner),
    max_leaves=4,
)
objects = st.dictionaries(names, trees)


@given(objects, objects, st.none() | st.dictionaries(names, marks))
def test_short_cuts_find_what_a_plain_comparison_finds(
    before: object, after: object, unknown: object
) -> None:
    """What is settled at once is settled as walking through everything would."""
    assert changed_paths(before, after, unknown) == tuple(_plainly((), before, after, unknown))


def test_lists_of_one_length_differ_by_position_and_others_as_a_whole() -> None:
    """Positions are compared while they mean something."""
    before, after = {"a": [1, 2], "b": [1]}, {"a": [1, 3], "b": [1, 2]}
    assert changed_paths(before, after) == (("a", 1), ("b",))


def test_a_value_known_after_apply_counts_as_changed() -> None:
    """Unknown leaves are changed paths, deep ones too."""
    unknown = {"arn": True, "tags": {"new": True}, "same": {}}
    before = {"arn": "x", "tags": {"old": "1"}, "same": {"k": 1}}
    after = {"tags": {"old": "1"}, "same": {"k": 1}}
    assert changed_paths(before, after, unknown) == (("arn",), ("tags", "new"))


def test_true_is_not_one() -> None:
    """A boolean and a number are different values."""
    assert changed_paths({"a": True}, {"a": 1}) == (("a",),)


def test_paths_read_as_hcl() -> None:
    """Plain names are joined by dots, others are quoted, positions are in brackets."""
    assert path_text(("ingress", 0, "cidr_blocks")) == "ingress[0].cidr_blocks"
    assert path_text(("tags", "kubernetes.io/role")) == 'tags["kubernetes.io/role"]'
    assert path_text(()) == ""


def test_a_path_from_the_plan_keeps_strings_and_integers() -> None:
    """What is neither ends the path; what is no list is the empty path."""
    assert as_path(["groups", 0, "name"]) == ("groups", 0, "name")
    assert as_path(["a", True, "b"]) == ("a",)
    assert as_path(None) == ()
