"""The score: a plain sum of contributions, and the level it leads to."""

from collections.abc import Iterable, Iterator, Sequence

from tfchange.plan.model import Action
from tfchange.risk import findings as finder
from tfchange.risk.assessment import Contribution, Finding, Level
from tfchange.risk.facts import Facts
from tfchange.risk.weights import nth, weight
from tfchange.rulebook.rule import Policy

VERBS = {
    Action.CREATE: "created",
    Action.UPDATE: "updated",
    Action.REPLACE: "replaced",
    Action.DELETE: "destroyed",
    Action.FORGET: "dropped from the state",
}
IMPORT = "import"


def contributions(
    facts: Sequence[Facts],
    findings: Iterable[Finding],
    blast: int,
    drift: int,
    policy: Policy,
) -> list[Contribution]:
    """Every part of the score but uncertainty; `blast` and `drift` are 0 to 100."""
    return [
        *_of_actions(facts, policy),
        *_of_findings(findings),
        *_of_radius("blast-radius", blast, policy),
        *_of_radius("drift", drift, policy),
    ]


def ordered(parts: Iterable[Contribution]) -> tuple[Contribution, ...]:
    """The largest first."""
    return tuple(
        sorted(parts, key=lambda c: (-c.points, c.rule, c.address or "", c.path or "", c.reason))
    )


def total(parts: Iterable[Contribution]) -> int:
    """The score: the sum, to the point."""
    return sum(part.points for part in parts)


def level_of(score: int, findings: Iterable[Finding], policy: Policy) -> Level:
    """The level by the policy's thresholds, at least the severity of every finding that counts."""
    by_score = (
        level
        for level in Level
        if level.value in policy.levels and policy.levels[level].at <= score
    )
    floors = (f.severity for f in finder.counted(findings))
    return max((*by_score, *floors), key=lambda level: level.rank, default=Level.LOW)


def _of_actions(facts: Sequence[Facts], policy: Policy) -> Iterator[Contribution]:
    cap = weight(policy, "action.cap")
    for name, n, said in _kinds(facts):
        points = weight(policy, f"action.{name}") * min(n, cap)
        if points:
            yield Contribution(points, f"action.{name}", said)


def _kinds(facts: Sequence[Facts]) -> Iterator[tuple[str, int, str]]:
    for action, verb in VERBS.items():
        n = sum(f.change.action is action and not f.cosmetic for f in facts)
        if n:
            yield action.value, n, f"{_things(n)} {verb}."
    n = sum(f.change.importing is not None for f in facts)
    if n:
        yield IMPORT, n, f"{_things(n)} imported."


def _things(n: int) -> str:
    return "1 resource is" if n == 1 else f"{n} resources are"


def _of_findings(findings: Iterable[Finding]) -> Iterator[Contribution]:
    seen: dict[str, int] = {}
    for f in finder.ordered(finder.counted(findings)):
        seen[f.rule] = n = seen.get(f.rule, 0) + 1
        points = nth(f.points, n)
        if points:
            yield Contribution(points, f.rule, f.message, f.address, f.path)


def _of_radius(rule: str, score: int, policy: Policy) -> Iterator[Contribution]:
    most = weight(policy, f"{rule.partition('-')[0]}.max")
    points = -(-most * score // 100)  # rounded up, so that nothing real is free
    if points:
        words = {"blast-radius": "The blast radius", "drift": "Drift"}
        yield Contribution(points, rule, f"{words[rule]} is {score} of 100.")
