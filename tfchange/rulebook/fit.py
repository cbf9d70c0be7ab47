"""Whether a change fits an envelope.

Most of the answer is the same for all changes of one type and action, and is found once for them.
"""

from collections.abc import Callable

import msgspec

from tfchange.plan.model import Action
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

    limits: Limits
    typed: Test
    """Whether it names the type."""
    fit: Fit
    """Asks for what differs between changes of one type and action."""


_Deed = tuple[str | None, tuple[_Allowed, ...]]
"""Why an envelope lets in no change with an action, or what it allows with it."""

_Kind = tuple[str | None, tuple[Fit, ...]]
"""Why it lets in no change of a type and action, or what is still to be asked of each."""


class Fits:
    """Asks envelopes; `canonical` names an environment as the policy does.

    What holds for all changes with one action is found once, then what holds for all of one type.
    """

    def __init__(self, rulebook: Rulebook, canonical: Callable[[str | None], str]) -> None:
        self._forms, self._canonical = rulebook.forms, canonical
        self._at_home = [(envelope, self._home(envelope)) for envelope in rulebook.envelopes]
        self._allowed: dict[int, tuple[Envelope, tuple[_Allowed, ...]]] = {}
        self._deeds: dict[tuple[int, str, Action, bool], _Deed] = {}
        self._kinds: dict[tuple[str, Action, bool], tuple[_Kind, ...]] = {}

    def misfit(self, envelope: Envelope, subject: Subject, here: str) -> str | None:
        """Why the change falls out of the envelope, as a phrase to follow its address."""
        return _misfit(self._kind(envelope, subject, here), subject)

    def misfits(self, subject: Subject) -> tuple[str | None, ...]:
        """The same for every envelope, each in an environment that it is for."""
        change = subject.change
        key = (change.type, change.action, change.forgets)
        kinds = self._kinds.get(key)
        if kinds is None:
            kinds = tuple([self._kind(e, subject, home) for e, home in self._at_home])
            self._kinds[key] = kinds
        return tuple([kind[0] or _misfit(kind, subject) for kind in kinds])

    def _home(self, envelope: Envelope) -> str:
        return self._canonical(envelope.environments[0] if envelope.environments else None)

    def _kind(self, envelope: Envelope, subject: Subject, here: str) -> _Kind:
        change = subject.change
        key = (id(envelope), here, change.action, change.forgets)
        deed = self._deeds.get(key)
        if deed is None:
            deed = self._deeds[key] = self._deed(envelope, subject, here)
        barred, allowed = deed
        barred = barred or _forbidden(envelope, subject)
        left = tuple([limits.fit for limits in allowed if _covers(limits, subject)])
        if not barred and not left:
            barred = f"is of type {change.type}, which {envelope.id} does not cover"
        return barred, () if barred else left

    def _deed(self, envelope: Envelope, subject: Subject, here: str) -> _Deed:
        action, allowed = subject.change.action, self._all_allowed(envelope)
        if envelope.environments and here not in map(self._canonical, envelope.environments):
            return f"is in {here}, where {envelope.id} does not apply", ()
        if action in envelope.forbid_actions:
            return f"is {WORDS[action]}, which {envelope.id} forbids", ()
        if "forget" in envelope.forbid_actions and subject.change.forgets:
            return f"is forgotten by Terraform, which {envelope.id} forbids", ()
        near = tuple([each for each in allowed if action in each.limits.actions])
        return None if near else f"is {WORDS[action]}, which {envelope.id} does not cover", near

    def _all_allowed(self, envelope: Envelope) -> tuple[_Allowed, ...]:
        known = self._allowed.get(id(envelope))
        if known is None:
            allowed = tuple(self._ask(limits, envelope) for limits in envelope.allow)
            # The envelope is kept as well, so that no other one ever has its number.
            known = self._allowed[id(envelope)] = envelope, allowed
        return known[1]

    def _ask(self, limits: Limits, envelope: Envelope) -> _Allowed:
        said = limits.expression
        expression = Expression(said, self._forms.get(said)) if said else None
        return _Allowed(limits, any_glob(limits.types), fit_of(limits, envelope.id, expression))


def _forbidden(envelope: Envelope, subject: Subject) -> str | None:
    """Why no change of this type is ever in the envelope."""
    for trait in subject.traits.traits:
        if trait in envelope.forbid_traits:
            return f"is {trait}, which {envelope.id} forbids"
    return None


def _covers(allowed: _Allowed, subject: Subject) -> bool:
    """Whether changes of this type are let in."""
    limits = allowed.limits
    if allowed.typed(subject.change.type) or not (limits.types or limits.traits):
        return True
    return any(trait in limits.traits for trait in subject.traits.traits)


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
