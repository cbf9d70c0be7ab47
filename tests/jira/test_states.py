"""The states of a change at Jira: ways, approvals, ends."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.change.requests import request
from tests.contracts.desk import never
from tests.jira.fake import JiraFake, refused
from tests.jira.shop import Step, cloud, managed
from tests.jira.world import JiraWorld, put, world
from tfchange.change.desk import State
from tfchange.change.file import file
from tfchange.risk.assessment import Approval, Category


@pytest.fixture(autouse=True)
def _described() -> Iterator[None]:
    """Nothing is asked of a site that Atlassian does not describe."""
    JiraFake.made.clear()
    yield
    assert [fake.breaches for fake in JiraFake.made if fake.breaches] == []


def test_an_approval_is_taken_back_before_the_new_plan_stands_there() -> None:
    """The order of the two is such that nothing is ever approved that nobody has seen."""
    some = world()
    ticket = put(some)
    some.approve(ticket)
    some.fake.calls.clear()
    file(some.desk, request(fingerprint="e" * 32, at=1_763_000_900), pause=never)
    moved = some.fake.calls.index(f"POST /rest/api/3/issue/{ticket.id}/transitions")
    edited = some.fake.calls.index(f"PUT /rest/api/3/issue/{ticket.id}")
    assert moved < edited


def test_what_was_approved_as_standard_is_not_approved_as_normal() -> None:
    """A change that was standard and no longer is has to be approved, though it does the same."""
    some = world()
    ticket = put(some, category=Category.STANDARD, approvals=())
    assert ticket.state is State.APPROVED
    filed = file(some.desk, request(at=1_763_000_900), pause=never)
    assert filed.ticket.state is State.WAITING


def test_a_status_nobody_knows_is_no_approval() -> None:
    """A status in progress of an unknown name counts as waiting, until the settings name it."""
    flow = cloud().workflow
    steps = tuple(replace(s, end="Go ahead") if s.name == "Approve" else s for s in flow.steps)
    shop = replace(
        cloud(), workflow=replace(flow, statuses={**flow.statuses, "Go ahead": "indeterminate"},
                                  steps=steps))  # fmt: skip
    some = world(shop)
    ticket = put(some)
    some.approve(ticket)
    assert some.desk.read(ticket.id).state is State.WAITING
    told = JiraWorld(some.fake, states={"approved": ["go ahead"]})  # type: ignore[arg-type]
    assert told.desk.read(ticket.id).state is State.APPROVED


def test_a_way_that_is_not_offered_is_noted() -> None:
    """Where no transition leads to the state nothing changes, and the note names the setting."""
    some = world(states={"waiting": "Somewhere"})
    filed = file(some.desk, request(), pause=never)
    assert some.issue(filed.ticket).status == "Open"
    assert any("jira.states.waiting" in note for note in filed.notes)


def test_decisions_are_told_by_group() -> None:
    """Whoever of a group decides, decides for the group, by name."""
    some = world(managed())
    ticket = put(some)
    (waiting,) = ticket.approvals
    assert (waiting.group, waiting.decision) == ("Database team", "waiting")
    some.approve(ticket)
    (approved,) = some.desk.read(ticket.id).approvals
    assert (approved.group, approved.decision, approved.by) == ("Database team", "approved", "Ann")


def test_a_group_without_people_is_noted() -> None:
    """Approvers can only be asked where somebody is named for the group."""
    some = world(managed(), approvers={})
    assert any("Approval is asked of" in n for n in file(some.desk, request(), pause=never).notes)


def test_an_owner_that_jira_does_not_know_is_named() -> None:
    """Its people are missing, which a note says; those of other groups are asked all the same."""
    approvals = (
        Approval("Database team", "database-resized asks for it"),
        Approval("team-shop", "owns shop, which changes"),
    )
    some = world(managed())
    filed = file(some.desk, request(approvals=approvals), pause=never)
    said = "Nobody at Jira is known for team-shop: name people in jira.approvers."
    assert said in filed.notes
    assert filed.ticket is not None
    assert (filed.ticket.state, len(some.issue(filed.ticket).approvals)) == (State.WAITING, 1)


def test_a_property_that_was_meddled_with_is_written_again() -> None:
    """What people have put into our property counts as nothing, and the next run repairs it."""
    some = world()
    ticket = put(some)
    for value in ({"key": 7}, "words", {}):
        some.issue(ticket).properties["tfchange"] = value
        assert some.desk.read(ticket.id).record is None
        assert file(some.desk, request(), pause=never).done == "updated"
        assert some.desk.read(ticket.id).record == request().record


def test_several_rounds_of_approval_count_by_the_newest() -> None:
    """What was decided in an earlier round is history."""
    some = world(managed())
    ticket = put(some)
    some.reject(ticket)
    assert some.desk.read(ticket.id).state is State.REJECTED
    file(some.desk, request(fingerprint="e" * 32, at=1_763_000_900), pause=never)
    read = some.desk.read(ticket.id)
    assert (read.state, read.approvals[0].decision) == (State.WAITING, "waiting")
    some.approve(ticket)
    read = some.desk.read(ticket.id)
    assert (read.state, read.approvals[0].decision) == (State.APPROVED, "approved")


def test_an_issue_that_was_closed_by_hand_gets_a_successor() -> None:
    """People may close a change themselves; what is filed then is a new one."""
    some = world()
    ticket = put(some)
    some.fake.store.step(some.issue(ticket), "Cancel")
    filed = file(some.desk, request(at=1_763_000_900), pause=never)
    assert (filed.done, filed.ticket.successor_of) == ("opened", ticket.number)


def test_a_site_that_insists_on_more_is_told() -> None:
    """Where a screen of the workflow asks for what nobody has told, its words are in the note."""
    some = world()
    ticket = put(some)
    some.fake.planned = [("POST .*transitions", refused(400, customfield_1="Reason is required."))]
    (note,) = some.desk.transition(ticket, State.APPROVED).notes
    assert "Reason is required." in note or "no transition" in note


def test_half_an_approval_is_forgotten_with_its_plan() -> None:
    """What one of two approvers has approved does not count for another plan."""
    shop = managed()
    back = Step("32", "Back", ("Awaiting approval",), "Open")
    shop.workflow = replace(shop.workflow, steps=(*shop.workflow.steps, back))
    some = world(shop, approvers={"Database team": ("ann", "bob")})
    ticket = put(some)
    some.issue(ticket).approvals[-1]["approvers"][0]["approverDecision"] = "approved"
    filed = file(some.desk, request(fingerprint="e" * 32, at=1_763_000_900), pause=never)
    assert (filed.ticket.id, filed.ticket.state) == (ticket.id, State.WAITING)
    assert {d.decision for d in filed.ticket.approvals} == {"waiting"}
    assert len(some.issue(ticket).approvals) == 2


def test_half_an_approval_without_a_way_back_is_left_behind() -> None:
    """Where the workflow cannot ask again, the change gives way to a successor."""
    some = world(managed(), approvers={"Database team": ("ann", "bob")})
    ticket = put(some)
    some.issue(ticket).approvals[-1]["approvers"][0]["approverDecision"] = "approved"
    filed = file(some.desk, request(fingerprint="e" * 32, at=1_763_000_900), pause=never)
    assert filed.ticket.successor_of == ticket.number
    assert some.desk.read(ticket.id).state is State.CANCELLED


def test_a_service_desk_asks_again_with_the_new_text() -> None:
    """The new round of approval begins after the new plan stands in the request."""
    some = world(managed())
    ticket = put(some)
    some.approve(ticket)
    some.fake.calls.clear()
    filed = file(some.desk, request(fingerprint="e" * 32, at=1_763_000_900), pause=never)
    assert filed.ticket.state is State.WAITING
    path = f"/rest/api/3/issue/{ticket.id}"
    steps = (f"POST {path}/transitions", f"PUT {path}")
    order = [call for call in some.fake.calls if call in steps]
    assert order == [steps[0], steps[1], steps[0]]
