"""What is in the way of a change in the register."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.change.requests import commit, request
from tests.register.world import BOTH, opened
from tfchange.change.desk import State, Ticket
from tfchange.change.file import file
from tfchange.change.request import Result, Window
from tfchange.register.desk import Register

MORNING = Window("2026-11-24T08:00:00Z", "2026-11-24T10:00:00Z")
NOON = Window("2026-11-24T09:30:00Z", "2026-11-24T13:00:00Z")
LATER = Window("2026-11-24T10:00:00Z", "2026-11-24T13:00:00Z")


@pytest.fixture(params=BOTH)
def register(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Register]:
    """A fresh register in either database."""
    with opened(request.param, tmp_path) as made:
        yield made


def put(register: Register, pull_request: int, state: State, **given: Any) -> Ticket:
    """A change that touches nothing of others unless told to, brought to that state."""
    place = {"repository": f"acme/r{pull_request}", "pull_request": pull_request}
    made = commit(**{**place, **given.pop("place", {})})
    told = {"commit": made, "services": (), **given}
    ticket = file(register, request(**told)).ticket
    if state is not State.WAITING:
        register.approve(ticket.number, "", "ann")
    if state in (State.IMPLEMENTING, State.REVIEW):
        register.transition(ticket, state)
    if state is State.CLOSED:
        register.close(ticket, Result("successful"))
    assert register.read(ticket.id).state is state
    return ticket


SHARED = {
    "the workspace blue of acme/shop": {
        "place": {"repository": "Acme/Shop", "workspaces": ("blue", "red")}
    },
    "the service shop": {"services": ("Shop", "mail")},
    "the CI db-1": {"items": ("db-1", "db-3")},
}
MINE: dict[str, Any] = {
    "place": {"repository": "acme/shop", "workspaces": ("green", "blue")},
    "services": ("shop",),
    "items": ("db-1", "db-2"),
}


@pytest.mark.parametrize("what", SHARED)
def test_what_is_being_implemented_is_in_the_way(register: Register, what: str) -> None:
    """The sentence names the other change, since when, and what both touch."""
    mine = put(register, 1, State.APPROVED, **MINE)
    put(register, 2, State.IMPLEMENTING, **SHARED[what])
    since = next(e.at for e in register.log("2") if e.action == "implementing")
    assert register.conflicts(mine) == (
        f"CHG-0002 is being implemented, since {since}, and also affects {what}.",
    )
    register.comment(register.read("2"), "Still at it.")
    assert since in register.conflicts(mine)[0]


def test_all_that_is_shared_is_named(register: Register) -> None:
    """One sentence for each other change, the first opened first."""
    mine = put(register, 1, State.WAITING, **MINE)
    both = {**SHARED["the service shop"], **SHARED["the CI db-1"]}
    put(register, 2, State.REVIEW, **both)
    put(register, 3, State.IMPLEMENTING, **SHARED["the workspace blue of acme/shop"])
    first, second = register.conflicts(mine)
    assert first.startswith("CHG-0002 is done and not closed, since 2026-11-23T10:")
    assert first.endswith("and also affects the service shop and the CI db-1.")
    assert second.startswith("CHG-0003 ")


@pytest.mark.parametrize("state", [State.WAITING, State.APPROVED, State.CLOSED])
def test_what_is_not_under_way_is_not(register: Register, state: State) -> None:
    """What waits, is over, or is approved for no time is in nobody's way."""
    mine = put(register, 1, State.APPROVED, **MINE, window=MORNING)
    put(register, 2, state, **SHARED["the service shop"])
    assert register.conflicts(mine) == ()


def test_what_is_approved_for_the_same_time_is_in_the_way(register: Register) -> None:
    """Windows that overlap; those that only meet do not, nor does one of what only waits."""
    mine = put(register, 1, State.WAITING, **MINE, window=MORNING)
    shared = SHARED["the service shop"]
    put(register, 2, State.APPROVED, **shared, window=NOON)
    put(register, 3, State.APPROVED, **shared, window=LATER)
    put(register, 4, State.WAITING, **shared, window=NOON)
    put(register, 5, State.APPROVED, window=NOON)
    assert register.conflicts(mine) == (
        f"CHG-0002 is approved for {NOON.start} to {NOON.end} and also affects the service shop.",
    )
    timeless = put(register, 6, State.WAITING, **shared)
    assert register.conflicts(timeless) == ()


def test_other_things_are_not_in_the_way(register: Register) -> None:
    """Another workspace of the repository, and the workspace of that name of another one."""
    mine = put(register, 1, State.APPROVED, **MINE)
    put(register, 2, State.IMPLEMENTING, place={"repository": "acme/shop", "workspaces": ("red",)})
    put(register, 3, State.IMPLEMENTING, place={"workspaces": ("blue",)}, services=("mail",))
    assert register.conflicts(mine) == ()
    assert register.conflicts(register.read("2")) == ()


def test_only_what_has_begun_is_in_the_way(register: Register) -> None:
    """Whoever has begun is in the way of those who have not, and not the other way round."""
    one = put(register, 1, State.IMPLEMENTING, **MINE)
    two = put(register, 2, State.APPROVED, **SHARED["the CI db-1"])
    assert register.conflicts(one) == ()
    assert "CHG-0001" in register.conflicts(two)[0]


def test_of_two_that_begin_at_once_one_does(register: Register) -> None:
    """The second is left as it is, and is told by whom it was overtaken; an emergency is not."""
    one = put(register, 1, State.APPROVED, **MINE)
    two = put(register, 2, State.APPROVED, **SHARED["the CI db-1"])
    assert register.transition(one, State.IMPLEMENTING).notes == ()
    (said,) = register.transition(two, State.IMPLEMENTING).notes
    assert said.startswith("CHG-0001 is being implemented")
    assert register.read(two.id).state is State.APPROVED


def test_windows_that_are_proposed_are_in_nobodys_way(register: Register) -> None:
    """Two changes are proposed the same first hour, and either may be done at another time."""
    proposed = msgspec.structs.replace(MORNING, proposed=True)
    mine = put(register, 1, State.APPROVED, **MINE, window=proposed)
    put(register, 2, State.APPROVED, **SHARED["the CI db-1"], window=proposed)
    put(register, 3, State.APPROVED, **SHARED["the CI db-1"], window=NOON)
    assert register.conflicts(mine) == ()
