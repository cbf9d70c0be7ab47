"""Runs that file the same change at ServiceNow at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter

from tests.change.requests import request
from tests.servicenow.fake import ServiceNowFake
from tests.servicenow.world import config
from tfchange.change.file import file
from tfchange.errors import DeskError
from tfchange.servicenow.desk import connect

RACERS = 4
OPENING = ("/change/normal", "/table/change_request")


class Together(BaseAdapter):
    """Holds what opens a change until all racers are about to open one."""

    def __init__(self, fake: ServiceNowFake, gate: Barrier) -> None:
        super().__init__()
        self._fake, self._gate = fake, gate

    def close(self) -> None:
        """Nothing is open."""

    def send(self, asked: requests.PreparedRequest, *args: Any, **given: Any) -> Any:
        """The reply."""
        if asked.method == "POST" and (asked.url or "").split("?")[0].endswith(OPENING):
            self._gate.wait(timeout=60)
        return self._fake.send(asked)


@pytest.mark.parametrize("api", ["change", "table"])
@pytest.mark.parametrize("round_", range(4))
def test_racing_runs_leave_one(api: str, round_: int) -> None:
    """Of runs that race the oldest change is left; the others are cancelled and lead to it."""
    fake, gate = ServiceNowFake(api=api), Barrier(RACERS)

    def run(_: int) -> str:
        desk = connect(config(), transport=Together(fake, gate), pause=lambda _: None)
        try:
            return file(desk, request(), pause=lambda _: None).done
        except DeskError as error:
            return error.message

    with ThreadPoolExecutor(RACERS) as pool:
        done = list(pool.map(run, range(RACERS)))
    desk = connect(config(), transport=fake, pause=lambda _: None)
    ticket = file(desk, request(), pause=lambda _: None).ticket
    found = desk.find(request().key)
    assert len(found) == RACERS, done
    assert [t.id for t in found if t.state.live] == [ticket.id] == [found[0].id]
    kept = fake.tables.tables["change_request"]
    assert {kept[t.id]["parent"] for t in found[1:]} == {ticket.id}
    assert {kept[t.id]["state"] for t in found[1:]} == {"4"}
    assert fake.bad == []
