"""One function per part of a page; each returns None where there is nothing to say."""

from collections.abc import Sequence
from typing import TypeVar

from tfchange.plan.model import DESTROYING
from tfchange.report import reach
from tfchange.report.page import Caps, Item, Line, Part
from tfchange.report.words import (
    count,
    few,
    group_name,
    plain,
    sentence,
    symbol,
    unique,
    verb,
)
from tfchange.risk.assessment import (
    Assessment,
    Change,
    Contribution,
    DriftItem,
    Finding,
    Location,
)

T = TypeVar("T")
Findings = dict[str, list[Finding]]


def destroyed(assessment: Assessment, caps: Caps, findings: Findings) -> Part | None:
    """What is destroyed or replaced: what a reader must not overlook."""
    gone = [c for c in assessment.changes if c.action in DESTROYING]
    return _changes("destroyed", "Destroyed or replaced", gone, caps, findings)


def changes(assessment: Assessment, caps: Caps, findings: Findings) -> Part | None:
    """Everything else that changes, moves or is imported."""
    rest = [c for c in assessment.changes if c.action not in DESTROYING]
    title = "What changes" if len(rest) == len(assessment.changes) else "What else changes"
    return _changes("changes", title, rest, caps, findings)


def reached(assessment: Assessment, caps: Caps) -> Part | None:
    """What depends on the changes, nearest first, each with its chain."""
    radius = assessment.blast_radius
    if not radius.reached:
        return None
    total = len(radius.reached)
    unchanged = sum(not r.changed for r in radius.reached)
    lead = f"{count(total, 'resource')} {'depends' if total == 1 else 'depend'} on what changes"
    lead += _split(total, unchanged)
    if radius.services:
        services = [f"{plain(name)} {number:,}" for name, number in radius.services]
        lead += f" By service: {few(services, 6)}."
    items, hidden = reach.tree(radius.reached, caps.reached)
    more = f"and {count(hidden, 'more resource')}" if hidden else ""
    return Part("reached", "What it reaches", lead, items, more)


def other_findings(assessment: Assessment, caps: Caps, findings: Findings) -> Part | None:
    """Findings on resources that do not change themselves, such as drifted ones."""
    known = {change_id(c) for c in assessment.changes}
    others = [(a, found) for a, found in findings.items() if a not in known]
    shown, more = _capped(others, caps.changes, "resource")
    items = tuple(
        Item(plain(address), lines=tuple(finding_lines(found, caps))) for address, found in shown
    )
    return Part("findings", "Other findings", "", items, more) if items else None


def drift(assessment: Assessment, caps: Caps) -> Part | None:
    """What was changed outside Terraform, and what this plan does about it."""
    found = assessment.drift
    if not found.items and not found.suppressed:
        return None
    shown, more = _capped(found.items, caps.drift, "resource")
    lead = (
        f"{count(len(found.items), 'resource')} changed outside Terraform."
        if found.items
        else "No real change was made outside Terraform."
    )
    close = ""
    if found.suppressed:
        entries = count(found.suppressed, "difference")
        close = f"{entries} without meaning {_are(found.suppressed)} left out."
    items = tuple(drifted(item, caps) for item in shown)
    return Part("drift", "Changed outside Terraform", lead, items, more, close, brief=True)


def approvals(assessment: Assessment, caps: Caps) -> Part | None:
    """Who must approve and why, and how long ahead the change is to be filed."""
    if not assessment.approvals:
        return None
    reasons: dict[str, list[str]] = {}
    for approval in assessment.approvals:
        reasons.setdefault(approval.group, []).append(sentence(approval.reason))
    items = tuple(
        Item(group_name(group), is_address=False, lines=tuple(_some(said, caps.why)))
        for group, said in reasons.items()
    )
    return Part("approvals", "Who must approve", "", items, brief=True)


def counterfactual(assessment: Assessment, caps: Caps) -> Part | None:
    """What keeps the plan from being a standard change, and what would be left without it."""
    found = assessment.counterfactual
    if not found.blockers and not found.remainder:
        return None
    shown, more = _capped(found.blockers, caps.blockers, "reason")
    items = tuple(Item(plain(b.address or ""), lines=(Line(sentence(b.reason)),)) for b in shown)
    lead = (
        f"The nearest pre-approved kind of change is {plain(found.envelope)}."
        if (found.envelope)
        else ""
    )
    title = "What keeps it from being a standard change"
    return Part("counterfactual", title, lead, items, more, sentence(found.remainder), brief=True)


def backout(assessment: Assessment, caps: Caps) -> Part | None:
    """How the change is taken back, step by step, what cannot be undone said first."""
    steps = assessment.backout
    if not steps:
        return None
    lost = sum(not s.reversible for s in steps)
    lead = (
        f"{lost:,} of {count(len(steps), 'step')} cannot be undone."
        if lost
        else ("Every step can be undone.")
    )
    shown, more = _capped(steps, caps.backout, "step")
    items = tuple(
        Item(
            plain(s.address),
            symbol=f"{number}.",
            aside="" if s.reversible else "cannot be undone",
            lines=(Line(sentence(s.step)),),
            tone="" if s.reversible else "high",
        )
        for number, s in enumerate(shown, 1)
    )
    return Part("backout", "How to take it back", lead, items, more, brief=True)


def caveats(assessment: Assessment, caps: Caps) -> Part | None:
    """What could not be known."""
    shown, more = _capped(assessment.caveats, caps.caveats, "caveat")
    items = tuple(Item(plain(c.address or ""), lines=(Line(sentence(c.message)),)) for c in shown)
    if not items:
        return None
    return Part("caveats", "What could not be known", "", items, more, brief=True)


