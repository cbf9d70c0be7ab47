"""The comment at other forges than GitHub: it reads the same, and no name refers to anything."""

import re
from html import unescape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.report import samples
from tests.report.test_comment import BESIDE, EVIL, LINK, NASTY, REPORT, TAGS, Page, evil
from tfchange.report.comment import Beside, render
from tfchange.report.dialect import translate
from tfchange.review.host import Dialect

WORSE = (
    *EVIL,
    "/approve",
    "/merge",
    "x\n/merge",
    "@all",
    "!12",
    "acme/shop!12",
    "~label",
    '~"a label"',
    "%milestone",
    '%"a milestone"',
    "$12",
    "&12",
    "^alert#12",
    "*iteration:1",
    "[vulnerability:1]",
    "@<3f2504e0-4f89-11d3-9a0c-0305e82c3301>",
    "@{557058:ba8948b2-49da-43a9-9e8b-e7249b8e324a}",
    "&#35;12",
    "&lt;b&gt;",
    "[[_TOC_]]",
    "{+ added +}",
    "100%done",
    "`!12`",
    "x`@all",
    "| @all | #12 |",
    "\\#12",
    "- /merge",
)
OTHERS = [Dialect.GITLAB, Dialect.AZURE, Dialect.BITBUCKET]
GITLAB = re.compile(r'(?<!\w)[@!#$&~%^][\w"{]|\w[!#&$]\d|\[\w+:\d|\*iteration|\{[+-]')
COMMAND = re.compile(r"^\s*/", re.MULTILINE)
CODE = re.compile(r"`[^`\n]+`|\]\([^)\s]*\)")


def gitlab(text: str) -> None:
    """Nothing in a text node is a reference, and no line a command."""
    page = Page(text)
    assert set(page.seen) <= TAGS
    assert page.balanced
    assert page.open == []
    for piece in page.pieces:
        assert not GITLAB.search(piece), piece
    assert not COMMAND.search(text)
    assert text.count("```") % 2 == 0


def azure(text: str) -> None:
    """Neither before HTML is read nor after."""
    gitlab(text)
    assert not re.search(r"#\d|!\d|@<[^!]|@\w", re.sub(r"\]\([^)\s]*\)", "", text))
    assert "```" not in text


def bitbucket(text: str) -> None:
    """There is no tag and no entity outside of code, and nothing is mentioned."""
    bare = CODE.sub("", text)
    assert not re.search(r"(?<!\\)<|&#|&\w+;", bare), bare
    assert not re.search(r"@[\w{<]|#\d|\bgh-\d|://|\bwww\.", bare, re.IGNORECASE), bare
    page = Page(text)
    assert set(page.seen) <= TAGS - {"details", "summary", "sub", "b"}
    assert set(page.links) <= {LINK, REPORT}
    assert not COMMAND.search(text)


JUDGES = {Dialect.GITLAB: gitlab, Dialect.AZURE: azure, Dialect.BITBUCKET: bitbucket}


@pytest.mark.parametrize("dialect", OTHERS)
@pytest.mark.parametrize("make", ["one", "several"])
@settings(deadline=None, max_examples=30)
@given(names=st.lists(NASTY, min_size=1, max_size=4), number=NASTY)
@example(names=list(WORSE), number="/merge")
@example(names=list(reversed(WORSE)), number="!12")
def test_no_name_refers_to_anything(
    dialect: Dialect, make: str, names: list[str], number: str
) -> None:
    """Whatever names a plan brings, nothing is mentioned, linked, closed, approved or merged."""
    JUDGES[dialect](render(evil(make, names), Beside(number, LINK, REPORT), dialect=dialect))


@pytest.mark.parametrize("dialect", OTHERS)
@pytest.mark.parametrize("limit", [32_608, 8_000, 2_000])
@pytest.mark.parametrize("name", WORSE)
def test_no_name_refers_to_anything_under_a_limit(name: str, limit: int, dialect: Dialect) -> None:
    """Cutting frees nothing, and the translation fits."""
    text = render(evil("several", [name]), BESIDE, limit=limit, dialect=dialect)
    JUDGES[dialect](text)
    assert len(text) <= limit


def seen(text: str) -> str:
    """All that is read on the page, code included, without marks that nobody sees."""

    class Whole(Page):
        def handle_data(self, data: str) -> None:
            self.pieces[-1] += data

    return re.sub(r"[\s\u200b]", "", Whole(text).told)


@pytest.mark.parametrize("dialect", OTHERS)
@settings(deadline=None, max_examples=30)
@given(names=st.lists(NASTY, min_size=1, max_size=4))
@example(names=[name for name in WORSE if "```" not in name])
def test_it_reads_the_same(dialect: Dialect, names: list[str]) -> None:
    """A reader at one forge reads the words that a reader at another reads."""
    text = render(evil("one", names), BESIDE, limit=60_000)
    text = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    assert seen(translate(text, dialect)) == seen(text)


@pytest.mark.parametrize("dialect", OTHERS)
def test_the_first_screen_answers_there_too(dialect: Dialect) -> None:
    """The category, the link to the change, what is destroyed, who approves."""
    text = render(samples.rich(), BESIDE, dialect=dialect)
    told = " ".join(unescape(re.sub(r"<[^>]*>|[\\\u200b]", "", text)).split())
    for said in (
        "## 🔴 Normal change, critical risk, 118 points",
        f"[CHG0030001]({LINK})",
        "**Destroyed or replaced**",
        "`aws_instance.bastion` is destroyed.",
        "**Change advisory board (CAB)**",
        "| **Must approve** |".replace(" a", "\xa0a") if dialect is not Dialect.BITBUCKET
        else "| **Must approve** |",
    ):  # fmt: skip
        assert " ".join(said.split()) in told, said


def test_gitlab_sees_what_github_sees() -> None:
    """Folded parts and the picture included."""
    text = render(samples.rich(), BESIDE, dialect=Dialect.GITLAB)
    assert "<details><summary>" in text
    assert "```mermaid" in text


def test_azure_draws_no_picture_and_misses_nothing_else() -> None:
    """Which is no detail that is left out."""
    text = render(samples.rich(), BESIDE, dialect=Dialect.AZURE)
    assert "<details><summary>" in text
    assert "mermaid" not in text
    assert "Detail is left out" not in text


def test_bitbucket_folds_nothing_and_is_kept_short() -> None:
    """Parts have titles instead, lists are short, and the comment says where the rest is."""
    text = render(samples.several(), BESIDE, dialect=Dialect.BITBUCKET)
    assert "details>" not in text
    assert re.search(r"^\*\*`prod/plan\.json`: .*\*\*$", text, re.MULTILINE)
    left = "the picture and what lists have beyond 4 entries"
    assert f"Detail is left out to fit here: {left}; [the report]({REPORT}) has more." in text


def test_github_reads_it_as_it_was() -> None:
    """Nothing is translated."""
    text = render(samples.hostile(), BESIDE)
    assert translate(text, Dialect.GITHUB) == text


@pytest.mark.parametrize("dialect", OTHERS)
@pytest.mark.parametrize("text", ["hello @all", "see #12", "<b>x</b>", "/merge", "a!12"])
def test_the_judges_of_this_file_find_what_they_look_for(dialect: Dialect, text: str) -> None:
    """Plain Markdown with a mention, a reference, a tag or a command does not pass."""
    if dialect is Dialect.BITBUCKET and "!" in text:
        return  # It means nothing there.
    if dialect is not Dialect.BITBUCKET and "<b>" in text:
        text = "<u>x</u>"
    with pytest.raises(AssertionError):
        JUDGES[dialect](f"## Title\n\n{text}\n")
