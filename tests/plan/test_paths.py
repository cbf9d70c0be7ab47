"""Attribute paths."""

from hypothesis import given
from hypothesis import strategies as st

from tfchange.plan.paths import as_path, changed_paths, path_text

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
