"""What is said where the database cannot be used, and what never is: the password."""

import os
import sqlite3
import subprocess
import sys
import traceback
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from tests.change.requests import request
from tests.register.world import (
    NEEDS_POSTGRES,
    POSTGRES,
    engine_of,
    opened,
    place,
    register_at,
)
from tfchange.errors import (
    AccessDeniedError,
    DeskError,
    OutcomeUnknownError,
    SettingsError,
    UnreachableError,
)
from tfchange.register import file as register_file
from tfchange.register.desk import connect
from tfchange.register.faults import explain

SECRET = "hunter2-hunter2"  # noqa: S105
NOBODY = 65534


def refused(url: str, kind: type[DeskError] = DeskError, **given: str) -> str:
    """All that is said when the register there cannot be used; always with advice."""
    with pytest.raises(kind) as caught:
        connect(url, **given)
    assert caught.value.advice
    return f"{caught.value.message} {caught.value.advice}"


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """The file and the folder that are made are nobody else's to read, and nothing else is left."""
    url = tmp_path / "new" / "register.db"
    with register_at(str(url)) as register:
        register.open(request())
    assert (url.stat().st_mode & 0o777, url.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert os.listdir(url.parent) == ["register.db"]


def test_a_file_is_written_ahead_and_to_the_disk(tmp_path: Path) -> None:
    """WAL, full synchronisation, foreign keys and patience are on for each connection."""
    with opened("sqlite", tmp_path) as register, engine_of(register).connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000,
    }  # fmt: skip


@pytest.mark.parametrize("form", ["{}", "sqlite:///{}"])
def test_a_file_may_be_written_as_path_or_address(form: str, tmp_path: Path) -> None:
    """A path and `sqlite:///PATH` are the same register, odd characters included."""
    path = tmp_path / "a b?#'ü" / "register.db" if form == "{}" else tmp_path / "register.db"
    with register_at(form.format(path)) as register:
        register.open(request())
    with register_at(str(path)) as register:
        assert register.list()


@pytest.mark.parametrize(
    "url", ["mysql://ann:hunter2-hunter2@db/x", "sqlite://", "sqlite:///:memory:",
            "postgresql://ann:hunter2-hunter2@db:port/x", "http://db",
            "sqlite:///x?mode=ro", "sqlite://db/x", ":memory:", ""],
)  # fmt: skip
def test_other_addresses_are_refused(url: str) -> None:
    """An address of something else is a wrong setting that names what would be right."""
    with pytest.raises(SettingsError) as caught:
        connect(url)
    assert "TFCHANGE_REGISTER_URL" in caught.value.advice
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    """A file that is no database, or another program's, is refused and not altered."""
    other = tmp_path / "other"
    other.write_bytes(b"not a database at all" * 100)
    assert "not a SQLite database" in refused(str(other))
    theirs = sqlite3.connect(tmp_path / "theirs.db")
    theirs.execute("CREATE TABLE cats (name)")
    theirs.close()
    assert "tables of something else: cats" in refused(str(tmp_path / "theirs.db"))


def test_a_damaged_file_is_said_to_be(tmp_path: Path) -> None:
    """A register whose pages were overwritten is an error that speaks of the backup."""
    with opened("sqlite", tmp_path) as register:
        path = Path(register._database.path)
        register.open(request())
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)
    assert "backup" in refused(str(path))


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """A path through a file cannot hold a register."""
    (tmp_path / "file").write_text("")
    said = refused(str(tmp_path / "file" / "register.db"), AccessDeniedError)
    assert "cannot be made" in said


def test_a_file_on_a_network_drive_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite loses data on network drives, so it is not even tried."""
    monkeypatch.setattr(register_file, "file_system", lambda _: "nfs4")
    assert "network drive (nfs4)" in refused(str(tmp_path / "register.db"))


def test_where_files_cannot_be_written_ahead_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A place that refuses WAL, or never lets go of the file, is an error that names others."""
    monkeypatch.setattr(register_file, "_PAUSE", 0)
    monkeypatch.setattr(register_file, "_TURNS", 3)
    # In memory there is no WAL, as on some drives.
    with pytest.raises(DeskError, match=r"written ahead \(WAL\)") as caught:
        register_file.open_(":memory:")
    assert "postgresql://" in caught.value.advice


def test_a_system_that_does_not_tell_of_drives_is_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where mounts are not listed, every place is as good as any."""

    def refuse(*_: object, **__: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr("builtins.open", refuse)
    assert register_file.file_system(str(tmp_path)) == ""
    register_file.check(str(tmp_path))


def test_the_file_system_is_that_of_the_nearest_mount() -> None:
    """A path lies on what is mounted nearest above it."""
    if os.path.exists("/proc/self/mounts"):
        assert register_file.file_system("/proc/self/nothing") == "proc"


READ_ONLY = """
import os, sys
from tfchange.register.desk import connect
from tfchange.errors import DeskError
os.setuid(int(sys.argv[2]))
try:
    connect(sys.argv[1])
except DeskError as error:
    print(type(error).__name__, error.message, error.advice)
