"""The numbers behind the score; a policy's `weights` replace any of them by name."""

from tfchange.rulebook.rule import Policy
from tfchange.rulebook.weights import counted


def weight(policy: Policy, name: str) -> int:
    """The points a policy gives for `name`; `uncertainty.other` for kinds that nobody priced."""
    return counted(name, policy.weights)


def saturate(raw: int, half: int) -> int:
    """0 to 100: 50 where `raw` equals `half`, rising ever more slowly, never falling."""
    return 100 * raw // (raw + half) if raw > 0 else 0


def nth(points: int, n: int) -> int:
    """What the n-th of many alike still costs: a second adds half, none adds less than 1."""
    return max(1, points // n) if points > 0 else 0
