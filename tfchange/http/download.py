"""Files from a server: read whole, never longer than is wanted."""

import time
from io import BytesIO
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from tfchange.errors import AccessDeniedError, DeskError
from tfchange.http.patience import Pause
from tfchange.http.session import Anonymous, Authorization, session

_CHUNK = 1 << 16


class Limited(HTTPAdapter):
    """A transport that reads no more of a reply than so many bytes."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def send(self, request: requests.PreparedRequest, *args: Any, **given: Any) -> Any:
        """The reply, its body read; raises `DeskError` where it is too long."""
        reply = super().send(request, *args, **{**given, "stream": True})
        body = BytesIO()
        for chunk in reply.iter_content(_CHUNK):
            body.write(chunk)
            if body.tell() > self._most:
                reply.close()
                raise DeskError(f"what it sends is longer than {self._most:,} bytes")
        # Read in pieces, a reply of requests no longer gives its body: it is told what it was.
        reply._content = body.getvalue()
        return reply


def download(url: str, most: int, *, token: str = "", pause: Pause = time.sleep) -> bytes:
    """The file at the address, of at most so many bytes; `token` goes there as a bearer token.

    Raises `DeskError`, of which `UnreachableError` and `AccessDeniedError` are kinds.
    """
    auth = Authorization(f"Bearer {token}") if token else Anonymous()
    headers = {"Accept": "text/calendar, application/yaml, text/plain, */*;q=0.1"}
    with session(auth, transport=Limited(most), headers=headers, pause=pause) as some:
        reply = some.get(url)
    if reply.status_code in (requests.codes.unauthorized, requests.codes.forbidden):
        raise AccessDeniedError(f"it does not let us have it (status {reply.status_code})")
    if not reply.ok:
        raise DeskError(f"it answers with status {reply.status_code}")
    return reply.content
