"""Registers for tests, in files and in a PostgreSQL, and people at them."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from tfchange.change.desk import Ticket
from tfchange.register.desk import Register, connect
from tfchange.report.register import sheet

# Read on importing: no variable of ours reaches a test, nor what it runs.
POSTGRES = os.environ.get("TFCHANGE_TEST_POSTGRES", "")
NEEDS_POSTGRES = pytest.mark.skipif(
    not POSTGRES, reason="TFCHANGE_TEST_POSTGRES names no PostgreSQL; .ci/postgres starts one"
)
BOTH = ("sqlite", pytest.param("postgresql", marks=NEEDS_POSTGRES))
START = datetime(2026, 11, 23, 10, tzinfo=UTC)

Address = Callable[[], str]
"""Of a fresh, empty place for a register."""


def clock() -> Callable[[], datetime]:
    """A clock that is a second later each time."""
    ticks = count(int(START.timestamp()))
    return lambda: datetime.fromtimestamp(next(ticks), UTC)


@contextmanager
def place(kind: str, folder: Path) -> Iterator[str]:
    """A fresh, empty place for a register in that kind of database; gone afterwards."""
    if kind == "sqlite":
        yield str(folder / f"{uuid4().hex}.db")
        return
    name = f"t{uuid4().hex}"
    admin = sa.create_engine(
        sa.make_url(POSTGRES).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")
    try:
        mark = "&" if "?" in POSTGRES else "?"
        yield f"{POSTGRES}{mark}options=-csearch_path%3D{name}"
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")
        admin.dispose()


@contextmanager
def opened(kind: str, folder: Path, **given: Any) -> Iterator[Register]:
    """A fresh register in that kind of database."""
    with place(kind, folder) as url, register_at(url, **given) as register:
        yield register


@contextmanager
def register_at(url: str, **given: Any) -> Iterator[Register]:
    """The register there; its connections are closed afterwards."""
    register = connect(url, **{"now": clock(), "actor": "ci", **given})
    try:
        yield register
    finally:
        engine_of(register).dispose()


def engine_of(register: Register) -> sa.Engine:
    """The engine, to look behind the register."""
    return register._database.engine


def unguarded(register: Register, *statements: str, **values: Any) -> None:
    """What somebody with all rights has done to the database, past the guards of the trail."""
    engine = engine_of(register)
    with engine.connect() as connection:
        begun = connection.execution_options(register_writes=True).begin()
        for table in ("audit", "transitions"):
            if engine.dialect.name == "sqlite":
                for verb in ("update", "delete"):
                    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
            else:
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in map(sa.text, statements):
            used = {name: values[name] for name in statement.compile().params}
            connection.execute(statement, used)
        begun.commit()


class RegisterWorld:
    """People at a register, who read what `tfchange` shows them."""

    def __init__(self, register: Register) -> None:
        self.desk = register

    def approve(self, ticket: Ticket) -> None:
        """All who were asked."""
        for asked in self.desk.read(ticket.id).approvals:
            self.desk.approve(ticket.number, asked.group, "ann")

    def reject(self, ticket: Ticket) -> None:
        """The first who was asked."""
        asked = self.desk.read(ticket.id).approvals[0]
        self.desk.reject(ticket.number, asked.group, "ann", "not today")

    def texts(self, ticket: Ticket) -> str:
        """The sheet."""
        return sheet(self.desk.request(ticket.number), self.desk.log(ticket.number), width=10_000)

    def files(self, ticket: Ticket) -> dict[str, bytes]:
        """By name; the database holds each once."""
        return {file.name: file.data for file in self.desk.request(ticket.number).attachments}

    def links(self, ticket: Ticket) -> list[str]:
        """Addresses, and numbers of other changes."""
        return [link.url or link.title for link in self.desk.request(ticket.number).links]

    def declare(self, id_: str, *, open_: bool) -> None:
        """The register keeps no incidents."""
