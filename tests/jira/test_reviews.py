"""The reviews of emergencies, and who has decided by moving an issue."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.change.requests import commit
from tests.contracts.desk import DONE, emergency
from tests.jira.fake import JiraFake, refused
from tests.jira.shop import Shop, cloud, data_center, hurried, managed
from tests.jira.world import JiraWorld, moved, put, world
from tfchange.change.desk import Decision, State, Ticket
from tfchange.change.request import Result
from tfchange.errors import DeskError
from tfchange.jira.decisions import Move, by_moves
from tfchange.risk.assessment import Category, Emergency

FOUND = "The runbook was followed.\nIt has to name the pager."


@pytest.fixture(autouse=True)
def _described() -> Iterator[None]:
    """Nothing is asked of a site that Atlassian does not describe."""
    JiraFake.made.clear()
    yield
    assert [fake.breaches for fake in JiraFake.made if fake.breaches] == []


def closed(shop: Shop) -> tuple[JiraWorld, Ticket]:
    """A site, and an emergency that was done and closed before anybody approved it."""
    some = world(hurried(replace(shop, lag=0)))
    ticket = emergency(some, pull_request=40, due="2026-11-30")
    some.desk.close(ticket, DONE)
    return some, some.desk.read(ticket.id)


@pytest.mark.parametrize("shop", [cloud, managed, data_center])
def test_a_review_is_noted_once(shop: Callable[[], Shop]) -> None:
    """The same finding is not written twice; another one is added."""
    some, ticket = closed(shop())
    for _ in range(2):
        assert some.desk.review(ticket, FOUND).notes == ()
    assert some.texts(ticket).count("The runbook was followed.") == 1
    some.desk.review(ticket, "And the pager is named.")
    assert "And the pager is named." in some.texts(ticket)


def test_what_we_moved_ourselves_nobody_has_approved() -> None:
    """A change that tfchange set to being implemented, or closed, goes on to wait for approval."""
    some, ticket = closed(cloud())
    assert [d.decision for d in ticket.approvals] == ["waiting"]
    (due,) = some.desk.reviews()
    assert (due.title, due.waiting_for) == (
        "acme/shop #12: 1 to update in production",
        ("emergency",),
    )


def test_a_closed_issue_that_takes_no_edits_takes_the_review_beside_it() -> None:
    """Where the workflow seals what is closed, the comment and the property are sent apart."""
    some, ticket = closed(replace(cloud(), sealed={"Done"}))
    assert some.desk.review(ticket, FOUND).notes == ()
    assert "The runbook was followed." in some.texts(ticket)
    assert some.desk.reviews() == ()


def test_a_sealed_property_is_noted() -> None:
    """Where even the property is sealed, the finding stands there and the review stays listed."""
    some, ticket = closed(replace(cloud(), sealed={"Done"}, sealed_properties=True))
    (note,) = some.desk.review(ticket, FOUND).notes
    assert "goes on to be listed" in note
    assert "`Done`" in note
    assert "The runbook was followed." in some.texts(ticket)
    assert len(some.desk.reviews()) == 1


def test_refusals_of_a_review_that_mean_something_else_are_errors() -> None:
    """Only a sealed issue is taken lightly."""
    some, ticket = closed(replace(cloud(), sealed={"Done"}))
    some.fake.planned = [("PUT .*issue/10001$", refused(422, "odd"))]
    with pytest.raises(DeskError, match="odd"):
        some.desk.review(ticket, FOUND)
    some.fake.planned = [("PUT .*properties", refused(422, "odd"))]
    with pytest.raises(DeskError, match="odd"):
        some.desk.review(ticket, FOUND)


def test_a_review_is_of_one_plan() -> None:
    """Another plan has to be reviewed again, and the same in other words has not."""
    some = world(replace(cloud(), lag=0))
    given = {
        "commit": commit(pull_request=40), "category": Category.EMERGENCY,
        "emergency": Emergency("INC-1", "2026-11-30"),
    }  # fmt: skip
    ticket = put(some, **given)
    some.desk.review(ticket, FOUND)
    put(some, **given, title="reworded", at=1_763_000_900)
    assert some.desk.reviews() == ()
    put(some, **given, fingerprint="e" * 32, at=1_763_001_000)
    assert [r.number for r in some.desk.reviews()] == [ticket.number]
    put(some, commit=commit(pull_request=40), fingerprint="d" * 32, at=1_763_001_100)
    assert some.desk.reviews() == ()
    assert "tfchange-emergency" not in some.issue(ticket).fields["labels"]


@pytest.mark.parametrize("status", ["Canceled", "Rejected"])
def test_only_what_was_cancelled_needs_no_review(status: str) -> None:
    """A rejected emergency is reviewed all the more."""
    some = world(replace(cloud(), lag=0))
    ticket = emergency(some, pull_request=40, due="2026-11-30")
    moved(some, ticket.id, status)
    assert len(some.desk.reviews()) == (status == "Rejected")


@pytest.mark.parametrize("shop", [cloud, managed, data_center])
@pytest.mark.parametrize("decision", ["approved", "rejected"])
def test_a_decision_has_a_name_and_a_time(shop: Callable[[], Shop], decision: str) -> None:
    """By the round of approval of a service desk, else by the history of the issue."""
    some = world(shop())
    ticket = put(some)
    (some.approve if decision == "approved" else some.reject)(ticket)
    (told,) = some.desk.read(ticket.id).approvals
    assert (told.decision, told.by) == (decision, "Ann")
    assert told.at.startswith("2026-11-23T23:")


def test_a_round_that_nobody_of_the_group_is_in_is_decided_by_who_is() -> None:
    """Where nobody is named for the group, whoever was asked has decided for it."""
    some = world(managed(), approvers={})
    ticket = put(some)
    some.approve(ticket)
    told = some.desk.read(ticket.id).approvals
    assert [(d.group, d.decision, d.by) for d in told] == [
        ("Database team", "approved", "Ann"),
        ("Ann", "approved", "Ann"),
    ]


def test_a_status_that_only_its_category_explains_is_looked_up() -> None:
    """The history tells names alone; what lies between is judged like the status of an issue."""
    flow = cloud().workflow
    statuses = {**flow.statuses, "Archived": "done"}
    some = world(replace(cloud(), workflow=replace(flow, statuses=statuses)))
    ticket = put(some)
    some.approve(ticket)
    moved(some, ticket.id, "Archived")
    read = some.desk.read(ticket.id)
    assert (read.state, read.approvals[0].by) == (State.CLOSED, "Ann")


def move(to: State, by: str = "Ann", *, ours: bool = False) -> Move:
    """A move."""
    return Move(to, by, f"at {to}", ours)


NEW, WAITING, APPROVED, REJECTED, IMPLEMENTING, CLOSED, CANCELLED = (
    State.NEW, State.WAITING, State.APPROVED, State.REJECTED, State.IMPLEMENTING, State.CLOSED,
    State.CANCELLED,
)  # fmt: skip
DO, ASK = move(IMPLEMENTING, "Robot", ours=True), move(WAITING, "Robot", ours=True)
HURRY = move(CLOSED, "Robot", ours=True)


@pytest.mark.parametrize(
    ("state", "moves", "told"),
    [
        (APPROVED, [ASK, move(APPROVED)], ("approved", "Ann", "at approved")),
        (IMPLEMENTING, [ASK, move(APPROVED), DO], ("approved", "Ann", "at approved")),
        (CLOSED, [ASK, move(APPROVED), DO, HURRY], ("approved", "Ann", "at approved")),
        (APPROVED, [move(APPROVED, "Bo"), ASK, move(APPROVED)], ("approved", "Ann", "at approved")),
        (APPROVED, [ASK, move(REJECTED, "Bo"), move(APPROVED)], ("approved", "Ann", "at approved")),
        (REJECTED, [ASK, move(APPROVED, "Bo"), move(REJECTED)], ("rejected", "Ann", "at rejected")),
        (REJECTED, [ASK, move(REJECTED)], ("rejected", "Ann", "at rejected")),
        (IMPLEMENTING, [ASK, move(IMPLEMENTING)], ("approved", "Ann", "at implementing")),
        (IMPLEMENTING, [ASK, DO], ("waiting", "", "")),
        (CLOSED, [ASK, HURRY], ("waiting", "", "")),
        (CLOSED, [ASK, DO, move(CLOSED)], ("waiting", "", "")),
        (WAITING, [move(APPROVED), ASK], ("waiting", "", "")),
        (NEW, [], ("waiting", "", "")),
        (CANCELLED, [ASK, move(APPROVED), move(CANCELLED)], ("waiting", "", "")),
        (APPROVED, [], ("approved", "", "")),
    ],
)  # fmt: skip
def test_who_has_moved_the_issue_has_decided(
    state: State, moves: list[Move], told: tuple[str, str, str]
) -> None:
    """The first move out of what was undecided last, unless tfchange went on without asking."""
    assert by_moves(("team",), state, moves) == (Decision("team", *told),)


def test_a_failed_change_that_nobody_approved_is_not_told_as_approved() -> None:
    """What failed may be closed without an approval, and has none then."""
    some = world(hurried(cloud()))
    ticket = put(some)
    some.desk.close(ticket, Result("failed", DONE.notes))
    read = some.desk.read(ticket.id)
    assert (read.state, read.approvals[0].decision) == (State.CLOSED, "waiting")
