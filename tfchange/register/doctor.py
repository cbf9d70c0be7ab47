"""What is to be said about a register before anybody relies on it."""

import os
from collections.abc import Callable

import sqlalchemy as sa

from tfchange.change.doctor import Check, Examination
from tfchange.errors import TfchangeError
from tfchange.register.database import Database
from tfchange.register.model import Verdict
from tfchange.register.schema import VERSIONS, version
from tfchange.register.tables import head
from tfchange.register.verify import verify
from tfchange.words import count

BACKUPS = {
    True: "Copy it with: sqlite3 {where} '.backup COPY'. A plain copy may miss what is still in "
    "the file beside it (-wal).",
    False: "Dump it with pg_dump, or let your archive of the write-ahead log take care of it.",
}


def examine(url: str, password: str | None = None) -> Examination:
    """The register was looked at; nothing was made, and nothing that it says was altered."""
    try:
        database = Database(url, password, make=False)
    except TfchangeError as error:
        return Examination((_failed("address", error),))
    settings: dict[str, object] = {"url": database.where}
    if database.path and not os.path.exists(database.path):
        return Examination((_absent(database.path),), settings)
    checks: list[Check] = []
    try:
        _look(database, checks)
    finally:
        database.engine.dispose()
    return Examination(tuple(checks), settings)


def _look(database: Database, checks: list[Check]) -> None:
    try:
        found = database.read(version)
    except TfchangeError as error:
        checks.append(_failed("reachable", error))
        return
    checks.append(Check("reachable", "ok", f"The register {database.where} answers."))
    if database.sqlite:
        checks.append(Check("journal", "ok", "It is written ahead (WAL), as it should be."))
    if found is None:
        said = "The tables of the register are not there yet."
        checks.append(
            Check("schema", "warning", said, "The first change that is opened makes them.")
        )
        return
    checks.append(_schema(found))
    for name, look in (("writable", _writable), ("audit trail", _trail)):
        checks.append(_tried(name, database, look))
    advice = BACKUPS[database.sqlite].format(where=database.where)
    checks.append(Check("backups", "ok", "Nobody but you can see that there are backups.", advice))


def _schema(found: str) -> Check:
    if found == VERSIONS[-1]:
        return Check("schema", "ok", f"The tables are of version {found}, the newest.")
    said = f"The tables are of version {found}; this tfchange brings them to {VERSIONS[-1]}."
    return Check("schema", "warning", said, "Make a backup before the next change is opened.")


def _tried(name: str, database: Database, look: Callable[[Database], Check]) -> Check:
    try:
        return look(database)
    except TfchangeError as error:
        return _failed(name, error)


def _writable(database: Database) -> Check:
    database.write(lambda c: c.execute(sa.update(head).values(seq=head.c.seq)).rowcount)
    return Check("writable", "ok", "It can be written to.")


def _trail(database: Database) -> Check:
    if database.read(version) != VERSIONS[-1]:
        said = "The audit trail is not verified while the tables are of an older version."
        return Check("audit trail", "warning", said, "Bring them up with: tfchange change verify")
    verdict: Verdict = database.read(verify)
    if verdict.faults:
        said = f"{count(len(verdict.faults), 'fault')}, the first: {verdict.faults[0]}"
        return Check("audit trail", "failed", said, "See all with: tfchange change verify")
    what = f"{count(verdict.entries, 'entry', 'entries')} on {count(verdict.changes, 'change')}"
    said = f"It holds: {what}, up to {verdict.head}."
    return Check("audit trail", "ok", said)


def _absent(path: str) -> Check:
    folder = os.path.dirname(os.path.abspath(path))
    while not os.path.exists(folder):
        folder = os.path.dirname(folder)
    if os.access(folder, os.W_OK):
        said = f"There is no register at {path} yet."
        return Check("reachable", "warning", said, "The first change that is opened makes it.")
    said = f"There is no register at {path}, and it cannot be made: {folder} is read-only."
    return Check("reachable", "failed", said, "Name another file in TFCHANGE_REGISTER_URL.")


def _failed(name: str, error: TfchangeError) -> Check:
    said = f"{error.message[:1].upper()}{error.message[1:]}."
    return Check(name, "failed", said, error.advice or "See docs/register.md.")
