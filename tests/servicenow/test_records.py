"""Real records, and the published descriptions of ServiceNow's APIs."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
import requests

from tests.change.requests import request
from tests.servicenow.fake import URL, ServiceNowFake
from tests.servicenow.specs import Specs, folder
from tests.servicenow.world import ServiceNowWorld, world
from tfchange.change.desk import State, Ticket
from tfchange.servicenow.rows import Cell, row, value


def test_the_published_descriptions_are_at_hand() -> None:
    """Calls are held against the published descriptions where these are at hand."""
    place = folder()
    if place is None:
        pytest.skip(
            "no folder of API descriptions: set TFCHANGE_SPECS, or put it at ../shared/specs"
        )
    assert (place / "servicenow-sn_chg_rest.json").exists()
    fake = ServiceNowFake()
    assert fake.specs.apis
    ServiceNowWorld(fake).desk.open(request())
    assert fake.bad == []


class Judge:
    """Counts what it is asked to judge."""

    def __init__(self) -> None:
        self.requests, self.replies = 0, 0

    def validate_request(self, _: object) -> None:
        """One more."""
        self.requests += 1

    def validate_response(self, *_: object) -> None:
        """One more."""
        self.replies += 1


def test_every_call_and_its_reply_are_judged() -> None:
    """Not one of each shape alone, and also what was created (201) or begun (202)."""
    specs, judge = Specs(), Judge()
    specs.apis = [({"/api/now/table/{tableName}": {}}, judge)]
    asked = requests.Request("POST", URL, json={}).prepare()
    for status in (201, 201, 202, 200, 403):
        assert specs.faults(asked, "/api/now/table/change_request", {}, status, b"{}") == ""
    assert (judge.requests, judge.replies) == (5, 4)


def samples() -> list[dict[str, Any]]:
    """Real records of change requests; none where the folder is not at hand."""
    place = folder()
    path = place / "workarena_change_request_samples.json" if place else Path("nowhere")
    return msgspec.json.decode(path.read_bytes())["records"] if path.exists() else []


def test_real_records_are_read() -> None:
    """Records of a real instance become tickets, with the state that their label tells."""
    rows = samples()
    if not rows:
        pytest.skip("no records: set TFCHANGE_SPECS, or put them at ../shared/specs")
    desk = world().desk
    for raw in rows:
        read = row(raw)
        ticket = desk._tickets.ticket(read)
        assert isinstance(ticket, Ticket)
        assert ticket.number == raw["number"]
        assert ticket.state is _expected(raw)
        if isinstance(raw["opened_by"], dict):
            assert raw["opened_by"]["link"].endswith(f"/{value(read, 'opened_by')}")


def _expected(raw: dict[str, Any]) -> State:
    by_label = {"New": State.NEW, "Assess": State.WAITING, "Authorize": State.WAITING,
                "Scheduled": State.APPROVED, "Implement": State.IMPLEMENTING,
                "Review": State.REVIEW, "Closed": State.CLOSED,
                "Canceled": State.CANCELLED}  # fmt: skip
    return by_label[raw["state"]]


def test_each_form_of_a_field_is_the_same() -> None:
    """Numbers, strings, pairs, lists and references of both APIs become one form."""
    assert row({"state": {"value": 3.0, "display_value": "Closed"}})["state"] == Cell("3", "Closed")
    assert row({"state": {"value": "-5"}})["state"] == Cell("-5", "-5")
    assert row({"state": "-5"})["state"].value == "-5"
    assert row({"cab": {"value": False}})["cab"].value == "false"
    assert row({"parent": {"link": "https://x/api/now/table/task/abc", "value": "abc"}}) == {
        "parent": Cell("abc", "abc")
    }
    assert row({"reason": None, "__meta": {"ignoredFields": []}}) == {"reason": Cell("", "")}
