"""The rulebook put to work: which rules hit a change, and whether a change fits an envelope.

A change is asked only by the rules that can hit one of its type and action at all, see `index`.
"""

from collections.abc import Iterable
from functools import cached_property

import msgspec

from tfchange.plan.address import block_of
from tfchange.plan.configuration import Bump
from tfchange.plan.model import ResourceChange, Values
from tfchange.plan.paths import plain_path
from tfchange.rulebook.asked import Asked, holds, rule_of
from tfchange.rulebook.fit import Fits
from tfchange.rulebook.index import Index
from tfchange.rulebook.match import Test, any_glob, glob
from tfchange.rulebook.rule import (
    Envelope,
    Rule,
    Rulebook,
    TypeTraits,
    Waiver,
)
from tfchange.rulebook.subject import NOTHING, WHOLE, WORDS, Gone, Subject, listed, says_nothing
from tfchange.rulebook.view import View

_NOTHING_KNOWN = TypeTraits(traits=())

_LONGEST = 60
"""Letters of a version that a message shows; it comes from files that anybody may have written."""

PLAN = "plan"
"""The address of what is about the whole plan."""


class Hit(msgspec.Struct, frozen=True):
    """One rule that holds for a change."""

    rule: Rule
    message: str
    path: str | None = None
    waived: Waiver | None = None


class Judge:
    """Judges changes by one rulebook on one day (YYYY-MM-DD in UTC; without it no waiver holds)."""

    def __init__(self, rulebook: Rulebook, today: str | None = None) -> None:
        self.rulebook, self.today = rulebook, today
        self._traits: dict[str, TypeTraits] = {}
        self._guesses: set[str] = set()
        whole = [r for r in rulebook.rules if r.when.destroyed is None and not r.when.bumped]
        floors = [rule_of(*each) for each in rulebook.policy.floors.items()]
        self._rules = Index(whole, rulebook.forms)
        self._floors = Index(floors, rulebook.forms)
        self._environments: dict[str | None, str] = {}
        self._waivers = [
            (waiver, any_glob(waiver.addresses))
            for waiver in rulebook.waivers
            if today is not None and today <= waiver.expires
        ]
        self._fits = Fits(rulebook, self.environment)

    @cached_property
    def _patterns(self) -> list[tuple[Test, TypeTraits]]:
        return [(glob(pattern), facts) for pattern, facts in self.rulebook.patterns]

    def traits_of(self, type_: str) -> TypeTraits:
        """The facts about a type; by name patterns where it has no entry."""
        facts = self._traits.get(type_)
        if facts is None:
            facts = self.rulebook.facts_of(type_)
            if facts is None:
                facts = self._guessed(type_)
                self._guesses.add(type_)
            self._traits[type_] = facts
        return facts

    def known(self, type_: str) -> bool:
        """Whether there are facts about this very type, not only a guess by its name."""
        self.traits_of(type_)
        return type_ not in self._guesses

    def environment(self, name: str | None) -> str:
        """The canonical name of an environment; what is not known is production."""
        found = self._environments.get(name)
        if found is None:
            found = self._environments[name] = self._canonical(name)
        return found

    def hits(self, subject: Subject) -> tuple[Hit, ...]:
        """All rules that hold for the change, by rule id."""
        asked = self._rules.asked(subject)
        return tuple([self._hit(a, subject) for a in asked if holds(a, subject)])

    def hits_of_plan(self, destroyed: int) -> tuple[Hit, ...]:
        """All rules that hold for a plan which destroys or replaces so many."""
        return tuple(
            Hit(rule, rule.message.format(count=destroyed), None, self._waiver(rule.id, PLAN))
            for rule in self.rulebook.rules
            if rule.when.destroyed is not None and destroyed >= rule.when.destroyed
        )

    def hits_of_bump(self, bump: Bump) -> tuple[Hit, ...]:
        """All rules that hold for a module or a provider whose version changes."""
        from tfchange.rulebook.versions import bump_step

        word = f"{bump.kind}:{bump_step(bump)}"
        old, new = (pin.version[:_LONGEST] if pin else "" for pin in (bump.before, bump.after))
        said = {"address": bump.address, "old": old, "new": new}
        return tuple(
            Hit(rule, rule.message.format(**said), None, self._waiver(rule.id, bump.address))
            for rule in self.rulebook.rules
            if word in rule.when.bumped
        )

    def floors(self, subject: Subject) -> tuple[str, ...]:
        """The floors of the policy that hold for the change, by name."""
        asked = self._floors.asked(subject)
        return tuple([floor.rule.id for floor in asked if holds(floor, subject)])

    def misfit(self, envelope: Envelope, subject: Subject, environment: str | None) -> str | None:
        """Why the change falls out of the envelope, as a phrase to follow its address."""
        return self._fits.misfit(envelope, subject, self.environment(environment))

    def misfits(self, subject: Subject) -> tuple[str | None, ...]:
        """The same for each envelope of the rulebook, in an environment that it is for."""
        return self._fits.misfits(subject)

    def _guessed(self, type_: str) -> TypeTraits:
        return next((f for matches, f in self._patterns if matches(type_)), _NOTHING_KNOWN)

    def _canonical(self, name: str | None) -> str:
        asked = (name or "").strip().lower()
        for canonical, others in self.rulebook.policy.environments.items():
            if asked == canonical or asked in others:
                return canonical
        return "production"

    def _hit(self, asked: Asked, subject: Subject) -> Hit:
        rule, paths = asked.rule, [path for path in subject.paths if asked.path(path)]
        message = rule.message.format(
            address=subject.change.id,
            type=subject.change.type,
            action=WORDS[subject.change.action],
            paths=listed(paths) or "attributes",
            reach=subject.reach,
        )
        change = subject.change
        waived = self._waiver(rule.id, change.id, block_of(change.address))
        return Hit(rule, message, paths[0] if paths else None, waived)

    def _waiver(self, rule: str, *addresses: str) -> Waiver | None:
        for waiver, covers in self._waivers:
            if waiver.rule == rule and any(map(covers, addresses)):
                return waiver
        return None


def subject_of(  # noqa: PLR0913  # all that a rule may ask
    change: ResourceChange,
    judge: Judge,
    values: Values | None = None,
    *,
    drift: Iterable[str] = (),
    reach: int = 0,
    gone: Gone = NOTHING,
    provisioners: frozenset[str] = frozenset(),
) -> Subject:
    """The change as rules ask it; its values are read unless they are at hand."""
    values = values or change.read()
    told = [path for path in values.changed if not says_nothing(values, path)]
    plain = set(map(plain_path, told))
    roots = frozenset([path[0] for path in told if path and isinstance(path[0], str)])
    return Subject(
        change,
        values,
        paths=tuple(sorted(plain - {""})),
        roots=None if change.action in WHOLE else roots,
        traits=judge.traits_of(change.type),
        view=View(values.before, values.after, values.unknown),
        drift=frozenset(drift),
        reach=reach,
        gone=gone,
        provisioners=provisioners,
    )
