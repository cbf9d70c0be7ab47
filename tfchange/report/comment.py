"""An assessment as a comment on a pull request: the answers on the first screen, the rest folded.

First what kind of change it is and why, then what is destroyed or replaced, what that reaches, who
must approve, and what would make it a standard change. It is GitHub-flavoured Markdown, which
`dialect` translates for other forges. No name in a plan can become markup, a mention, a reference
or a link.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

import msgspec

from tfchange.plan.model import DESTROYING
from tfchange.report import owning
from tfchange.report.changes import by_address, change_id
from tfchange.report.detail import STEPS, Detail
from tfchange.report.dialect import steps, translate
from tfchange.report.markdown import Writer, foot, link, prose, tag, writer_of
from tfchange.report.page import Caps, Page
from tfchange.report.story import WHOLE, tell
from tfchange.review.host import Dialect
from tfchange.risk.assessment import Assessment, Category, Change, Level
from tfchange.words import (
    capped,
    count,
    environment_from,
    few,
    group_name,
    headline,
    plan_name,
    sentence,
    summary_text,
    symbol,
    unique,
    verb,
)

SIGNS = {Level.LOW: "🟢", Level.MEDIUM: "🟡", Level.HIGH: "🟠", Level.CRITICAL: "🔴"}
NOTHING = "⚪"
WHY, GONE, PLANS = 4, 6, 12
"""Reasons, destroyed resources and plans on the first screen."""


class Beside(msgspec.Struct, frozen=True):
    """What a comment says beside the assessment; `""` where there is nothing to say."""

    number: str = ""
    """Of the change request."""
    url: str = ""
    report: str = ""
    """Where the full report is."""
    run: str = ""
    """Where the run is, which has no full report."""


def render(  # noqa: PLR0913  # what, and how much of it
    assessment: Assessment,
    beside: Beside | None = None,
    *,
    limit: int = 65_536,
    dialect: Dialect = Dialect.GITHUB,
    caps: Caps = STEPS[0].caps,
    size: Callable[[str], int] = len,
) -> str:
    """The comment in a dialect of Markdown, of at most `limit` characters, or what `size` counts.

    It says what the caps let it; what does not fit is dropped in the order of `detail.steps`, so
    that the first screen goes last, and the comment says what and where the rest is.
    """
    beside = beside or Beside()
    for number, detail in enumerate(steps(dialect, caps)):
        folded = msgspec.structs.replace(detail, open=frozenset())
        cut = number > 0 or dialect is Dialect.BITBUCKET
        text = "\n\n".join(_blocks(assessment, beside, folded, cut=cut)) + "\n"
        text = translate(text, dialect)
        if size(text) <= limit:
            return text
    text = f"## {headline(assessment)}\n\n{_cut(beside, STEPS[-1])}\n"[:limit]
    return next(text[:n] for n in range(len(text), -1, -1) if size(text[:n]) <= limit)


def _blocks(a: Assessment, beside: Beside, detail: Detail, *, cut: bool) -> Iterator[str]:
    page = tell(a, detail.caps)
    writer = writer_of(page, a, detail)
    yield f"## {_sign(a)} {page.headline}"
    yield from _head(a, beside, writer)
    parts = detail.parts and detail.folded
    if parts and not a.sections:
        yield from _parts(page, writer)
    for section in page.sections if parts else ():
        yield f"<details><summary>{tag(section.name)}: {section.headline}</summary>"
        yield _list(section.why, writer)
        yield from _parts(section, writer)
        yield "</details>"
    yield from (writer.prose(part.lead) for part in page.parts if part.key == "left-out")
    if page.quiet:
        yield writer.prose(page.quiet)
    if cut:
        yield _cut(beside, detail)
    elif not beside.report and _shortened(page):
        yield f"*Long lists are shortened; `{WHOLE}` has everything.*"
    yield foot(a, digits=32)


def _head(a: Assessment, beside: Beside, writer: Writer) -> Iterator[str]:
    """The first screen."""
    yield " · ".join(_where(a, beside))
    if a.sections:
        yield _plans(a.sections)
    why = (*unique(map(sentence, a.why))[:WHY], *a.level_why[:WHY])
    yield _list(unique(why), writer)
    gone = [each for section in a.sections or (a,) for each in _gone(section, a, writer)]
    if gone:
        yield "**Destroyed or replaced**"
        shown, more = capped(gone, GONE, "resource")
        lines = [
            "\n".join([*([f"- {plan}"] if plan else []), *(line for _, line in alike)])
            for plan, alike in groupby(shown, key=lambda each: each[0])
        ]
        yield "\n".join([*lines, *([f"- … {more}"] if more else [])])
    (first, said), *rows = _answers(a, writer)
    yield "\n".join(
        [
            f"| {first} | {said} |",
            "|:--|:--|",
            *(f"| **{name}** | {value} |" for name, value in rows),
        ]
    )


def _where(a: Assessment, beside: Beside) -> Iterator[str]:
    known = f"**{prose(a.environment)}**{environment_from(a)}" if a.environment else ""
    yield known or "environment not known, so it counts as production"
    if beside.number:
        yield link(beside.number, beside.url)
    if beside.report or beside.run:
        yield link("full report" if beside.report else "run", beside.report or beside.run)


def _answers(a: Assessment, writer: Writer) -> Iterator[tuple[str, str]]:
    yield "All plans" if a.sections else "Plan", prose(summary_text(a.summary))
    if a.emergency:
        due = f"; to be reviewed by {a.emergency.review_due}" if a.emergency.review_due else ""
        yield "Emergency", prose(f"declared for {a.emergency.incident}{due}")
    if a.changes:
        yield "Reaches", prose(_reach(a))
        if a.services:
            yield "Services", writer.prose(owning.fact(a))
        yield "Must&nbsp;approve", _approvers(a)
        if a.informed:
            told = unique(group_name(each.group) for each in a.informed)
            yield "To&nbsp;be&nbsp;told", writer.prose(few(told, 8))
        yield "Standard&nbsp;change", writer.prose(_standard(a))


def _reach(a: Assessment) -> str:
    reached = sum(not r.changed for r in a.blast_radius.reached)
    if not reached:
        return "nothing that does not change itself"
    noun = "resource that does not change itself"
    said = count(reached, noun, "resources that do not change themselves")
    services = [f"{name} {number:,}" for name, number in a.blast_radius.services]
    return f"{said}; by service: {few(services, 5)}" if services else said


def _approvers(a: Assessment) -> str:
    groups = unique(group_name(each.group) for each in a.approvals)
    if not groups:
        return "nobody: it was approved beforehand" if a.envelope else "nobody"
    lead = f"; lead time: {prose(a.lead_time)}" if a.lead_time else ""
    return f"{', '.join(f'**{prose(group)}**' for group in groups)}{lead}"


def _standard(a: Assessment) -> str:
    """What would make it one, or what makes it one."""
    if a.category is Category.STANDARD:
        return f"yes, all of it fits into {a.envelope}"
    found = a.counterfactual
    outside = unique(b.address for b in found.blockers if b.address)
    if found.remainder and outside:
        theirs = "a pull request of its own" if len(outside) == 1 else "a pull request of their own"
        return f"move {few(outside, 2)} to {theirs}: {sentence(found.remainder)}"
    if found.envelope:
        return f"no: {_outside(outside, a)} outside of {found.envelope}, the nearest; below is why"
    return "no, and no part of it would be one" if outside else "no; below is why"


def _outside(outside: Sequence[str], a: Assessment) -> str:
    number, of = len(outside), max(a.blast_radius.changed, len(outside))
    if number == of:
        return "its only change is" if of == 1 else f"all {of:,} changes are"
    return f"{number:,} of {of:,} changes {'is' if number == 1 else 'are'}"


def _gone(section: Assessment, whole: Assessment, writer: Writer) -> Iterator[tuple[str, str]]:
    """A line for each resource of a plan that is destroyed or replaced; of several, the plan too.

    What the reasons above have said already is not said again.
    """
    found, told = by_address(section), set(map(sentence, whole.why[:WHY]))
    where = f"{section.plan.path}: " if whole.sections else ""
    plan = writer.code(plan_name(section.plan.path)) if whole.sections else ""
    for change in section.changes:
        if change.action in DESTROYING:
            worst = next((f for f in found.get(change_id(change), ()) if not f.waived), None)
            message = sentence(worst.message) if worst else ""
            said = _fate(change, "" if sentence(f"{where}{message}") in told else message)
            name = writer.code(change_id(change))
            indent = "  " if plan else ""
            yield plan, f"{indent}- `{symbol(change)}` {name} {writer.prose(said)}"


def _fate(change: Change, message: str) -> str:
    number = change.reached
    depend = f"{count(number, 'resource')} {'depends' if number == 1 else 'depend'} on it."
    text = message.removeprefix(f"{change_id(change)} ")
    said = text if text != message else f"is {verb(change)}. {message}".strip()
    return f"{said} {depend}" if number else said


def _plans(sections: Sequence[Assessment]) -> str:
    shown, more = capped(sections, PLANS, "plan")
    rows = (
        f"| {tag(plan_name(s.plan.path), 200)} | {_sign(s)} {s.category.value} | "
        f"{_risk(s)} | {prose(summary_text(s.summary))} |"
        for s in shown
    )
    lines = ["| Plan | Change | Risk | What it does |", "|:--|:--|:--|:--|", *rows]
    return "\n".join([*lines, *([f"| … {more} | | | |"] if more else [])])


def _risk(a: Assessment) -> str:
    return f"{a.level_words}, {count(a.score, 'point')}" if a.score else ""


def _parts(page: Page, writer: Writer) -> Iterator[str]:
    for part in page.parts:
        yield from writer.part(part, "###")


def _list(sentences: Sequence[str], writer: Writer) -> str:
    return "\n".join(f"- {writer.prose(each)}" for each in sentences)


def _sign(a: Assessment) -> str:
    return NOTHING if a.category is Category.NONE and not a.score else SIGNS[a.level]


def _shortened(page: Page) -> bool:
    """Whether a list of the page, or of a section of it, leaves something out."""
    return any(part.more for each in (page, *page.sections) for part in each.parts)


def _cut(beside: Beside, detail: Detail) -> str:
    where = f"{link('the report', beside.report)} has more"
    where = where if beside.report else f"`{WHOLE}` has everything"
    return f"*Detail is left out to fit here: {detail.lacks}; {where}.*"
