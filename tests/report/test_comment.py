"""The comment on a pull request: its first screen answers, it fits, no name breaks out of it."""

import re
from html.parser import HTMLParser
from typing import Any

import msgspec
import pytest
from cmarkgfm import Options, github_flavored_markdown_to_html
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.conftest import SCENARIOS
from tests.report import samples
from tfchange.pipeline import assess
from tfchange.reading import Options as Wanted
from tfchange.report.comment import Beside, render
from tfchange.report.detail import STEPS
from tfchange.risk.assessment import Assessment, Category

LINK = "https://desk.acme.test/nav_to.do?uri=change_request.do"
REPORT = "https://github.com/acme/shop/actions/runs/1"
BESIDE = Beside("CHG0030001", LINK, REPORT)
NASTY = st.text(
    st.one_of(st.sampled_from("`|\\<>&@#*_[]()!~$\"'\n\r\t :-+=1.{}^/wh"), st.characters()),
    max_size=40,
)
EVIL = (
    "@everyone",
    "@acme/owners",
    "</details>",
    "</summary></details>",
    "```",
    "`````",
    "#123",
    "GH-123",
    "acme/shop#123",
    "<!-- tfchange:" + "a" * 32 + " " + "1" * 16 + " 0.0 -->",
    "-->",
    "\u202egnp.exe",
    "\u2066x\u2069",
    "[click](https://evil.test)",
    "![x](https://evil.test/x.png)",
    "https://evil.test",
    "www.evil.test",
    "mallory@evil.test",
    "<img src=x onerror=alert(1)>",
    "<script>",
    "[//]: # (x)",
    "| a | b |",
    "5ca1ab1e" * 5,
    ":tada:",
    "$x$",
    "\r\n\r\n# heading",
    "&#64;everyone",
    "\\@everyone",
)


