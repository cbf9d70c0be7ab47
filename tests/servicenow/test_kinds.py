"""Standard, normal and emergency changes at ServiceNow."""

from typing import Any

import pytest

from tests.change.requests import commit
from tests.servicenow.world import put, world
from tfchange.change.desk import State
from tfchange.errors import (
    DeskError,
)
from tfchange.risk.assessment import Category, Emergency

STANDARD: dict[str, Any] = {"category": Category.STANDARD, "envelope": "tags-only", "approvals": ()}


@pytest.mark.parametrize("template", ["Tags only", "tags-only"])
def test_standard_comes_from_a_template(template: str) -> None:
    """A standard change comes from the template of its envelope; its history has the verdict."""
    templates = {"tags-only": "Tags only"} if template == "tags-only" else {"default": template}
    some = world({"templates": templates})
    filed = put(some, **STANDARD)
    kept = some.row(filed.ticket)
    assert kept["std_change_producer_version"] == some.fake.seeds.template
    assert (kept["type"], filed.ticket.state) == ("standard", State.APPROVED)
    assert kept["description"] == ""
    told = "\n".join(some.notes(filed.ticket))
    assert "Standard change, high risk" in told
    assert "re-apply the previous commit" in told
    assert some.links(filed.ticket).count(commit().run_url) == 1
    assert put(some, **STANDARD).done == "unchanged"


def test_standard_is_updated_by_its_history() -> None:
    """An update of a standard change leaves alone what the template owns, and stays approved."""
    some = world({"templates": {"default": "Tags only"}})
    first = put(some, **STANDARD)
    again = put(some, **STANDARD, at=1_763_000_900, fingerprint="a" * 32, title="another")
    assert (again.ticket.id, again.done) == (first.ticket.id, "updated")
    assert again.ticket.state is State.APPROVED
    assert "another" in some.row(first.ticket)["short_description"]


def test_a_template_that_is_not_there_is_an_error() -> None:
    """A template that is mapped and missing stops the filing before anything is opened."""
    some = world({"templates": {"default": "Nothing"}})
    with pytest.raises(DeskError, match="no active standard change template Nothing"):
        put(some, **STANDARD)
    assert some.fake.tables.rows("change_request") == []


def test_a_template_that_drops_the_key_is_given_it() -> None:
    """Where a template drops the key of a new change, the key is written right after."""
    some = world({"templates": {"default": "Tags only"}}, template_takes_key=False)
    filed = put(some, **STANDARD)
    assert put(some, **STANDARD).ticket.id == filed.ticket.id


def test_templates_need_the_api_for_changes() -> None:
    """Over the Table API a standard change has no template, and that is said."""
    some = world({"templates": {"default": "Tags only"}}, api="table")
    filed = put(some, **STANDARD)
    assert filed.ticket.state is State.APPROVED
    assert filed.notes == (
        "The template Tags only was not used: templates need the Change Management API.",
    )


def test_emergency_goes_to_authorize() -> None:
    """An emergency names its incident, and waits in Authorize."""
    some = world()
    emergency = Emergency("INC0012345")
    ticket = put(some, category=Category.EMERGENCY, emergency=emergency).ticket
    kept = some.row(ticket)
    assert (kept["type"], kept["state"], ticket.state) == ("emergency", "-3", State.WAITING)
    assert "INC0012345" in kept["description"]


def test_models_are_named_by_the_settings() -> None:
    """A change model that is mapped is used."""
    some = world({"chg_models": {"normal": "Normal"}})
    assert some.row(put(some).ticket)["chg_model"] == "Normal"


def test_what_becomes_standard_after_approval_was_asked_for_is_a_new_change() -> None:
    """The type of a change is fixed once it has left New, so another type is another change."""
    some = world()
    first = put(some).ticket
    filed = put(some, **STANDARD, at=1_763_000_900, fingerprint="a" * 32)
    assert filed.ticket.successor_of == first.number
    assert some.desk.read(first.id).state is State.CANCELLED


def test_a_template_that_allows_notes_alone_is_given_notes_alone() -> None:
    """Where a rule forbids the fields of a standard change, the verdict stands in its notes."""
    some = world({"templates": {"default": "Tags only"}})
    first = put(some, **STANDARD)
    some.fake.options.restricts_standard = True
    again = put(some, **STANDARD, at=1_763_000_900, title="another")
    assert again.ticket.id == first.ticket.id
    assert "Only a work note could be written" in again.notes[0]
    assert "Restrict fields from Standard Change" in again.notes[0]
    assert "Assessed again" in some.notes(first.ticket)[-1]


def test_a_standard_change_without_a_template_keeps_its_texts() -> None:
    """A standard change that no template owns is updated like any other."""
    some = world()
    ticket = put(some, **STANDARD).ticket
    put(some, **STANDARD, at=1_763_000_900, score=7, title="another")
    assert "7 points" in some.row(ticket)["description"]
