"""The states of a ServiceNow change, its approvals, and what holds it."""

from typing import Any

import pytest

from tests.change.requests import request
from tests.servicenow.world import ServiceNowWorld, config, put, world
from tfchange.change.desk import State
from tfchange.change.ending import close
from tfchange.change.request import Block, Result
from tfchange.errors import DeskError
from tfchange.servicenow.desk import connect
from tfchange.servicenow.rows import Cell
from tfchange.servicenow.states import Meanings, Stage

DONE = Result("partly", (Block("items", ("aws_db_instance.main: updated",)),))


def test_closing_goes_through_every_state() -> None:
    """An approved change is implemented, reviewed and closed, with its code and notes."""
    some = world()
    ticket = put(some).ticket
    some.approve(ticket)
    close(some.desk, request().key, DONE)
    kept = some.row(ticket)
    assert (kept["state"], kept["close_code"]) == ("3", "successful_issues")
    assert "aws_db_instance.main: updated" in kept["close_notes"]


def test_what_nobody_approved_is_not_closed() -> None:
    """A change that waits cannot be closed as done, and the error says what can be done."""
    some = world()
    put(some)
    with pytest.raises(DeskError, match="was not approved") as caught:
        close(some.desk, request().key, DONE)
    assert "tfchange change cancel" in caught.value.advice


@pytest.mark.parametrize("api", ["change", "table"])
def test_open_tasks_hold_a_change(api: str) -> None:
    """Open tasks keep a change from being closed: they are named, or closed if so wished."""
    some = world(api=api, tasks=True)
    ticket = put(some).ticket
    some.approve(ticket)
    with pytest.raises(DeskError, match=r"CTASK0030001|aborted by Business Rule"):
        close(some.desk, request().key, DONE)
    willing = connect(config(close_tasks=True), transport=some.fake, pause=lambda _: None)
    assert close(willing, request().key, DONE).state is State.CLOSED


def test_a_step_that_is_silently_not_made_is_said() -> None:
    """An instance that answers 200 and moves nothing is not believed."""
    some = world()
    some.fake.options.refuses_steps = True
    filed = put(some)
    assert filed.ticket.state is State.NEW
    assert (
        "stays in New: ServiceNow did not move it to Assess, and gave no reason."
        in (filed.notes[-1])
    )
    some.fake.options.refuses_steps = False
    ticket = put(some).ticket
    some.approve(ticket)
    some.fake.options.refuses_steps = True
    with pytest.raises(DeskError, match="stays in Scheduled"):
        close(some.desk, request().key, DONE)


@pytest.mark.parametrize("api", ["change", "table"])
def test_without_a_group_a_change_stays_new(api: str) -> None:
    """A change that cannot leave New says which rule holds it, and by which setting it would."""
    some = world({"assignment_group": ""}, api=api)
    filed = put(some)
    assert filed.ticket.state is State.NEW
    assert "stays in New" in filed.notes[-2]
    assert "Assignment group is mandatory" in filed.notes[-2]
    assert "servicenow.assignment_group" in filed.notes[-1]


@pytest.mark.parametrize("api", ["change", "table"])
def test_settings_put_right_later_bring_a_change_out_of_new(api: str) -> None:
    """What the settings lacked when a change was opened is written by the next run, and once."""
    stuck = world({"assignment_group": ""}, api=api)
    ticket = put(stuck).ticket
    stuck.row(ticket)["category"] = "Network"
    given = {"category": "Software", "fields": {"reason": "Automation", "work_notes": "By us."}}
    some = ServiceNowWorld(stuck.fake, **given)
    filed = put(some)
    assert (filed.done, filed.ticket.id) == ("unchanged", ticket.id)
    assert filed.ticket.state is State.WAITING
    assert filed.notes == ()
    kept = some.row(ticket)
    assert some.fake.tables.label("assignment_group", kept["assignment_group"]) == "Platform"
    assert (kept["category"], kept["reason"]) == ("Network", "Automation")
    assert "By us." not in some.notes(ticket)
    assert some.fake.bad == []


def test_a_change_on_hold_says_so() -> None:
    """A change on hold is not closed, and its ticket says why."""
    some = world()
    ticket = put(some).ticket
    some.approve(ticket)
    some.row(ticket).update(on_hold="true", on_hold_reason="Freeze")
    assert some.desk.read(ticket.id).notes == ("It is on hold: Freeze.",)
    with pytest.raises(DeskError, match="Not On hold"):
        close(some.desk, request().key, DONE)


