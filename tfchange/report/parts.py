"""One function per part of a page; each returns None where there is nothing to say."""

from collections.abc import Container, Iterable, Sequence
from itertools import groupby

from tfchange.report import reach
from tfchange.report.page import Caps, Item, Line, Part
from tfchange.risk.assessment import (
    Assessment,
    BackoutStep,
    Blocker,
    Contribution,
    DriftItem,
)
from tfchange.words import (
    capped,
    count,
    few,
    group_name,
    listing,
    plain,
    sentence,
    unique,
)

Row = tuple[int, str, str, str]


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
        lead += f" By service: {few(services, caps.services)}."
    items, hidden = reach.tree(radius.reached, caps.reached, caps.instances)
    more = f"and {count(hidden, 'more resource')}" if hidden else ""
    return Part("reached", "Blast radius: what it reaches", lead, items, more)


def drift(assessment: Assessment, caps: Caps) -> Part | None:
    """What was changed outside Terraform, and what this plan does about it."""
    found, title = assessment.drift, "Drift: what changed outside Terraform"
    if not found.items and not found.suppressed:
        return None
    noise = f"{count(found.suppressed, 'difference')} without meaning" if found.suppressed else ""
    left_out = f"{noise} {_are(found.suppressed)} left out."
    if not found.items:
        return Part("drift", title, f"Nothing that matters: {left_out}")
    shown, more = capped(found.items, caps.drift, "resource")
    lead = f"{count(len(found.items), 'resource')} changed outside Terraform."
    items = tuple(drifted(item, caps) for item in shown)
    close, total = left_out if noise else "", len(found.items)
    return Part("drift", title, lead, items, more, close, brief=True, total=total)


def approvals(assessment: Assessment, caps: Caps) -> Part | None:
    """Who must approve and why, and how long ahead the change is to be filed."""
    if not assessment.approvals:
        return None
    reasons: dict[str, list[str]] = {}
    for approval in assessment.approvals:
        reasons.setdefault(approval.group, []).append(sentence(approval.reason))
    alike: dict[tuple[str, ...], list[str]] = {}
    for group, said in reasons.items():
        alike.setdefault(tuple(said), []).append(group_name(group))
    items = tuple(
        Item(listing(groups), is_address=False, lines=tuple(_some(said, caps.why)))
        for said, groups in alike.items()
    )
    return Part("approvals", "Who must approve", "", items, brief=True)


def counterfactual(assessment: Assessment, caps: Caps) -> Part | None:
    """What keeps the plan from being a standard change, and what would be left without it."""
    found = assessment.counterfactual
    if not found.blockers and not found.remainder:
        return None
    reasons = _blockers(found.blockers, caps.names)
    items, more = capped(reasons, caps.blockers, "reason")
    nearest = plain(found.envelope or "")
    lead = f"The nearest envelope is {nearest}." if nearest else ""
    title = "What keeps it from being a standard change"
    close = sentence(found.remainder)
    total = len(reasons)
    return Part("counterfactual", title, lead, tuple(items), more, close, brief=True, total=total)


def backout(assessment: Assessment, caps: Caps) -> Part | None:
    """How the change is taken back, step by step, what cannot be undone said first."""
    steps = assessment.backout
    if not steps:
        return None
    lost = sum(not s.reversible for s in steps)
    lead = (
        f"{lost:,} of {count(len(steps), 'step')} cannot be undone."
        if lost
        else "Terraform can take back every step."
    )
    runs = [list(run) for _, run in groupby(steps, key=lambda s: (s.step, s.reversible))]
    shown, more = capped(runs, caps.backout, "step")
    items = tuple(_backout(number, run, caps.steps) for number, run in enumerate(shown, 1))
    title, total = "Backout: how to take it back", len(runs)
    return Part("backout", title, lead, items, more, brief=True, total=total)


def caveats(assessment: Assessment, caps: Caps) -> Part | None:
    """What could not be known."""
    shown, more = capped(assessment.caveats, caps.caveats, "caveat")
    items = tuple(Item(plain(c.address or ""), lines=(Line(sentence(c.message)),)) for c in shown)
    if not items:
        return None
    title, total = "Caveats: what could not be known", len(assessment.caveats)
    return Part("caveats", title, "", items, more, brief=True, total=total)


def points(assessment: Assessment, caps: Caps) -> Part | None:
    """Where the score comes from, to the point; by rule where there are too many to list."""
    given = assessment.contributions
    if not given:
        return None
    told = {finding.message for finding in assessment.findings}
    several = len(given) > caps.points
    rows = _by_rule(given, told) if several else [_row(c, told) for c in given]
    items = tuple(
        Item(plain(rule), False, f"{points:+,}", plain(at), (Line(plain(why)),))
        for points, rule, at, why in rows
    )
    total = Item("in all", is_address=False, symbol=f"{sum(c.points for c in given):,}")
    return Part("points", "Where the points come from", "", (*items, total))


def _backout(number: int, run: Sequence[BackoutStep], most: int) -> Item:
    """One step, or several in a row in which the same is done to different resources."""
    names, step = [plain(s.address) for s in run], run[0]
    return Item(
        few(names, most),
        is_address=len(names) == 1,
        symbol=f"{number}.",
        aside="" if step.reversible else "cannot be undone",
        lines=(Line(sentence(step.step)),),
        tone="" if step.reversible else "high",
    )


def _blockers(blockers: Sequence[Blocker], most: int) -> list[Item]:
    """One item for each reason, with all resources it keeps from being a standard change."""
    said: dict[tuple[str, bool], list[str]] = {}
    for blocker in blockers:
        said.setdefault((blocker.reason, bool(blocker.address)), []).append(blocker.address or "")
    alike: dict[tuple[str, bool], list[str]] = {}
    for (reason, addressed), names in said.items():
        first = reason.split(" ", 1)[0]
        phrase = addressed and first.isalpha() and first.islower()
        words = f"{plain(reason).rstrip('.')}." if phrase else sentence(reason)
        alike.setdefault((words, phrase), []).extend(map(plain, names))
    return [_blocker(names, reason, phrase, most) for (reason, phrase), names in alike.items()]


def _blocker(names: Iterable[str], reason: str, phrase: bool, most: int) -> Item:
    names = unique(filter(None, names))
    several = len(names) > 1
    subject = f"Each of {few(names, most)}" if phrase and several else few(names, most)
    return Item(subject, is_address=not several, lines=(Line(reason),), phrase=phrase)


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


def _row(given: Contribution, told: Container[str]) -> Row:
    """Points, rule, where and why; a finding that is told above is not told again."""
    address = given.address or ""
    if address and given.reason in told:
        return given.points, given.rule, "", address
    where = "" if address in given.reason else address
    return given.points, given.rule, where, sentence(given.reason)


def _by_rule(given: Sequence[Contribution], told: Container[str]) -> list[Row]:
    alike: dict[str, list[Contribution]] = {}
    for each in given:
        alike.setdefault(each.rule, []).append(each)
    rows = [
        _row(some[0], told)
        if len(some) == 1
        else (sum(c.points for c in some), rule, "", _of(some))
        for rule, some in alike.items()
    ]
    return sorted(rows, key=lambda row: (-row[0], row[1]))


def _of(some: Sequence[Contribution]) -> str:
    names = unique(c.address for c in some if c.address)
    return few(names, 2) if names else f"From {count(len(some), 'place')}."


def _some(said: Sequence[str], most: int) -> list[Line]:
    shown, more = capped(unique(said), most, "reason")
    return [*map(Line, shown), *([Line(f"… {more}")] if more else [])]


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
