"""How well the types of plans are known: by an entry, by a guess from their name, or not at all."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from tfchange.plan.model import Plan
from tfchange.rulebook.judge import Judge

KNOWN, GUESSED, UNKNOWN = ("known", "guessed", "unknown")


class Covered(msgspec.Struct, frozen=True):
    """One type of resource, and what the rulebook makes of it."""

    type: str
    standing: str
    """`known` by an entry, `guessed` from its name, or `unknown`."""
    resources: int
    """How many instances of it the plans show, changed or not."""
    traits: tuple[str, ...]


def coverage(plans: Iterable[Plan], judge: Judge) -> tuple[Covered, ...]:
    """Every type of the plans, by name."""
    found: Counter[str] = Counter()
    for plan in plans:
        found.update(_types(plan))
    return tuple(_covered(name, found[name], judge) for name in sorted(found))


def _types(plan: Plan) -> Iterable[str]:
    """The type of each managed resource once, whether it changes, drifted or both."""
    entries = (*plan.drift, *plan.deferred, *plan.changes)
    return {entry.id: entry.type for entry in entries if entry.mode == "managed"}.values()


def _covered(name: str, resources: int, judge: Judge) -> Covered:
    traits = judge.traits_of(name).traits
    standing = KNOWN if judge.known(name) else GUESSED if traits else UNKNOWN
    return Covered(name, standing, resources, traits)