def test_a_review_cannot_be_cancelled() -> None:
    """What is under review can only be closed, and the error says so."""
    some = world()
    ticket = put(some).ticket
    some.row(ticket)["state"] = "0"
    with pytest.raises(DeskError, match="stays in Review") as caught:
        some.desk.cancel(ticket, "No.")
    assert "change close" in caught.value.advice


def test_states_of_its_own_are_explained_by_settings() -> None:
    """A state that the base system does not have is what the settings say, else it waits."""
    meanings = Meanings({"Testing": "implement", "12": "scheduled"})
    assert meanings.of(Cell("7", "Testing")) is Stage.IMPLEMENT
    assert meanings.of(Cell("12", "Whatever")) is Stage.SCHEDULED
    some = world()
    ticket = put(some).ticket
    some.row(ticket)["state"] = "77"
    read = some.desk.read(ticket.id)
    assert read.state is State.WAITING
    assert read.notes == ("Nobody has said what the state 77 means; map it in servicenow.states.",)


def test_models_that_cannot_be_asked_are_walked_by_the_book() -> None:
    """An instance without `nextstates` is walked as the documentation says for the type."""
    some = world(nextstates=False)
    ticket = put(some).ticket
    some.approve(ticket)
    assert close(some.desk, request().key, DONE).state is State.CLOSED


def test_half_an_approval_is_one_for_that_plan() -> None:
    """Once somebody has approved, another plan does not inherit it while others are asked."""
    some = world()
    ticket = put(some).ticket
    some.fake.flow.approvers(some.row(ticket))[0]["state"] = "approved"
    filed = put(some, fingerprint="a" * 32, at=1_763_000_900)
    assert filed.ticket.successor_of == ticket.number


def test_who_decided_is_told() -> None:
    """Each group that was asked is told with its decision and who gave it."""
    some = world()
    ticket = put(some).ticket
    assert {(d.group, d.decision, d.by) for d in ticket.approvals} == {("Platform", "waiting", "")}
    some.reject(ticket)
    decided = some.desk.read(ticket.id).approvals
    assert ("Platform", "rejected", "ann") in {(d.group, d.decision, d.by) for d in decided}
    some.fake.options.hidden_tables = {"sysapproval_approver"}
    assert some.desk.read(ticket.id).approvals == ()


def test_a_rejected_change_is_asked_for_again() -> None:
    """A change that was rejected asks for approval again when another plan is filed."""
    some = world()
    ticket = put(some).ticket
    some.reject(ticket)
    assert some.desk.read(ticket.id).state is State.REJECTED
    filed = put(some, fingerprint="a" * 32, at=1_763_000_900)
    assert (filed.ticket.id, filed.ticket.state) == (ticket.id, State.WAITING)


def test_a_rejection_that_stays_where_it_is_says_how_to_go_on() -> None:
    """An instance that leaves a rejected change in Assess is told apart, with what to do."""
    some = world()
    ticket = put(some).ticket
    some.row(ticket)["approval"] = "rejected"
    read = some.desk.read(ticket.id)
    assert read.state is State.REJECTED
    assert "move it back to New there" in some.desk.transition(read, State.WAITING).notes[-1]


def test_approval_is_left_to_its_approvers() -> None:
    """Whatever it is told, the desk does not move a normal change past its approval."""
    some = world()
    ticket = put(some).ticket
    some.desk.transition(ticket, State.APPROVED)
    assert some.desk.read(ticket.id).state is State.WAITING


def test_a_setback_that_was_interrupted_is_finished() -> None:
    """A change that was set back to New and not yet edited is edited by the next run."""
    some = world(revertible=True)
    ticket = put(some).ticket
    some.approve(ticket)
    some.fake.flow.edit(some.row(ticket), {"state": "-5"}, "svc-tfchange")
    filed = put(some, fingerprint="a" * 32, at=1_763_000_900)
    assert (filed.ticket.id, filed.ticket.state) == (ticket.id, State.WAITING)


def test_an_approval_in_the_moment_of_an_update_is_not_inherited() -> None:
    """Who approves between the last look and the write has not approved what is written."""
    some = world()
    ticket = put(some).ticket
    send = some.fake.send

    def approve_first(asked: Any, *args: Any, **given: Any) -> Any:
        if asked.method == "PATCH" and b"Assessed again" in asked.body:
            some.approve(ticket)
        return send(asked, *args, **given)

    some.fake.send = approve_first  # type: ignore[method-assign]
    filed = put(some, fingerprint="a" * 32, at=1_763_000_900)
    assert filed.ticket.successor_of == ticket.number
    assert filed.ticket.state is State.WAITING
    assert some.desk.read(ticket.id).state is State.CANCELLED
