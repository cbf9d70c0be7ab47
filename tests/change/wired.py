"""The desk in memory at the other end of a wire, so that faults happen to it as to any server."""

from collections.abc import Callable
from functools import partial
from typing import Any

import requests
from requests.adapters import BaseAdapter

from tests.change.faults import Wrap, reply
from tests.change.memory import MemoryDesk, MemoryWorld
from tfchange import http
from tfchange.change.desk import READS

PLACE = "http://127.0.0.1/desk"


class Server(BaseAdapter):
    """Does what it was last told when a request arrives."""

    def __init__(self) -> None:
        super().__init__()
        self.act: Callable[[], object] = lambda: None
        self.answer: object = None

    def close(self) -> None:
        """Nothing is open."""

    def send(self, request: requests.PreparedRequest, *args: Any, **given: Any) -> Any:
        """An empty success; the answer itself is kept aside."""
        self.answer = self.act()
        return reply(request, 200, b'{"ok": true}')


class WiredDesk:
    """Each call of the port is one request; reads by GET, writes by POST."""

    name = "memory"

    def __init__(self, desk: MemoryDesk, wrap: Wrap) -> None:
        self._desk, self._server = desk, Server()
        self._session = http.session(transport=wrap(self._server), pause=lambda _: None)

    def __getattr__(self, name: str) -> Any:
        return partial(self._call, name)

    def _call(self, name: str, *args: Any, **given: Any) -> object:
        self._server.act = lambda: getattr(self._desk, name)(*args, **given)
        self._session.request("GET" if name in READS else "POST", f"{PLACE}/{name}")
        return self._server.answer


class WiredWorld(MemoryWorld):
    """People at the desk, who see it without the wire."""

    def __init__(self, wrap: Wrap) -> None:
        super().__init__()
        self.inner, self.desk = self.desk, WiredDesk(self.desk, wrap)  # type: ignore[assignment]

    def _kept(self, id_: str) -> Any:
        return self.inner.kept[id_]
