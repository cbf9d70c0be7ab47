"""A transport that waits and tries again where that is safe, and never repeats a write in doubt.

What it raises names hosts and status codes, never headers or bodies.

| what happens | a read | a write |
|---|---|---|
| no connection was made | again | again: it was never sent |
| no secure connection was made | refused | refused: it was never sent |
| 429, or what a server says instead | again, when it says so | again: it was not processed |
| connection lost, timeout, 5xx, broken reply | again | `OutcomeUnknownError` |
| a web page instead of data, a redirect | refused | refused |
"""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter

from tfchange.errors import DeskError, OutcomeUnknownError, UnreachableError
from tfchange.http.tls import refusal

READS = frozenset({"GET", "HEAD", "OPTIONS"})
TIMEOUT = (10.0, 60.0)
"""Seconds to connect, and between two bytes of a reply."""
TRIES = 5
BUDGET = 90.0
"""Seconds that all waiting for one request may take together."""
FILE = "application/octet-stream, */*;q=0.9"
"""What a request for a file accepts; its reply may be anything, and whoever asks looks at it."""

Pause = Callable[[float], None]
Check = Callable[[requests.Response], None]
IsRead = Callable[[requests.PreparedRequest], bool]
Later = Callable[[requests.Response], float | None]
"""Seconds to wait, of a reply that in the server's own way says *later*; None for all others."""

_LOST = (
    requests.exceptions.ConnectionError,
    requests.exceptions.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)


def by_method(request: requests.PreparedRequest) -> bool:
    """Whether the request only reads, by its method."""
    return request.method in READS


def is_file(reply: requests.Response) -> bool:
    """Whether a file was asked for, which is no data of ours to judge."""
    return reply.request.headers.get("accept") == FILE


class Patience(BaseAdapter):
    """A transport that tries again where that is safe; see the table above."""

    def __init__(
        self,
        inner: BaseAdapter,
        is_read: IsRead,
        check: Check | None,
        pause: Pause,
        later: Later | None = None,
    ) -> None:
        super().__init__()
        self._inner, self._is_read, self._check, self._pause = inner, is_read, check, pause
        self._later = later

    def close(self) -> None:
        """The inner transport is closed."""
        self._inner.close()

    def send(self, request: requests.PreparedRequest, *args: Any, **given: Any) -> Any:
        """The reply, read to its end."""
        given["timeout"] = given.get("timeout") or TIMEOUT
        given["stream"] = False
        if (request.url or "").startswith("http://"):
            # Plain http is for this machine alone; a proxy would read the credentials.
            given["proxies"] = {}
        body: Any = request.body
        if hasattr(body, "read"):
            # A stream, such as an upload, can be read once, and may have to be sent again.
            request.body = body.read()
        waited = 0.0
        for number in range(1, TRIES + 1):
            reply, why = self._once(request, *args, **given)
            if reply is not None:
                return self._usable(reply)
            wait = why.wait if why.wait is not None else float(2**number) / 4
            waited += wait
            if number == TRIES or waited > BUDGET:
                break
            self._pause(wait)
        raise why.error

    def _once(
        self, request: requests.PreparedRequest, *args: Any, **given: Any
    ) -> "tuple[requests.Response | None, _Again]":
        try:
            reply = self._inner.send(request, *args, **given)
            _ = reply.content
        except OSError as error:
            insecure = refusal(_place(request), error)
            if insecure:
                raise insecure from None
            if not isinstance(error, _LOST):
                raise
            again = _Again(_unreachable(request, error))
            if not self._is_read(request) and not _never_sent(error):
                raise _unknown(request, "the connection was lost") from None
            return None, again
        wait = self._later(reply) if self._later else None
        if wait is not None or reply.status_code == requests.codes.too_many_requests:
            wait = retry_after(reply) if wait is None else wait
            return None, _Again(_busy(request, reply, wait), wait)
        broken = _broken(reply)
        if broken and not self._is_read(request):
            raise _unknown(request, broken)
        if broken:
            return None, _Again(_failing(request, broken), retry_after(reply))
        return reply, _NEVER

    def _usable(self, reply: requests.Response) -> requests.Response:
        host = urlsplit(reply.url or "").hostname
        if reply.is_redirect:
            there = urlsplit(reply.headers.get("location", "")).hostname or host
            raise DeskError(
                f"{host} sends us on to {there}, and credentials follow no redirect",
                "Set its address to where it really is.",
            )
        page = "text/html" in reply.headers.get("content-type", "")
        if reply.ok and page and not is_file(reply):
            raise DeskError(
                f"{host} answered with a web page instead of data",
                "A login page, a proxy or a sleeping instance does so: open the address in a "
                "browser, then run the command again.",
            )
        if self._check:
            self._check(reply)
        return reply


class _Again:
    """Why to try again, when (None: by our own back-off), and what to raise if it is no use."""

    def __init__(self, error: DeskError, wait: float | None = None) -> None:
        self.error, self.wait = error, wait


_NEVER = _Again(DeskError(""))


def retry_after(reply: requests.Response) -> float | None:
    """Seconds to wait as the reply says, in seconds or as a date; None where it does not say.

    Both forms are allowed by RFC 9110, section 10.2.3.
    """
    said = reply.headers.get("retry-after", "").strip()
    if not said:
        return None
    if said.isdecimal():
        return float(said)
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    except ValueError:
        return None


def _broken(reply: requests.Response) -> str:
    if reply.status_code >= requests.codes.internal_server_error:
        return f"status {reply.status_code}"
    if is_file(reply):
        return ""
    if "json" in reply.headers.get("content-type", "") and reply.content:
        try:
            reply.json()
        except ValueError:
            return "a reply that breaks off"
    return ""


def _never_sent(error: Exception) -> bool:
    if isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.ProxyError):
        return True
    cause = getattr(error.args[0], "reason", None) if error.args else None
    return type(cause).__name__ in (
        "NewConnectionError",
        "ConnectTimeoutError",
        "NameResolutionError",
    )


def _place(request: requests.PreparedRequest) -> str:
    return urlsplit(request.url or "").hostname or "the service desk"


def _unreachable(request: requests.PreparedRequest, error: Exception) -> UnreachableError:
    kind = (
        "does not answer in time"
        if isinstance(error, requests.exceptions.Timeout)
        else ("cannot be reached")
    )
    return UnreachableError(
        f"{_place(request)} {kind}",
        "Nothing was written by this request. Check the address and the network, "
        "then run the command again.",
    )


def _busy(
    request: requests.PreparedRequest, reply: requests.Response, wait: float | None
) -> UnreachableError:
    when = f" for {wait:.0f} seconds" if wait is not None else ""
    return UnreachableError(
        f"{_place(request)} takes no more requests{when} (status {reply.status_code})",
        "Run the command again after that time; it goes on where it stopped.",
    )


def _failing(request: requests.PreparedRequest, what: str) -> UnreachableError:
    return UnreachableError(
        f"{_place(request)} keeps failing: {what}",
        "Run the command again when it works; it goes on where it stopped.",
    )


def _unknown(request: requests.PreparedRequest, what: str) -> OutcomeUnknownError:
    return OutcomeUnknownError(
        f"{_place(request)} may or may not have done what it was asked: {what}",
        "Run the same command again: it looks before it writes, so nothing is done twice.",
    )
