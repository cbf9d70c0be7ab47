"""Requests and replies as the fake GitHub sees them, and a server of real sockets for it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit


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

        do_GET = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815  # named by the library

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
