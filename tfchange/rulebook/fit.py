"""Whether a change fits an envelope.

Most of the answer is the same for all changes of one type and action, and is found once for them.
"""

from collections.abc import Callable

import msgspec

from tfchange.plan.model import Action, ResourceChange
from tfchange.rulebook.cel import Expression
from tfchange.rulebook.match import Test, any_glob, within
from tfchange.rulebook.rule import Envelope, Limits, Rulebook
from tfchange.rulebook.subject import WORDS, Subject, listed, satisfies

Reason = tuple[str, int]
"""Why a change is not of an allowed kind, and how near it came."""

Fit = Callable[[Subject], Reason | None]
"""Why a change is not of a kind; None where it is."""


class _Allowed(msgspec.Struct, frozen=True):
    """One kind of change that an envelope allows, as closures."""

    actions: tuple[str, ...]
    typed: Test
    """Whether it names the type; any, where it asks for neither types nor traits."""
    traits: frozenset[str]
    fit: Fit
    """Asks for what differs between changes of one type and action."""


class _Deed(msgspec.Struct, frozen=True):
    """What an envelope says to all changes with one action, whatever their type."""

    envelope: str
    barred: str | None
    """Why it lets in none of them."""
    forbids: frozenset[str] = frozenset()
    """The traits that it does."""
    allowed: tuple[_Allowed, ...] = ()


_Kind = tuple[str | None, tuple[Fit, ...]]
"""Why it lets in no change of a type and action, or what is still to be asked of each."""


class Fits:
    """Asks envelopes; `canonical` names an environment as the policy does.

    What holds for all changes with one action is found once, then what holds for all of one type.
    """

    def __init__(self, rulebook: Rulebook, canonical: Callable[[str | None], str]) -> None:
        self._forms, self._canonical = rulebook.forms, canonical
        self._envelopes = rulebook.envelopes
        self._allowed: dict[int, tuple[Envelope, tuple[_Allowed, ...]]] = {}
        self._deeds: dict[tuple[Action, bool], list[_Deed]] = {}
        self._kinds: dict[tuple[str, Action, bool], list[_Kind]] = {}

    def misfit(self, envelope: Envelope, subject: Subject, here: str) -> str | None:
        """Why the change falls out of the envelope, as a phrase to follow its address."""
        return _misfit(_kind(self._deed(envelope, subject.change, here), subject), subject)

    def misfits(self, subject: Subject) -> tuple[str | None, ...]:
        """The same for every envelope, each in an environment that it is for."""
        change = subject.change
        key = (change.type, change.action, change.forgets)
        kinds = self._kinds.get(key)
        if kinds is None:
            deeds = self._at_home(change)
            kinds = [(d.barred, ()) if d.barred else _kind(d, subject) for d in deeds]
            self._kinds[key] = kinds
        return tuple([kind[0] or _misfit(kind, subject) for kind in kinds])

    def _at_home(self, change: ResourceChange) -> list[_Deed]:
        """What each envelope says to changes with this action where it is for."""
        key = (change.action, change.forgets)
        deeds = self._deeds.get(key)
        if deeds is None:
            homes = [e.environments[0] if e.environments else None for e in self._envelopes]
            pairs = zip(self._envelopes, map(self._canonical, homes), strict=True)
            deeds = self._deeds[key] = [self._deed(e, change, home) for e, home in pairs]
        return deeds

    def _deed(self, envelope: Envelope, change: ResourceChange, here: str) -> _Deed:
        action, name = change.action, envelope.id
        if envelope.environments and here not in map(self._canonical, envelope.environments):
            return _Deed(name, f"is in {here}, where {name} does not apply")
        if action in envelope.forbid_actions:
            return _Deed(name, f"is {WORDS[action]}, which {name} forbids")
        if "forget" in envelope.forbid_actions and change.forgets:
            return _Deed(name, f"is forgotten by Terraform, which {name} forbids")
        near = tuple([each for each in self._all_allowed(envelope) if action in each.actions])
        barred = None if near else f"is {WORDS[action]}, which {name} does not cover"
        return _Deed(name, barred, frozenset(envelope.forbid_traits), near)

    def _all_allowed(self, envelope: Envelope) -> tuple[_Allowed, ...]:
        known = self._allowed.get(id(envelope))
        if known is None:
            allowed = tuple([self._ask(limits, envelope) for limits in envelope.allow])
            # The envelope is kept as well, so that no other one ever has its number.
            known = self._allowed[id(envelope)] = envelope, allowed
        return known[1]

    def _ask(self, limits: Limits, envelope: Envelope) -> _Allowed:
        said = limits.expression
        expression = Expression(said, self._forms.get(said)) if said else None
        typed = any_glob(limits.types if limits.types or limits.traits else ("*",))
        traits, fit = frozenset(limits.traits), fit_of(limits, envelope.id, expression)
        return _Allowed(limits.actions, typed, traits, fit)


def _kind(deed: _Deed, subject: Subject) -> _Kind:
    if deed.barred is not None:
        return deed.barred, ()
    type_, traits = subject.change.type, subject.traits.traits
    if not deed.forbids.isdisjoint(traits):
        first = next(trait for trait in traits if trait in deed.forbids)
        return f"is {first}, which {deed.envelope} forbids", ()
    left = [a.fit for a in deed.allowed if a.typed(type_) or not a.traits.isdisjoint(traits)]
    if not left:
        return f"is of type {type_}, which {deed.envelope} does not cover", ()
    return None, tuple(left)


def fit_of(limits: Limits, envelope: str, expression: Expression | None) -> Fit:
    """Asks for what changes; `envelope` is how the reason names it."""
    covered = within(limits.paths)

    def fit(subject: Subject) -> Reason | None:
        if limits.paths and subject.change.action is Action.UPDATE:
            beyond = [path for path in subject.paths if not covered(path)]
            if not subject.values.changed:
                return f"changes what the plan does not show, which {envelope} does not cover", 3
            if beyond:
                return f"changes {listed(beyond)}, which {envelope} does not cover", 3
        if expression and not satisfies(subject, expression):
            return f"is not the kind of change that {envelope} covers", 4
        return None

    return fit


def _misfit(kind: _Kind, subject: Subject) -> str | None:
    barred, left = kind
    if barred is not None:
        return barred
    missed = []
    for fit in left:
        reason = fit(subject)
        if reason is None:
            return None
        missed.append(reason)
    return max(missed, key=lambda reason: reason[1])[0]
