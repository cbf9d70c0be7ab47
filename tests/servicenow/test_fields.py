"""What lands in which field of a ServiceNow change, and what is said of the rest."""

import pytest

from tests.change.requests import commit, request
from tests.servicenow.world import put, world
from tfchange.change.request import Block, Record, Texts, Window
from tfchange.errors import (
    DeskError,
)
from tfchange.risk.assessment import Level


def test_approvers_read_the_verdict_first() -> None:
    """What approvers without a role see begins with the verdict, and refers to the source."""
    some = world()
    kept = some.row(put(some).ticket)
    for name in ("description", "justification", "risk_impact_analysis"):
        assert kept[name].startswith("Normal change, high risk, 52 points. Impact high")
    assert kept["short_description"].startswith("[high risk] acme/shop #12")
    assert "Database team is asked: database-resized asks for it." in kept["justification"]
    assert commit().pull_request_url in kept["justification"]
    assert "High risk, 52 points." in kept["justification"]


def test_risk_and_impact_go_by_label() -> None:
    """Risk and impact are the codes that the instance has for our levels."""
    some = world()
    kept = some.row(put(some, level=Level.MEDIUM, impact=Level.LOW).ticket)
    assert (kept["risk"], kept["impact"]) == ("3", "3")
    own = world({"risk": {"medium": "High"}, "impact": {"low": "2"}})
    kept = own.row(put(own, level=Level.MEDIUM, impact=Level.LOW).ticket)
    assert (kept["risk"], kept["impact"]) == ("2", "2")


def test_hidden_choices_are_read_off_other_changes() -> None:
    """Where the list of choices is hidden, other changes show what labels and codes there are."""
    some = world(hidden_tables={"sys_choice"})
    some.fake.flow.create({"risk": "2", "impact": "1"}, "ann", from_template=False)
    filed = put(some)
    assert some.row(filed.ticket)["risk"] == "2"
    alone = world(hidden_tables={"sys_choice"})
    assert "The field risk was not set: there is no choice high (choices: hidden); map high" in (
        " ".join(put(alone).notes)
    )


def test_what_is_not_taken_is_said() -> None:
    """Fields that do not say what was sent are named; one that is only listed as ignored is not."""
    some = world(read_only={"backout_plan", "risk"}, short_lengths=40)
    (said,) = put(some).notes
    assert (
        said == "ServiceNow did not take, or changed: backout_plan, risk, short_description."
        or (
            set(said.rstrip(".").split(": ")[1].split(", "))
            == {"backout_plan", "risk", "short_description"}
        )
    )


def test_hidden_fields_are_said_where_they_are_listed() -> None:
    """A field that cannot be read back is believed, unless ServiceNow says it was ignored."""
    some = world(hidden_fields={"test_plan", "backout_plan"}, read_only={"backout_plan"})
    assert put(some).notes == ("ServiceNow did not take, or changed: backout_plan.",)


def test_a_key_that_is_not_kept_is_an_error() -> None:
    """A change that could not be found again is named, and what to let the user do."""
    some = world(read_only={"correlation_id"})
    with pytest.raises(DeskError, match="CHG0030001 was opened, but") as caught:
        put(some)
    assert "CHG0030001" in caught.value.advice


def test_the_key_and_the_record_fit() -> None:
    """The key and the longest record are within the hundred characters that there are."""
    some = world()
    kept = some.row(put(some).ticket)
    assert kept["correlation_id"] == f"tfchange:{request().key.digest}"
    assert Record.parse(kept["correlation_display"]) == request().record
    assert len(kept["correlation_display"]) <= 100


def test_settings_stand_in_a_new_change() -> None:
    """Group, user, category, item and further fields are set as the settings say."""
    given = {"requested_by": "ann", "category": "Software", "cmdb_ci": "orders-db",
             "fields": {"reason": "Automation"}}  # fmt: skip
    some = world(given)
    kept = some.row(put(some).ticket)
    assert some.fake.tables.label("requested_by", kept["requested_by"]) == "ann"
    assert kept["cmdb_ci"] == some.fake.seeds.database
    assert (kept["category"], kept["reason"]) == ("Software", "Automation")
    missing = world({"requested_by": "nobody", "assignment_group": "Nobody"})
    assert "The field requested_by was not set: nobody was not found in sys_user." in (
        put(missing).notes
    )


def test_windows_are_times_of_the_database() -> None:
    """A window is written as ServiceNow wants times, and read back as it was."""
    some = world()
    window = Window("2026-11-24T10:00:00Z", "2026-11-24T11:30:00Z")
    ticket = put(some, window=window).ticket
    assert some.row(ticket)["start_date"] == "2026-11-24 10:00:00"
    assert ticket.window == window


def test_long_texts_end_between_entries() -> None:
    """Texts beyond the limit are cut between entries, and the verdict stays."""
    some = world()
    items = tuple(f"aws_instance.web[{n}]: ami" for n in range(2000))
    ticket = put(some, texts=Texts(description=(Block("items", items),))).ticket
    kept = some.row(ticket)["description"]
    assert len(kept) <= 4000
    assert "more, all in the attached report." in kept
    assert kept.startswith("Normal change, high risk")