class Page(HTMLParser):
    """What a browser makes of a comment: tags, links, and text that GitHub would look into."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.links: list[str] = []
        self.pieces = [""]
        self.balanced = True
        self.feed(github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.pieces.append("")
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")
        if tag not in {"br", "hr", "img", "input"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.pieces.append("")
        self.balanced &= bool(self.open) and self.open.pop() == tag

    def handle_comment(self, _: str) -> None:
        self.pieces.append("")  # GitHub looks into each text node by itself.

    def handle_data(self, data: str) -> None:
        if not {"code", "pre", "a"} & set(self.open):
            self.pieces[-1] += data

    @property
    def told(self) -> str:
        return "".join(self.pieces)


MENTION = re.compile(r"(?<![\w`])@[\w-]+|(?:^|[\s(\[{])[\w./-]*#\d+|\bGH-\d+|:\w+:")
TAGS = {
    *("h2", "h3", "p", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "strong"),
    *("em", "code", "pre", "details", "summary", "b", "sub", "a"),
}


def safe(text: str, links: set[str]) -> None:
    """The comment holds no mention, no reference, no link but ours, no tag but ours."""
    page = Page(text)
    assert page.balanced
    assert page.open == []
    assert set(page.seen) <= TAGS
    assert set(page.links) <= links
    for piece in page.pieces:
        assert not MENTION.search(piece), piece
    assert not re.search("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", text)
    assert text.count("<details>") == text.count("</details>") == page.seen.count("details")
    assert not re.search(r"<!-- (?!-->)", text)


def evil(make: Any, names: list[str]) -> Assessment:
    """An assessment full of these names, of one plan or of several."""
    one = samples.named(names)
    if make == "one":
        return one
    other = samples.named(names, names[0])
    return msgspec.structs.replace(one, sections=(one, other))


@pytest.mark.parametrize("make", ["one", "several"])
@settings(deadline=None, max_examples=40)
@given(names=st.lists(NASTY, min_size=1, max_size=4), number=NASTY)
@example(names=list(EVIL), number="@everyone")
@example(names=list(reversed(EVIL)), number="](https://evil.test)")
@example(names=list(samples.HOSTILE), number="<!--")
def test_no_name_becomes_markup(make: str, names: list[str], number: str) -> None:
    """Whatever names a plan brings, the comment mentions nobody, links nowhere, closes nothing."""
    beside = Beside(number, LINK, REPORT)
    safe(render(evil(make, names), beside), {LINK, REPORT})


@pytest.mark.parametrize("limit", [65_536, 8_000, 2_000])
@pytest.mark.parametrize("name", EVIL)
def test_no_name_becomes_markup_under_a_limit(name: str, limit: int) -> None:
    """Cutting breaks nothing open either."""
    safe(render(evil("several", [name]), BESIDE, limit=limit), {LINK, REPORT})


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "https://evil.test/>) @everyone",
        "https://x.test/a b\n[x](https://y.test)",
        'https://x.test/"><script>',
        "http://user:secret@x.test/",
        "https://x.test/a)b(c",
        "https://x.test/?a=1&lt;2&copy;",
    ],
)
def test_an_address_is_an_address(url: str) -> None:
    """The addresses that are given lead to the web or nowhere, and hold no credential."""
    text = render(samples.rich(), Beside("CHG1", url, url))
    page = Page(text)
    assert all(re.match(r"https?://[\w.]+/", link) for link in page.links)
    assert "secret" not in text
    assert not MENTION.search(page.told)
    assert page.balanced


@pytest.mark.parametrize("limit", [65_376, 20_000, 5_000, 2_000, 300, 20])
@pytest.mark.parametrize(
    "make", [samples.rich, samples.empty, samples.several, samples.hostile, samples.huge]
)
def test_it_is_never_longer_than_the_limit(make: Any, limit: int) -> None:
    """Whatever the plan and the limit, the comment fits, and says what kind of change it is."""
    text = render(make(), BESIDE, limit=limit)
    assert len(text) <= limit
    assert "change" in text


def test_detail_goes_in_the_stated_order() -> None:
    """The picture goes before the folded parts, those before the first screen; it is all said."""
    whole, steps = render(samples.rich(), BESIDE), list[tuple[bool, bool, bool]]()
    for limit in range(20_000, 500, -100):
        text = render(samples.rich(), BESIDE, limit=limit)
        step = ("```mermaid" in text, "<details>" in text, "Must&nbsp;approve" in text)
        if step not in steps:
            steps.append(step)
        assert ("Detail is left out" in text) is (text != whole)
    assert steps == sorted(steps, reverse=True)
    assert (False, False, True) in steps
    assert len(STEPS) == 7
    assert f"[the report]({REPORT})" in render(samples.rich(), BESIDE, limit=2_000)


def test_the_first_screen_answers() -> None:
    """What category and why, what is destroyed, what it reaches, who approves, what is missing."""
    text = render(samples.rich(), BESIDE)
    first = text.partition("<details>")[0]
    assert first.startswith("## 🔴 Normal change, critical risk, 118 points\n")
    for said in (
        f"**production** · [CHG0030001]({LINK}) · [full report]({REPORT})",
        "No pre-approved kind of change covers replacing a database.",
        "**Destroyed or replaced**",
        f"- `-/+` `{samples.DATABASE}` is replaced. ",
        "12 resources depend on it.",
        "- `-` `aws_instance.bastion` is destroyed.",
        "11 resources that do not change themselves; by service: lambda 9, ecs 2 and ssm 1",
        "**Security team**, **Change advisory board (CAB)**; lead time: 5 working days",
        "to a pull request of their own: Without these 3 changes the rest is a standard change",
    ):
        assert said in first, said
    assert len(Page(first).told.splitlines()) < 50
    assert text.rstrip().endswith("</sub>")
    assert samples.rich().plan.fingerprint[:32] in text


def test_a_standard_change_says_that_it_is_one() -> None:
    """Nobody has to be asked, and the envelope is named."""
    text = render(samples.standard())
    assert text.startswith("## 🟢 Standard change")
    assert "yes, all of it fits into tags-only" in text


def test_nothing_to_do_is_short() -> None:
    """A plan that changes nothing needs no table of approvals."""
    text = render(samples.empty())
    assert text.startswith("## ⚪ No change\n")
    assert "Nothing changes." in text
    assert "approve" not in text


def test_an_emergency_names_its_incident() -> None:
    """With the day its review is due."""
    text = render(samples.emergency())
    assert "Emergency change" in text.splitlines()[0]
    assert "declared for INC0042; to be reviewed by 2026-03-04" in text


def test_several_plans_are_listed_worst_first() -> None:
    """One head, a table of all plans, and a folded section for each that does something."""
    text = render(samples.several(), BESIDE)
    rows = [line for line in text.splitlines() if line.startswith("| <code>")]
    assert [re.sub(r"&#\d+;", ".", row).split("</code>")[0] for row in rows] == [
        "| <code>prod.plan.json",
        "| <code>staging.json",
        "| <code>dev.json",
        "| <code>test.json",
    ]
    assert "🔴 normal | critical, 118 points" in rows[0]
    assert "🟢 standard | low, 2 points" in rows[1]
    assert "⚪ none |" in rows[2]
    assert f"\n- `prod/plan.json`\n  - `-/+` `{samples.DATABASE}` is replaced. " in text
    page = Page(text)
    assert page.balanced
    assert page.open == []


def test_what_is_said_of_one_resource_is_said_of_another() -> None:
    """An address that ends like one of the reasons is not that one, nor one of another plan."""
    plans = [str(SCENARIOS / name / "plan.json") for name in ("platform", "database-replaced")]
    first = render(assess(plans, Wanted())).partition("<details>")[0]
    lost = "is replaced: a new one is made, empty, and the data of the old one is lost."
    where = 'module.service["catalog"].module.database[0].aws_db_instance.this'
    assert f"plan.json`: `{where}` {lost}" in first, "it is among the reasons"
    assert f"- `-/+` `{where}` is replaced. 3 resources" in first
    assert f"- `-/+` `aws_db_instance.this` {lost} 4 resources depend on it." in first


def test_an_unknown_environment_is_said() -> None:
    """It counts as production."""
    one = msgspec.structs.replace(samples.rich(), environment="")
    assert "environment not known, so it counts as production" in render(one).splitlines()[2]


def test_categories_have_all_been_looked_at() -> None:
    """Of each category there is a comment."""
    for category in Category:
        one = msgspec.structs.replace(samples.rich(), category=category)
        assert "change" in render(one).splitlines()[0].lower()


@pytest.mark.parametrize(
    "text",
    [
        "hello @everyone",
        "see #12",
        "fixes acme/shop#12",
        "GH-12",
        "https://evil.test",
        "www.evil.test",
        "<img src=x>",
        "</details>",
        "<details>",
        ":tada:",
        "<!-- hidden -->",
        "\u202e",
    ],
)
def test_the_judge_of_this_file_finds_what_it_looks_for(text: str) -> None:
    """Plain Markdown with a mention, a reference, a link or a tag does not pass."""
    with pytest.raises(AssertionError):
        safe(f"## Title\n\n{text}\n", set())
