"""What many issues say together: clean runs, what is in the way, incidents."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.change.requests import commit
from tests.contracts.desk import DONE, finish, standard
from tests.jira.fake import JiraFake, refused
from tests.jira.shop import Shop, cloud, data_center, managed
from tests.jira.world import JiraWorld, moved, put, world
from tfchange.change.desk import State, Ticket
from tfchange.change.request import Result, Window
from tfchange.errors import AccessDeniedError, DeskError
from tfchange.risk.assessment import Category

SINCE = "2020-01-01T00:00:00Z"


@pytest.fixture(autouse=True)
def _described() -> Iterator[None]:
    """Nothing is asked of a site that Atlassian does not describe."""
    JiraFake.made.clear()
    yield
    assert [fake.breaches for fake in JiraFake.made if fake.breaches] == []


def test_what_people_close_has_no_outcome() -> None:
    """It counts as finished when Jira says so, with no outcome that nobody has told."""
    some = world(lag_free(cloud()))
    ticket = standard(some, pull_request=20, envelope="tags-only")
    moved(some, ticket.id, "Done")
    (found,) = some.desk.finished("tags-only", SINCE)
    assert (found.number, found.outcome) == (ticket.number, "")
    assert found.closed == "2026-11-23T23:02:00Z"
    assert some.desk.finished("tags-only", found.closed) == (found,)
    assert some.desk.finished("tags-only", "2026-11-23T23:02:01Z") == ()


def test_a_failure_that_people_tell_afterwards_counts() -> None:
    """A status that says failed says more than what tfchange has told before."""
    some = world(lag_free(managed()))
    number = finish(some, pull_request=20, envelope="tags-only", outcome="successful")
    moved(some, number, "Failed")
    (found,) = some.desk.finished("tags-only", SINCE)
    assert found.outcome == "failed"


def test_of_two_outcomes_with_one_status_the_one_that_was_told_counts() -> None:
    """Where the settings name one status for several outcomes, its name tells none of them."""
    some = world(lag_free(cloud()), states={"failed": "Done", "partly": "Done"})
    finish(some, pull_request=20, envelope="tags-only", outcome="partly")
    assert [f.outcome for f in some.desk.finished("tags-only", SINCE)] == ["partly"]


def test_the_envelope_of_the_last_plan_counts() -> None:
    """A change whose plan comes to fit another envelope, or none, is found under that alone."""
    some = world()
    own = commit(pull_request=20)
    ticket = standard(some, pull_request=20, envelope="tags-only")
    assert "tfchange-envelope-tags-only" in some.issue(ticket).fields["labels"]
    given: dict[str, Any] = {"category": Category.STANDARD, "approvals": (), "commit": own}
    put(some, **given, envelope="capacity-up", at=1_763_000_900)
    labels = some.issue(ticket).fields["labels"]
    assert "tfchange-envelope-capacity-up" in labels
    assert "tfchange-envelope-tags-only" not in labels
    assert some.desk.read(ticket.id).key == own.key.digest
    put(some, commit=own, at=1_763_001_000)
    labels = some.issue(ticket).fields["labels"]
    assert labels == ["tfchange", f"tfchange-{own.key.digest}"]


def lag_free(shop: Shop) -> Shop:
    """The same site, whose search sees new issues at once."""
    return replace(shop, lag=0)


def busy(some: JiraWorld, pull_request: int, **given: Any) -> Ticket:
    """Another change, which is being implemented."""
    ticket = put(some, commit=commit(pull_request=pull_request, **given.pop("of", {})), **given)
    moved(some, ticket.id, "Implementing")
    return ticket


@pytest.mark.parametrize("shop", [cloud, managed, data_center])
def test_what_is_being_implemented_in_the_same_workspace_is_in_the_way(
    shop: Callable[[], Shop],
) -> None:
    """Another pull request of the repository is named, and the change itself is not."""
    site = lag_free(shop())
    if "Implementing" not in site.workflow.statuses:
        statuses = {**site.workflow.statuses, "Implementing": "indeterminate"}
        site.workflow = replace(site.workflow, statuses=statuses)
    some = world(site)
    ticket = busy(some, 12)
    assert some.desk.conflicts(ticket) == ()
    other = busy(some, 13, services=())
    (said,) = some.desk.conflicts(ticket)
    assert said == f"{other.number} is being implemented, and touches acme/shop in default too."


def test_the_same_service_is_in_the_way_wherever_it_is_changed() -> None:
    """Services and configuration items are compared by name, across repositories."""
    some = world(lag_free(cloud()))
    ticket = put(some, services=("shop", "mail"), items=("db-1",))
    elsewhere = {"repository": "acme/network"}
    one = busy(some, 13, of=elsewhere, services=("shop",), items=("db-1",))
    two = busy(some, 14, of={**elsewhere, "workspaces": ("two",)}, services=("bills",))
    said = some.desk.conflicts(ticket)
    assert said == (f"{one.number} is being implemented, and touches db-1, shop too.",)
    assert two.number not in " ".join(said)


@pytest.mark.parametrize(
    ("window", "meets"),
    [
        (Window("2026-11-30T11:00:00Z", "2026-11-30T13:00:00Z"), True),
        (Window("2026-11-30T12:00:00Z", "2026-11-30T13:00:00Z"), False),
        (Window("2026-11-30T08:00:00Z", "2026-11-30T10:00:00Z"), False),
        (None, False),
    ],
)
def test_what_is_planned_for_the_same_time_is_in_the_way(
    window: Window | None, meets: bool
) -> None:
    """Of approved changes, those whose window overlaps by more than an end are named."""
    some = world(lag_free(cloud()))
    ticket = put(some, window=Window("2026-11-30T10:00:00Z", "2026-11-30T12:00:00Z"))
    other = put(some, commit=commit(pull_request=13), window=window)
    assert some.desk.conflicts(ticket) == ()
    some.approve(other)
    said = some.desk.conflicts(ticket)
    text = f"{other.number} is planned for the same time, and touches acme/shop in default too."
    assert said == ((text,) if meets else ())


def test_what_has_ended_since_the_search_is_not_in_the_way() -> None:
    """The search may be late; what it says is read again."""
    some = world(lag_free(cloud()))
    ticket, other = put(some), busy(some, 13)
    hit = refused(404, "Issue does not exist or you do not have permission to see it.")
    some.fake.planned = [(f"GET .*/issue/{other.id}$", hit)]
    assert some.desk.conflicts(ticket) == ()
    assert len(some.desk.conflicts(ticket)) == 1


def test_a_property_without_what_it_came_to_keep_reads_on() -> None:
    """An issue filed by an older tfchange has no author and no services, and is in nobody's way."""
    some = world(lag_free(cloud()))
    ticket, other = put(some, commit=commit(author="Bo")), busy(some, 13)
    for each in (ticket, other):
        kept = some.issue(each).properties["tfchange"]
        for name in ("authors", "repository", "workspaces", "touches"):
            kept.pop(name, None)
    read = some.desk.read(ticket.id)
    assert (read.record, read.authors) == (ticket.record, ())
    assert some.desk.conflicts(ticket) == ()


