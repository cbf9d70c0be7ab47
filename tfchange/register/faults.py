"""What a database says when something is wrong, as errors of ours with what to do about it.

Whether something may have been written is what matters most: an error before the commit means that
nothing was, an error in the commit mostly means that nobody knows.
"""

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy.exc import SQLAlchemyError

from tfchange.errors import AccessDeniedError, DeskError, OutcomeUnknownError, UnreachableError

AGAIN = "Run the same command again; it finishes the job without a second change."


class Cause(NamedTuple):
    """One way for a database to fail."""

    error: type[DeskError]
    what: str
    advice: str


_SQLITE = {
    "SQLITE_BUSY": Cause(
        UnreachableError,
        "another process has kept it locked for too long",
        "Run the same command again; if that does not help, see which process holds it: fuser FILE",
    ),
    "SQLITE_READONLY": Cause(
        AccessDeniedError,
        "it is read-only",
        "Give this user the right to write to the file and to its folder, or name another one in "
        "TFCHANGE_REGISTER_URL.",
    ),
    "SQLITE_CANTOPEN": Cause(
        AccessDeniedError,
        "the file cannot be opened",
        "The folder must be there, and this user must be able to write to it and to the file; or "
        "name another file in TFCHANGE_REGISTER_URL.",
    ),
    "SQLITE_NOTADB": Cause(
        DeskError,
        "the file is not a SQLite database",
        "Name another file in TFCHANGE_REGISTER_URL, or restore this one from a backup.",
    ),
    "SQLITE_CORRUPT": Cause(
        DeskError,
        "the file is damaged",
        "Keep it for a look later, and restore it from a backup; network drives that do not lock "
        "files and copies made while it was written to are the usual reasons.",
    ),
    "SQLITE_FULL": Cause(
        UnreachableError,
        "the disk is full, and nothing was written",
        "Make room, then run the same command again.",
    ),
    "SQLITE_IOERR": Cause(
        UnreachableError,
        "the disk failed to read or to write",
        "A register on a network drive does not work: keep it on a local disk, or use PostgreSQL.",
    ),
    "SQLITE_PROTOCOL": Cause(
        UnreachableError,
        "locks do not work where it lies",
        "A register on a network drive does not work: keep it on a local disk, or use PostgreSQL.",
    ),
}
_SQLITE["SQLITE_LOCKED"] = _SQLITE["SQLITE_BUSY"]
_SQLITE["SQLITE_PERM"] = _SQLITE["SQLITE_AUTH"] = _SQLITE["SQLITE_READONLY"]

# By SQLSTATE, the longest beginning first: https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRESQL = {
    "28": Cause(
        AccessDeniedError,
        "it does not know this user, or the password is wrong",
        "Set the user in TFCHANGE_REGISTER_URL and the password in TFCHANGE_REGISTER_PASSWORD.",
    ),
    "3D000": Cause(
        DeskError,
        "there is no such database",
        "Make it with createdb, or name another one in TFCHANGE_REGISTER_URL.",
    ),
    "42501": Cause(
        AccessDeniedError,
        "this user may not do that",
        "Let the user create tables in its schema, or make the user the owner of the database.",
    ),
    "25006": Cause(
        AccessDeniedError,
        "it is read-only, perhaps a standby",
        "Name the primary server in TFCHANGE_REGISTER_URL.",
    ),
    "53": Cause(
        UnreachableError,
        "it has no room or no connection left, and nothing was written",
        "Make room, or let it serve more connections, then run the same command again.",
    ),
    "55P03": Cause(
        UnreachableError,
        "another process has kept it locked for too long",
        "Run the same command again; pg_stat_activity shows who holds the lock.",
    ),
    "P0001": Cause(
        DeskError,
        "it refused to alter what may only grow",
        "This is a bug in tfchange or somebody else's statement; please report it.",
    ),
}
_OTHER = Cause(
    UnreachableError,
    "it cannot be asked",
    "See that it is up and can be reached from here, then run the same command again.",
)
_REPEATABLE = ("40001", "40P01")
_UNKNOWN = ("08", "57")
"""Connections that broke and servers that went down, perhaps between writing and saying so."""


def explain(
    error: SQLAlchemyError, where: str, scrub: Callable[[str], str], *, committing: bool
) -> DeskError:
    """The error of ours for one of the database, which says whether something may be written."""
    if committing and not _surely_undone(error):
        said = f"the register {where} gave no answer when it was to commit{_quoted(error, scrub)}"
        return OutcomeUnknownError(said, AGAIN)
    cause = _cause(error)
    quoted = _quoted(error, scrub) if cause is _OTHER else ""
    return cause.error(f"the register {where} cannot be used: {cause.what}{quoted}", cause.advice)


def repeatable(error: SQLAlchemyError) -> bool:
    """Whether the database itself asks to do the whole transaction again, having undone it."""
    return _code(error).startswith(_REPEATABLE)


def _cause(error: SQLAlchemyError) -> Cause:
    code = _code(error)
    known = {**_SQLITE, **_POSTGRESQL}
    starts = [start for start in known if code.startswith(start)]
    return known[max(starts, key=len)] if starts else _OTHER


def _surely_undone(error: SQLAlchemyError) -> bool:
    code = _code(error)
    if code.startswith("SQLITE"):
        return code.startswith(("SQLITE_BUSY", "SQLITE_FULL"))
    return bool(code) and not code.startswith(_UNKNOWN)


def _code(error: SQLAlchemyError) -> str:
    """The name of SQLite's error or the SQLSTATE of PostgreSQL's; empty where there is neither."""
    cause = getattr(error, "orig", None)
    found = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None)
    return str(found or "")


def _quoted(error: SQLAlchemyError, scrub: Callable[[str], str]) -> str:
    said = str(getattr(error, "orig", None) or "").strip().splitlines()
    return f" ({scrub(said[0])})" if said else ""
