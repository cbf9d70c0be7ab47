"""What an examination of a register finds."""

import os
from pathlib import Path

import pytest

from tests.change.requests import request
from tests.register import older
from tests.register.world import BOTH, place, register_at, unguarded
from tfchange.change.doctor import Check, Examination
from tfchange.change.file import file
from tfchange.register import file as register_file
from tfchange.register.doctor import examine
from tfchange.register.schema import TABLE, VERSIONS


def checks(found: Examination) -> dict[str, Check]:
    """By name; whatever is not well has advice."""
    assert all(check.advice for check in found.checks if check.state != "ok")
    assert all(check.said.endswith(".") for check in found.checks)
    return {check.name: check for check in found.checks}


@pytest.mark.parametrize("kind", BOTH)
def test_a_register_in_use_is_well(kind: str, tmp_path: Path) -> None:
    """A register that can be read, written and verified passes, and says how to back it up."""
    with place(kind, tmp_path) as url:
        with register_at(url) as register:
            file(register, request())
            before = register.head()
        found = examine(url)
        assert found.passed
        said = checks(found)
        assert "1 change" in said["audit trail"].said
        assert before in said["audit trail"].said
        assert said["writable"].state == "ok"
        assert ("sqlite3" if kind == "sqlite" else "pg_dump") in said["backups"].advice
        with register_at(url) as register:
            assert register.head() == before


def test_nothing_is_made(tmp_path: Path) -> None:
    """Where there is no register yet, none is made by looking."""
    path = tmp_path / "new" / "register.db"
    found = examine(str(path))
    assert found.passed
    assert checks(found)["reachable"].state == "warning"
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("kind", BOTH)
def test_tables_that_are_missing_are_a_warning(kind: str, tmp_path: Path) -> None:
    """An empty database is well; its tables come with the first change."""
    with place(kind, tmp_path) as url:
        if kind == "sqlite":
            Path(url).touch()
        found = examine(url)
    assert found.passed
    assert checks(found)["schema"].state == "warning"


def test_a_folder_that_refuses_a_register_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no register could be made, it is said before the first change."""
    monkeypatch.setattr(os, "access", lambda *_: False)
    found = checks(examine(str(tmp_path / "new" / "register.db")))
    assert (found["reachable"].state, str(tmp_path) in found["reachable"].said) == ("failed", True)


def test_older_tables_are_a_warning(tmp_path: Path) -> None:
    """Looking does not bring tables up to date; it says that the next change will."""
    path = str(tmp_path / "register.db")
    older.put(path)
    found = checks(examine(path))
    assert (found["schema"].state, VERSIONS[-1] in found["schema"].said) == ("warning", True)
    assert found["audit trail"].state == "warning"
    with register_at(path):
        pass
    assert {check.state for check in checks(examine(path)).values()} == {"ok"}


def test_what_cannot_be_written_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A register that another process does not let go of is found out."""
    quick = [each.replace("30000", "0") for each in register_file.PRAGMAS]
    monkeypatch.setattr(register_file, "PRAGMAS", quick)
    path = str(tmp_path / "register.db")
    with register_at(path) as register:
        found = register._database.write(lambda _: examine(path))
    assert checks(found)["writable"].state == "failed"


def test_tampering_and_newer_versions_fail(tmp_path: Path) -> None:
    """What verify would find, and what is not ours to read, fails with the way on."""
    path = str(tmp_path / "register.db")
    with register_at(path) as register:
        file(register, request())
        unguarded(register, "UPDATE changes SET title = 'x'")
    found = examine(path)
    assert not found.passed
    assert "tfchange change verify" in checks(found)["audit trail"].advice
    with register_at(path) as register:
        unguarded(register, f"UPDATE {TABLE} SET version_num = '9999'")  # noqa: S608
    assert "newer tfchange" in checks(examine(path))["reachable"].said


def test_secrets_stay_out(tmp_path: Path) -> None:
    """The settings an examination offers hold no password, nor does anything it says."""
    found = examine("postgresql://ann:hunter2-hunter2@127.0.0.1:1/x", "hunter3-hunter3")
    assert not found.passed
    assert found.settings == {"url": "postgresql://ann@127.0.0.1:1/x"}
    assert "hunter" not in repr(found)
    assert not examine("mysql://ann:hunter2-hunter2@db/x").passed
