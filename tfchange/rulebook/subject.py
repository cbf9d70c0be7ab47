"""One change with everything a rule or an envelope may ask of it."""

from collections.abc import Callable, Iterable

import msgspec

from tfchange.plan.model import Action, ResourceChange, Values
from tfchange.plan.paths import Path, value_at
from tfchange.rulebook.cel import Expression
from tfchange.rulebook.rule import TypeTraits
from tfchange.rulebook.view import View

WORDS = {
    "create": "created",
    "update": "updated",
    "replace": "replaced",
    "delete": "destroyed",
    "forget": "forgotten",
    "read": "read",
    "no-op": "left as it is",
}
"""Actions as the words that follow «is»."""

WHOLE = frozenset({Action.CREATE, Action.DELETE, Action.FORGET})
"""What appears or goes changes in all of its attributes."""

_SHOWN_PATHS = 4
_EMPTY: tuple[object, ...] = (None, "", [], {})


class Gone(list[str]):
    """Names in order, in which a name is found at once: a large plan destroys many."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(sorted(set(names)))
        self._names = frozenset(self)

    def __contains__(self, name: object) -> bool:
        """Whether it is one of them."""
        return isinstance(name, str) and name in self._names


NOTHING = Gone(())


class Subject(msgspec.Struct, frozen=True):
    """One change with everything a rule may ask of it."""

    change: ResourceChange
    values: Values
    paths: tuple[str, ...]
    """Changed paths without list positions, sorted; empty for create and delete."""
    roots: frozenset[str] | None
    """The attributes that these paths begin with; None where it changes in all of them."""
    traits: TypeTraits
    view: View
    drift: frozenset[str] = frozenset()
    """Kinds and states of its drift: changed, deleted, reverted, kept, opened."""
    reach: int = 0
    """How many resources depend on it."""
    gone: Gone = NOTHING
    """Ids and ARNs of all that the plan destroys, so that a part of it is not taken for a loss."""
    provisioners: frozenset[str] = frozenset()
    """The types of provisioners that its block has."""


def satisfies(subject: Subject, expression: Expression) -> bool:
    """Whether the expression is true of the change; only what it looks at is handed over."""
    change = {n: _MEMBERS[n](subject) for n in expression.form.change if n in _MEMBERS}
    return expression.holds(subject.view, change)


_MEMBERS: dict[str, Callable[[Subject], object]] = {
    "address": lambda subject: subject.change.id,
    "type": lambda subject: subject.change.type,
    "name": lambda subject: subject.change.name,
    "action": lambda subject: str(subject.change.action),
    "reason": lambda subject: subject.change.reason,
    "paths": lambda subject: list(subject.paths),
    "create_before_destroy": lambda subject: subject.change.create_before_destroy,
    "reach": lambda subject: subject.reach,
    "drift": lambda subject: sorted(subject.drift),
    "gone": lambda subject: subject.gone,
    "traits": lambda subject: list(subject.traits.traits),
}
"""What an expression may ask of `change`."""


def says_nothing(values: Values, path: Path) -> bool:
    """Whether a provider only wrote null where it had written empty, or the other way round."""
    # The first that says something settles it, and is one that rules ask for.
    silent = value_at(values.after, path) in _EMPTY and value_at(values.before, path) in _EMPTY
    return silent and not value_at(values.unknown, path)


def listed(paths: list[str]) -> str:
    """The first few paths in words."""
    shown = ", ".join(paths[:_SHOWN_PATHS])
    more = len(paths) - _SHOWN_PATHS
    return f"{shown} and {more} more" if more > 0 else shown
