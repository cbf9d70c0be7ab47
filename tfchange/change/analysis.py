"""Risk and impact analysis: how bad, how likely, and where the points come from."""

from collections.abc import Iterator

from tfchange.change.blocks import headed, items, paragraph
from tfchange.change.lines import (
    caveat_lines,
    drift_lines,
    names,
    resources,
    service_lines,
    unchanged,
)
from tfchange.change.request import Text
from tfchange.change.title import kinds
from tfchange.plan.model import QUIET, Action
from tfchange.risk.assessment import Assessment, Category, Change, Contribution
from tfchange.risk.blast import LOAD_BEARING
from tfchange.words import count, environment_from, few, sentence

_RISKY = {
    Action.DELETE: ("is destroyed", "are destroyed"),
    Action.REPLACE: ("is replaced", "are replaced"),
    Action.FORGET: ("is dropped from the state", "are dropped from the state"),
    Action.UPDATE: ("is updated in place", "are updated in place"),
    Action.CREATE: ("is created", "are created"),
}
"""The riskiest first."""


def risk_text(assessment: Assessment) -> Text:
    """Impact and likelihood apart, then the points, drift, and what could not be known."""
    a = assessment
    if a.category is Category.NONE and not a.score:
        return paragraph("No risk: nothing changes.")
    points = items(_points(c) for c in a.contributions)
    return (
        *paragraph(
            f"The risk is {a.level_words}: {count(a.score, 'point')}. "
            f"Impact is {a.impact.value}, likelihood is {a.likelihood.value}."
        ),
        *(each for why in a.level_why for each in paragraph(why)),
        *headed(f"Impact: {a.impact.value}", items(_impact(a))),
        *headed(f"Likelihood: {a.likelihood.value}", items(_likelihood(a))),
        *headed("Where the points come from", points),
        *headed("Drift: what changed outside Terraform", items(drift_lines(a))),
        *headed("What could not be known", items(caveat_lines(a))),
    )


def _impact(a: Assessment) -> Iterator[str]:
    yield (
        f"The environment is {a.environment}{environment_from(a)}."
        if a.environment
        else "The environment is not known, so it counts as production."
    )
    lost = [c for c in a.changes if c.traits.loses_data and c.action in _GONE]
    if lost:
        yield f"What holds data is destroyed or replaced: {names(lost)}."
    quiet = [c for c in a.changes if c.cosmetic]
    if quiet:
        yield (
            "Only tags, descriptions and the like change, which nothing that runs can tell."
            if len(quiet) == len(a.changes)
            else f"Only tags, descriptions and the like change of: {names(quiet)}."
        )
    felt = [c for c in a.changes if not c.cosmetic and c not in lost]
    kept = [c for c in felt if c.traits.stateful]
    yield from _happens("What holds data or state", kept)
    bearing = [c for c in felt if c not in kept and not LOAD_BEARING.isdisjoint(c.traits.traits)]
    yield from _happens("What others rely on for network, names, access or keys", bearing)
    if len(quiet) < len(a.changes):
        yield _reach(a)
    yield from (f"Service {line}" for line in service_lines(a))


def _happens(what: str, those: list[Change]) -> Iterator[str]:
    """The worst first; what goes away does not only change."""
    for does, actions in _FATES:
        some = [c for c in those if c.action in actions]
        if some:
            yield f"{what} {does}: {names(some)}."


def _reach(a: Assessment) -> str:
    number, services = len(unchanged(a)), a.blast_radius.services
    if not a.blast_radius.reached:
        return "Nothing that Terraform knows of depends on what changes."
    who = f"{resources(number, 'that does not change itself depends', _DEPEND)} on what changes"
    said = [f"{name} {n:,}" for name, n in services]
    by = f" All that is reached, by kind: {few(said, 8)}." if said else ""
    return f"{who}.{by}" if number else f"All that depends on what changes, changes too.{by}"


_SHOWN = 5
_DEPEND = "that do not change themselves depend"
_GONE = frozenset({Action.DELETE, Action.REPLACE})
_FATES = (
    ("is destroyed", {Action.DELETE}),
    ("is replaced", {Action.REPLACE}),
    ("is no longer managed", {Action.FORGET}),
    ("changes", {Action.UPDATE}),
    ("is created", {Action.CREATE}),
    ("is moved or imported as it is", QUIET),
)


def _likelihood(a: Assessment) -> Iterator[str]:
    for action, (one, several) in _RISKY.items():
        those = [c for c in a.changes if c.action is action]
        if those:
            yield f"{kinds(those)} {one if len(those) == 1 else several}."
    undone = sum(item.status == "reverted" for item in a.drift.items)
    if undone:
        yield f"{resources(undone, 'has', 'have')} drifted, and this plan takes that back."
    doubts = [c for c in a.contributions if c.rule == "uncertainty"]
    yield from (f"In doubt: {_at(c)}{c.reason}" for c in doubts[:_SHOWN])
    if len(doubts) > _SHOWN:
        yield f"And {count(len(doubts) - _SHOWN, 'more doubt')}, listed below."


def _points(given: Contribution) -> str:
    return f"{given.points:+,} {given.rule}: {_at(given)}{sentence(given.reason)}"


def _at(given: Contribution) -> str:
    plan, _, address = (given.address or "").rpartition(": ")
    if address and address not in given.reason:
        return f"{given.address}: "
    return f"{plan}: " if plan else ""
