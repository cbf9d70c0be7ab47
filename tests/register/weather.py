"""Bad weather between the register and its database, for the sequences of `faults`."""

import sqlite3
from random import Random
from typing import Any

import msgspec
import sqlalchemy as sa
from requests.adapters import BaseAdapter
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from tests.change import faults
from tests.change.faults import Wrap
from tests.register.world import RegisterWorld, engine_of, unguarded
from tfchange.change.request import ChangeRequest
from tfchange.register.audit import NOTHING
from tfchange.register.desk import Register

version = faults.version
CLEARED = (
    *("DELETE FROM approvals", "DELETE FROM transitions", "DELETE FROM links"),
    *("DELETE FROM files", "DELETE FROM changes", "DELETE FROM audit"),
    "UPDATE head SET seq = 0, hash = :nothing",
)

KINDS = {"lost before", "lost after", "cut off", "not committed", "committed unheard"}
SELDOM, COMMITS = 0.01, 0.08
"""A command makes a hundred statements and ten commits where others send ten requests."""


class Weather:
    """What befalls the statements of a register, by the dice and the rate of a network."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self._network: Any = None
        engine = engine_of(register)
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "after_cursor_execute", self._after)
        event.listen(engine, "commit", self._commit)

    def life(self, seed: int) -> list[str]:
        """One life of a change, and a trail that holds; the faults that happened."""
        # Few of them long, since a database takes its time.
        happened = faults.sequence(self._world, seed, most=2 if seed % 4 else 5)
        verdict = self.register.verify()
        assert not verdict.faults, f"seed {seed}: {verdict.faults}"
        self._network = None
        unguarded(self.register, *CLEARED, nothing=NOTHING)
        return happened

    def _world(self, wrap: Wrap) -> RegisterWorld:
        self._network = wrap(BaseAdapter())
        return RegisterWorld(self.register)

    def _strikes(self, kind: str, rate: float = SELDOM) -> bool:
        if not self._network or self._network._dice.random() >= self._network.rate * rate:
            return False
        self._network.happened.append(kind)
        return True

    def _before(self, connection: sa.Connection, *_: Any) -> None:
        if self._strikes("lost before"):
            raise _gone()
        if self._strikes("cut off"):
            _cut(connection)

    def _after(self, *_: Any) -> None:
        if self._strikes("lost after"):
            raise _gone()

    def _commit(self, connection: sa.Connection) -> None:
        if self._strikes("not committed", COMMITS):
            _cut(connection)
        elif self._strikes("committed unheard", COMMITS):
            driver = _driver(connection)
            if isinstance(driver, sqlite3.Connection):
                driver.execute("COMMIT")
            else:
                driver.commit()
            _cut(connection)


def _driver(connection: sa.Connection) -> Any:
    return connection.connection.dbapi_connection


def _cut(connection: sa.Connection) -> None:
    """The connection breaks, and both ends see it."""
    _driver(connection).close()
    raise _gone()


def _gone() -> OperationalError:
    return OperationalError("a statement", {}, ConnectionError("the connection is gone"))


def lean(number: int, dice: Random) -> ChangeRequest:
    """A version as `faults` makes it with the one link it looks for: the rest is as the rest."""
    asked = version(number, dice)
    return msgspec.structs.replace(asked, links=asked.links[-1:])
