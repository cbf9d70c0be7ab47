"""The fake instance behind a socket, for what runs in another process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import requests

from tests.servicenow.fake import URL, ServiceNowFake


@contextmanager
def serve(fake: ServiceNowFake) -> Iterator[str]:
    """The fake behind a socket of this machine, as an address for `TFCHANGE_SERVICENOW_URL`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(fake))
    server.daemon_threads = True
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def _handler(fake: ServiceNowFake) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            asked = requests.Request(
                self.command, f"{URL}{self.path}", headers=dict(self.headers),
                data=self.rfile.read(size)).prepare()  # fmt: skip
            reply = fake.send(asked)
            self.send_response(reply.status_code)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.content)))
            self.end_headers()
            self.wfile.write(reply.content)

        do_GET = do_POST = do_PATCH = do_DELETE = _do  # noqa: N815

        def log_message(self, *args: Any) -> None:
            """Nothing is logged."""

    return Handler
