"""Many processes at one register, and some that are killed in the middle of writing."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.change.requests import commit, request
from tests.conftest import ROOT
from tests.register.world import BOTH, place, register_at
from tfchange.change.file import file

RACERS, VICTIMS = 50, 24


def racing(url: str, *arguments: object) -> list[str]:
    """What the processes say, a line each."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.change.racing", url, *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize("kind", BOTH)
def test_fifty_processes_make_one_change(kind: str, tmp_path: Path) -> None:
    """50 processes with one key, on a database without tables, make one change and no fault."""
    with place(kind, tmp_path) as url:
        done = racing(url, "race", *[12] * RACERS)
        assert sorted(done) == ["opened", *["unchanged"] * (RACERS - 1)]
        with register_at(url) as register:
            (ticket,) = register.find(request().key)
            assert ticket.number == "CHG-0001"
            assert [e.action for e in register.log()].count("opened") == 1
            assert register.verify().faults == ()


@pytest.mark.parametrize("kind", BOTH)
def test_fifty_processes_make_fifty_changes(kind: str, tmp_path: Path) -> None:
    """50 processes with a key each make 50 changes, numbered and chained without a gap."""
    with place(kind, tmp_path) as url:
        assert racing(url, "race", *range(RACERS)) == ["opened"] * RACERS
        with register_at(url) as register:
            numbers = [each.number for each in register.list(limit=100)]
            assert numbers == [f"CHG-{n:04}" for n in range(RACERS, 0, -1)]
            verdict = register.verify()
            assert (verdict.changes, verdict.faults) == (RACERS, ())
            assert [e.seq for e in register.log()] == list(range(1, verdict.entries + 1))


@pytest.mark.parametrize("kind", BOTH)
def test_a_killed_writer_leaves_a_valid_register(kind: str, tmp_path: Path) -> None:
    """Whenever a writer is killed (-9), the register holds, and filing again finishes the job."""
    with place(kind, tmp_path) as url:
        lines = racing(url, "kill", 7, VICTIMS)
        assert [line for line in lines if line != "opened"] == [str(n) for n in range(VICTIMS)]
        assert len(lines) < VICTIMS * 1.5, "most were killed before they were done"
        with register_at(url) as register:
            for number in range(VICTIMS):
                asked = request(commit=commit(pull_request=number))
                assert file(register, asked).done in ("opened", "unchanged")
                (ticket,) = register.find(asked.key)
                assert [link.relation for link in register.request(ticket.number).links] == [
                    *("commit", "pull request", "run")
                ]
            verdict = register.verify()
            assert (verdict.changes, verdict.faults) == (VICTIMS, ())
