"""Rehearsals at ServiceNow, and the fake instance over a socket."""

from typing import Any

import pytest

from tests.change.requests import request
from tests.servicenow.fake import CLIENT, CLIENT_SECRET, PASSWORD, URL, ServiceNowFake
from tests.servicenow.serve import serve
from tests.servicenow.world import ServiceNowWorld, config, put
from tfchange import http
from tfchange.change.file import file
from tfchange.risk.assessment import Category
from tfchange.servicenow.desk import connect, is_read, pretend

STANDARD: dict[str, Any] = {"category": Category.STANDARD, "envelope": "tags-only", "approvals": ()}
OAUTH = {"user": "", "password": "", "client_id": CLIENT, "client_secret": CLIENT_SECRET}


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("given", [{}, STANDARD])
def test_a_rehearsal_writes_nothing(before: bool, given: dict[str, Any]) -> None:
    """A rehearsal reads for real and keeps what it would write."""
    fake = ServiceNowFake()
    templates = {"templates": {"default": "Tags only"}}
    if before:
        put(ServiceNowWorld(fake, **templates), **given)
    transport = http.Rehearsal(pretend, inner=fake, is_read=is_read)
    desk = connect(config(**templates), transport=transport, pause=lambda _: None)
    asked = len(fake.asked)
    filed = file(desk, request(**given, title="new title", at=1_763_000_900), rehearsal=True)
    assert filed.done == ("updated" if before else "opened")
    assert [method for method, _ in fake.asked[asked:] if method != "GET"] == []
    first = transport.calls[0 if not before else -1]
    assert first.method in ("POST", "PATCH")
    assert any(b"new title" in call.body for call in transport.calls)
    assert "PLANTED" not in repr(transport.calls)
    assert filed.notes == ()


def test_over_a_socket() -> None:
    """The desk works over a real socket as it does without."""
    fake = ServiceNowFake()
    with serve(fake) as url:
        desk = connect(config(url=url, **OAUTH), pause=lambda _: None)
        ticket = file(desk, request(), pause=lambda _: None).ticket
    assert ticket.url == f"{url}/change_request.do?sys_id={ticket.id}"
    assert fake.bad == []


def test_xml_is_for_those_who_do_not_ask_for_json() -> None:
    """The fake answers in XML where JSON was not asked for, as the instance does."""
    import requests

    asked = requests.Request(
        "GET", f"{URL}/api/now/table/sys_user", auth=("svc-tfchange", PASSWORD)
    )
    reply = ServiceNowFake().send(asked.prepare())
    assert reply.headers["Content-Type"] == "application/xml"
