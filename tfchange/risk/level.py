"""The level of a plan: the highest that the score, a finding, a floor or the matrix asks for."""

from collections.abc import Iterator, Sequence

import msgspec

from tfchange.risk.assessment import Level
from tfchange.risk.environment import canonical
from tfchange.risk.facts import Facts
from tfchange.risk.judged import Judged
from tfchange.risk.score import level_of
from tfchange.rulebook.rule import Floor, Policy


class Held(msgspec.Struct, frozen=True):
    """A level with what holds it up, besides score and findings, as finished sentences."""

    level: Level
    why: tuple[str, ...] = ()


class Least(msgspec.Struct, frozen=True):
    """The least level that a floor or the matrix asks for, and why."""

    level: Level
    why: str
    """A finished sentence."""


def held(whole: Judged, policy: Policy, environment: str) -> Held:
    """The level; `environment` is the canonical one, production where it is not known."""
    base = level_of(whole.score, whole.findings, policy)
    return _highest(base, tuple(least(whole, policy, environment)))


def least(whole: Judged, policy: Policy, environment: str) -> Iterator[Least]:
    """What floors and the matrix ask for, besides score and findings."""
    yield from _floors(whole.facts, policy, environment)
    yield from matrix(policy, whole.impact, whole.likelihood)


def held_together(base: Level, policy: Policy, impact: Level, likelihood: Level) -> Held:
    """The level of several plans of which each has its own, and no lower one than those."""
    return _highest(base, tuple(matrix(policy, impact, likelihood)))


def words(level: Level, policy: Policy) -> str:
    """The level as people read it, with the policy's own name for it: `high (C2)`."""
    own = called(level, policy)
    return f"{level} ({own})" if own else level.value


def called(level: Level, policy: Policy) -> str:
    """The policy's own name for the level, `""` where it has none."""
    return policy.levels[level].called if level in policy.levels else ""


def _highest(base: Level, asked: Sequence[Least]) -> Held:
    level = max((base, *(each.level for each in asked)), key=lambda level: level.rank)
    raised = level.rank > base.rank
    return Held(level, tuple(each.why for each in asked if raised and each.level is level))


def matrix(policy: Policy, impact: Level, likelihood: Level) -> Iterator[Least]:
    """What the matrix asks for, where the policy has one."""
    found = policy.matrix.get(impact, {}).get(likelihood)
    if found:
        sides = f"impact {impact} and likelihood {likelihood}"
        said = words(Level(found), policy)
        yield Least(Level(found), f"The matrix makes it at least {said}: {sides}.")


def _floors(facts: Sequence[Facts], policy: Policy, environment: str) -> Iterator[Least]:
    for name, floor in policy.floors.items():
        if _is_for(floor, environment, policy):
            hit = [f.id for f in facts if name in f.floors]
            if hit:
                level = Level(floor.level)
                said = f"The policy makes it at least {words(level, policy)} for {_some(hit)}"
                yield Least(level, f"{said}: {floor.why}")


def _is_for(floor: Floor, environment: str, policy: Policy) -> bool:
    places = {canonical(name, policy) or name for name in floor.environments}
    return not places or environment in places


def _some(ids: Sequence[str]) -> str:
    return ids[0] if len(ids) == 1 else f"{ids[0]} and {len(ids) - 1} more"
