"""A register of an older version is brought up to date, and all that it vouched for still holds."""

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.change.requests import request
from tests.conftest import ROOT
from tests.register import older
from tests.register.test_processes import racing
from tests.register.world import BOTH, place, register_at, unguarded
from tfchange.errors import DeskError
from tfchange.register.database import Database
from tfchange.register.desk import look
from tfchange.register.schema import VERSIONS, version
from tfchange.risk.assessment import Emergency

RACERS = 20


def kept(connection: sa.Connection) -> list[list[tuple[object, ...]]]:
    """All rows of all tables, in any order."""
    return [sorted(map(_plain, each)) for each in older.rows(connection).values()]


def _plain(row: dict[str, object]) -> tuple[object, ...]:
    return tuple(map(str, row.values()))


WRITTEN = [sorted(map(_plain, each)) for each in older.ROWS.values()]


@pytest.mark.parametrize("kind", BOTH)
def test_old_entries_still_verify(kind: str, tmp_path: Path) -> None:
    """Nothing that was written is altered: rows, digests, chain, and the head kept elsewhere."""
    with place(kind, tmp_path) as url:
        older.put(url)
        with register_at(url) as register:
            verdict = register.verify([older.HEAD])
            assert (verdict.head, verdict.faults) == (older.HEAD, ())
            assert verdict.changes == older.CHANGES
            assert register._database.read(version) == VERSIONS[-1]
            assert register._database.read(kept) == WRITTEN


@pytest.mark.parametrize("kind", BOTH)
def test_looking_at_an_older_register_alters_nothing(kind: str, tmp_path: Path) -> None:
    """Who only looks is told to bring it up, and it stays of its version."""
    with place(kind, tmp_path) as url:
        older.put(url)
        with pytest.raises(DeskError, match="of version 0001; what only looks"):
            look(url)
        database = Database(url)
        assert database.read(version) == "0001"
        database.engine.dispose()


@pytest.mark.parametrize("kind", BOTH)
def test_tampering_before_the_upgrade_is_found_after_it(kind: str, tmp_path: Path) -> None:
    """No upgrade vouches for what was altered behind the trail."""
    with place(kind, tmp_path) as url:
        older.put(url)
        database = Database(url)
        database.write(lambda c: c.execute(sa.text("UPDATE changes SET title = 'x' WHERE id = 3")))
        database.engine.dispose()
        with register_at(url) as register:
            (fault,) = register.verify().faults
            assert "CHG-0003 was altered" in fault


@pytest.mark.parametrize("kind", BOTH)
def test_old_changes_go_on(kind: str, tmp_path: Path) -> None:
    """Emergencies of then are to be reviewed, and each change takes what changes of now take."""
    with place(kind, tmp_path) as url:
        older.put(url)
        with register_at(url) as register:
            told = [(r.number, r.due, r.incident) for r in register.reviews()]
            assert told == [
                ("CHG-0003", "2026-11-20", "INC0010001"),
                ("CHG-0005", "2026-12-02", "INC0010003"),
            ]
            assert register.read("3").emergency == Emergency("INC0010001", "2026-11-20")
            assert register.read("1").authors == ("Bo Li <bo@example.com> (@bo)",)
            assert register.read("1").approvals[0].at.startswith("2026-11-23T10:00:")
            assert [f.number for f in register.finished("tags-only", "2026-01-01")] == ["CHG-0002"]
            assert register.fetch(register.read("1"), "assessment.json") == b'{"score": 52}'
            assert "CHG-0008" in register.conflicts(register.read("1"))[0]
            register.review(register.read("3"), "The runbook was followed.")
            register.approve("5", "", "zoe")
            assert register.reviews() == ()
            for number in range(1, older.CHANGES + 1):
                register.comment(register.read(str(number)), "Hello.")
            assert register.verify([older.HEAD]).faults == ()


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("step", ["ADD COLUMN", "changes_by_state", "reviews_by_category", "0002"])
def test_an_upgrade_that_breaks_off_leaves_the_older_register(
    kind: str, step: str, tmp_path: Path
) -> None:
    """Killed (-9) at any step it is as it was, of its version; the next run brings it up."""
    with place(kind, tmp_path) as url:
        older.put(url)
        words = [sys.executable, "-m", "tests.register.killed", url, step]
        done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=False)
        assert (done.returncode, done.stdout) == (-9, ""), done.stderr
        database = Database(url)
        assert database.read(version) == "0001"
        columns = database.read(lambda c: sa.inspect(c).get_columns("changes"))
        assert "reviewed" not in {column["name"] for column in columns}
        assert database.read(kept) == WRITTEN
        database.engine.dispose()
        with register_at(url) as register:
            assert register.verify([older.HEAD]).faults == ()
            register.open(request())


@pytest.mark.parametrize("kind", BOTH)
def test_many_processes_upgrade_at_once(kind: str, tmp_path: Path) -> None:
    """However many begin at once, it is brought up once, and all of them go on."""
    with place(kind, tmp_path) as url:
        older.put(url)
        assert sorted(racing(url, "race", *[12] * RACERS)) == [
            "opened",
            *["unchanged"] * (RACERS - 1),
        ]
        with register_at(url) as register:
            (ticket,) = register.find(request().key)
            assert ticket.number == f"CHG-{older.CHANGES + 1:04}"
            assert register.verify([older.HEAD]).faults == ()


@pytest.mark.parametrize("kind", BOTH)
def test_a_review_that_nobody_held_is_found(kind: str, tmp_path: Path) -> None:
    """A review that was written into an old change behind the trail is found."""
    with place(kind, tmp_path) as url:
        older.put(url)
        with register_at(url) as register:
            unguarded(register, "UPDATE changes SET reviewed = '2026-11-21' WHERE id = 3")
            faults = register.verify().faults
            assert "The review of CHG-0003 is not as its entries tell." in faults
            assert any("CHG-0003 was altered behind the trail" in fault for fault in faults)
