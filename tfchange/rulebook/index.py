"""Finds the rules that can hit a change at all, without asking every rule for every change."""

from collections.abc import Mapping, Sequence

from tfchange.plan.model import Action
from tfchange.rulebook.asked import Asked, compiled, deeds
from tfchange.rulebook.match import Test, glob
from tfchange.rulebook.rule import Form, Rule, TypeTraits, When
from tfchange.rulebook.subject import Subject


class Index:
    """The rules by the types that they ask for, or by the traits where they name no type.

    `forms` are those of their expressions.
    """

    def __init__(self, rules: Sequence[Rule], forms: Mapping[str, Form]) -> None:
        self._rules, self._forms = rules, forms
        self._named: dict[str, list[int]] = {}
        self._marked: dict[str, list[int]] = {}
        self._starred: list[tuple[Test, int]] = []
        self._any: list[int] = []
        for place, rule in enumerate(rules):
            self._enter(place, rule.when)
        self._compiled: dict[str, Asked] = {}
        self._of_type: dict[str, tuple[Rule, ...]] = {}
        self._of_change: dict[tuple[str, Action, bool], list[Asked]] = {}

    def asked(self, subject: Subject) -> Sequence[Asked]:
        """The rules for changes of this type and action, and of these attributes, in order."""
        change, roots = subject.change, subject.roots
        key = (change.type, change.action, change.create_before_destroy)
        found = self._of_change.get(key)
        if found is None:
            near, does = self.of(change.type, subject.traits), deeds(change)
            some = [r for r in near if not (r.when.actions and does.isdisjoint(r.when.actions))]
            found = self._of_change[key] = [self._asked(rule) for rule in some]
        if roots is None:
            return found
        return [asked for asked in found if not (asked.roots and asked.roots.isdisjoint(roots))]

    def of(self, type_: str, facts: TypeTraits) -> tuple[Rule, ...]:
        """The rules that ask for a type with such facts, in their order."""
        found = self._of_type.get(type_)
        if found is None:
            near = [self._rules[place] for place in sorted(self._near(type_, facts))]
            some = tuple([rule for rule in near if suits(rule.when, facts)])
            found = self._of_type[type_] = some
        return found

    def _enter(self, place: int, when: When) -> None:
        for name in when.types:
            if "*" in name:
                self._starred.append((glob(name), place))
            else:
                self._named.setdefault(name, []).append(place)
        for trait in () if when.types else when.traits:
            self._marked.setdefault(trait, []).append(place)
        if not (when.types or when.traits):
            self._any.append(place)

    def _near(self, type_: str, facts: TypeTraits) -> set[int]:
        places = {*self._any, *self._named.get(type_, ())}
        places.update([place for matches, place in self._starred if matches(type_)])
        for trait in facts.traits:
            places.update(self._marked.get(trait, ()))
        return places

    def _asked(self, rule: Rule) -> Asked:
        # A plan asks a part of the rules only, and the closures of each take their time.
        asked = self._compiled.get(rule.id)
        if asked is None:
            asked = self._compiled[rule.id] = compiled(rule, self._forms)
        return asked


def suits(when: When, facts: TypeTraits) -> bool:
    """Whether all holds that is asked of a type besides its name."""
    if when.stateful not in (None, facts.stateful):
        return False
    return not when.traits or not set(facts.traits).isdisjoint(when.traits)
