"""Finding changes at ServiceNow: pages, hidden records, queries that are not understood."""

import pytest

from tests.change.requests import request
from tests.servicenow.world import put, world
from tfchange.errors import (
    DeskError,
    OvertakenError,
)


@pytest.mark.parametrize("api", ["change", "table"])
def test_a_search_that_is_not_understood_is_no_answer(api: str) -> None:
    """Where the instance answers with all changes, nothing is opened and the error says why."""
    some = world(api=api, knows_correlation=False)
    some.fake.flow.create({"short_description": "another"}, "ann", from_template=False)
    with pytest.raises(DeskError, match="does not search by correlation_id"):
        put(some)
    assert len(some.fake.tables.rows("change_request")) == 1


@pytest.mark.parametrize("api", ["change", "table"])
def test_all_pages_are_read(api: str) -> None:
    """Changes of one key are found on all pages, the oldest first, hidden ones aside."""
    some = world(api=api)
    ids = [some.desk.open(request()).id for _ in range(8)]
    some.fake.options.hidden_rows = {ids[0], ids[4]}
    found = [ticket.id for ticket in some.desk.find(request().key)]
    assert sorted(found) == sorted(set(ids) - {ids[0], ids[4]})
    created = [ticket.created for ticket in some.desk.find(request().key)]
    assert created == sorted(created)


def test_what_is_hidden_is_not_there() -> None:
    """A change that a rule hides is answered with 404 and said so."""
    some = world()
    ticket = put(some).ticket
    some.fake.options.hidden_rows = {ticket.id}
    with pytest.raises(DeskError, match="status 404") as caught:
        some.desk.read(ticket.id)
    assert "may not read it" in caught.value.advice


def test_a_newer_run_is_not_overwritten_in_the_last_moment() -> None:
    """An update looks once more right before it writes, and leaves what a newer run wrote."""
    some = world()
    ticket = put(some).ticket
    newer = request(at=1_763_000_900, title="newer")
    some.desk.update(ticket, newer, "Assessed again.")
    with pytest.raises(OvertakenError):
        some.desk.update(ticket, request(at=1_763_000_500, title="late"), "Assessed again.")
    assert "newer" in some.texts(ticket)


def test_a_newer_run_that_comes_while_items_are_associated_stays() -> None:
    """Associating items can take a while; a newer run that came in between is not overwritten."""
    some = world()
    ticket = put(some).ticket
    pause = some.desk._client.pause
    newer = request(at=1_763_000_900, title="newer", services=())

    def meanwhile(seconds: float) -> None:
        some.desk._client.pause = pause
        some.desk.update(some.desk.read(ticket.id), newer, "Assessed again.")

    some.desk._client.pause = meanwhile
    with pytest.raises(OvertakenError):
        some.desk.update(ticket, request(at=1_763_000_500, items=("orders-db",)), "Late.")
    assert "newer" in some.texts(ticket)
    assert "Late." not in some.texts(ticket)
