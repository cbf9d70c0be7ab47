"""The review of an emergency, recorded once whatever happens on the way to the desk."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from requests.adapters import BaseAdapter

from tests.change.faults import Faults, lost_after, lost_before
from tests.change.memory import MemoryWorld
from tests.change.requests import commit, request
from tests.change.wired import WiredWorld
from tfchange.change.desk import State, Ticket
from tfchange.change.ending import cancel, close
from tfchange.change.file import file
from tfchange.change.request import Result
from tfchange.change.reviewing import find, review
from tfchange.errors import DeskError, OutcomeUnknownError
from tfchange.risk.assessment import Approval, Category, Emergency

ANN = commit(author="Ann Lee <ann@example.com>")
SAID = "Reviewed by zoe: The runbook was followed."


def put(world: Any, **given: Any) -> Ticket:
    """An emergency of Ann, filed."""
    told: dict[str, Any] = {
        "commit": ANN,
        "category": Category.EMERGENCY,
        "emergency": Emergency("INC0010001", "2026-11-30"),
        "approvals": (Approval("emergency", "it was declared an emergency"),),
    }
    return file(world.desk, request(**{**told, **given}), pause=lambda _: None).ticket


def held(world: Any, by: str = "zoe") -> tuple[str, tuple[str, ...]]:
    """What came of recording the review of the emergency of that key."""
    told = review(world.desk, find(world.desk, ANN.key), "The runbook was followed.", by)
    return told.done, told.notes


def test_a_review_is_recorded_once() -> None:
    """What was found stands in the history by name; the second time nothing is written."""
    world = MemoryWorld()
    ticket = put(world)
    close(world.desk, ANN.key, Result("successful"))
    assert held(world) == ("reviewed", ())
    done, (note,) = held(world)
    assert (done, "No review is to be held" in note) == ("unchanged", True)
    assert world.texts(ticket).count(SAID) == 1
    assert world.desk.reviews() == ()


def test_a_review_by_the_author_says_so() -> None:
    """Whoever wrote the commit may record what was found, and a note tells."""
    world = MemoryWorld()
    put(world)
    done, (note,) = held(world, by="ann@example.com")
    assert (done, "ann@example.com wrote the commit" in note) == ("reviewed", True)


def test_what_is_no_emergency_has_no_review() -> None:
    """A normal change, or none at all, is an error that says what to run."""
    world = MemoryWorld()
    with pytest.raises(DeskError, match="there is no change for"):
        held(world)
    put(world, category=Category.NORMAL, emergency=None)
    with pytest.raises(DeskError, match="is no emergency") as caught:
        held(world)
    assert "tfchange change overdue --all" in caught.value.advice


def test_the_emergency_is_found_behind_its_successor() -> None:
    """What was closed is reviewed, although another change of the key is live by now."""
    world = MemoryWorld()
    first = put(world)
    close(world.desk, ANN.key, Result("successful"))
    put(world, category=Category.NORMAL, emergency=None, fingerprint="e" * 32, at=1_763_000_900)
    assert find(world.desk, ANN.key).id == first.id
    assert held(world)[0] == "reviewed"


def test_a_cancelled_emergency_has_none() -> None:
    """What was never done needs no review."""
    world = MemoryWorld()
    put(world)
    cancel(world.desk, ANN.key, "Not now.")
    assert held(world)[0] == "unchanged"


def test_a_rehearsal_writes_nothing() -> None:
    """The ticket is not read back, since nothing was written."""
    world = MemoryWorld()
    ticket = put(world)
    assert review(world.desk, ticket, "x", "zoe", rehearsal=True).ticket is ticket


class Once(Faults):
    """One fault, at the next request that writes."""

    kind: Callable[..., Any] | None = None

    def send(self, asked: Any, *args: Any, **given: Any) -> Any:
        """As the fault has it, once."""
        kind, self.kind = (self.kind, None) if asked.method == "POST" else (None, self.kind)
        act = lambda: self._inner.send(asked, *args, **given)  # noqa: E731
        return kind(act, asked) if kind else act()


def wired(networks: list[Once]) -> WiredWorld:
    """A desk behind a network that fails when told to."""

    def wrap(inner: BaseAdapter) -> BaseAdapter:
        networks.append(Once(inner, Random(0), 0.0))
        return networks[-1]

    return WiredWorld(wrap)


def test_a_lost_answer_is_looked_for() -> None:
    """A review whose answer was lost is found to be there, and not written again."""
    networks: list[Once] = []
    world = wired(networks)
    ticket = put(world)
    networks[0].kind = lost_after
    assert held(world) == ("reviewed", ())
    assert held(world)[0] == "unchanged"
    assert world.texts(ticket).count(SAID) == 1


def test_a_lost_request_is_said() -> None:
    """A review that did not arrive is an error, never repeated blindly; the next run records it."""
    networks: list[Once] = []
    world = wired(networks)
    ticket = put(world)
    networks[0].kind = lost_before
    with pytest.raises(OutcomeUnknownError):
        held(world)
    assert SAID not in world.texts(ticket)
    assert held(world) == ("reviewed", ())
    assert world.texts(ticket).count(SAID) == 1
    assert world.desk.read(ticket.id).state is State.WAITING
