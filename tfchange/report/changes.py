"""The parts of a page about what changes and what was found about it."""

from collections.abc import Iterator, Sequence

from msgspec import structs

from tfchange.plan.model import DESTROYING
from tfchange.report.page import Caps, Item, Line, Part
from tfchange.risk.assessment import Assessment, Change, Finding, Location
from tfchange.words import capped, count, few, plain, sentence, symbol, unique, verb

Findings = dict[str, list[Finding]]

CHANGES = "Changes "


def destroyed(assessment: Assessment, caps: Caps, findings: Findings) -> Part | None:
    """What is destroyed or replaced: what a reader must not overlook."""
    gone = [c for c in assessment.changes if c.action in DESTROYING]
    return _changes("destroyed", "Destroyed or replaced", gone, caps, findings)


def changes(assessment: Assessment, caps: Caps, findings: Findings) -> Part | None:
    """Everything else that changes, moves or is imported."""
    rest = [c for c in assessment.changes if c.action not in DESTROYING]
    title = "What changes" if len(rest) == len(assessment.changes) else "What else changes"
    return _changes("changes", title, rest, caps, findings)


def other_findings(assessment: Assessment, caps: Caps, findings: Findings) -> Part | None:
    """Findings on resources that do not change themselves, such as drifted ones."""
    known = {change_id(c) for c in assessment.changes}
    others = [(a, found) for a, found in findings.items() if a not in known]
    shown, more = capped(others, caps.changes, "resource")
    items = tuple(
        Item(plain(address), lines=tuple(finding_lines(found, caps))) for address, found in shown
    )
    total = len(others)
    return Part("findings", "Other findings", "", items, more, total=total) if items else None


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
    why = "; ".join(plain(reason).rstrip(".") for reason in change.reasons)
    lines = [Line(f"Why: {why}.")] if why else []
    if change.previous_address and change.previous_address != change.address:
        lines.append(Line(f"It was {plain(change.previous_address)} before."))
    if change.create_before_destroy:
        lines.append(Line("The new one is created before the old one is destroyed."))
    lines += finding_lines(found, caps)
    if change.changed_paths:
        lines.append(Line(f"{CHANGES}{few(_telling_first(change, found), caps.paths)}."))
    depend = f"{count(change.reached, 'resource')} {'depends' if change.reached == 1 else 'depend'}"
    reach = f"{depend} on it" if change.reached else ""
    aside = "; ".join(filter(None, (verb(change), reach, place(change.location))))
    tone = found[0].severity.value if found and not found[0].waived else ""
    return Item(plain(change_id(change)), True, symbol(change), aside, tuple(lines), tone=tone)


def finding_lines(found: Sequence[Finding], caps: Caps) -> list[Line]:
    """One sentence per finding, up to the cap, and how many more there are."""
    lines = [Line(*_finding(f)) for f in found[: caps.findings]]
    if len(found) > caps.findings:
        lines.append(Line(f"{count(len(found) - caps.findings, 'more finding')}."))
    return lines


def place(location: Location | None) -> str:
    """A file and line as editors understand it, `""` where it is not known."""
    return f"{plain(location.file)}:{location.line}" if location else ""


def change_id(change: Change) -> str:
    """What findings, points and backout steps call the change by."""
    return f"{change.address} (deposed {change.deposed})" if change.deposed else change.address


def _changes(
    key: str, title: str, some: Sequence[Change], caps: Caps, findings: Findings
) -> Part | None:
    if not some:
        return None
    shown, more = capped(some, caps.changes, "resource")
    items = [change_item(c, findings.get(change_id(c), ()), caps) for c in shown]
    return Part(key, title, "", tuple(_merged(items)), more, total=len(some))


def _merged(items: Sequence[Item]) -> Iterator[Item]:
    """The items of which the same is to be said together, with that said once, below the last."""
    together: dict[object, list[Item]] = {}
    for number, item in enumerate(items):
        key = (item.symbol, item.lines) if item.lines else number
        together.setdefault(key, []).append(item)
    for alike in together.values():
        lines = _of_all(len(alike), alike[0].lines)
        if len(alike) * len(alike[0].lines) <= len(lines):
            yield from alike
            continue
        yield from (structs.replace(item, lines=()) for item in alike[:-1])
        yield structs.replace(alike[-1], lines=lines)


def _of_all(number: int, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    if number == 1 or not lines:
        return lines
    if len(lines) == 1 and lines[0].text.startswith(CHANGES):
        both = "Both" if number == 2 else f"All {number}"
        return (Line(f"{both} change {lines[0].text.removeprefix(CHANGES)}"),)
    return (Line(f"Each of the {number} above:"), *lines)


def _telling_first(change: Change, found: Sequence[Finding]) -> list[str]:
    """The changed paths, those that a finding or a reason names before the others."""
    named = {finding.path for finding in found}
    reasons = " ".join(change.reasons)
    telling = [p for p in change.changed_paths if p in named or p in reasons]
    return [plain(path) for path in unique([*telling, *change.changed_paths])]


def _finding(finding: Finding) -> tuple[str, str]:
    text = f"{sentence(_of_itself(finding))} ({plain(finding.rule)})"
    if not finding.waived:
        return text, finding.severity.value
    waiver = finding.waived
    owner, ticket, until = map(plain, (waiver.owner, waiver.ticket, waiver.expires))
    return f"{text} Waived by {owner} until {until}, see {ticket}.", "waived"


def _of_itself(finding: Finding) -> str:
    """The message, without the address it begins with: that stands right above it."""
    rest = finding.message.removeprefix(f"{finding.address} ")
    return f"It {rest}" if rest != finding.message else rest
