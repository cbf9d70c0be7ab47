"""Which rules say nothing of their own: another hits whatever they hit, or they hit nothing.

What is told from the matchers alone is certain; a pair whose expressions differ is not judged.
"""

from collections.abc import Callable, Iterable, Iterator

import msgspec

from tfchange.rulebook.index import suits
from tfchange.rulebook.match import any_glob, glob, within
from tfchange.rulebook.rise import SEVERITIES
from tfchange.rulebook.rule import Rule, Rulebook, TypeTraits, When

FactsOf = Callable[[str], TypeTraits]


class Shadow(msgspec.Struct, frozen=True):
    """A rule that adds points, and no level and no approver, to what another always hits too."""

    rule: str
    by: str


def shadowed(book: Rulebook) -> tuple[Shadow, ...]:
    """Every rule behind another, by id; of two that are alike the later one by id."""
    return tuple(
        Shadow(rule.id, other.id)
        for rule in book.rules
        for other in _before(rule, book)
        if is_wider(other.when, rule.when, book)
    )


def idle(above: Rulebook, book: Rulebook, named: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Of the rules and envelopes that a layer names, those that are as they were without it."""
    was, now = (
        {("rule", r.id): r for r in b.rules} | {("envelope", e.id): e for e in b.envelopes}
        for b in (above, book)
    )
    return tuple(
        f"{kind} {id_}" for kind, id_ in named if was.get((kind, id_)) == now.get((kind, id_))
    )


def unmatched(book: Rulebook, facts_of: FactsOf) -> tuple[str, ...]:
    """The rules that can never hit: no type has what they ask of types, or drift is denied and
    asked for; `facts_of` gives the facts of any type."""
    return tuple(rule.id for rule in book.rules if not _can_match(rule.when, book, facts_of))


def _can_match(when: When, book: Rulebook, facts_of: FactsOf) -> bool:
    if when.drifted is False and when.drift:
        return False
    return any(suits(when, facts) for facts in _facts_for(when, book, facts_of))


def _facts_for(when: When, book: Rulebook, facts_of: FactsOf) -> Iterator[TypeTraits]:
    """Of types that are named; of a pattern those that are known, and all that may be guessed."""
    for pattern in when.types or ("*",):
        yield facts_of(pattern)
        if "*" in pattern:
            yield from map(facts_of, filter(glob(pattern), book.traits))
            yield from (facts for _, facts in book.patterns)


def _before(rule: Rule, book: Rulebook) -> Iterator[Rule]:
    """The other rules that ask for as much as this one."""
    for other in book.rules:
        weight, heavier = (SEVERITIES.index(r.severity) for r in (rule, other))
        alike = is_wider(rule.when, other.when, book) and weight == heavier
        asks = set(rule.approvers) <= set(other.approvers)
        if heavier < weight or other.points < rule.points or not asks or other.id == rule.id:
            continue
        if not alike or other.id < rule.id:
            yield other


def is_wider(wide: When, narrow: When, book: Rulebook) -> bool:
    """Whether `wide` holds wherever `narrow` does, as far as that can be told for certain."""
    return (
        _types(wide, narrow, book)
        and _actions(wide, narrow)
        and _changed(wide, narrow)
        and wide.drifted in (None, narrow.drifted)
        and (not wide.drift or (bool(narrow.drift) and set(narrow.drift) <= set(wide.drift)))
        and (wide.reach is None or (narrow.reach is not None and narrow.reach >= wide.reach))
        and wide.expression in (None, narrow.expression)
        and _provisioners(wide, narrow)
        and _beside_changes(wide, narrow)
    )


def _provisioners(wide: When, narrow: When) -> bool:
    named = any_glob(wide.provisioners)
    return not wide.provisioners or (
        bool(narrow.provisioners) and all(map(named, narrow.provisioners))
    )


def _beside_changes(wide: When, narrow: When) -> bool:
    """Whether both are about the same, be that changes, the whole plan or versions."""
    if wide.destroyed is None or narrow.destroyed is None:
        about = wide.destroyed is narrow.destroyed
    else:
        about = wide.destroyed <= narrow.destroyed
    alike = bool(wide.bumped) is bool(narrow.bumped)
    return about and alike and set(narrow.bumped) <= set(wide.bumped)


def _types(wide: When, narrow: When, book: Rulebook) -> bool:
    named = any_glob(wide.types)
    by_type = not wide.types or (bool(narrow.types) and all(map(named, narrow.types)))
    if not wide.traits or (narrow.traits and set(narrow.traits) <= set(wide.traits)):
        return by_type
    # A type that is named outright has its traits, whatever the rule says of them.
    return by_type and bool(narrow.types) and all(_has(name, wide, book) for name in narrow.types)


def _has(name: str, wide: When, book: Rulebook) -> bool:
    said = book.facts_of(name)
    return said is not None and not set(wide.traits).isdisjoint(said.traits)


def _actions(wide: When, narrow: When) -> bool:
    plain = {action.partition(":")[0] for action in wide.actions if ":" not in action}
    return not wide.actions or (
        bool(narrow.actions)
        and all(a in wide.actions or a.partition(":")[0] in plain for a in narrow.actions)
    )


def _changed(wide: When, narrow: When) -> bool:
    return not wide.changed or (
        bool(narrow.changed) and all(map(within(wide.changed), narrow.changed))
    )
