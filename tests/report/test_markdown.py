"""The pull request comment: it fits, and no name can break out of it."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.report import samples
from tfchange.report import markdown
from tfchange.report.page import ALL
from tfchange.risk.assessment import Assessment

TAGS = {"details", "summary", "b", "code", "sub", ""}
NASTY = st.text(
    st.one_of(st.sampled_from("`|\\<>&@#*_[]()!~$\"'\n\r\t :-+=1.{}^"), st.characters()),
    max_size=40,
)


def parsed(text: str) -> list[str]:
    """The types of all tokens, inline ones included, in order."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    types = []
    for token in parser.parse(text):
        types.append(f"{token.type}:{token.tag}" if token.type == "heading_open" else token.type)
        types += [child.type for child in token.children or ()]
    return types


def tags(text: str) -> list[str]:
    """Every HTML tag a browser would see once the Markdown is rendered, own Markdown included."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append(tag + "".join(f" {name}" for name, _ in attrs))

        def handle_endtag(self, tag: str) -> None:
            found.append(f"/{tag}")

    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    Reader().feed(parser.render(text))
    return found


def visible(text: str) -> str:
    """What a reader sees, without tags and comments."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_data(self, data: str) -> None:
            found.append(data)

    Reader().feed(MarkdownIt("commonmark", {"html": True}).render(text))
    return "".join(found)


@pytest.mark.parametrize("limit", [65_536, 20_000, 5_000, 2_000, 300, 20])
@pytest.mark.parametrize(
    "make", [samples.rich, samples.empty, samples.several, samples.hostile, samples.huge]
)
def test_it_is_never_longer_than_the_limit(make: type[Assessment], limit: int) -> None:
    """Whatever the plan and the limit, the comment fits."""
    assert len(markdown.render(make(), limit=limit)) <= limit  # type: ignore[call-arg]


def test_what_is_dropped_is_said() -> None:
    """A comment that leaves detail out says so, and one that has all does not."""
    assert "Detail is left out" in markdown.render(samples.rich(), limit=3000)
    assert "Detail is left out" not in markdown.render(samples.rich())


def test_what_is_destroyed_is_dropped_last_of_all_parts() -> None:
    """Under a tight limit the folded parts and the picture go first."""
    tight = markdown.render(samples.rich(), limit=2600)
    assert "Destroyed or replaced" in tight
    assert "mermaid" not in tight
    assert "<details>" not in tight


@settings(deadline=None, max_examples=60)
@given(st.lists(NASTY, min_size=1, max_size=4))
@example(list(samples.HOSTILE))
@example(["</details>", "|", "`", "@everyone"])
@example(["- a", "1. b", "# c", "=="])
@example(["", "|"])
def test_no_name_changes_the_structure(names: list[str]) -> None:
    """With any names, the tags and blocks are those that harmless names of the same places give."""
    text = markdown.render(samples.named(names))
    assert not {"link_open", "image", "em_open", "s_open"} & set(parsed(text))
    assert {tag.strip("/") for tag in tags(text)} - TAGS <= {
        *("h2", "h3", "h4", "p", "ul", "ol", "li", "table", "thead", "tbody", "tr", "pre", "em"),
        *("strong", "th style", "td style", "code class", "th", "td", "ol start", "hr"),
    }
    rows = re.findall(r"(?m)^\|.*\|$", text)
    cells = {re.sub(r"[^|]", "", row).count("|") for row in rows}
    assert cells <= {3, 4}
    assert (
        text.count("<details>")
        == text.count("</details>")
        == len(re.findall(r"(?m)^</details>$", text))
    )
    assert parsed(text).count("fence") == 1


@settings(deadline=None)
@given(NASTY)
@example('a["``` x"]')
@example("&lt;b&gt;")
@example("a|b\\|c\\\\|")
@example("www.x.y https://x.y a@b.c #1 GH-1 :tada: $x$ @me")
def test_text_reads_as_it_was_written(text: str) -> None:
    """Escaped prose and code show the same characters the name has."""
    from tfchange.words import plain

    wanted = re.sub(r"\s+", " ", plain(text)).strip()
    for escaped in (markdown.prose(text), markdown.code(text) if wanted else ""):
        shown = re.sub(r"\s+", " ", visible(f"x{escaped}x")).strip()
        assert not escaped or shown == re.sub(r"\s+", " ", f"x{plain(text)}x").strip()


@pytest.mark.parametrize(
    "name", ["@everyone", "#123", "GH-4", "https://x.example", "www.x.example", "a@b.example"]
)
def test_prose_makes_no_mention_reference_or_link(name: str) -> None:
    """What GitHub would turn into a mention, a reference or a link is parted by a comment."""
    assert name not in markdown.prose(f"see {name} now")
    assert visible(markdown.prose(f"see {name} now")).strip() == f"see {name} now"


def test_the_picture_shows_what_the_tree_shows() -> None:
    """The Mermaid picture has the chain as arrows, inferred ones dashed."""
    text = markdown.render(samples.rich())
    picture = text.partition("```mermaid\n")[2].partition("```")[0]
    assert picture.startswith("flowchart LR\n")
    assert '  n0["-/+ module.data.aws_db_instance.orders"]:::replace' in picture
    assert '  n0 -->|"reference"| n1' in picture
    assert '-.->|"value"|' in picture


def test_a_section_for_each_plan_under_its_own_heading() -> None:
    """Several plans have one head and a smaller heading per plan."""
    text = markdown.render(samples.several())
    assert text.startswith("## Normal change, critical risk")
    assert "\n### `prod/plan.json`: Normal change" in text
    assert "\n### `staging.json`: Standard change" in text
    assert "Nothing changes in dev.json and test.json." in text


def test_a_heading_counts_all_that_there_is() -> None:
    """Of a list that is shortened it says how many of how many are there."""
    text = markdown.render(samples.huge(30))
    assert "<summary><b>Destroyed or replaced</b> (20 of 30)</summary>" in text
    assert "<summary><b>Destroyed or replaced</b> (30)</summary>" in markdown.render(
        samples.huge(30), caps=ALL
    )
