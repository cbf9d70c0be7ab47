"""The tables: migrated once, the same as declared, and never by an older tfchange."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from tests.change.requests import request
from tests.register.world import BOTH, engine_of, opened, place, register_at, unguarded
from tfchange import archive, migrations
from tfchange.errors import DeskError
from tfchange.register import schema
from tfchange.register.database import Database
from tfchange.register.desk import Register, connect, look
from tfchange.register.schema import TABLE, VERSIONS, bring_up
from tfchange.register.tables import metadata


@pytest.fixture(params=BOTH)
def register(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Register]:
    """A fresh register in either database."""
    with opened(request.param, tmp_path) as made:
        yield made


def test_migrations_lead_to_the_declared_tables(register: Register) -> None:
    """After all migrations the database has exactly the tables, columns and keys of the code."""
    with engine_of(register).connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": TABLE})
        assert compare_metadata(context, metadata) == []


def test_all_migrations_are_known() -> None:
    """Each script in the folder is a version that the code names, in that order."""
    here = os.path.dirname(migrations.__file__)
    scripts = ScriptDirectory(here, version_locations=[here])
    assert tuple(s.revision for s in scripts.walk_revisions())[::-1] == VERSIONS


@pytest.mark.parametrize("kind", BOTH)
def test_a_newer_register_is_left_alone(kind: str, tmp_path: Path) -> None:
    """Tables that a newer tfchange has made are an error that says to upgrade."""
    with place(kind, tmp_path) as url:
        with register_at(url) as register:
            unguarded(register, f"UPDATE {TABLE} SET version_num = '9999'")  # noqa: S608
        with pytest.raises(DeskError, match="version 9999 by a newer tfchange") as caught:
            connect(url)
        assert "pip install --upgrade tfchange" in caught.value.advice


@pytest.mark.parametrize("kind", BOTH)
def test_looking_makes_and_alters_nothing(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is no register there is none afterwards, and an older one stays as it is."""
    with place(kind, tmp_path) as url:
        assert look(url) is None
        assert look(url) is None
        with register_at(url):
            pass
        found = look(url)
        assert found is not None
        assert found.list() == ()
        engine_of(found).dispose()
        monkeypatch.setattr(schema, "VERSIONS", (*VERSIONS, "9999"))
        with pytest.raises(DeskError, match=f"of version {VERSIONS[-1]}") as caught:
            look(url)
        assert "tfchange change list" in caught.value.advice


@pytest.mark.parametrize("kind", BOTH)
def test_a_migration_that_breaks_off_leaves_nothing(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tables are made all at once: after a failure there are none, and the next run makes them."""
    with place(kind, tmp_path) as url:
        database = Database(url)

        def fail(_: object, __: object, statement: str, *___: object) -> None:
            if "CREATE TABLE files" in statement:
                raise sa.exc.OperationalError(statement, {}, Exception("gone"))

        sa.event.listen(database.engine, "before_cursor_execute", fail)
        with pytest.raises(DeskError):
            bring_up(database)
        assert database.read(lambda c: sa.inspect(c).get_table_names()) == []
        database.engine.dispose()
        with register_at(url) as register:
            register.open(request())


def test_tables_are_made_from_a_zip_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its migrations lie in a private folder while they run; without one that is said."""
    home, temporary = Path(str(migrations.__file__)).parent, tmp_path / "temporary"
    packed = {file.name: file.read_bytes() for file in home.glob("*.py")}
    monkeypatch.setattr(archive, "files", lambda _: packed)
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    with pytest.raises(DeskError, match="cannot be made") as caught:
        connect(str(tmp_path / "register.db"))
    assert "TMPDIR=FOLDER" in caught.value.advice
    temporary.mkdir()
    with register_at(str(tmp_path / "register.db")) as register:
        register.open(request())
    assert list(temporary.iterdir()) == []


OPEN = (
    "import sys; from tfchange.register.desk import connect; connect(sys.argv[1]); "
    "print('alembic' in sys.modules)"
)


def test_alembic_is_imported_only_where_tables_are_made(tmp_path: Path) -> None:
    """Opening a register that is up to date does not import the package that migrates."""
    path = tmp_path / "register.db"
    for expected in ("True", "False"):
        done = subprocess.run(
            [sys.executable, "-c", OPEN, path], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == expected
