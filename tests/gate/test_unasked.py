"""What passed without being asked is told to the desk as soon as it can be."""

from pathlib import Path

import pytest

from tests.change.memory import MemoryWorld
from tests.change.requests import commit
from tests.contracts.desk import put
from tfchange.errors import SourceError
from tfchange.gate.unasked import FILE, Unasked, keep, tell


def passed(key: str, why: str = "the desk cannot be reached") -> Unasked:
    """One plan that was let pass."""
    return Unasked("2026-11-25T12:00:00Z", key, "f" * 32, why, "ann", "https://ci.example.com/7")


def test_it_is_told_once(tmp_path: Path) -> None:
    """In the history of its change, with who let it pass and why; then it is kept no more."""
    world = MemoryWorld()
    ticket, folder = put(world), str(tmp_path / "data")
    keep(folder, passed(ticket.key))
    assert len(tell(folder, world.desk, ticket)) == 1
    assert "by ann without asking the desk" in world.texts(ticket)
    assert tell(folder, world.desk, ticket) == ()


def test_what_is_of_other_changes_stays(tmp_path: Path) -> None:
    """Until the desk is asked about them."""
    world, folder = MemoryWorld(), str(tmp_path)
    one, other = put(world), put(world, commit=commit(pull_request=13))
    keep(folder, passed(one.key))
    keep(folder, passed(other.key))
    tell(folder, world.desk, one)
    assert "without asking" not in world.texts(other)
    assert len(tell(folder, world.desk, other)) == 1


def test_a_line_cut_off_harms_nothing(tmp_path: Path) -> None:
    """A run that was killed while writing leaves half of one."""
    world, folder = MemoryWorld(), str(tmp_path)
    ticket = put(world)
    path = Path(keep(folder, passed(ticket.key)))
    path.write_bytes(path.read_bytes() + b'{"at": "2026')
    assert len(tell(folder, world.desk, ticket)) == 1
    assert tell(str(tmp_path / "none"), world.desk, ticket) == ()
    assert path.name == FILE


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """What could not be recorded does not pass."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SourceError, match="cannot be recorded"):
        keep(str(tmp_path / "file" / "data"), passed("x"))
