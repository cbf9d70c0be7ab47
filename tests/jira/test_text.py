"""Texts for Jira: whatever stands in them, it is shown and never obeyed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.jira.rules import faults_of_adf
from tests.jira.world import rendered, shown
from tfchange.change.request import Block
from tfchange.jira.text import adf, clean, escaped, wiki

HOSTILE = st.sampled_from(
    ["{code}", "{noformat}", "{panel:title=x}", "[~admin]", "[x|http://e.example]", "!img.png!",
     "h1. ", "bq. ", "* ", "# ", "----", "||a||", "|b|", "@ann",
     ":)", "(/)", "\\", "\\\\", "&#123;",
     "&lt;", "??x??", "^a^", "~b~", "+c+", "-d-", "_e_", "*f*", "\x00", "\x1b[31m", "\n", "\u2028",
     "\U0001f600", "ü", "{{x}}", "a_b-c", "%", "<b>", ":D", ";)", "#1", "AB-12"]
)  # fmt: skip
LINES = st.lists(st.one_of(HOSTILE, st.text(max_size=12)), min_size=0, max_size=8).map("".join)
KINDS = st.sampled_from(["heading", "paragraph", "items", "steps"])
BLOCKS = st.builds(Block, KINDS, st.lists(LINES, max_size=4).map(tuple))
TEXTS = st.lists(BLOCKS, max_size=4).map(tuple)

SPECIAL = re.compile(r":[DPp]|[!\[\]^~+?%{}()*|@]|\\(?![!\[\]^~+?%{}()*_\-|@])|&(?!#\d+;)")
ENTITY = re.compile(r"&#\d+;")
ESCAPED = re.compile(r"\\[!\[\]^~+?%{}()*_\-|@]")


@given(TEXTS)
def test_any_text_makes_a_valid_document(text: tuple[Block, ...]) -> None:
    """What is written for Cloud is a document that Jira takes."""
    assert faults_of_adf(adf(text)) == []


@given(TEXTS)
def test_a_document_says_the_text(text: tuple[Block, ...]) -> None:
    """Each line stands in the document as it is, and nothing else does."""
    lines = [clean(line) for block in text for line in block.lines if clean(line)]
    assert [line for line in shown(adf(text)).split("\n") if line] == lines


@given(LINES)
def test_wiki_markup_shows_the_line(line: str) -> None:
    """What a reader sees of the markup is the line."""
    assert rendered(escaped(line)) == clean(line).strip()


@given(LINES)
def test_nothing_in_a_line_is_markup(line: str) -> None:
    """No character that could mean something stands unescaped."""
    bare = ESCAPED.sub("", ENTITY.sub("", escaped(line)))
    assert not SPECIAL.search(bare)
    assert not re.match(r"#|(h[1-6]|bq)\.", escaped(line))
    for mark in re.finditer(r"[_-]", bare):
        assert bare[mark.start() - 1 : mark.start()].isalnum()


@given(TEXTS)
def test_a_text_keeps_its_lines(text: tuple[Block, ...]) -> None:
    """No line becomes two or vanishes into another: lists have as many entries as before."""
    marks = {"items": "* ", "steps": "# ", "heading": "h3. "}
    for block in text:
        made = wiki((block,)).split("\n") if block.lines else []
        assert len(made) == len(block.lines)
        assert all(each.startswith(marks.get(block.kind, "")) for each in made)


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("aws_db_instance.main", "aws_db_instance.main"),
        ("{code}", r"\{code\}"),
        ("h1. Big", "h1&#46; Big"),
        ("C:\\temp", "C:&#92;temp"),
        ("# one :D #2", "&#35; one &#58;D #2"),
        ("web-1 -x- _y_", r"web-1 \-x\- \_y\_"),
    ],
)
def test_markup_stays_readable(line: str, written: str) -> None:
    """Only what could be misread is escaped, so that people can edit the source."""
    assert escaped(line) == written
