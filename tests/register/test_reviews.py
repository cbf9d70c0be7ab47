"""Emergencies in the register: begun without approval, decided on afterwards, and reviewed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from tests.change.requests import commit, request
from tests.register.world import BOTH, engine_of, opened, unguarded
from tfchange.change.desk import State, Ticket
from tfchange.change.ending import cancel, close
from tfchange.change.file import file
from tfchange.change.request import Result
from tfchange.change.reviewing import review
from tfchange.errors import DeskError, FrozenError, OutcomeUnknownError
from tfchange.register.audit import details, digests, sealed
from tfchange.register.desk import Register
from tfchange.report.register import listing, log
from tfchange.risk.assessment import Approval, Category, Emergency

BOB = commit(author="Bob Lee <bob@example.com>")
TWO = (Approval("emergency", "declared"), Approval("database", "data"))

ECAB = "Emergency change advisory board (ECAB)"


@pytest.fixture(params=BOTH)
def register(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Register]:
    """A fresh register in either database."""
    with opened(request.param, tmp_path) as made:
        yield made


def put(register: Register, **given: Any) -> Ticket:
    """An emergency of Bob that two groups are asked about."""
    told: dict[str, Any] = {
        "commit": BOB,
        "category": Category.EMERGENCY,
        "emergency": Emergency("INC0010001", "2026-11-30"),
        "approvals": TWO,
    }
    return file(register, request(**{**told, **given})).ticket


def begun(register: Register, **given: Any) -> Ticket:
    """The same, being implemented."""
    ticket = put(register, **given)
    assert register.transition(ticket, State.IMPLEMENTING).notes == ()
    return register.read(ticket.id)


def test_an_emergency_is_begun_before_it_is_approved(register: Register) -> None:
    """The trail tells who had not approved it when it was begun."""
    ticket = put(register)
    register.approve("1", "database", "ann")
    assert register.transition(ticket, State.IMPLEMENTING).notes == ()
    assert register.read("1").state is State.IMPLEMENTING
    assert register.log("1")[-1].told()["outstanding"] == ["emergency"]
    assert "implementing by ci: waiting → implementing" in log(register.log("1"))
    assert f"approval outstanding: {ECAB}\n" in log(register.log("1"))
    assert register.verify().faults == ()


def test_a_rejected_emergency_is_not_begun(register: Register) -> None:
    """A rejection stands: nothing changes, and a note says so."""
    ticket = put(register)
    register.reject("1", "database", "ann")
    (note,) = register.transition(ticket, State.IMPLEMENTING).notes
    assert note == "CHG-0001 is rejected, and from there it cannot become implementing."
    assert register.read("1").state is State.REJECTED


def test_a_normal_change_waits(register: Register) -> None:
    """Only an emergency is begun before it is approved."""
    ticket = put(register, category=Category.NORMAL, emergency=None)
    assert register.transition(ticket, State.IMPLEMENTING).notes
    assert register.read("1").state is State.WAITING


@pytest.mark.parametrize("stage", [State.IMPLEMENTING, State.REVIEW, State.CLOSED])
def test_an_emergency_is_approved_afterwards(register: Register, stage: State) -> None:
    """Its groups decide while it is done and when it is over; its state stays, the trail tells."""
    ticket = begun(register)
    if stage is State.CLOSED:
        register.close(ticket, Result("successful"))
    else:
        register.transition(ticket, stage)
    assert register.approve("1", "database", "ann", "it had to be").state is stage
    assert [r.waiting_for for r in register.reviews()] == [("emergency",)]
    assert register.reject("1", "emergency", "eve").state is stage
    assert [r.waiting_for for r in register.reviews()] == [()]
    assert register.approve("1", "emergency", "eve").state is stage
    assert register.reviews() == ()
    assert register.log("1")[-1].told()["afterwards"] == str(stage)
    told = log(register.log("1"), width=200)
    assert f"approved for {ECAB} by eve, afterwards ({stage})" in told
    assert register.verify().faults == ()


def test_the_author_does_not_approve_afterwards_either(register: Register) -> None:
    """Separation of duties holds when all is over, too."""
    register.close(begun(register), Result("successful"))
    for decide in (register.approve, register.reject):
        with pytest.raises(DeskError, match="separation of duties"):
            decide("1", "database", "bob@example.com")
    assert {each.decision for each in register.read("1").approvals} == {"waiting"}


def test_a_cancelled_emergency_is_not_decided_on(register: Register) -> None:
    """Nothing was done, so there is nothing to approve and nothing to review."""
    ticket = put(register)
    cancel(register, BOB.key, "Not now.")
    with pytest.raises(DeskError, match="cancelled, so there is nothing to decide"):
        register.approve("1", "database", "ann")
    assert register.review(ticket, "x").notes == (
        "CHG-0001 was cancelled before it had begun, so there is no review to hold.",
    )
    assert register.reviews() == ()


def test_a_closed_normal_change_is_not_decided_on(register: Register) -> None:
    """Only an emergency is approved afterwards."""
    ticket = put(register, category=Category.NORMAL, emergency=None)
    register.close(ticket, Result("failed"))
    with pytest.raises(DeskError, match="closed, so there is nothing to decide"):
        register.approve("1", "database", "ann")


def test_what_was_begun_takes_no_other_plan(register: Register) -> None:
    """Another plan is refused; the same one goes on, but not as something that needs no review."""
    ticket = begun(register)
    declared = {"category": Category.EMERGENCY, "emergency": Emergency("INC0010001", "2026-11-30")}
    asked = request(commit=BOB, approvals=TWO, **declared)
    with pytest.raises(FrozenError):
        register.update(ticket, msgspec.structs.replace(asked, fingerprint="0" * 32), "a note")
    register.update(ticket, msgspec.structs.replace(asked, title="reworded"), "a note")
    with pytest.raises(DeskError, match="was begun as an emergency") as caught:
        register.update(ticket, request(commit=BOB, approvals=TWO), "a note")
    assert "--emergency" in caught.value.advice
    assert [r.title for r in register.reviews()] == ["reworded"]
    assert register.read("1").state is State.IMPLEMENTING


def test_a_review_is_held_once(register: Register) -> None:
    """What was found stands in the trail once; the change stays as it is."""
    ticket = put(register)
    close(register, BOB.key, Result("successful"))
    register.review(ticket, "A test was missing.\0")
    before = register.head()
    assert register.review(ticket, "Again.").notes == ("The review of CHG-0001 was held already.",)
    assert register.head() == before
    assert register.log("1")[-1].told()["text"] == "A test was missing.\ufffd"
    assert register.read("1").state is State.CLOSED
    assert "reviewed by ci" in log(register.log("1"))
    assert register.verify().faults == ()


def test_what_is_no_emergency_is_not_reviewed(register: Register) -> None:
    """A review of a normal change is an error that names the way to the others."""
    ticket = put(register, category=Category.NORMAL, emergency=None)
    before = register.head()
    with pytest.raises(DeskError, match="CHG-0001 is no emergency") as caught:
        register.review(ticket, "x")
    assert "tfchange change overdue" in caught.value.advice
    assert register.head() == before


def test_another_plan_is_reviewed_afresh(register: Register) -> None:
    """A review falls with the plan it was for, as approvals do; the trail tells of both."""
    ticket = put(register)
    register.review(ticket, "Well done.")
    assert register.reviews() == ()
    put(register, title="the same plan, reworded")
    assert register.reviews() == ()
    put(register, fingerprint="0" * 32, at=1_763_000_900)
    assert [each.number for each in register.reviews()] == ["CHG-0001"]
    assert register.verify().faults == ()
    register.review(ticket, "Well done, too.")
    assert register.reviews() == ()
    assert register.verify().faults == ()


def test_the_list_tells_what_is_to_be_reviewed(register: Register) -> None:
    """The day stands in the list until the review was held, also when the change is closed."""
    ticket = put(register)
    close(register, BOB.key, Result("successful"))
    assert register.list()[0].review_due == "2026-11-30"
    told = " ".join(listing(register.list()).split())
    assert f"waits for {ECAB} and Database team; review due 2026-11-30; successful" in told
    register.review(ticket, "Well done.")
    assert register.list()[0].review_due is None
    assert "due" not in listing(register.list())


def test_a_review_that_was_made_up_is_found(register: Register) -> None:
    """A row that says so, with a digest made to fit, is not enough: no entry tells of it."""
    put(register)
    close(register, BOB.key, Result("successful"))
    unguarded(register, "UPDATE changes SET reviewed = '2026-11-24T00:00:00Z'")
    (*_, last) = register.log()
    digest = register._database.read(lambda connection: digests(connection, 1)[1])
    forged = msgspec.structs.replace(
        last, details=details(digest, {**last.told(), "digest": digest})
    )
    values = {"told": forged.details, "hash": sealed(forged), "seq": last.seq}
    unguarded(register, "UPDATE audit SET details = :told, hash = :hash WHERE seq = :seq", **values)
    unguarded(register, "UPDATE head SET hash = :hash", **values)
    assert register.verify().faults == ("The review of CHG-0001 is not as its entries tell.",)


@pytest.mark.parametrize("heard", [True, False])
def test_a_commit_without_an_answer_is_looked_for(register: Register, heard: bool) -> None:
    """A review whose commit got no answer is there once, or is an error and not there."""
    ticket = put(register)
    close(register, BOB.key, Result("successful"))
    armed = [heard]

    def fail(connection: sa.Connection) -> None:
        if connection.get_execution_options().get("register_writes") and armed:
            driver: Any = connection.connection.dbapi_connection
            if armed.pop():
                driver.commit()
            driver.close()
            raise OperationalError("COMMIT", {}, ConnectionError("the connection is gone"))

    event.listen(engine_of(register), "commit", fail)
    if heard:
        assert review(register, ticket, "Well done.", "zoe").done == "reviewed"
    else:
        with pytest.raises(OutcomeUnknownError):
            review(register, ticket, "Well done.", "zoe")
        assert len(register.reviews()) == 1
        assert review(register, ticket, "Well done.", "zoe").done == "reviewed"
    assert armed == []
    assert [entry.action for entry in register.log("1")].count("reviewed") == 1
    assert register.verify().faults == ()
