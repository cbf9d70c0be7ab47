"""Which environment a plan is for, in the policy's own words; `""` where nothing tells."""

from collections.abc import Iterable

from tfchange.plan.model import MASK, Plan
from tfchange.risk.facts import Facts
from tfchange.rulebook.rule import Policy

PRODUCTION = "production"
UNKNOWN = ""


def environment_of(argument: str | None, facts: Iterable[Facts], plan: Plan, policy: Policy) -> str:
    """The environment: as told, else by the tags of what changes, else by a root variable.

    A name that the policy does not know is kept where a person gave it and is unknown elsewhere.
    """
    if argument:
        return canonical(argument, policy) or argument
    tagged = {f.environment for f in facts} - {None}
    if tagged:
        return most_like_production((canonical(str(t), policy) for t in tagged), policy)
    return canonical(_variable(plan, policy), policy)


def canonical(name: str, policy: Policy) -> str:
    """The policy's word for an environment, `""` for none that it knows."""
    asked = name.strip().lower()
    for own, others in policy.environments.items():
        if asked and (asked == own.lower() or asked in (o.lower() for o in others)):
            return own
    return UNKNOWN


def most_like_production(names: Iterable[str], policy: Policy) -> str:
    """Of several environments the one to be most careful with; an unknown one wins over all."""
    ranks = [UNKNOWN, PRODUCTION, *policy.environments]
    return min(set(names), key=lambda n: (ranks.index(n) if n in ranks else 0, n), default=UNKNOWN)


def counts_as_production(environment: str, policy: Policy) -> bool:
    """Whether to be as careful as in production: it is, or nobody knows."""
    return environment == PRODUCTION or environment not in policy.environments


def _variable(plan: Plan, policy: Policy) -> str:
    for name in policy.environment_variables:
        value = plan.variables.get(name)
        if isinstance(value, str) and value and value != MASK:
            return value
    return UNKNOWN
