"""Whether a change fits an envelope.

Most of the answer is the same for all changes of one type and action, and is found once for them.
"""

from collections.abc import Callable

import msgspec

from tfchange.plan.model import Action
from tfchange.rulebook.cel import Expression
from tfchange.rulebook.match import any_glob, within
from tfchange.rulebook.rule import Envelope, Limits, Rulebook
from tfchange.rulebook.subject import WORDS, Subject, listed, satisfies

Reason = tuple[str, int]
"""Why a change is not of an allowed kind, and how near it came."""

Fit = Callable[[Subject], Reason | None]
"""Why a change is not of a kind; None where it is."""


class Fits:
    """Asks envelopes; `canonical` names an environment as the policy does."""

    def __init__(self, rulebook: Rulebook, canonical: Callable[[str | None], str]) -> None:
        self._rulebook, self._canonical = rulebook, canonical
        self._kinds: dict[tuple[int, str, str, Action, bool], _Kind] = {}
        self._at_home: dict[tuple[str, Action, bool], tuple[_Kind, ...]] = {}
        self._limits: dict[int, tuple[Limits, Fit, Fit]] = {}

    def misfit(self, envelope: Envelope, subject: Subject, here: str) -> str | None:
        """Why the change falls out of the envelope, as a phrase to follow its address."""
        return _misfit(self._kind(envelope, subject, here), subject)

    def misfits(self, subject: Subject) -> tuple[str | None, ...]:
        """The same for every envelope, each in an environment that it is for."""
        change = subject.change
        key = (change.type, change.action, change.forgets)
        kinds = self._at_home.get(key)
        if kinds is None:
            kinds = tuple(self._kind(e, subject, self._home(e)) for e in self._rulebook.envelopes)
            self._at_home[key] = kinds
        return tuple([kind.barred or _misfit(kind, subject) for kind in kinds])

    def _kind(self, envelope: Envelope, subject: Subject, here: str) -> "_Kind":
        change = subject.change
        key = (id(envelope), here, change.type, change.action, change.forgets)
        kind = self._kinds.get(key)
        if kind is None:
            kind = self._kinds[key] = self._found(envelope, subject, here)
        return kind

    def _home(self, envelope: Envelope) -> str:
        return self._canonical(envelope.environments[0] if envelope.environments else None)

    def _found(self, envelope: Envelope, subject: Subject, here: str) -> "_Kind":
        barred = self._barred(envelope, subject, here)
        if barred is not None:
            return _Kind(envelope, barred, ())
        missed, left = [], []
        for limits in envelope.allow:
            _, kind, fit = self._asked(limits, envelope.id)
            reason = kind(subject)
            if reason is None:
                left.append(fit)
            else:
                missed.append(reason)
        return _Kind(envelope, None if left else _nearest(missed), tuple(left))

    def _barred(self, envelope: Envelope, subject: Subject, here: str) -> str | None:
        """Why no change of this type and action is ever in the envelope, whatever it allows."""
        action = subject.change.action
        if envelope.environments and here not in map(self._canonical, envelope.environments):
            return f"is in {here}, where {envelope.id} does not apply"
        if action in envelope.forbid_actions:
            return f"is {WORDS[action]}, which {envelope.id} forbids"
        if "forget" in envelope.forbid_actions and subject.change.forgets:
            return f"is forgotten by Terraform, which {envelope.id} forbids"
        for trait in subject.traits.traits:
            if trait in envelope.forbid_traits:
                return f"is {trait}, which {envelope.id} forbids"
        return None

    def _asked(self, limits: Limits, envelope: str) -> tuple[Limits, Fit, Fit]:
        # What is asked is made once, however many types it is asked of.
        known = self._limits.get(id(limits))
        if known is None:
            expression = limits.expression and Expression(
                limits.expression, self._rulebook.forms.get(limits.expression)
            )
            kind, fit = kind_of(limits, envelope), fit_of(limits, envelope, expression or None)
            known = self._limits[id(limits)] = limits, kind, fit
        return known


class _Kind(msgspec.Struct, frozen=True):
    """What an envelope makes of all changes of one type and action."""

    envelope: Envelope
    barred: str | None
    left: tuple[Fit, ...]
    """What is still to be asked of each change, by the limits that let its type and action in."""


def kind_of(limits: Limits, envelope: str) -> Fit:
    """Asks for what holds for every change of one type and action alike."""
    typed = any_glob(limits.types)

    def kind(subject: Subject) -> Reason | None:
        change, traits = subject.change, subject.traits.traits
        if change.action not in limits.actions:
            return f"is {WORDS[change.action]}, which {envelope} does not cover", 1
        named = not (limits.types or limits.traits) or typed(change.type)
        if not named and not any(trait in limits.traits for trait in traits):
            return f"is of type {change.type}, which {envelope} does not cover", 2
        return None

    return kind


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
    if kind.barred is not None:
        return kind.barred
    missed = []
    for fit in kind.left:
        reason = fit(subject)
        if reason is None:
            return None
        missed.append(reason)
    return _nearest(missed)


def _nearest(missed: list[Reason]) -> str | None:
    return max(missed, key=lambda reason: reason[1])[0] if missed else None
