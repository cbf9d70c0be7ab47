"""A fake Jira: Cloud or Data Center, with or without Service Management, in this process.

It is a transport for `requests`, and can be served over a real socket; see `serve`.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from requests.adapters import BaseAdapter

from tests.jira import routes as jira_routes
from tests.jira import spec as jira_spec
from tests.jira.shop import Shop
from tests.jira.store import Store
from tests.jira.wire import Asked, Told, refused

USER, TOKEN = "robot@example.com", "s3cret-token-marker"  # planted, to be looked for


class JiraFake(BaseAdapter):
    """One site. `breaches` holds what was done against Atlassian's description; tests want none."""

    made: ClassVar[list["JiraFake"]] = []
    """Those of the running test; emptied by who looks into it."""

    def __init__(self, shop: Shop | None = None, *, judged: bool = True) -> None:
        super().__init__()
        self.made.append(self)
        self.shop = shop or Shop()
        self.store = Store(self.shop)
        self.url = jira_spec.BASE
        self.expired = False
        self.judged = judged
        self.breaches: list[str] = []
        self.contents: dict[str, bytes] = {}
        self.calls: list[str] = []
        self.planned: list[tuple[str, Told]] = []
        """Replies to the next requests that fit a pattern, given without doing anything."""

    def close(self) -> None:
        """Nothing is open."""

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """The reply of the site."""
        parts = urlsplit(request.url or "")
        raw = request.body or b""
        headers = {k.lower(): str(v) for k, v in request.headers.items()}
        told = self.answer(
            Asked(
                request.method or "", unquote(parts.path), dict(parse_qsl(parts.query)), headers,
                raw.encode() if isinstance(raw, str) else _bytes(raw),
            )
        )  # fmt: skip
        made = requests.Response()
        made.status_code, made.request, made.url = told.status, request, request.url or ""
        made.headers.update({"Content-Type": "application/json;charset=UTF-8", **told.headers})
        made._content = told.data
        return made

    def answer(self, asked: Asked) -> Told:
        """The reply, judged where there is a judge."""
        self.calls.append(f"{asked.method} {asked.path}")
        for number, (pattern, told) in enumerate(self.planned):
            if re.search(pattern, self.calls[-1]):
                del self.planned[number]
                return told
        stranger = self._stranger(asked)
        told = stranger or jira_routes.answer(self, asked)
        if self.judged and not stranger:
            self._judge(asked, told)
        return told

    def _stranger(self, asked: Asked) -> Told | None:
        """What somebody gets whom the site does not know: nothing, and it looks like a success."""
        if asked.path.endswith("/serverInfo"):
            return None
        basic = b64encode(f"{USER}:{TOKEN}".encode()).decode()
        expected = f"Basic {basic}" if self.shop.cloud else f"Bearer {TOKEN}"
        if asked.headers.get("authorization") == expected and not self.expired:
            return None
        reason = {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}
        if "/search" in asked.path:
            return Told(200, {"issues": [], "isLast": True, "total": 0}, reason)
        if asked.path.endswith("/myself"):
            return Told(401, {"message": "Client must be authenticated to access this resource."})
        return refused(
            404, "Issue does not exist or you do not have permission to see it."
        )._replace(headers=reason)

    def _judge(self, asked: Asked, told: Told) -> None:
        desk = asked.path.startswith("/rest/servicedeskapi")
        name = jira_spec.CLOUD if self.shop.cloud else jira_spec.DATA_CENTER
        # Described in another version of the API, and in none of the trimmed descriptions.
        version_2 = asked.path.startswith("/rest/api/2/serverInfo") and self.shop.cloud
        file = "/attachment/content/" in asked.path or asked.path.startswith("/secure/")
        if version_2 or file or asked.path.endswith("/statuses"):
            return
        self.breaches += jira_spec.breaches(
            jira_spec.SERVICE_DESK if desk else name, asked.method, asked.path, asked.query,
            asked.headers, asked.body, told.status, told.data,
        )  # fmt: skip


def _bytes(body: Any) -> bytes:
    return body.read() if hasattr(body, "read") else bytes(body)


@contextmanager
def serve(fake: JiraFake) -> Iterator[str]:
    """The fake answers at the address given, over a real socket, until the end of the block.

    On Cloud `TFCHANGE_JIRA_USER` is `USER`, and `TFCHANGE_JIRA_TOKEN` is `TOKEN` everywhere.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            size = int(self.headers.get("content-length") or 0)
            headers = {k.lower(): v for k, v in self.headers.items()}
            told = fake.answer(
                Asked(
                    self.command, unquote(parts.path), dict(parse_qsl(parts.query)), headers,
                    self.rfile.read(size),
                )
            )  # fmt: skip
            self.send_response(told.status)
            kind = {"Content-Type": "application/json;charset=UTF-8", **told.headers}
            for name, value in kind.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(told.data)))
            self.end_headers()
            self.wfile.write(told.data)

        do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815  # named by the library

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield fake.url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


__all__ = ["TOKEN", "USER", "Asked", "JiraFake", "Told", "refused", "serve"]
