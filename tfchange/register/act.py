"""One thing done to one change, in one transaction: rows, state and trail agree afterwards."""

from collections.abc import Mapping
from typing import Any

import msgspec
import sqlalchemy as sa

from tfchange.change.desk import State, Written
from tfchange.errors import DeskError
from tfchange.register import audit as trail
from tfchange.register import rows
from tfchange.register.model import Entry
from tfchange.register.tables import changes, transitions
from tfchange.risk.assessment import Category


class Turn(msgspec.Struct, frozen=True):
    """The time in which one process alone writes to the register."""

    connection: Any
    at: str
    actor: str

    def take(self, number: str) -> "Act":
        """The change of that number, to do something to it.

        Raises `DeskError` where there is none, and where it is not what its last entry says: a new
        entry would vouch for what nobody did.
        """
        return Act(self, vouched(self.connection, number))

    def make(self, id_: int, told: Mapping[str, object]) -> "Act":
        """A change of that number with these columns, of which nothing was known until now."""
        number = rows.number(id_)
        if trail.digests(self.connection, id_) or trail.newest(self.connection, number):
            raise altered(number)
        row = {"id": id_, "number": number, "created": self.at, "updated": self.at, **told}
        self.connection.execute(sa.insert(changes).values(**row))
        return Act(self, rows.row(self.connection, number))


def vouched(connection: Any, number: str) -> Any:
    """The row of the change of that number, which its last entry vouches for; else `DeskError`."""
    found = rows.row(connection, number)
    last = trail.newest(connection, rows.number(found.id))
    now = trail.digests(connection, found.id)[found.id]
    if last is None or last.hash != trail.sealed(last) or last.told().get("digest") != now:
        raise altered(rows.number(found.id))
    return found


class Act:
    """What is being done to a change; nothing counts until `done` has written the entry of it."""

    def __init__(self, turn: Turn, change: Any) -> None:
        self.connection, self.at, self.actor = turn.connection, turn.at, turn.actor
        self.change = change
        self.id: int = change.id
        self.number: str = change.number
        self.state = State(change.state)
        self.emergency = change.category == str(Category.EMERGENCY)
        last, self._previous = trail.last(self.connection)
        self.seq = last + 1
        self._moved: dict[str, str] = {}

    def write(self, **columns: object) -> None:
        """The columns of the change hold these values."""
        query = sa.update(changes).where(changes.c.id == self.id)
        self.connection.execute(query.values(updated=self.at, **columns))

    def move(self, to: State) -> None:
        """The change stands in that state; one act moves it once."""
        if to is self.state:
            return
        row = {"seq": self.seq, "change": self.id, "at": self.at}
        states = {"from_state": str(self.state), "to_state": str(to)}
        self.connection.execute(sa.insert(transitions).values(**row, **states))
        self._moved = {"from": str(self.state), "to": str(to)}
        self.state = to

    def done(self, action: str, **said: object) -> Written:
        """The change is as it was made to be, and the trail tells who did it and what."""
        self.write(state=str(self.state))
        digest = trail.digests(self.connection, self.id)[self.id]
        details = trail.details(digest, {**said, **self._moved})
        said_by = (self.at, self.actor, self.number, action, details)
        trail.append(self.connection, Entry(*said_by, self.seq, self._previous))
        return Written(self.number)

    def left(self, *notes: str) -> Written:
        """Nothing is done, and the notes say why."""
        return Written(self.number, notes)


def altered(number: str) -> DeskError:
    """The error for a change that is not what the trail says."""
    return DeskError(
        f"{number} was altered behind the audit trail, so nothing is done to it",
        "See what was altered with: tfchange change verify",
    )
