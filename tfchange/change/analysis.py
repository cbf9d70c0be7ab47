"""Risk and impact analysis: how bad, how likely, and where the points come from."""

from collections.abc import Iterator

from tfchange.change.blocks import headed, items, paragraph
from tfchange.change.lines import caveat_lines, drift_lines, names, resources, unchanged
from tfchange.change.request import Text
from tfchange.change.title import kinds
from tfchange.plan.model import Action
from tfchange.risk.assessment import Assessment, Category, Contribution
from tfchange.words import count, few, sentence

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
            f"The risk is {a.level.value}: {count(a.score, 'point')}. "
            f"Impact is {a.impact.value}, likelihood is {a.likelihood.value}."
        ),
        *headed(f"Impact: {a.impact.value}", items(_impact(a))),
        *headed(f"Likelihood: {a.likelihood.value}", items(_likelihood(a))),
        *headed("Where the points come from", points),
        *headed("Drift: what changed outside Terraform", items(drift_lines(a))),
        *headed("What could not be known", items(caveat_lines(a))),
    )


def _impact(a: Assessment) -> Iterator[str]:
    yield (
        f"The environment is {a.environment}."
        if a.environment
        else "The environment is not known, so it counts as production."
    )
    lost = [c for c in a.changes if c.traits.loses_data and c.action in _GONE]
    if lost:
        yield f"What holds data is destroyed or replaced: {names(lost)}."
    kept = [c for c in a.changes if c.traits.stateful and c.action is Action.UPDATE]
    if kept:
        yield f"What holds data or state is updated: {names(kept)}."
    cut = [c for c in a.changes if c.traits.interrupts and c.action in _GONE and c not in lost]
    if cut:
        yield f"What serves others is destroyed or replaced: {names(cut)}."
    yield _reach(a)


def _reach(a: Assessment) -> str:
    number, services = len(unchanged(a)), a.blast_radius.services
    if not a.blast_radius.reached:
        return "Nothing that Terraform knows of depends on what changes."
    who = f"{resources(number, 'that does not change itself depends', _DEPEND)} on what changes"
    said = [f"{name} {n:,}" for name, n in services]
    by = f" All that is reached, by kind: {few(said, 8)}." if said else ""
    return f"{who}.{by}" if number else f"All that depends on what changes, changes too.{by}"


_DEPEND = "that do not change themselves depend"
_GONE = frozenset({Action.DELETE, Action.REPLACE})


def _likelihood(a: Assessment) -> Iterator[str]:
    for action, (one, several) in _RISKY.items():
        those = [c for c in a.changes if c.action is action]
        if those:
            yield f"{kinds(those)} {one if len(those) == 1 else several}."
    undone = sum(item.status == "reverted" for item in a.drift.items)
    if undone:
        yield f"{resources(undone, 'has', 'have')} drifted, and this plan takes that back."
    if a.caveats:
        yield f"{count(len(a.caveats), 'thing')} could not be known; they are listed below."


def _points(given: Contribution) -> str:
    where = given.address or ""
    at = f"{where}: " if where and where not in given.reason else ""
    return f"{given.points:+,} {given.rule}: {at}{sentence(given.reason)}"