"""


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root becomes another user")
def test_a_read_only_file_is_said_to_be() -> None:
    """Who may not write is told so; SQLite cannot even read what it may not lock."""
    # The folders of tests are closed to other users.
    with TemporaryDirectory() as folder:
        path = Path(folder, "register.db")
        with register_at(str(path)) as register:
            register.open(request())
        path.chmod(0o644)
        path.parent.chmod(0o755)
        words = [sys.executable, "-c", READ_ONLY, path, str(NOBODY)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("AccessDeniedError"), done.stderr
    assert "it is read-only" in done.stdout


def test_a_locked_file_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits too long for another writer is told so; nothing was written."""
    quick = [each.replace("30000", "0") for each in register_file.PRAGMAS]
    monkeypatch.setattr(register_file, "PRAGMAS", quick)
    with opened("sqlite", tmp_path) as register:
        other = sqlite3.connect(register._database.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(UnreachableError, match="another process has kept it locked"):
            register.open(request())
        other.close()
        register.open(request())


def test_a_full_disk_is_said_to_be(tmp_path: Path) -> None:
    """Where there is no room nothing is written, and the error says so."""
    with opened("sqlite", tmp_path) as register:
        with engine_of(register).connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        large = request(title="x" * 160, lead_time="y" * 100_000)
        with pytest.raises(UnreachableError, match="the disk is full, and nothing was written"):
            register.open(large)
        assert register.list() == ()


def _failing(code: str, name: str) -> OperationalError:
    cause = Exception("said by the database")
    setattr(cause, name, code)
    return OperationalError("a statement", {}, cause)


@pytest.mark.parametrize(
    ("code", "name", "committing", "kind"),
    [
        ("SQLITE_BUSY", "sqlite_errorname", True, UnreachableError),
        ("SQLITE_FULL", "sqlite_errorname", True, UnreachableError),
        ("SQLITE_IOERR_FSYNC", "sqlite_errorname", True, OutcomeUnknownError),
        ("SQLITE_IOERR_READ", "sqlite_errorname", False, UnreachableError),
        ("SQLITE_READONLY_DIRECTORY", "sqlite_errorname", False, AccessDeniedError),
        ("SQLITE_PROTOCOL", "sqlite_errorname", False, UnreachableError),
        ("", "sqlstate", True, OutcomeUnknownError),
        ("57P01", "sqlstate", True, OutcomeUnknownError),
        ("23505", "sqlstate", True, UnreachableError),
        ("28P01", "sqlstate", False, AccessDeniedError),
        ("42501", "sqlstate", False, AccessDeniedError),
        ("53300", "sqlstate", False, UnreachableError),
        ("3D000", "sqlstate", False, DeskError),
    ],
)  # fmt: skip
def test_each_failure_has_its_error(
    code: str, name: str, committing: bool, kind: type[DeskError]
) -> None:
    """Whether something may have been written decides the error, and each has advice."""
    error = explain(_failing(code, name), "x.db", lambda text: text, committing=committing)
    assert type(error) is kind
    assert "x.db" in error.message
    assert error.advice


def test_a_serialization_failure_is_tried_again(tmp_path: Path) -> None:
    """What the database has undone itself and asks to be done again is done again, once."""
    with opened("sqlite", tmp_path) as register:
        failures = [_failing("40001", "sqlstate"), _failing("40P01", "sqlstate")]

        def fail(_: sa.Connection) -> None:
            if failures:
                raise failures.pop()

        event.listen(engine_of(register), "commit", fail)
        register.open(request())
        assert [each.action for each in register.log()] == ["opened"]


def test_it_is_not_tried_again_for_ever(tmp_path: Path) -> None:
    """After some turns the failure is an error, and nothing was written."""
    with opened("sqlite", tmp_path) as register:

        def fail(_: sa.Connection) -> None:
            raise _failing("40001", "sqlstate")

        event.listen(engine_of(register), "commit", fail)
        with pytest.raises(UnreachableError):
            register.open(request())
        event.remove(engine_of(register), "commit", fail)
        assert register.list() == ()


def test_a_server_that_is_down_keeps_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused connection says where and what to do; no part of it is the password."""
    for url, password in (
        (f"postgresql://ann:{SECRET}@127.0.0.1:1/x?connect_timeout=2", None),
        (f"postgres://ann@127.0.0.1:1/x?password={SECRET}", None),
        ("postgresql+psycopg://ann@127.0.0.1:1/x", SECRET),
    ):
        with pytest.raises(UnreachableError) as caught:
            connect(url, password)
        assert "postgresql://ann@127.0.0.1:1/x" in caught.value.message
        assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_a_missing_driver_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without psycopg the error names the command that installs it."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert "pip install 'tfchange[postgresql]'" in refused("postgresql://db/x")


@NEEDS_POSTGRES
def test_repr_hides_the_password(tmp_path: Path) -> None:
    """Neither the register nor its database shows the password."""
    with place("postgresql", tmp_path) as url, register_at(url, password=SECRET) as register:
        assert SECRET not in f"{register!r} {register._database!r} {vars(register)!r}"


@NEEDS_POSTGRES
def test_a_missing_database_is_said(tmp_path: Path) -> None:
    """A database that is not there is an error that says how to make it."""
    url = sa.make_url(POSTGRES).set(database="nothing")
    said = refused(url.render_as_string(hide_password=False))
    assert "no such database" in said or "does not exist" in said


@NEEDS_POSTGRES
def test_a_lock_is_waited_for_in_vain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another writer that never ends is an error after a while; nothing was written."""
    with (
        place("postgresql", tmp_path) as url,
        register_at(url) as register,
        register_at(url) as other,
    ):

        def hold(_: sa.Connection) -> None:
            monkeypatch.setattr(register_file, "PATIENCE", 1)
            with pytest.raises(UnreachableError, match="another process has kept it locked"):
                register.open(request())

        other._database.write(hold)
        assert register.list() == ()
