"""What all mergers of layers share: what rises, and what is said of what would fall."""

from collections.abc import Callable
from typing import Any

from tfchange.rulebook.document import Where

SEVERITIES = ("low", "medium", "high", "critical")
"""Severities and levels, rising."""

Fault = Callable[[Where, str], None]


def union(above: Any, said: Any) -> list[str]:
    """All of both, in the order they were said."""
    return list(dict.fromkeys([*above, *said]))


def falls(said: str, above: str) -> bool:
    """Whether a severity or level is lower than the one above."""
    return SEVERITIES.index(said) < SEVERITIES.index(above)


def lowers(what: str) -> str:
    """The fault of a layer that would make the judgement milder."""
    return f"a lower layer may add and raise, never lower ({what}); lowering takes a waiver"
