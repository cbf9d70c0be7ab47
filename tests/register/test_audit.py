"""The trail: whatever is altered behind it is found."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from tests.change.requests import commit, request
from tests.register.world import BOTH, engine_of, opened, register_at, unguarded
from tfchange.change.ending import cancel, close
from tfchange.change.file import file
from tfchange.change.request import Result
from tfchange.errors import DeskError
from tfchange.register.audit import NOTHING
from tfchange.register.desk import Register
from tfchange.register.tables import metadata


def fill(register: Register) -> None:
    """Three changes with a history."""
    for pull in (1, 2, 3):
        file(register, request(commit=commit(pull_request=pull)))
    register.approve("1", "", "ann", "looks good")
    file(register, request(commit=commit(pull_request=1), fingerprint="0" * 32))
    register.approve("1", "", "ann", "this one, too")
    close(register, commit(pull_request=1).key, Result("successful"))
    cancel(register, commit(pull_request=2).key, "Not now.")


@pytest.fixture(params=BOTH)
def register(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Register]:
    """A register with a history."""
    with opened(request.param, tmp_path) as made:
        fill(made)
        yield made


@pytest.fixture(scope="module")
def tamper(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., tuple[str, ...]]:
    """Alters a fresh copy of a register with a history, and says which faults are found then."""
    folder = tmp_path_factory.mktemp("audit")
    first, copy = folder / "first.db", folder / "copy.db"
    with register_at(str(first)) as made:
        fill(made)
        assert made.verify().faults == ()

    def act(statement: str, **values: Any) -> tuple[str, ...]:
        shutil.copy(first, copy)
        with register_at(str(copy)) as altered:
            unguarded(altered, statement, **values)
            try:
                return altered.verify().faults
            except DeskError as error:
                return (error.message,)

    return act


LENGTH = 23
FIRST = "(SELECT min(rowid) FROM {})"
SEQ = st.integers(1, LENGTH)
COLUMNS = ("at", "actor", "change", "action", "details", "previous", "hash")
VALUES = st.one_of(st.text(max_size=20), st.binary(max_size=20))


def test_the_history_is_that_long(register: Register) -> None:
    """The laws below reach every entry."""
    assert register.verify().entries == LENGTH
    assert [entry.seq for entry in register.log()] == list(range(1, LENGTH + 1))


@given(st.sampled_from(COLUMNS), SEQ, VALUES)
def test_any_altered_column_is_found(
    tamper: Callable[..., tuple[str, ...]], column: str, seq: int, value: str | bytes
) -> None:
    """Whatever is written into whichever column of whichever entry, verifying finds it."""
    # The same value would be no alteration.
    told = f"UPDATE audit SET {column} = :value WHERE seq = :seq AND {column} <> :value"  # noqa: S608
    assert tamper(told, value=value, seq=seq)


@pytest.mark.parametrize("column", COLUMNS)
def test_bytes_that_spell_the_same_are_found(
    tamper: Callable[..., tuple[str, ...]], column: str
) -> None:
    """SQLite keeps bytes where text should be; that is another value, and found."""
    assert tamper(f"UPDATE audit SET {column} = CAST({column} AS BLOB) WHERE seq = 2")  # noqa: S608


@pytest.mark.parametrize("seq", range(1, LENGTH + 1))
def test_any_deleted_entry_is_found(tamper: Callable[..., tuple[str, ...]], seq: int) -> None:
    """An entry that is gone is missed, the last one too."""
    assert tamper("DELETE FROM audit WHERE seq = :seq", seq=seq)


@given(SEQ, SEQ)
def test_any_two_swapped_entries_are_found(
    tamper: Callable[..., tuple[str, ...]], one: int, other: int
) -> None:
    """Two entries that change places do not fit there."""
    if one != other:
        swap = (
            "UPDATE audit SET (at, actor, change, action, details, previous, hash) = "
            "(SELECT at, actor, change, action, details, previous, hash FROM audit b "
            "WHERE b.seq = :one + :other - audit.seq) WHERE seq IN (:one, :other)"
        )
        assert tamper(swap, one=one, other=other)


def test_an_emptied_trail_is_found(tamper: Callable[..., tuple[str, ...]]) -> None:
    """A trail without any entry is not the trail of changes that are there."""
    found = tamper("DELETE FROM audit")
    assert f"The trail ends at entry 0, and its head says otherwise." in found  # noqa: F541
    assert "CHG-0001 is in the register and not in the trail." in found


ALTERABLE = [
    (table.name, column.name)
    for name, table in metadata.tables.items()
    for column in table.columns
    if name not in ("audit", "head")
]


@pytest.mark.parametrize(("table", "column"), ALTERABLE)
def test_any_altered_row_is_found(
    tamper: Callable[..., tuple[str, ...]], table: str, column: str
) -> None:
    """Each column of changes, approvals, transitions, links and files is vouched for."""
    new = "7" if column in ("id", "change", "seq", "position", "added") else "'x'"
    statement = f"UPDATE {table} SET {column} = {new} WHERE rowid = {FIRST.format(table)}"  # noqa: S608
    # Some the database itself refuses, such as a change that is not there.
    with suppress(DBAPIError):
        assert tamper(statement)


@pytest.mark.parametrize("table", ["approvals", "transitions", "links", "files"])
def test_any_deleted_row_is_found(tamper: Callable[..., tuple[str, ...]], table: str) -> None:
    """A row that is gone is missed."""
    assert tamper(f"DELETE FROM {table} WHERE rowid = {FIRST.format(table)}")  # noqa: S608


def test_a_head_that_was_set_back_is_found(tamper: Callable[..., tuple[str, ...]]) -> None:
    """The head and the last entry must agree."""
    assert tamper("UPDATE head SET seq = seq - 1")
    assert tamper("UPDATE head SET hash = :nothing", nothing=NOTHING)


@pytest.mark.parametrize("table", ["audit", "transitions"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET at = 'x'", "DELETE FROM {}"])
def test_the_database_refuses_to_alter_the_trail(register: Register, table: str, verb: str) -> None:
    """Without taking the guards away first, no entry can be altered or deleted."""
    with (
        engine_of(register).connect() as connection,
        pytest.raises(DBAPIError, match="append-only"),
    ):
        connection.execute(sa.text(verb.format(table)))
    assert register.verify().faults == ()


def test_a_head_kept_elsewhere_vouches_for_all_before_it(register: Register) -> None:
    """A head that was once printed stays in the chain; one that never was is a fault."""
    early = register.head()
    register.comment(register.read("3"), "Hello.")
    assert register.verify([early, register.head()]).faults == ()
    seq, _, hash_ = early.partition(":")
    for wrong in (f"{int(seq) + 1}:{hash_}", f"{seq}:{'0' * 64}", "nonsense"):
        (fault,) = register.verify([wrong]).faults
        assert wrong in fault


def test_a_rewritten_trail_is_found_only_by_a_head_kept_elsewhere(tmp_path: Path) -> None:
    """Who may write everything can rewrite everything; then only what was kept elsewhere tells."""
    with opened("sqlite", tmp_path) as told, opened("sqlite", tmp_path, actor="eve") as forged:
        fill(told)
        fill(forged)
        assert forged.verify().faults == ()
        assert forged.verify([told.head()]).faults != ()


def test_the_log_tells_of_one_change_or_all(register: Register) -> None:
    """The log of a change holds its entries only; a limit keeps the newest."""
    assert {entry.change for entry in register.log("2")} == {"CHG-0002"}
    assert [entry.seq for entry in register.log(limit=2)] == [LENGTH - 1, LENGTH]
    assert register.log("2")[-1].told()["text"] == "Not now."
