"""Patterns: names with `*` and attribute paths."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfchange.rulebook.match import glob, touched, within

step = st.from_regex(r"[a-z_]{1,6}", fullmatch=True)
paths = st.lists(step, min_size=1, max_size=4).map(".".join)


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("tags", "tags", True),
        ("tags", "tags.Name", True),
        ("tags", 'tags["a.b"]', True),
        ("tags", "tags_all", False),
        ("tags.*", 'tags["a.b"]', False),
        ("tags.*", "tags.Name", True),
        ("*.enabled", "logging.enabled", True),
        ("*.enabled", "logging.deep.enabled", False),
        ("**.enabled", "logging.deep.enabled", True),
        ("ingress.**", "ingress", True),
        ("ingress.**", "ingress.cidr_blocks", True),
        ("ingress.cidr_blocks", "ingress.description", False),
        ("a.c", "abc", False),
    ],
)
def test_a_path_is_within_a_pattern(pattern: str, path: str, expected: bool) -> None:
    """A pattern stands for the path itself and all below it, `*` for one step, `**` for any."""
    assert within([pattern])(path) is expected


@given(paths, paths)
def test_below_a_path_is_within_it(path: str, more: str) -> None:
    """What is below a path is within it, and a path is within itself."""
    assert within([path])(path)
    assert within([path])(f"{path}.{more}")


@given(paths, paths)
def test_a_list_that_grew_holds_what_stands_in_it(path: str, more: str) -> None:
    """A changed path touches the patterns below it, but is not within them."""
    assert touched([f"{path}.{more}"])(path)
    assert not within([f"{path}.{more}"])(path)


@given(st.text(), st.text(), st.text())
def test_a_star_stands_for_any_text(head: str, middle: str, tail: str) -> None:
    """Everything but `*` stands for itself, whatever it means elsewhere."""
    head, tail = head.replace("*", ""), tail.replace("*", "")
    assert glob(f"{head}*{tail}")(head + middle + tail)
    assert glob(head)(head)
    assert glob(head)(head + "x") is False
