"""A transport for rehearsals: what would be written is kept, and nothing is."""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
import requests
from requests.adapters import BaseAdapter, HTTPAdapter

from tfchange.http.patience import IsRead, by_method


class Call(NamedTuple):
    """One request that would have been sent; credentials are not in it."""

    method: str
    url: str
    body: bytes
    media_type: str


Pretend = Callable[[requests.PreparedRequest], tuple[int, object]]
"""What a server would answer to a write, as status and JSON, for rehearsals."""


class Rehearsal(BaseAdapter):
    """A transport that lets reads through, and keeps writes in `calls` instead of sending them."""

    def __init__(
        self, pretend: Pretend, *, inner: BaseAdapter | None = None, is_read: IsRead | None = None
    ) -> None:
        super().__init__()
        self._inner, self._pretend = inner or HTTPAdapter(), pretend
        self._is_read = is_read or by_method
        self.calls: list[Call] = []

    def close(self) -> None:
        """The inner transport is closed."""
        self._inner.close()

    def send(self, request: requests.PreparedRequest, *args: Any, **given: Any) -> Any:
        """The reply, real for a read and pretended for a write."""
        if self._is_read(request):
            return self._inner.send(request, *args, **given)
        body = request.body or b""
        data = body.encode() if isinstance(body, str) else bytes(body)
        kind = request.headers.get("content-type", "")
        self.calls.append(Call(request.method or "", request.url or "", data, kind))
        return _reply(request, *self._pretend(request))


def _reply(request: requests.PreparedRequest, status: int, told: object) -> requests.Response:
    made = requests.Response()
    made.status_code, made.request, made.url = status, request, request.url or ""
    made.headers["content-type"] = "application/json"
    made._content = b"" if told is None else msgspec.json.encode(told)
    return made
