"""A Prometheus that never was, on a port of this machine."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import dumps
from threading import Thread
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from tests.health.promql import Node, Parser, RefusedError
from tests.health.seed import SERIES, points

MOST_POINTS = 11_000


class Told(NamedTuple):
    """A reply."""

    status: int
    body: bytes
    media_type: str = "application/json"


class Asked(NamedTuple):
    """A request."""

    method: str
    path: str
    form: dict[str, str]
    headers: dict[str, str]


class Fake:
    """Holds the shop's half day, answers as Prometheus does, and remembers what it was asked.

    `faults` are told first, one for each request; `warnings` and `infos` go with every answer.
    """

    def __init__(self) -> None:
        self.series = [
            (tuple(sorted({"__name__": name, **labels}.items())), points(value))
            for name, labels, value in SERIES
        ]
        self.asked: list[Asked] = []
        self.faults: list[Told] = []
        self.remarks: dict[str, list[str]] = {}
        self.methods = {"GET", "POST"}
        self.prefix = ""

    def tell(self, asked: Asked) -> Told:
        """The reply to a request."""
        self.asked.append(asked)
        if self.faults:
            return self.faults.pop(0)
        if asked.method not in self.methods:
            return Told(405, b"Method Not Allowed\n", "text/plain")
        try:
            if asked.path == f"{self.prefix}/api/v1/query":
                data = self._at(asked.form)
            elif asked.path == f"{self.prefix}/api/v1/query_range":
                data = self._over(asked.form)
            else:
                return Told(404, b"404 page not found\n", "text/plain")
        except RefusedError as error:
            kind, why = error.args
            said = {"status": "error", "errorType": kind, "error": why}
            return Told(400, dumps(said).encode())
        return Told(200, dumps({"status": "success", "data": data, **self.remarks}).encode())

    def _at(self, form: dict[str, str]) -> dict[str, Any]:
        node, when = Parser(self.series, form["query"]).query(), float(form["time"])
        found = node.at(when)
        if node.kind in ("scalar", "string"):
            return {"resultType": node.kind, "result": [when, said(found)]}
        if node.kind == "vector":
            rows = [{"metric": dict(lb), "value": [when, said(v)]} for lb, v in found.items()]
            return {"resultType": "vector", "result": rows}
        return matrix(found)

    def _over(self, form: dict[str, str]) -> dict[str, Any]:
        start, end, step = (float(form[name]) for name in ("start", "end", "step"))
        if (end - start) / step > MOST_POINTS:
            why = "exceeded maximum resolution of 11,000 points per timeseries."
            raise RefusedError("bad_data", why)
        node = Parser(self.series, form["query"]).query()
        if node.kind not in ("scalar", "vector"):
            why = f"invalid expression type {node.kind.split()[0]!r} for range query"
            raise RefusedError("bad_data", why)
        table: dict[Any, Any] = {}
        for look in range(int((end - start) * 1000 + 0.5) // int(step * 1000 + 0.5) + 1):
            when = round(start + look * step, 3)
            for labels, value in _rows(node, when).items():
                table.setdefault(labels, []).append((when, value))
        return matrix(table)


def _rows(node: Node, when: float) -> dict[Any, float]:
    found = node.at(when)
    return {(): found} if node.kind == "scalar" else found


def matrix(table: dict[Any, Any]) -> dict[str, Any]:
    """Series with their values, as Prometheus writes them."""
    rows = [
        {"metric": dict(labels), "values": [[at, said(value)] for at, value in some]}
        for labels, some in table.items()
    ]
    return {"resultType": "matrix", "result": rows}


def said(value: float | str) -> str:
    """The value as Prometheus writes it."""
    if isinstance(value, str):
        return value
    return "NaN" if math.isnan(value) else repr(value).removesuffix(".0")


@contextmanager
def serving(fake: Fake) -> Iterator[str]:
    """The address of the fake, as long as it is needed."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _answer(self) -> None:
            length = int(self.headers.get("content-length", 0))
            path, _, query = self.path.partition("?")
            form = dict(parse_qsl(self.rfile.read(length).decode() or query))
            headers = {name.lower(): value for name, value in self.headers.items()}
            told = fake.tell(Asked(self.command, path, form, headers))
            self.send_response(told.status)
            self.send_header("content-type", told.media_type)
            self.send_header("content-length", str(len(told.body)))
            self.end_headers()
            self.wfile.write(told.body)

        do_GET = do_POST = _answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
