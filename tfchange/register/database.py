"""The database of the register: one writer at a time, and all of a piece of work or nothing.

A piece of work is a function of a connection. It may run more than once, where the database asks
for that, but it counts once.
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from tfchange.errors import DeskError
from tfchange.register import file as register_file
from tfchange.register.faults import explain, repeatable

T = TypeVar("T")
Work = Callable[[sa.Connection], T]

# What it logs of broken connections is said by our errors, without pages of tracebacks.
logging.getLogger("sqlalchemy").addHandler(logging.NullHandler())

LOCK = 0x7463_6368
"""The advisory lock that every writer to a schema of PostgreSQL takes; nobody else's number."""
TURNS = 5
POOL: dict[str, Any] = {"pool_size": 1, "pool_pre_ping": True, "hide_parameters": True}
"""One connection is kept for a run, and looked at before it is used again."""
_POSTGRESQL = ("postgresql", "postgres", "postgresql+psycopg")


class Database:
    """A register's database, SQLite or PostgreSQL; its password is in no message and no repr."""

    def __init__(self, url: str, password: str | None = None, *, make: bool = True) -> None:
        parsed = _parse(url)
        if password:
            parsed = parsed.set(password=password)
        self.where = _public(parsed)
        self.secrets = _secrets(parsed)
        self.sqlite = parsed.drivername == "sqlite"
        self.path = str(parsed.database) if self.sqlite else ""
        self.engine = _file(self.path, make) if self.sqlite else _server(parsed)

    def __repr__(self) -> str:
        return f"Database({self.where!r})"

    def read(self, work: Work[T]) -> T:
        """What the work found; all of it saw the register at one moment."""
        try:
            with self.engine.connect() as connection:
                if not self.sqlite:
                    connection.execution_options(isolation_level="REPEATABLE READ")
                with connection.begin():
                    return work(connection)
        except SQLAlchemyError as error:
            raise explain(error, self.where, self.scrub, committing=False) from error

    def write(self, work: Work[T]) -> T:
        """The work is done and on the disk, alone and whole; or nothing is, and an error says so.

        Raises `OutcomeUnknownError` where the answer to the commit was lost.
        """
        for turn in range(1, TURNS + 1):
            moment = _Moment()
            try:
                with self.engine.connect() as connection:
                    return self._written(connection, work, moment)
            except SQLAlchemyError as error:
                if not repeatable(error) or turn == TURNS:
                    said = explain(error, self.where, self.scrub, committing=moment.committing)
                    raise said from error
        raise AssertionError("the last turn returns or raises")

    def _written(self, connection: sa.Connection, work: Work[T], moment: "_Moment") -> T:
        begun = connection.execution_options(register_writes=True).begin()
        self._alone(connection)
        done = work(connection)
        moment.committing = True
        try:
            begun.commit()
        except BaseException:
            # Nobody knows what is still open on it, so it must not be used again.
            connection.invalidate()
            raise
        return done

    def scrub(self, text: str) -> str:
        """The text without the password."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text

    def _alone(self, connection: sa.Connection) -> None:
        """No other tfchange writes until this transaction ends; SQLite has seen to it already."""
        if not self.sqlite:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {register_file.PATIENCE}")
            connection.exec_driver_sql(
                f"SELECT pg_advisory_xact_lock({LOCK}, hashtext(coalesce(current_schema(), '')))"
            )


class _Moment:
    """How far a transaction came, for whoever has to say what its failure means."""

    committing = False


def _parse(url: str) -> sa.URL:
    if path := register_file.path_of(url):
        return sa.URL.create("sqlite", database=path)
    scheme = url.partition("://")[0]
    try:
        parsed = sa.make_url(url)
    except (ArgumentError, ValueError):
        said = f"the address of the register, {scheme}://…, cannot be read"
        raise register_file.unusable(said) from None
    if parsed.drivername in _POSTGRESQL:
        return parsed.set(drivername="postgresql+psycopg")
    raise register_file.unusable(f"{scheme}://… is no place for a register that lasts")


def _public(url: sa.URL) -> str:
    if url.drivername == "sqlite":
        return str(url.database)
    # Options may hold passwords, too.
    plain = sa.URL.create("postgresql", url.username, None, url.host, url.port, url.database)
    return plain.render_as_string()


def _secrets(url: sa.URL) -> tuple[str, ...]:
    options = (value for name, value in url.query.items() if "pass" in name.lower())
    return tuple(str(each) for each in (url.password, *options) if each)


def _file(path: str, make: bool) -> sa.Engine:
    if make:
        register_file.make(path)
    register_file.check(path)
    engine = sa.create_engine(
        "sqlite://",
        creator=partial(register_file.open_, path),
        poolclass=QueuePool,
        **POOL,
    )
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("register_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _server(url: sa.URL) -> sa.Engine:
    # Poolers such as pgbouncer hand connections around, so nothing may be prepared on one.
    options: dict[str, Any] = {"prepare_threshold": None, "application_name": "tfchange"}
    if "connect_timeout" not in url.query:
        options["connect_timeout"] = 10
    try:
        return sa.create_engine(url, connect_args=options, **POOL)
    except ImportError as error:
        raise DeskError(
            "the register is a PostgreSQL, and the driver for it is not installed",
            "Install it with: pip install 'tfchange[postgresql]'",
        ) from error
