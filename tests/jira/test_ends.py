"""How changes end at Jira: closed or cancelled, and what has to be before."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.change.requests import request
from tests.contracts.desk import DONE
from tests.jira.fake import JiraFake, Told
from tests.jira.shop import SELECT, Custom, Shop, Step, cloud, data_center, managed
from tests.jira.world import put, world
from tfchange.change.desk import State
from tfchange.change.ending import cancel, close
from tfchange.change.request import Result
from tfchange.errors import DeskError
from tfchange.risk.assessment import Category


@pytest.fixture(autouse=True)
def _described() -> Iterator[None]:
    """Nothing is asked of a site that Atlassian does not describe."""
    JiraFake.made.clear()
    yield
    assert [fake.breaches for fake in JiraFake.made if fake.breaches] == []


def test_a_failed_change_ends_as_failed() -> None:
    """The outcome chooses the status, the resolution and the comment."""
    some = world(managed())
    ticket = put(some)
    some.approve(ticket)
    failed = Result("failed", DONE.notes)
    assert close(some.desk, request().key, failed).state is State.CLOSED
    issue = some.issue(ticket)
    assert issue.status == "Failed"
    assert issue.fields["resolution"] == {"name": "Won't Do"}


def test_an_interrupted_close_says_it_once() -> None:
    """Where the notes were written and the status was not reached, the next run only moves on."""
    some = world()
    ticket = put(some)
    some.approve(ticket)
    some.fake.planned = [("POST .*transitions", Told(503))]
    with pytest.raises(DeskError):
        close(some.desk, request().key, DONE)
    assert close(some.desk, request().key, DONE).state is State.CLOSED
    assert some.texts(ticket).count("Closed: successful.") == 1


@pytest.mark.parametrize("shop", [cloud, managed, data_center])
@pytest.mark.parametrize("outcome", ["successful", "failed"])
def test_what_was_not_approved_is_not_closed(shop: Callable[[], Shop], outcome: str) -> None:
    """Nothing is written into what waits, so that what people do with it then counts."""
    some = world(shop())
    ticket = put(some)
    some.fake.calls.clear()
    with pytest.raises(DeskError, match="was not approved") as caught:
        some.desk.close(ticket, Result(outcome, DONE.notes))
    assert "jira.states" not in caught.value.message + caught.value.advice
    assert {call.partition(" ")[0] for call in some.fake.calls} == {"GET"}
    assert "Closed" not in some.texts(ticket)
    button = next(s for s in some.fake.store.steps(some.issue(ticket)) if s.id == "61")
    some.fake.store.step(some.issue(ticket), button.name)
    assert some.desk.read(ticket.id).state is State.CANCELLED


def test_an_emergency_is_closed_where_the_workflow_lets_it() -> None:
    """It was done before anybody could approve; the workflow alone decides."""
    flow = cloud().workflow
    way = Step("52", "Done at once", ("Waiting for approval",), "Done", ("Done",))
    some = world(replace(cloud(), workflow=replace(flow, steps=(*flow.steps, way))))
    ticket = put(some, category=Category.EMERGENCY)
    assert ticket.state is State.WAITING
    some.desk.close(ticket, DONE)
    assert some.desk.read(ticket.id).state is State.CLOSED
    other = put(some)
    assert other.id != ticket.id
    with pytest.raises(DeskError, match="was not approved"):
        some.desk.close(other, DONE)
    some.desk.close(other, Result("failed", DONE.notes))
    assert some.desk.read(other.id).state is State.CLOSED


def test_a_rejected_change_is_not_closed() -> None:
    """A decline of the service desk counts, although Jira calls its status done."""
    some = world(managed())
    ticket = put(some)
    some.reject(ticket)
    with pytest.raises(DeskError, match="was not approved"):
        some.desk.close(ticket, DONE)
    assert some.desk.read(ticket.id).state is State.REJECTED


def test_a_change_that_cannot_be_closed_is_an_error() -> None:
    """Where no way leads on, nothing is written, and the error names the setting."""
    flow = cloud().workflow
    steps = tuple(s for s in flow.steps if s.name != "Start")
    some = world(replace(cloud(), workflow=replace(flow, steps=steps)))
    ticket = put(some)
    some.approve(ticket)
    with pytest.raises(DeskError, match=r"no way.*jira\.states\.closed"):
        close(some.desk, request().key, DONE)
    assert some.desk.read(ticket.id).state is State.APPROVED
    assert "Closed" not in some.texts(ticket)


def test_people_who_cancel_what_was_almost_closed_are_believed() -> None:
    """A status that says by its name that it was cancelled says more than an interrupted run."""
    some = world()
    ticket = put(some)
    some.approve(ticket)
    some.fake.planned = [("POST .*transitions", Told(503))]
    with pytest.raises(DeskError):
        close(some.desk, request().key, DONE)
    some.fake.store.step(some.issue(ticket), "Cancel")
    assert some.desk.read(ticket.id).state is State.CANCELLED


def test_a_change_that_cannot_be_cancelled_counts_as_cancelled() -> None:
    """A duplicate must not live on because a workflow has no way out; people may revive it."""
    flow = cloud().workflow
    steps = tuple(s for s in flow.steps if s.name != "Cancel")
    some = world(replace(cloud(), workflow=replace(flow, steps=steps)))
    ticket = put(some)
    over = cancel(some.desk, request().key, "Not needed.")
    assert over.state is State.CANCELLED
    assert any("counts as cancelled" in note for note in over.notes)
    some.fake.store.step(some.issue(ticket), "Approve")
    assert some.desk.read(ticket.id).state is State.APPROVED


def test_the_outcome_goes_into_its_field() -> None:
    """Where a field for the outcome is named, it is set in the same edit as the comment."""
    field = Custom("customfield_10888", "Result", SELECT, "option", options=("Good", "Bad"))
    some = world(replace(cloud(), fields=(field,)), fields={"outcome": "Result"},
                 choices={"outcome": {"successful": "Good"}})  # fmt: skip
    ticket = put(some)
    some.approve(ticket)
    close(some.desk, request().key, DONE)
    assert some.issue(ticket).fields["customfield_10888"] == {"id": "8880"}
