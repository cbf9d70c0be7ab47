"""A ticket, a rehearsal and an examination as people and programs read them."""

import json

import msgspec
import pytest

from tests.change.memory import MemoryDesk
from tests.change.requests import request
from tfchange import http
from tfchange.change.desk import Decision, State, Ticket
from tfchange.change.doctor import Check, Examination
from tfchange.change.ending import cancel
from tfchange.change.file import file
from tfchange.change.rehearsed import Rehearsed
from tfchange.change.request import Window
from tfchange.report import calls, examination, ticket
from tfchange.schema import faults

KEY = request().key
TICKET = Ticket(
    desk="jira", id="10042", number="CHG-7", url="https://jira.example.com/browse/CHG-7",
    state=State.WAITING, created="2026-11-23T10:00:00Z", key=KEY.digest, record=request().record,
    approvals=(Decision("Database team", "waiting"),), successor_of="CHG-3",
    window=Window("2026-11-25T20:00:00Z", "2026-11-25T22:00:00Z"), notes=("Impact was left out.",),
)  # fmt: skip


@pytest.mark.parametrize("record", [TICKET.record, None])
def test_the_object_keeps_its_schema(record: object) -> None:
    """What programs read fits schemas/change-1.0.json, also where somebody removed the record."""
    some = msgspec.structs.replace(TICKET, record=record, window=None)
    for one in (TICKET, some):
        told = json.loads(ticket.render(ticket.document(one, KEY, ("More.",))))
        assert faults(told, "change-1.0") == []
    assert told["notes"] == ["Impact was left out.", "More."]
    assert told["key"] == "acme/shop@default#12"


def test_nothing_is_an_object_too() -> None:
    """Where no change had to be opened, programs still read an object of the same form."""
    told = json.loads(ticket.render(ticket.nothing("register", KEY, ("Nothing.",))))
    assert faults(told, "change-1.0") == []
    assert (told["number"], told["state"]) == (None, "none")


def test_the_words() -> None:
    """People read what was done, what it is, where it stands, who must approve."""
    assert ticket.text(TICKET, KEY, "opened") == (
        "Opened CHG-7: normal change, high risk, waiting\n"
        "Desk       Jira\n"
        "For        acme/shop@default#12\n"
        "Link       https://jira.example.com/browse/CHG-7\n"
        "Approvals  Database team (waiting)\n"
        "Window     2026-11-25T20:00:00Z to 2026-11-25T22:00:00Z\n"
        "Follows    CHG-3\n"
        "Note: Impact was left out.\n"
    )


def test_names_forge_no_lines() -> None:
    """Whatever a name holds, it stays in its line and moves no cursor."""
    forged = Decision("x", "waiting", "eve\nApprovals  all (approved)\x1b[2J")
    text = ticket.text(msgspec.structs.replace(TICKET, approvals=(forged,), notes=("a\nb",)), KEY)
    assert len(text.splitlines()) == len(ticket.text(TICKET, KEY).splitlines())
    assert "\x1b" not in text


def test_a_rehearsal_at_a_desk_without_a_server() -> None:
    """What would be written is told in order; the desk has not been touched."""
    desk = MemoryDesk()
    watched = Rehearsed(desk)
    file(watched, request(), rehearsal=True)
    assert desk.kept == {}
    verbs = [call.verb for call in watched.calls]
    assert verbs == ["open", "attach", "link", "link", "link", "transition"]
    told = json.loads(calls.render(watched.calls))
    assert told[0]["body"]["title"] == request().title
    assert told[1]["body"] == {
        "name": "assessment.json",
        "media_type": "application/json",
        "bytes": 13,
    }
    assert calls.text(watched.calls).startswith("6 writes are left out")


def test_a_rehearsal_of_an_end() -> None:
    """Also what ends a change is only told."""
    desk = MemoryDesk()
    file(desk, request())
    watched = Rehearsed(desk)
    cancel(watched, KEY, "Why not.", rehearsal=True)
    assert [(c.verb, c.ticket, c.told) for c in watched.calls] == [
        ("cancel", "MEM-1", {"reason": "Why not."})
    ]
    assert desk.read("1").state is State.WAITING
    assert calls.text(watched.calls) == (
        "1 write is left out, since this is a dry run:\n\nCancel MEM-1:\n  reason: Why not.\n"
    )


def test_calls_over_http() -> None:
    """Bodies are shown in lines, without what is empty, files by their size."""
    some = [
        http.Call(
            "POST",
            "https://a.example.com/issue",
            b'{"a":[1,{"b":true,"c":null}],"d":"x\\ny"}',
            "application/json",
        ),
        http.Call("POST", "https://a.example.com/files", b"x" * 1234, "multipart/form-data; b=c"),
        http.Call("DELETE", "https://a.example.com/files/1", b"", ""),
    ]
    assert calls.text(some) == (
        "3 writes are left out, since this is a dry run:\n"
        "\nPOST https://a.example.com/issue:\n"
        "  a:\n    - 1\n    - b: yes\n  d:\n    x\n    y\n"
        "\nPOST https://a.example.com/files:\n  (1,234 bytes of multipart/form-data)\n"
        "\nDELETE https://a.example.com/files/1\n"
    )
    assert calls.text([], ("Why.",)) == "Nothing would be written.\nNote: Why.\n"


FOUND = Examination(
    (
        Check("address", "ok", "https://jira.example.com is Jira Cloud."),
        Check("permission", "failed", "ADD_COMMENTS is missing.", "Grant it to the role."),
    ),
    {"url": "https://jira.example.com", "fields": {"impact": "customfield_10004", "a b": ["x"]}},
)


def test_an_examination_says_what_to_do() -> None:
    """Each check is a line, what failed has its advice, and the settings can be copied."""
    assert examination.text("jira", FOUND) == (
        "Examining Jira\n\n"
        "ok    address: https://jira.example.com is Jira Cloud.\n"
        "FAIL  permission: ADD_COMMENTS is missing.\n"
        "      → Grant it to the role.\n\n"
        "1 of 2 checks failed.\n\n"
        "Settings that fit, for tfchange.yaml (--write puts them there):\n\n"
        "jira:\n"
        '  url: "https://jira.example.com"\n'
        "  fields:\n"
        '    impact: "customfield_10004"\n'
        '    "a b": ["x"]\n'
    )
    told = json.loads(examination.render("jira", FOUND))
    assert (told["passed"], told["settings"]["url"]) == (False, "https://jira.example.com")
