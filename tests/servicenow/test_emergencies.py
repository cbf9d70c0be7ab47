"""Emergencies at ServiceNow: their incidents, and the reviews that are due."""

from random import Random
from typing import Any

import pytest

from tests.change.faults import Faults
from tests.change.requests import commit
from tests.servicenow.fake import ServiceNowFake
from tests.servicenow.world import ServiceNowWorld, put, world
from tfchange.change.desk import State, Ticket
from tfchange.change.ending import close
from tfchange.change.request import Block, Result
from tfchange.errors import AccessDeniedError, DeskError
from tfchange.risk.assessment import Category, Emergency

HELD = "The runbook was followed."


def emergency(some: ServiceNowWorld, number: int = 40, due: str = "2026-11-30") -> Ticket:
    """An emergency, filed."""
    return put(some, commit=commit(pull_request=number), category=Category.EMERGENCY,
               emergency=Emergency("INC0010001", due)).ticket  # fmt: skip


def states(some: ServiceNowWorld, *names: str) -> list[str | None]:
    """What the desk says of incidents."""
    found = [some.desk.incident(name) for name in names]
    return [each and each.state for each in found]


@pytest.mark.parametrize(
    ("active", "state", "told"),
    [("true", "1", "open"), ("true", "6", "closed"), ("false", "7", "closed"),
     ("false", "8", "closed")],
)  # fmt: skip
def test_an_incident_that_is_resolved_is_over(active: str, state: str, told: str) -> None:
    """A resolved incident still is active at ServiceNow, and no reason for an emergency."""
    some = world()
    some.fake.tables.add("incident", {"number": "INC0010001", "active": active, "state": state})
    found = some.desk.incident("inc0010001")
    assert found
    assert (found.id, found.state) == ("INC0010001", told)
    assert found.url.startswith("https://acme.service-now.com/incident.do?sys_id=")


def test_hidden_incidents_are_not_missing() -> None:
    """Where incidents may not be read, nobody says that there is none."""
    some = world(hidden_tables={"incident"})
    some.declare("INC0010001", open_=True)
    with pytest.raises(AccessDeniedError, match="read the incident INC0010001") as caught:
        some.desk.incident("INC0010001")
    assert "sn_incident_read" in caught.value.advice
    row = some.fake.tables.rows("incident")[0]
    some.fake.options.hidden_tables, some.fake.options.hidden_rows = set(), {row["sys_id"]}
    with pytest.raises(AccessDeniedError, match="read the incident INC0010001"):
        some.desk.incident("INC0010001")
    assert states(some, "INC0010002") == ["missing"]


def test_an_instance_may_have_no_incidents() -> None:
    """Where that table is not there at all, the desk keeps none."""
    assert world(absent_tables={"incident"}).desk.incident("INC0010001") is None


def test_an_incident_is_a_name_and_no_query() -> None:
    """What would be more than a number in a query is missing, and not asked for."""
    some = world()
    some.declare("INC0010001", open_=True)
    before = len(some.fake.asked)
    names = ("a^ORnumber=INC0010001", "javascript:gs.getUserID()", "", "INC 1")
    assert states(some, *names) == ["missing"] * 4
    assert len(some.fake.asked) == before


@pytest.mark.parametrize("api", ["change", "table"])
def test_a_review_is_recorded_where_people_look(api: str) -> None:
    """The day and the findings stand in the fields for them, once however often it is told."""
    some = world(api=api)
    ticket = emergency(some)
    some.row(ticket)["review_comments"] = "Ann: to be discussed."
    for _ in range(2):
        assert some.desk.review(ticket, HELD).notes == ()
    row = some.row(ticket)
    assert len(row["review_date"]) == len("2026-11-30")
    assert row["review_comments"] == f"Ann: to be discussed.\n\n{HELD}"
    assert [note for note in some.notes(ticket) if HELD in note] == [f"Review held: {HELD}"]
    assert some.desk.reviews() == ()
    some.desk.review(ticket, "Another look.")
    assert some.row(ticket)["review_comments"].endswith(f"{HELD}\n\nAnother look.")


def test_a_review_by_hand_counts() -> None:
    """Who sets the day of the review at ServiceNow has held it."""
    some = world()
    ticket = emergency(some)
    some.row(ticket)["review_date"] = "2026-11-27"
    assert some.desk.reviews() == ()
    some.desk.review(ticket, HELD)
    assert some.row(ticket)["review_date"] == "2026-11-27"


def test_a_review_that_is_not_taken_is_said() -> None:
    """Where the day may not be written, that is said, and the review stays due."""
    some = world(read_only={"review_date"})
    ticket = emergency(some)
    told = ("ServiceNow did not take, or changed: review_date.",)
    assert some.desk.review(ticket, HELD).notes == told
    assert [each.number for each in some.desk.reviews()] == [ticket.number]


