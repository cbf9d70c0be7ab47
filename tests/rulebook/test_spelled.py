"""Patterns that only spell texts out need no regular expression."""

import re

from hypothesis import given
from hypothesis import strategies as st

from tfchange.rulebook.operations import spells
from tfchange.rulebook.spelled import spelled

LETTERS = "ab_/"
patterns = st.recursive(
    st.text(LETTERS, max_size=3),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(lambda some: f"({'|'.join(some)})")
        | st.lists(inner, min_size=1, max_size=3).map("".join)
    ),
    max_leaves=6,
)
whole = st.tuples(st.sampled_from(["", "^"]), patterns, st.sampled_from(["", "|a", "|^b"]))


@given(whole, st.sampled_from(["", "$"]), st.lists(st.text(LETTERS + "\n", max_size=6)))
def test_spelled_texts_match_as_the_pattern_does(
    parts: tuple[str, str, str], end: str, texts: list[str]
) -> None:
    """A text equals, begins with, ends with or holds one of them exactly where it matches."""
    pattern = "".join(parts) + end
    found = spelled(pattern)
    assert found is not None
    regex = re.compile(pattern.replace("$", r"\Z"), re.ASCII)
    for text in (*texts, *(part for some in found for part in some)):
        assert spells(text, found) is (regex.search(text) is not None)


def test_what_means_more_is_left_to_a_regular_expression() -> None:
    """Boundaries, anchors inside, quantifiers, brackets that do not close, and a great many."""
    many = "(a|b)" * 8
    for pattern in (r"\ba", "a^b", "a$b", "a+", "[ab]", "(a", "a)", "(?:a)", "a.b", many):
        assert spelled(pattern) is None, pattern


def test_texts_stand_where_their_anchors_are() -> None:
    """What is equal, what begins, what ends and what is inside."""
    found = spelled("^a_(b|c)|_d$|^e$|f(|g)")
    assert found == [["e"], ["a_b", "a_c"], ["_d"], ["f", "fg"]]
