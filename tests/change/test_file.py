"""Filing above the port: one change per key, whatever happens between."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.change import faults
from tests.change.memory import MemoryDesk, MemoryWorld
from tests.change.requests import commit, request
from tests.change.wired import WiredWorld
from tests.contracts.desk import never
from tfchange.change.desk import State, Ticket, Written
from tfchange.change.ending import cancel, close, show
from tfchange.change.file import Filed, file
from tfchange.change.request import Attachment, ChangeRequest, Result, Window
from tfchange.errors import DeskError, FrozenError, OutcomeUnknownError, OvertakenError
from tfchange.risk.assessment import Category, Emergency, Level


def test_a_thousand_lives_in_bad_weather() -> None:
    """Over 1,000 random sequences of faults there is no duplicate and no lost update."""
    happened = {kind for seed in range(1000) for kind in faults.sequence(WiredWorld, seed)}
    assert happened == {kind.__name__ for kind in faults.KINDS}


class Deaf(MemoryDesk):
    """Opens changes, and never says so."""

    def __init__(self, shown_after: int) -> None:
        super().__init__()
        self.opens, self.finds, self._shown_after = 0, 0, shown_after

    def open(self, request: ChangeRequest) -> Written:
        """Done, but nobody hears of it."""
        self.opens += 1
        super().open(request)
        raise OutcomeUnknownError("lost")

    def find(self, key: object, near: str | None = None) -> tuple:  # type: ignore[type-arg, override]
        """A search that lags behind."""
        self.finds += 1
        return super().find(key, near) if self.finds > self._shown_after else ()  # type: ignore[arg-type]


def test_an_opening_without_an_answer_is_looked_for() -> None:
    """A change whose opening got no answer is searched for, with longer and longer pauses."""
    desk, pauses = Deaf(shown_after=3), []
    filed = file(desk, request(), pause=pauses.append)
    assert (filed.done, desk.opens) == ("opened", 1)
    assert pauses == [0.5, 1.0, 2.0]


def test_an_opening_that_is_not_found_is_not_repeated() -> None:
    """Where it does not show up in time, the error says that running again is safe."""
    desk = Deaf(shown_after=99)
    with pytest.raises(OutcomeUnknownError):
        file(desk, request(), pause=lambda _: None)
    assert desk.opens == 1


class Racing(MemoryDesk):
    """Another run opens a change while this one does."""

    def open(self, request: ChangeRequest) -> Written:
        """The other one was a moment earlier."""
        super().open(request)
        return super().open(request)


def test_of_two_racers_the_oldest_wins() -> None:
    """After opening the key is searched again; the younger change is linked and cancelled."""
    desk = Racing()
    filed = file(desk, request(), pause=lambda _: None)
    assert filed.ticket.id == "1"
    assert desk.read("2").state is State.CANCELLED
    assert ("duplicate of", "MEM-1") in desk.kept["2"].links


class Unique(MemoryDesk):
    """A desk that can keep one live change per key, and another run was first."""

    def open(self, request: ChangeRequest) -> Written:
        """Refused, since it is there by now."""
        if not self.kept:
            super().open(request)
        raise OvertakenError("there is one")


def test_who_comes_second_at_a_unique_desk_goes_on_with_the_first() -> None:
    """Where the desk refuses a second change, the first is brought up to date."""
    assert file(Unique(), request(), pause=lambda _: None).done == "unchanged"


class Icy(MemoryDesk):
    """What was approved cannot be edited."""

    def update(self, ticket: object, request: ChangeRequest, note: str) -> Written:
        """Refused."""
        raise FrozenError("CHG1 is scheduled")


def test_what_is_frozen_gets_a_successor() -> None:
    """An approved change of another plan is cancelled and followed, never edited."""
    desk = Icy()
    file(desk, request(), pause=lambda _: None)
    filed = file(desk, request(fingerprint="0" * 32), pause=lambda _: None)
    assert (filed.done, filed.ticket.id, filed.ticket.successor_of) == ("opened", "2", "MEM-1")
    assert desk.read("1").state is State.CANCELLED
    assert "CHG1 is scheduled" in desk.kept["1"].history[0]


NEWER = {"at": 1_763_000_900, "title": "newer", "attachments": (
    Attachment("assessment.json", "application/json", b"newer"),)}  # fmt: skip


class Interrupted(MemoryDesk):
    """A newer run files between two steps of this one."""

    due = False

    def update(self, *args: object) -> Written:  # type: ignore[override]
        """Right after this the newer run does all of its work."""
        written = super().update(*args)  # type: ignore[arg-type]
        if self.due:
            self.due = False
            file(self, request(**NEWER))
        return written


def test_an_older_run_does_not_replace_newer_files() -> None:
    """What an older run has still to attach stays away where a newer run has filed meanwhile."""
    desk = Interrupted()
    file(desk, request())
    desk.due = True
    file(desk, request(at=1_763_000_500, title="older"))
    assert desk.kept["1"].request.title == "newer"
    assert desk.kept["1"].files == {"assessment.json": b"newer"}


class Adopting(Deaf):
    """What is found after an opening in doubt was filed by a newer run."""

    def open(self, request_: ChangeRequest) -> Written:
        """Lost before it was done, while a newer run opened its own."""
        MemoryDesk.open(self, request(**NEWER))
        raise OutcomeUnknownError("lost")


def test_what_is_found_in_doubt_is_not_taken_for_ours() -> None:
    """A change that a newer run has opened meanwhile is left to it."""
    desk = Adopting(shown_after=0)
    filed = file(desk, request(), pause=lambda _: None)
    assert filed.done == "left"
    assert desk.kept["1"].files == {}


def test_two_live_changes_are_closed_as_one() -> None:
    """Closing and cancelling settle what two racing runs have left behind."""
    for end in (lambda d: cancel(d, request().key, "why"),
                lambda d: close(d, request().key, Result("failed"))):  # fmt: skip
        desk = MemoryDesk()
        desk.open(request())
        desk.open(request())
        end(desk)
        assert not any(kept.ticket.state.live for kept in desk.kept.values())


def test_what_is_over_says_so() -> None:
    """Ending a change twice writes nothing, and the note tells."""
    desk = MemoryDesk()
    file(desk, request())
    cancel(desk, request().key, "why")
    assert "over already" in cancel(desk, request().key, "again").notes[0]
    assert "over already" in close(desk, request().key, Result("failed")).notes[0]
    assert desk.kept["1"].history == ["why"]


def test_an_emergency_is_closed_before_its_approval() -> None:
    """An emergency is approved afterwards, so nobody has to wait to say how it went."""
    desk = MemoryDesk()
    file(desk, request(category=Category.EMERGENCY))
    assert close(desk, request().key, Result("successful")).state is State.CLOSED


EMPTY = {"category": Category.NONE, "level": Level.LOW, "fingerprint": "", "approvals": ()}


def test_a_plan_that_changes_nothing_opens_nothing() -> None:
    """Where nothing changes there is nothing to approve, so no change is opened."""
    desk = MemoryDesk()
    filed = file(desk, request(**EMPTY))
    assert (filed.ticket, filed.done, desk.kept) == (None, "nothing", {})


def test_what_is_not_needed_any_more_is_cancelled() -> None:
    """A change that waits for approval is cancelled when its plan has become empty."""
    desk = MemoryDesk()
    file(desk, request())
    assert file(desk, request(at=1, **EMPTY)).done == "left"
    filed = file(desk, request(**EMPTY))
    assert (filed.done, desk.read("1").state) == ("cancelled", State.CANCELLED)


def test_what_was_approved_is_not_cancelled_by_an_empty_plan() -> None:
    """A plan is empty also after it was applied, so an approved change stays as it is."""
    world = MemoryWorld()
    ticket = file(world.desk, request()).ticket
    world.approve(ticket)
    filed = file(world.desk, request(**EMPTY))
    assert (filed.done, filed.ticket.state) == ("unchanged", State.APPROVED)
    assert "close the change" in filed.notes[0]


class Forgetful(MemoryDesk):
    """Says yes and keeps nothing."""

    def update(self, ticket: object, request: ChangeRequest, note: str) -> Written:
        """Silently ignored."""
        return Written("1")


def test_what_was_written_is_read_back() -> None:
    """A desk that silently drops an update is not believed."""
    desk = Forgetful()
    file(desk, request(), pause=lambda _: None)
    with pytest.raises(DeskError, match="does not say what was written"):
        file(desk, request(title="new"), pause=lambda _: None)


def test_a_rehearsal_reads_nothing_back() -> None:
    """In a rehearsal what was opened is imagined, since it is not there."""
    filed = file(MemoryDesk(), request(), rehearsal=True)
    assert (filed.ticket.number, filed.ticket.record) == ("(new)", request().record)


def test_nothing_to_close() -> None:
    """Closing, cancelling or showing what was never opened says how to open it."""
    for what in (
        lambda desk: close(desk, request().key, Result("failed")),
        lambda desk: cancel(desk, request().key, "why"),
        lambda desk: show(desk, request().key),
    ):
        with pytest.raises(DeskError, match="no change for acme/shop@default#12") as caught:
            what(MemoryDesk())
        assert "tfchange change open" in caught.value.advice


class Losing(MemoryDesk):
    """Loses every answer but the ones of reading."""

    acts = True

    def _lose(self, what: str, *args: object) -> Written:
        if self.acts:
            getattr(super(), what)(*args)
        raise OutcomeUnknownError("lost")

    def update(self, *args: object) -> Written:  # type: ignore[override]
        """Lost."""
        return self._lose("update", *args)

    def close(self, *args: object) -> Written:  # type: ignore[override]
        """Lost."""
        return self._lose("close", *args)

    def cancel(self, *args: object) -> Written:  # type: ignore[override]
        """Lost."""
        return self._lose("cancel", *args)


@pytest.mark.parametrize("acts", [True, False])
def test_lost_answers_are_read_up(acts: bool) -> None:
    """Without an answer the change is read: what was done counts, what was not is an error."""
    desk, quick = Losing(), {"pause": lambda _: None}
    file(desk, request(), **quick)
    desk.acts = acts
    commands = (
        lambda: file(desk, request(title="new"), **quick),
        lambda: close(desk, request().key, Result("failed")),
    )
    for command in commands:
        if acts:
            command()
        else:
            with pytest.raises(OutcomeUnknownError):
                command()


def test_keys_ignore_the_case_of_names() -> None:
    """Forges take names in any case; the key is the same, and workspaces have no order."""
    one = commit(repository="Acme/Shop", workspaces=("b", "a")).key
    assert one.digest == commit(workspaces=("a", "b")).key.digest
    assert one.digest != commit(workspaces=("a",)).key.digest
    assert str(commit(pull_request=None).key) == "acme/shop@default:refs/heads/resize"


def test_a_proposed_window_stays() -> None:
    """Filing the same plan later proposes nothing new; another plan, or one that is over, does.

    A window that people have set at the desk stays as well.
    """
    world = MemoryWorld()
    first, later = (
        Window("2026-12-01T10:00:00Z", "2026-12-01T12:00:00Z", proposed=True),
        Window("2026-12-02T10:00:00Z", "2026-12-02T12:00:00Z", proposed=True),
    )
    at = int(datetime(2026, 11, 25, tzinfo=UTC).timestamp())

    def filed(window: Window, **given: Any) -> Filed:
        asked = request(window=window, **{"at": at, **given})
        return file(world.desk, asked, pause=never)

    ticket = filed(first).ticket
    assert ticket
    assert filed(later, at=at + 60).done == "unchanged"
    assert world.desk.read(ticket.id).window == first
    theirs = Window("2026-12-03T10:00:00Z", "2026-12-03T12:00:00Z")
    world.desk._set(ticket.id, window=theirs)
    assert filed(first, at=at + 90).ticket.window == theirs
    over = int(datetime(2026, 12, 5, tzinfo=UTC).timestamp())
    newest = Window("2026-12-08T10:00:00Z", "2026-12-08T12:00:00Z", proposed=True)
    assert filed(newest, at=over).done == "updated"
    assert filed(first, at=over + 60, fingerprint="e" * 32).done == "updated"


def test_a_review_stays_due() -> None:
    """Filing an emergency again does not put off its review; another incident has its own."""
    world = MemoryWorld()

    def filed(incident: str, due: str, at: int) -> Ticket:
        asked = request(
            category=Category.EMERGENCY, emergency=Emergency(incident, due), at=at, title=due
        )
        return file(world.desk, asked, pause=never).ticket  # type: ignore[return-value]

    assert filed("INC1", "2026-11-30", 1_763_000_100).emergency == Emergency("INC1", "2026-11-30")
    assert filed("INC1", "2026-12-07", 1_763_000_200).emergency == Emergency("INC1", "2026-11-30")
    assert filed("INC2", "2026-12-09", 1_763_000_300).emergency == Emergency("INC2", "2026-12-09")
