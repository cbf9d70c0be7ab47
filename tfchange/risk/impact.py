"""Impact and likelihood, apart from the score: service desks ask for both."""

from collections.abc import Iterable

from tfchange.plan.model import DESTROYING, Action
from tfchange.risk.assessment import Drift, Level
from tfchange.risk.blast import LOAD_BEARING
from tfchange.risk.facts import Facts

_WIDE, _FAR = 20, 60
"""Blast radius scores from which the reach alone raises the impact."""
_LIKELIHOODS = {
    Action.DELETE: 2,
    Action.REPLACE: 2,
    Action.FORGET: 1,
    Action.UPDATE: 1,
}


def impact_of(facts: Iterable[Facts], blast: int, *, production: bool) -> Level:
    """What is at stake: the environment, the kind of what changes, and how much depends on it.

    One step for production, one for what holds data or carries others (two where data is
    destroyed), one or two for the reach. Changes that nothing can feel put nothing at stake.
    """
    felt = [f for f in facts if not f.cosmetic]
    if not felt:
        return Level.LOW
    reach = (blast >= _WIDE) + (blast >= _FAR)
    return _level(production + max(map(_stake, felt)) + reach)


def likelihood_of(facts: Iterable[Facts], drift: Drift, *, doubtful: bool) -> Level:
    """How likely something goes wrong: the kind of action, drift that is undone, and doubts.

    Creating is the least likely to hurt, replacing and destroying the most.
    """
    kinds = [_LIKELIHOODS.get(f.change.action, 0) for f in facts if not f.cosmetic]
    undone = any(item.status == "reverted" for item in drift.items)
    return _level(max(kinds, default=0) + undone + doubtful)


def _stake(f: Facts) -> int:
    if f.traits.loses_data and f.change.action in DESTROYING:
        return 2
    return 1 if f.traits.stateful or not LOAD_BEARING.isdisjoint(f.traits.traits) else 0


def _level(steps: int) -> Level:
    return list(Level)[min(steps, Level.CRITICAL.rank)]