def test_nothing_is_said_of_a_change_whose_property_is_gone() -> None:
    """Without it nobody knows what is in the way, which is not the same as nothing."""
    some = world(lag_free(cloud()))
    ticket = put(some)
    del some.issue(ticket).properties["tfchange"]
    with pytest.raises(DeskError, match="property was removed"):
        some.desk.conflicts(ticket)
    assert some.desk.conflicts(busy(some, 13)) == ()


def test_a_time_that_is_none_is_an_error() -> None:
    """What cannot be understood is not guessed."""
    some = world(lag_free(cloud()))
    ticket = standard(some, pull_request=20, envelope="tags-only")
    moved(some, ticket.id, "Done")
    some.issue(ticket).updated = "2026-13-01 yesterday"
    with pytest.raises(DeskError, match="a time that is none"):
        some.desk.finished("tags-only", SINCE)


def test_thousands_of_services_fit_the_property() -> None:
    """Jira takes 32,768 characters; as many names are kept as there is room for."""
    some = world()
    spaces = tuple(f"straße-{n}" for n in range(5000))
    ticket = put(some, items=spaces, commit=commit(workspaces=spaces))
    kept = some.issue(ticket).properties["tfchange"]
    assert kept["touches"][:2] == ["shop", "straße-0"]
    assert kept["workspaces"][0] == "straße-0"


def test_an_incident_is_found_by_any_writing_of_its_key() -> None:
    """Keys are told in capitals, and an incident has an address."""
    some = world()
    some.declare("INC-1", open_=True)
    found = some.desk.incident(" inc-1 ")
    assert found
    assert (found.state, found.url) == ("open", "http://127.0.0.1/browse/INC-1")


@pytest.mark.parametrize("name", ["", "INC", "INC-0", "INC-01", "-1", "12", "PD/INC-1", "INC-1-2"])
def test_what_is_no_key_is_kept_elsewhere(name: str) -> None:
    """Nothing is asked about a name that no issue can have."""
    some = world()
    assert some.desk.incident(name) is None
    assert some.fake.calls == []


def test_an_expired_token_is_no_missing_incident() -> None:
    """Strangers see no issue; that is no reason to believe that there is none."""
    some = world()
    some.fake.expired = True
    acts: list[Callable[[], object]] = [
        lambda: some.desk.incident("INC-1"),
        lambda: some.desk.finished("tags-only", SINCE),
        some.desk.reviews,
    ]
    for act in acts:
        with pytest.raises(AccessDeniedError):
            act()
    some.fake.expired = False
    some.fake.planned = [("issue/INC-1", refused(422, "odd"))]
    with pytest.raises(DeskError, match="odd"):
        some.desk.incident("INC-1")


def test_an_approved_change_is_moved_on() -> None:
    """The gate sets it to being implemented, where the workflow has a way."""
    some = world()
    ticket = put(some)
    assert "no way" in some.desk.transition(ticket, State.IMPLEMENTING).notes[0]
    assert some.desk.read(ticket.id).state is State.WAITING
    some.approve(ticket)
    assert some.desk.transition(ticket, State.IMPLEMENTING).notes == ()
    read = some.desk.read(ticket.id)
    assert read.state is State.IMPLEMENTING
    assert (read.approvals[0].decision, read.approvals[0].by) == ("approved", "Ann")
    some.desk.close(ticket, Result("successful", DONE.notes))
    assert some.desk.read(ticket.id).approvals == read.approvals
