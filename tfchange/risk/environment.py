"""Which environment a plan is for, in the policy's own words; `""` where nothing tells."""

from collections.abc import Iterable, Iterator

import msgspec

from tfchange.plan.model import MASK, Caveat, Plan
from tfchange.risk.facts import Facts
from tfchange.rulebook.rule import Policy

PRODUCTION = "production"
UNKNOWN = ""


class Place(msgspec.Struct, frozen=True):
    """Where a plan was made, as far as it is known; the names in it are not secret."""

    workspaces: tuple[str, ...] = ()
    backend: str = ""
    """The key, prefix or path under which the backend keeps the state."""
    path: str = ""
    """The folders of plan and source below the root of the repository, apart by `/`."""


NOWHERE = Place()


class Named(msgspec.Struct, frozen=True):
    """An environment, and what names it."""

    environment: str
    source: str = ""


def environment_of(
    argument: str | None,
    facts: Iterable[Facts],
    plan: Plan,
    policy: Policy,
    place: Place = NOWHERE,
) -> Named:
    """The environment as told; else, of all that name one, the one nearest to production.

    Asked are the tags of what changes, the workspace, a root variable, the key of the backend and
    the path; of those that agree the first one is named. What a person said is kept where the
    policy does not know it. Tags or a variable of which it knows no word are unknown; a workspace,
    a key or a path of that kind says nothing.
    """
    if argument:
        return Named(canonical(argument, policy) or argument, "told")
    return nearest(_evidence(facts, plan, policy, place), policy)


def contradicted(
    argument: str | None,
    facts: Iterable[Facts],
    plan: Plan,
    policy: Policy,
    place: Place = NOWHERE,
) -> Iterator[Caveat]:
    """A caveat where the environment that was told is milder than what the plan itself names."""
    told = canonical(argument or "", policy)
    found = nearest(_evidence(facts, plan, policy, place), policy)
    ranks = [UNKNOWN, PRODUCTION, *policy.environments]
    if told and found.environment and _rank(found.environment, ranks) < _rank(told, ranks):
        said = f"The environment was told to be {told}, but by its {found.source} it is"
        yield Caveat("environment", f"{said} {found.environment}.", None, True)


def nearest(named: Iterable[Named], policy: Policy) -> Named:
    """The one of which to be most careful; the first of those that name the same."""
    ranks = [UNKNOWN, PRODUCTION, *policy.environments]
    return min(
        named,
        key=lambda n: (_rank(n.environment, ranks), n.environment),
        default=Named(UNKNOWN),
    )


def _rank(name: str, ranks: list[str]) -> int:
    return ranks.index(name) if name in ranks else 0


def _evidence(facts: Iterable[Facts], plan: Plan, policy: Policy, place: Place) -> Iterator[Named]:
    for tag in sorted({f.environment for f in facts if f.environment is not None}):
        yield _by(canonical(tag, policy), "tags")
    yield from _in_words(place.workspaces, "workspace", policy)
    if variable := _variable(plan, policy):
        yield _by(word_of(variable, policy), "variable")
    yield from _in_words((place.backend,), "backend", policy)
    yield from _in_words((place.path,), "path", policy)


def _by(name: str, source: str) -> Named:
    return Named(name, source if name else "")


def _in_words(texts: Iterable[str], source: str, policy: Policy) -> Iterator[Named]:
    found = (word_of(text, policy) for text in texts)
    return (Named(name, source) for name in found if name)


def word_of(text: str, policy: Policy) -> str:
    """The environment that a segment of the text names, or a word in one; `""` for none.

    Segments end at `/`, words at `-`, `_` and `.`; of several the one nearest to production. Two
    letters have to be a whole segment: `ci` in `ci-runners` says what it is, not where.
    """
    names = [name for segment in text.split("/") for name in _names(segment, policy)]
    return nearest(map(Named, names), policy).environment


def _names(segment: str, policy: Policy) -> Iterator[str]:
    if whole := canonical(segment, policy):
        yield whole
        return
    words, at = segment.replace("_", "-").replace(".", "-").split("-"), 0
    while at < len(words):
        # The longest run first: `pre-production` is no production.
        runs = (("-".join(words[at:end]), end) for end in range(len(words), at, -1))
        found = ((canonical(run, policy), end) for run, end in runs if len(run) > 2)
        name, at = next(((name, end) for name, end in found if name), ("", at + 1))
        if name:
            yield name


def canonical(name: str, policy: Policy) -> str:
    """The policy's word for an environment, `""` for none that it knows."""
    asked = name.strip().lower()
    for own, others in policy.environments.items():
        if asked and (asked == own.lower() or asked in (o.lower() for o in others)):
            return own
    return UNKNOWN


def counts_as_production(environment: str, policy: Policy) -> bool:
    """Whether to be as careful as in production: it is, or nobody knows."""
    return environment == PRODUCTION or environment not in policy.environments


def _variable(plan: Plan, policy: Policy) -> str:
    for name in policy.environment_variables:
        value = plan.variables.get(name)
        if isinstance(value, str) and value and value != MASK:
            return value
    return UNKNOWN
