"""Whether a change is of a kind that an envelope allows."""

from collections.abc import Callable

from tfchange.plan.model import Action
from tfchange.rulebook.cel import Expression
from tfchange.rulebook.match import any_glob, within
from tfchange.rulebook.rule import Limits
from tfchange.rulebook.subject import WORDS, Subject, listed, satisfies

Fit = Callable[[Subject], "tuple[str, int] | None"]
"""Why a change is not of an allowed kind, and how near it came; None where it is."""


def fit_of(limits: Limits, envelope: str) -> Fit:
    """Asks whether a change is of this kind; `envelope` is how the reason names it."""
    typed = any_glob(limits.types)
    covered = within(limits.paths)
    expression = Expression(limits.expression) if limits.expression else None

    def fit(subject: Subject) -> tuple[str, int] | None:
        change, traits = subject.change, subject.traits.traits
        if change.action not in limits.actions:
            return f"is {WORDS[change.action]}, which {envelope} does not cover", 1
        named = not (limits.types or limits.traits) or typed(change.type)
        if not named and not any(trait in limits.traits for trait in traits):
            return f"is of type {change.type}, which {envelope} does not cover", 2
        if limits.paths and change.action is Action.UPDATE:
            beyond = [path for path in subject.paths if not covered(path)]
            if not subject.values.changed:
                return f"changes what the plan does not show, which {envelope} does not cover", 3
            if beyond:
                return f"changes {listed(beyond)}, which {envelope} does not cover", 3
        if expression and not satisfies(subject, expression):
            return f"is not the kind of change that {envelope} covers", 4
        return None

    return fit
