"""Whether more is let in than before, be that packets or principals."""

from typing import Any

from tfchange.rulebook import exposure, policies

FIELDS = exposure.FIELDS | policies.DOCUMENTS | {"arn"}


def lets_in_more(before: Any, after: Any) -> bool:
    """Whether the world, anyone, another account, or any action or resource is newly let in."""
    questions = (
        exposure.opens_to_world,
        policies.gains_wildcard,
        policies.becomes_public,
        policies.trusts_more,
    )
    return any(holds(before, after) for holds in questions)
