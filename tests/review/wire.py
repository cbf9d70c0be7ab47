"""Requests and replies as fake forges see them, and a server of real sockets for them."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from requests.adapters import BaseAdapter


class Asked(NamedTuple):
    """A request."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)


class Told(NamedTuple):
    """A reply."""

    status: int
    body: Any = None
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def data(self) -> bytes:
        """The body as bytes; a 204 has none."""
        return b"" if self.status == 204 else json.dumps(self.body).encode()


def refused(status: int, message: str, **more: Any) -> Told:
    """A refusal, in the form of GitHub."""
    return Told(
        status, {"message": message, "documentation_url": "https://docs.github.com/rest", **more}
    )


class Fake(BaseAdapter):
    """A forge with one pull request: a transport for `requests`, or a server by `serve`."""

    base, prefix = "", ""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []
        self.planned: list[tuple[str, Told]] = []
        """Replies to the next requests that fit a pattern, given without doing anything."""
        self.before: list[tuple[str, Callable[[], None]]] = []
        """What happens just before a request that fits a pattern is answered, once."""

    @property
    def url(self) -> str:
        """The address of the interface."""
        return f"{self.base}{self.prefix}"

    def close(self) -> None:
        """Nothing is open."""

    def reply(self, asked: Asked) -> Told:
        """What this forge answers."""
        raise NotImplementedError

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """The reply, as it comes over the wire."""
        parts = urlsplit(request.url or "")
        raw = request.body or b""
        headers = {k.lower(): str(v) for k, v in request.headers.items()}
        body = raw.encode() if isinstance(raw, str) else bytes(raw)
        query = dict(parse_qsl(parts.query))
        told = self.answer(Asked(request.method or "", unquote(parts.path), query, headers, body))
        made = requests.Response()
        made.status_code, made.request, made.url = told.status, request, request.url or ""
        made.headers.update(
            {"Content-Type": "application/json; charset=utf-8", **dict(told.headers)}
        )
        made._content = told.data
        return made

    def answer(self, asked: Asked) -> Told:
        """The reply, or what was planned instead."""
        asked = asked._replace(path=asked.path.removeprefix(self.prefix))
        self.calls.append(f"{asked.method} {asked.path}")
        for number, (pattern, act) in enumerate(self.before):
            if re.search(pattern, self.calls[-1]):
                del self.before[number]
                act()
                break
        for number, (pattern, told) in enumerate(self.planned):
            if re.search(pattern, self.calls[-1]):
                del self.planned[number]
                return told
        return self.reply(asked)


class Served(Protocol):
    """What can be served."""

    base: str
    prefix: str

    def answer(self, asked: Asked) -> Told:
        """The reply."""


@contextmanager
def serve(fake: Served, prefix: str = "") -> Iterator[str]:
    """The fake answers below the address given, over a real socket, until the end of the block.

    With the prefix `/api/v3` it is a GitHub Enterprise Server.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            size = int(self.headers.get("content-length") or 0)
            headers = {k.lower(): v for k, v in self.headers.items()}
            query = dict(parse_qsl(parts.query))
            told = fake.answer(
                Asked(self.command, unquote(parts.path), query, headers, self.rfile.read(size))
            )
            self.send_response(told.status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            for name, value in told.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(told.data)))
            self.end_headers()
            self.wfile.write(told.data)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815  # named by the library

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    fake.base, fake.prefix = f"http://127.0.0.1:{server.server_address[1]}", prefix
    try:
        yield f"{fake.base}{prefix}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
