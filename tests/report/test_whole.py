"""Reports that name everything, and what goes first where everything does not fit."""

import html as entities
import re
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.build import change, plan_json
from tests.report import samples
from tests.report.test_html import read
from tfchange.pipeline import assess
from tfchange.reading import Options
from tfchange.report import comment, detail, html, markdown
from tfchange.report.comment import Beside
from tfchange.report.page import ALL, Caps
from tfchange.report.spans import names_of, spans
from tfchange.report.story import WHOLE
from tfchange.review import job
from tfchange.risk.assessment import Assessment, Hop, Reached

MANY = 4_000
REPORT = "https://github.com/acme/shop/actions/runs/1"


def size(text: str) -> int:
    """As GitHub measures a summary."""
    return len(text.encode())


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    """The assessment of a plan of several thousand changes, of two kinds."""
    path = tmp_path_factory.mktemp("many") / "plan.json"
    values = {"id": "1", "tags": {"a": "1"}}
    path.write_bytes(
        plan_json(
            [change(f"aws_sqs_queue.q{n}", ["delete"], values, None) for n in range(MANY // 2)]
            + [
                change(f'aws_vpc.v["ü.{n}"]', ["update"], values, {"id": "1", "tags": {"a": "2"}})
                for n in range(MANY // 2)
            ]
        )
    )
    return assess([str(path)], Options(today="2026-11-23"))


def told(text: str) -> str:
    """What a reader of Markdown sees, names as they are."""
    return entities.unescape(text.replace("<!-- -->", ""))


def test_html_names_every_change(many: Assessment) -> None:
    """However many there are; nothing is said to be left out."""
    said = "".join(read(html.render(many)).said)
    assert len(many.changes) == MANY
    assert all(each.address in said for each in many.changes)
    assert not re.search(r"and [\d,]+ more", said)


def test_html_names_all_of_each_kind() -> None:
    """What is reached, instance by instance, who is in the way, each step back, and all plans."""
    some = samples.huge(300)
    said = "".join(read(html.render(some)).said)
    assert said.count('module.m3.aws_sqs_queue.q["key.297"]') >= 5
    assert not re.search(r"\d more", said)
    plans = [msgspec.structs.replace(samples.standard(f"p{n}.json")) for n in range(150)]
    quiet = [samples.empty(f"q{n}.json") for n in range(30)]
    whole = msgspec.structs.replace(some, sections=(*plans, *quiet))
    said = "".join(read(html.render(whole)).said)
    assert all(f"p{n}.json " in said for n in range(150))
    assert all(f"q{n}.json" in said for n in range(30))
    assert not re.search(r"\d more", said)


def test_instances_are_named_where_all_are_wanted() -> None:
    """Alike they share a line elsewhere."""
    some = samples.rich()
    found = some.blast_radius.reached[0]
    last = found.chain[-1]
    names = [f"{found.address}[{n}]" for n in range(9)]
    more = tuple(
        Reached(name, found.type, found.distance, (*found.chain[:-1], Hop(name, last.via)))
        for name in names
    )
    radius = msgspec.structs.replace(some.blast_radius, reached=more)
    some = msgspec.structs.replace(some, blast_radius=radius)
    assert "and 8 more instances" in markdown.render(some)
    whole = markdown.render(some, caps=ALL)
    assert "more instance" not in whole
    assert all(f"`{name}`" in whole for name in names)


def test_the_summary_of_a_job_names_every_change_that_fits(many: Assessment) -> None:
    """A mebibyte is enough for some thousand; a comment shortens its lists and says so."""
    text = comment.render(many, limit=job.MOST, caps=ALL, size=size)
    said = told(text)
    assert size(text) <= job.MOST
    assert all(each.address in said for each in many.changes)
    assert "Detail is left out" not in said
    assert WHOLE not in said
    short = comment.render(many)
    assert len(short) <= 65_536
    assert f"Long lists are shortened; `{WHOLE}` has everything." in short
    assert WHOLE not in comment.render(many, Beside(report=REPORT))
    assert f"[full report]({REPORT})" in comment.render(many, Beside(report=REPORT))


@pytest.mark.parametrize("number", [5_000, 10_000])
def test_a_summary_that_would_be_too_long_says_what_it_leaves_out(number: int) -> None:
    """Lists go first, to the longest that fits, each with how much it leaves out."""
    some = samples.huge(number)
    text = comment.render(some, Beside(report=REPORT), limit=job.MOST, caps=ALL, size=size)
    assert job.MOST // 4 < size(text) <= job.MOST
    found = re.search(r"out to fit here: what lists have beyond ([\d,]+) entries; \[the", text)
    assert found
    most = int(found[1].replace(",", ""))
    assert most in detail.LENGTHS
    assert f"… and {number - most:,} more resources" in text
    assert told(text).count("aws_sqs_queue.q") >= most


def large() -> Assessment:
    """More than most, and not so much that it takes long."""
    return samples.huge(1_000)


@pytest.mark.parametrize("make", [samples.rich, samples.several, samples.hostile, large])
@pytest.mark.parametrize("limit", [0, 20, 300, 2_000, 20_000, 100_000, 200_000])
def test_whatever_the_limit_it_fits_by_bytes(make: Any, limit: int) -> None:
    """The more is left out the less fits, and the head stays longest."""
    text = comment.render(make(), limit=limit, caps=ALL, size=size)
    assert size(text) <= limit
    assert limit < 300 or "change" in text


def test_lists_go_before_the_rest() -> None:
    """Each step says no more than the one before, and the last ones are those of a comment."""
    steps = detail.steps(ALL)
    assert steps[0].caps == ALL
    assert steps[-len(detail.STEPS) :] == detail.STEPS == detail.steps(Caps())
    for one, other in pairwise(steps):
        assert all(
            getattr(other.caps, name) <= getattr(one.caps, name) for name in Caps.__struct_fields__
        )
        assert one.picture >= other.picture
        assert (one.parts and one.folded) >= (other.parts and other.folded)
    assert detail.steps(ALL)[-1].lacks == "the picture, what is folded away and all lists"


def test_a_picture_stays_one_that_github_draws() -> None:
    """Where thousands are reached it is of the first of them, and says so."""
    text = comment.render(samples.huge(1_000), limit=job.MOST, caps=ALL, size=size)
    drawn = text.partition("```mermaid\n")[2].partition("```")[0]
    assert 50 < drawn.count("-->") < 500
    assert len(drawn) < 50_000
    assert "The first 120 are drawn." in text
    assert "are drawn" not in comment.render(samples.rich())


def test_plans_without_a_section_are_counted() -> None:
    """Of many plans the worst have a section in a comment, and the others are not passed over."""
    some = msgspec.structs.replace(
        samples.rich(), sections=tuple(samples.standard(f"p{n}.json") for n in range(14))
    )
    text = comment.render(some)
    assert f"4 plans of lower risk have no section of their own here. {WHOLE} has every" in text
    whole = comment.render(some, limit=job.MOST, caps=ALL, size=size)
    assert "no section" not in whole
    assert whole.count("<details><summary><code>") == 14


def test_a_run_without_a_report_is_not_said_to_have_one() -> None:
    """It is linked by its name."""
    text = comment.render(samples.rich(), Beside(run=REPORT))
    assert f"[run]({REPORT})" in text
    assert "full report" not in text


some_names = st.lists(
    st.text(st.sampled_from('ab.["]0'), min_size=1, max_size=7), min_size=1, max_size=8
)


@given(some_names, st.text(st.sampled_from('ab.["]0 '), max_size=40))
def test_addresses_are_found_as_one_pattern_would(addresses: list[str], text: str) -> None:
    """The first and longest that begins and ends at a border, and all of the text is told."""
    known = sorted({a for a in addresses if len(a) > 3}, key=lambda a: (-len(a), a))
    either = "|".join(map(re.escape, known)) or r"(?!)"
    pattern = re.compile(rf'(?<![\w.])(?:{either})(?![\w\["])')
    found = list(spans(text, names_of(addresses)))
    assert "".join(piece for piece, _ in found) == text
    assert [piece for piece, is_address in found if is_address] == pattern.findall(text)
