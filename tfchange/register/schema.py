"""The version of the register's tables: looked at first, brought up to date only where needed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from tfchange.errors import DeskError
from tfchange.register.database import Database
from tfchange.register.tables import metadata

VERSIONS = ("0001", "0002")
"""All that this tfchange knows, the newest last."""
TABLE = "register_version"


def bring_up(database: Database) -> None:
    """The tables are those of the newest version, however many processes begin at once."""
    # Alembic takes as long to import as all the rest of a run, so it is asked only if need be.
    if database.read(version) != VERSIONS[-1]:
        database.write(_migrate)


def is_new(database: Database) -> bool:
    """Whether there are tables, and of the newest version; raises `DeskError` for older ones."""
    found = database.read(version)
    if found in (None, VERSIONS[-1]):
        return found is not None
    raise DeskError(
        f"the register is of version {found}; what only looks does not bring it to {VERSIONS[-1]}",
        "Make a backup, then run: tfchange change list",
    )


def version(connection: sa.Connection) -> str | None:
    """The version of the tables, None where there are none; `DeskError` where it is not ours."""
    inspector = sa.inspect(connection)
    if not inspector.has_table(TABLE):
        _empty(connection, set(inspector.get_table_names()))
        return None
    found = connection.execute(sa.text(f"SELECT version_num FROM {TABLE}")).scalar()  # noqa: S608
    if found is not None and found not in VERSIONS:
        raise DeskError(
            f"the register was brought to version {found} by a newer tfchange; this one knows "
            f"{VERSIONS[-1]}",
            "Upgrade with: pip install --upgrade tfchange",
        )
    return found


def _empty(connection: sa.Connection, tables: set[str]) -> None:
    """There is no register here; raises `DeskError` where there is something else in its place."""
    foreign = tables if connection.dialect.name == "sqlite" else tables & set(metadata.tables)
    if foreign:
        raise DeskError(
            f"the database holds tables of something else: {', '.join(sorted(foreign)[:5])}",
            "Give the register a file or a database of its own in TFCHANGE_REGISTER_URL.",
        )


def _migrate(connection: sa.Connection) -> None:
    if version(connection) == VERSIONS[-1]:
        return  # another process was here while this one waited for its turn
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with _scripts() as here:
        script = ScriptDirectory(here, version_locations=[here])
        context = MigrationContext.configure(
            connection,
            opts={
                "version_table": TABLE,
                "script": script,
                "fn": lambda revision, _: script._upgrade_revs(VERSIONS[-1], revision),
            },
        )
        with Operations.context(context):
            context.run_migrations()


@contextmanager
def _scripts() -> Iterator[str]:
    """A folder with the migrations: of the package, or a private copy of what is in its archive."""
    from tfchange import archive, migrations

    packed = archive.files("migrations")
    if packed is None:
        yield os.path.dirname(migrations.__file__)
        return
    try:
        private = TemporaryDirectory(prefix="tfchange-")
        for name, data in packed.items():
            with open(os.path.join(private.name, os.path.basename(name)), "wb") as script:
                script.write(data)
    except OSError as fault:
        raise DeskError(
            f"the tables of the register cannot be made: {fault}",
            "Name a folder for temporary files that may be written to: TMPDIR=FOLDER",
        ) from None
    with private as here:
        yield here
