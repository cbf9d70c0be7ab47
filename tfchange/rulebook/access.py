"""Whether more is let in than before, be that packets or principals."""

from typing import Any

from tfchange.rulebook import exposure, policies

FIELDS = exposure.FIELDS | policies.DOCUMENTS

_QUESTIONS = (
    exposure.opens_to_world,
    policies.gains_wildcard,
    policies.becomes_public,
    policies.trusts_more,
)


def lets_in_more(before: Any, after: Any) -> bool:
    """Whether the world, anyone, another account, or any action or resource is newly let in."""
    return any(_holds(question, before, after) for question in _QUESTIONS)


def _holds(question: Any, before: Any, after: Any) -> bool:
    try:
        return bool(question(before, after))
    except (TypeError, ValueError, KeyError, AttributeError, IndexError, RecursionError):
        # Another shape than providers write says nothing.
        return False
