"""The HTML report: whole, self-contained and safe."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.report import samples
from tfchange.report import html

VOID = {"meta"}


class Reader(HTMLParser):
    """Gathers tags, attributes and text, and checks that tags close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: set[str] = set()
        self.tags: set[str] = set()
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def read(text: str) -> Reader:
    """The document, read as a browser would."""
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


@pytest.mark.parametrize("make", [samples.rich, samples.empty, samples.several, samples.emergency])
def test_the_document_is_whole_and_needs_nothing_else(make: type) -> None:
    """Tags close in order, and there is no script, link, image or address to fetch."""
    reader = read(html.render(make()))
    assert not reader.tags & {"script", "link", "img", "iframe", "object", "form", "a"}
    assert "url(" not in html.STYLE
    assert "@import" not in html.STYLE


@settings(deadline=None, max_examples=40)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=4))
def test_no_name_becomes_a_tag_or_an_attribute(names: list[str]) -> None:
    """With any names, tags and attributes are those of the report itself."""
    own = read(html.render(samples.named(["aws_x.a"])))
    reader = read(html.render(samples.named(names)))
    assert reader.tags <= own.tags
    assert reader.attributes <= own.attributes


def test_hostile_names_are_shown_and_not_run() -> None:
    """A script in a key is text on the page."""
    text = html.render(samples.hostile())
    assert "<script" not in text
    assert "</details><script>alert(1)</script>" in "".join(read(text).said)
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_the_page_says_what_the_text_says() -> None:
    """Headline, facts and the last sum are on the page."""
    said = "".join(read(html.render(samples.rich())).said)
    for words in ("Normal change, critical risk, 118 points", "5 working days", "in all"):
        assert words in said
