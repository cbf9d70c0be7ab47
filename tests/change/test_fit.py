"""Texts within limits."""

from hypothesis import given
from hypothesis import strategies as st

from tfchange.change.fit import fit, one_line, plain
from tfchange.change.request import Block

LINES = st.lists(st.text(st.characters(exclude_characters="\n"), max_size=30), min_size=1)
BLOCKS = st.builds(
    Block, st.sampled_from(["heading", "paragraph", "items", "steps"]), LINES.map(tuple)
)
TEXTS = st.lists(BLOCKS, max_size=5).map(tuple)


@given(TEXTS, st.integers(0, 400))
def test_what_fits_is_within_the_limit(text: tuple[Block, ...], limit: int) -> None:
    """Whatever the text, what comes back is within the limit, and whole where it can be."""
    fitted = fit(text, plain, limit)
    assert len(plain(fitted)) <= limit
    if len(plain(text)) <= limit:
        assert fitted == text


def test_lists_are_cut_between_entries() -> None:
    """All lists shrink together, and what is left out is counted."""
    entries = tuple(f"entry {n}" for n in range(100))
    text = (Block("items", entries), Block("heading", ("Next",)), Block("steps", entries[:3]))
    fitted = fit(text, plain, 200)
    assert plain(fitted).splitlines()[-4:] == ["Next", "", *plain(text[2:]).splitlines()][-4:]
    assert "- … and 89 more, all in the attached report." in plain(fitted)


@given(st.text(), st.integers(2, 80))
def test_a_line_is_one_line(text: str, limit: int) -> None:
    """A title is one line within its limit."""
    assert len(one_line(text, limit)) <= limit
    assert len(one_line(text, limit).splitlines()) <= 1
