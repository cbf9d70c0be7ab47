"""Patterns that only spell texts out need no regular expression."""

import re

from hypothesis import assume, given
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
begins = st.sampled_from(["", "^", r"\b"])
whole = st.tuples(begins, patterns, st.sampled_from(["", "|a", "|^b", r"|\b(a|_)\b", r"|^\b"]))


@given(whole, st.sampled_from(["", "$", r"\b"]), st.lists(st.text(LETTERS + "-é\n", max_size=6)))
def test_spelled_texts_match_as_the_pattern_does(
    parts: tuple[str, str, str], end: str, texts: list[str]
) -> None:
    """A text equals, begins with, ends with or holds one of them exactly where it matches."""
    pattern = "".join(parts) + end
    found = spelled(pattern)
    assume(found is not None)
    assert found is not None
    regex = re.compile(pattern.replace("$", r"\Z"), re.ASCII)
    plain, bounded = found[:4], [part for _, part, _ in found[4]]
    near = [f"{a}{part}{z}" for part in bounded for a in ("", "a", "-") for z in ("", "_", "é")]
    for text in (*texts, *near, *(part for some in plain for part in some)):
        assert spells(text, found) is (regex.search(text) is not None)


def test_what_means_more_is_left_to_a_regular_expression() -> None:
    """Boundaries and anchors inside, quantifiers, brackets that do not close, and a great many."""
    many = "(a|b)" * 8
    inside = (r"a\bb", r"^\b\ba", "a^b", "a$b")
    for pattern in (*inside, r"\w", "a+", "[ab]", "(a", "a)", "(?:a)", "a.b", many):
        assert spelled(pattern) is None, pattern


def test_texts_stand_where_their_anchors_are() -> None:
    """What is equal, what begins, what ends and what is inside."""
    found = spelled("^a_(b|c)|_d$|^e$|f(|g)")
    assert found == [["e"], ["a_b", "a_c"], ["_d"], ["f", "fg"], []]


def test_ends_of_words_are_held_with_their_texts() -> None:
    """A text with a boundary at an end is kept together with what stands at both."""
    found = spelled(r"^tags\b|\b(a|b)\b|^\b")
    edge = "\b"
    assert found is not None
    assert found[:4] == [[], [], [], []]
    assert found[4] == [["^", "tags", edge], [edge, "a", edge], [edge, "b", edge], ["^", "", edge]]