def test_a_closed_emergency_that_was_never_approved_is_reviewed() -> None:
    """Also where somebody has pushed it through by hand."""
    some = world()
    ticket = emergency(some)
    some.row(ticket).update(state="3", active="false")
    (told,) = some.desk.reviews()
    assert (told.number, told.due, told.incident) == (ticket.number, "2026-11-30", "INC0010001")
    some.desk.review(ticket, HELD)
    assert some.desk.reviews() == ()
    assert some.desk.read(ticket.id).state is State.CLOSED


def test_reviews_say_who_is_waited_for() -> None:
    """Groups that are asked are named once; where they are hidden, the review still is due."""
    some = world()
    ticket = emergency(some)
    before = len(some.fake.asked)
    (told,) = some.desk.reviews()
    assert (told.waiting_for, told.url) == (("Platform",), ticket.url)
    assert len(some.fake.asked) - before == 2
    some.fake.options.hidden_tables = {"sysapproval_approver"}
    assert some.desk.reviews()[0].waiting_for == ()


def test_a_rejected_emergency_is_to_be_reviewed_and_a_cancelled_one_is_not() -> None:
    """It may have been done before somebody rejected it; what is cancelled never was."""
    some = world()
    rejected, cancelled = emergency(some), emergency(some, 41)
    some.reject(rejected)
    some.desk.cancel(cancelled, "Not needed.")
    assert [each.number for each in some.desk.reviews()] == [rejected.number]


def test_what_was_cancelled_by_hand_may_have_begun() -> None:
    """Nobody can tell, so it is reviewed; what tfchange has seen begin is so for good."""
    some = world()
    by_hand, begun = emergency(some), emergency(some, 41)
    some.row(by_hand)["state"] = "4"
    some.row(begun)["state"] = "-1"
    some.desk.transition(some.desk.read(begun.id), State.REVIEW)
    some.row(begun)["state"] = "-3"
    some.desk.cancel(some.desk.read(begun.id), "Set back, and over.")
    due = {each.number for each in some.desk.reviews()}
    assert due == {by_hand.number, begun.number}


def test_what_is_not_ours_is_not_reviewed() -> None:
    """Emergencies that people have opened are their own business."""
    some = world()
    some.fake.flow.create({"type": "emergency", "change_plan": "Incident: INC1"}, "ann", False)
    assert some.desk.reviews() == ()


@pytest.mark.parametrize("field", ["change_plan", "review_date"])
def test_hidden_reviews_are_not_taken_for_none(field: str) -> None:
    """Where what is kept is hidden, nobody says that no review is due."""
    some = world()
    emergency(some)
    some.fake.options.hidden_fields = {field}
    with pytest.raises(AccessDeniedError, match=field):
        some.desk.reviews()


def test_an_emergency_is_closed_once_it_is_approved_afterwards() -> None:
    """ServiceNow has no way past approval, so that it comes first, if late."""
    some = world()
    ticket = emergency(some)
    key, done = commit(pull_request=40).key, Result("successful", (Block("items", ("done",)),))
    with pytest.raises(DeskError, match="was not approved") as caught:
        close(some.desk, key, done)
    assert "approved" in caught.value.advice
    some.approve(ticket)
    assert close(some.desk, key, done).state is State.CLOSED


@pytest.mark.parametrize("api", ["change", "table"])
def test_a_review_in_bad_weather_is_recorded_once(api: str) -> None:
    """Whatever is lost on the way, repeating the command records the review, and once."""
    for seed in range(60):
        network: list[Faults] = []

        def wrap(inner: Any, seed: int = seed, network: list[Faults] = network) -> Faults:
            network.append(Faults(inner, Random(seed), rate=0.0))
            return network[-1]

        some = ServiceNowWorld(ServiceNowFake(api=api), wrap)
        some.declare("INC0010001", open_=True)
        ticket = emergency(some)
        network[0].rate = 0.5
        for _ in range(30):
            try:
                some.desk.review(ticket, HELD)
                assert some.desk.reviews() == ()
                assert states(some, "INC0010001") == ["open"]
                assert some.desk.fetch(ticket, "assessment.json") == b'{"score": 52}'
                break
            except DeskError:
                continue
        network[0].rate = 0.0
        some.desk.review(ticket, HELD)
        assert "\n".join(some.notes(ticket)).count(HELD) == 1, f"seed {seed}"
        assert some.row(ticket)["review_comments"] == HELD, f"seed {seed}"
        assert some.desk.reviews() == (), f"seed {seed}"
