"""What else is being done, or planned for the same time, to the same things."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from tfchange.change.desk import State
from tfchange.change.request import ChangeRequest, Window
from tfchange.register import rows
from tfchange.register.tables import changes, transitions
from tfchange.words import listing

UNDER_WAY = {
    State.IMPLEMENTING: "is being implemented, since {},",
    State.REVIEW: "is done and not closed, since {},",
}
_OTHERS = (
    sa.select(changes)
    .where(
        changes.c.state.in_([str(state) for state in (*UNDER_WAY, State.APPROVED)]),
        changes.c.id != sa.bindparam("id"),
    )
    .order_by(changes.c.id)
)
_SINCE = sa.select(sa.func.max(transitions.c.at)).where(
    transitions.c.change == sa.bindparam("id"), transitions.c.to_state == sa.bindparam("state")
)


def conflicts(connection: sa.Connection, number: str) -> tuple[str, ...]:
    """A sentence for each other change that is under way, or approved for an overlapping window,
    and that shares a workspace of the repository, a service or a CI with this one.
    """
    return _told(connection, number, (*UNDER_WAY, State.APPROVED))


def under_way(connection: sa.Connection, number: str) -> tuple[str, ...]:
    """Those of the conflicts that have begun, for whoever is about to begin as well."""
    return _told(connection, number, tuple(UNDER_WAY))


def _told(connection: sa.Connection, number: str, states: Sequence[State]) -> tuple[str, ...]:
    mine = rows.row(connection, number)
    asked, others = rows.kept(mine), connection.execute(_OTHERS, {"id": mine.id}).all()
    meant = (other for other in others if State(other.state) in states)
    return tuple(said for other in meant if (said := _said(connection, other, asked)))


def _said(connection: sa.Connection, other: Any, asked: ChangeRequest) -> str:
    theirs = rows.kept(other)
    things = tuple(_shared(asked, theirs))
    when = _when(connection, other, asked.window, theirs.window) if things else ""
    return when and f"{other.number} {when} and also affects {listing(things)}."


def _when(connection: sa.Connection, other: Any, mine: Window | None, theirs: Window | None) -> str:
    state = State(other.state)
    if state in UNDER_WAY:
        at = connection.execute(_SINCE, {"id": other.id, "state": other.state}).scalar()
        return UNDER_WAY[state].format(at)
    if mine and theirs and mine.meets(theirs):
        return f"is approved for {theirs.start} to {theirs.end}"
    return ""


def _shared(one: ChangeRequest, other: ChangeRequest) -> Iterator[str]:
    here = one.key
    if here.repository.lower() == other.key.repository.lower():
        for name in _both(here.workspaces, other.key.workspaces):
            yield f"the workspace {name} of {here.repository}"
    yield from (f"the service {name}" for name in _both(one.services, other.services))
    yield from (f"the CI {name}" for name in _both(one.items, other.items))


def _both(some: Iterable[str], others: Iterable[str]) -> list[str]:
    """Names that are in both, as the first writes them; people write names in any case."""
    known = {name.casefold() for name in others}
    return sorted({name for name in some if name.casefold() in known})
