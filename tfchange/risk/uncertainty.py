"""What could not be known of a plan, what it costs, and whether it forbids a standard change."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from tfchange.plan.model import Caveat, Plan
from tfchange.risk.assessment import Blocker, Contribution
from tfchange.risk.facts import Facts
from tfchange.risk.weights import nth, weight
from tfchange.rulebook.rule import Policy

RULE = "uncertainty"


class Doubt(msgspec.Struct, frozen=True, order=True):
    """One thing that could not be known."""

    kind: str
    reason: str
    """A finished sentence."""
    address: str | None = None
    path: str | None = None
    forbids: bool = True
    """Whether a plan with it can still be a standard change."""


def doubts(caveats: Iterable[Caveat], facts: Iterable[Facts]) -> tuple[Doubt, ...]:
    """Every doubt once, in an order that does not depend on the plan's."""
    found = {*_of_caveats(caveats), *_of_facts(facts)}
    return tuple(sorted(found, key=lambda d: (d.kind, d.address or "", d.path or "", d.reason)))


def caveats_of(plan: Plan, more: Iterable[Caveat]) -> tuple[Caveat, ...]:
    """All caveats once, those that forbid a standard change first."""
    found = dict.fromkeys((*plan.caveats, *more, *_flags(plan)))
    return tuple(
        sorted(found, key=lambda c: (not c.blocks_standard, c.kind, c.address or "", c.message))
    )


def contributions(found: Sequence[Doubt], policy: Policy) -> Iterator[Contribution]:
    """The points of all doubts; the n-th of a kind costs an n-th, but never less than 1."""
    seen: dict[str, int] = {}
    for doubt in found:
        seen[doubt.kind] = n = seen.get(doubt.kind, 0) + 1
        points = nth(weight(policy, f"uncertainty.{doubt.kind}"), n)
        if points:
            yield Contribution(points, RULE, doubt.reason, doubt.address, doubt.path)


def blockers(found: Iterable[Doubt]) -> tuple[Blocker, ...]:
    """The doubts that forbid a standard change."""
    return tuple(_blocker(d) for d in found if d.forbids)


def _blocker(doubt: Doubt) -> Blocker:
    if doubt.path is None:
        return Blocker(doubt.reason)
    return Blocker(f"has a value of {doubt.path} that is known only after apply", doubt.address)


def _of_caveats(caveats: Iterable[Caveat]) -> Iterator[Doubt]:
    for caveat in caveats:
        if caveat.blocks_standard:
            yield Doubt(caveat.kind, caveat.message, caveat.address)


def _of_facts(facts: Iterable[Facts]) -> Iterator[Doubt]:
    for f in facts:
        if not f.known_type:
            yield Doubt("unknown-type", _unknown_type(f), forbids=False)
        for path in f.unknown:
            reason = f"The value of {path} is known only after apply, and it matters for risk."
            yield Doubt("unknown-value", reason, f.id, path)


def _unknown_type(f: Facts) -> str:
    if f.traits.traits:
        return f"What is known about resources of type {f.change.type} is guessed from its name."
    return f"Nothing is known about resources of type {f.change.type}."


def _flags(plan: Plan) -> Iterator[Caveat]:
    """What a plan says of itself, for plans whose caveats were not written down with them."""
    kinds = {caveat.kind for caveat in plan.caveats}
    if plan.redacted and "redacted" not in kinds:
        yield Caveat("redacted", "The plan is redacted: values are missing.", None, True)
    if plan.errored and "errored" not in kinds:
        yield Caveat("errored", "Planning ended with errors.", None, True)
    if not (plan.complete or plan.errored or {"incomplete", "deferred"} & kinds):
        yield Caveat("incomplete", "Terraform says that the plan is not complete.", None, True)