def points(assessment: Assessment, caps: Caps) -> Part | None:
    """Where the score comes from, to the point; by rule where there are too many to list."""
    given = assessment.contributions
    if not given:
        return None
    rows = (
        [(c.points, c.rule, _at(c), sentence(c.reason)) for c in given]
        if len(given) <= caps.points
        else _by_rule(assessment)
    )
    items = tuple(
        Item(plain(rule), is_address=False, symbol=f"{n:+,}", aside=plain(at), lines=(Line(why),))
        for n, rule, at, why in rows
    )
    total = Item("in all", is_address=False, symbol=f"{sum(c.points for c in given):,}")
    return Part("points", "Where the points come from", "", (*items, total))


def by_address(assessment: Assessment) -> Findings:
    """The findings of each resource, the gravest first."""
    found: Findings = {}
    for finding in assessment.findings:
        found.setdefault(finding.address, []).append(finding)
    for each in (several for several in found.values() if len(several) > 1):
        each.sort(key=lambda f: (f.waived is not None, -f.severity.rank, -f.points, f.rule))
    return found


def change_item(change: Change, found: Sequence[Finding], caps: Caps) -> Item:
    """One change with why, what of it, its findings and how many depend on it."""
    lines = [Line(sentence(reason)) for reason in change.reasons]
    if change.previous_address and change.previous_address != change.address:
        lines.append(Line(f"It was {plain(change.previous_address)} before."))
    if change.create_before_destroy:
        lines.append(Line("The new one is created before the old one is destroyed."))
    lines += finding_lines(found, caps)
    extent = []
    if change.changed_paths:
        extent.append(f"Changes {few([plain(p) for p in change.changed_paths], caps.paths)}.")
    if change.reached:
        depend = "depends" if change.reached == 1 else "depend"
        extent.append(f"{count(change.reached, 'resource')} {depend} on it.")
    if extent:
        lines.append(Line(" ".join(extent)))
    aside = ", ".join(filter(None, (verb(change), place(change.location))))
    tone = found[0].severity.value if found and not found[0].waived else ""
    return Item(plain(change_id(change)), True, symbol(change), aside, tuple(lines), tone=tone)


def place(location: Location | None) -> str:
    """A file and line as editors understand it, `""` where it is not known."""
    return f"{plain(location.file)}:{location.line}" if location else ""


def _changes(
    key: str, title: str, some: Sequence[Change], caps: Caps, findings: Findings
) -> Part | None:
    if not some:
        return None
    shown, more = _capped(some, caps.changes, "resource")
    items = tuple(change_item(c, findings.get(change_id(c), ()), caps) for c in shown)
    return Part(key, title, "", items, more)


def finding_lines(found: Sequence[Finding], caps: Caps) -> list[Line]:
    """One sentence per finding, up to the cap, and how many more there are."""
    lines = [Line(*_finding(f)) for f in found[: caps.findings]]
    if len(found) > caps.findings:
        lines.append(Line(f"{count(len(found) - caps.findings, 'more finding')}."))
    return lines


def _finding(finding: Finding) -> tuple[str, str]:
    text = f"{sentence(finding.message)} ({plain(finding.rule)})"
    if not finding.waived:
        return text, finding.severity.value
    waiver = finding.waived
    owner, ticket, until = map(plain, (waiver.owner, waiver.ticket, waiver.expires))
    return f"{text} Waived by {owner} until {until}, see {ticket}.", "waived"


def _split(total: int, unchanged: int) -> str:
    if not unchanged:
        return " and changes in this plan too." if total == 1 else "; all change in this plan too."
    if unchanged == total:
        return " and does not change itself." if total == 1 else "; none of them changes itself."
    return f"; {unchanged:,} of them {'does' if unchanged == 1 else 'do'} not change in this plan."


_FATE = {
    "reverted": "This plan reverts it.",
    "kept": "This plan keeps it.",
    "irrelevant": "This plan does not touch it.",
}


def drifted(item: DriftItem, caps: Caps) -> Item:
    """One resource changed outside Terraform, in what, and what becomes of that."""
    fate = _FATE.get(item.status) or sentence(item.status)
    if item.kind == "deleted" and item.status == "reverted":
        fate = "This plan creates it again."
    paths = [plain(path) for path in item.paths] if item.kind != "deleted" else []
    what = f"Differs in {few(paths, caps.paths)}. {fate}" if paths else fate
    return Item(plain(item.address), aside=plain(item.kind), lines=(Line(what),))


def _at(given: Contribution) -> str:
    address = given.address or ""
    return "" if address in given.reason else address


def _by_rule(assessment: Assessment) -> list[tuple[int, str, str, str]]:
    sums: dict[str, list[int]] = {}
    for given in assessment.contributions:
        entry = sums.setdefault(given.rule, [0, 0])
        entry[0] += given.points
        entry[1] += 1
    rows = sorted(sums.items(), key=lambda row: (-row[1][0], row[0]))
    return [(n, rule, "", f"From {count(times, 'place')}.") for rule, (n, times) in rows]


def _capped(things: Sequence[T], most: int, noun: str) -> tuple[Sequence[T], str]:
    """At most `most` of the things, one more where only that one would be left out."""
    if len(things) <= most + 1:
        return things, ""
    return things[:most], f"and {count(len(things) - most, f'more {noun}')}"


def _some(said: Sequence[str], most: int) -> list[Line]:
    shown, more = _capped(unique(said), most, "reason")
    return [*map(Line, shown), *([Line(f"… {more}")] if more else [])]


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def change_id(change: Change) -> str:
    """What findings, points and backout steps call the change by."""
    return f"{change.address} (deposed {change.deposed})" if change.deposed else change.address
