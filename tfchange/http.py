"""Sessions that wait and try again where that is safe, and never repeat a write that may be done.

The policy stands in one transport that any `requests.Session` can be given, also the one of a
vendor's own package. What it raises names hosts and status codes, never headers or bodies.

| what happens | a read | a write |
|---|---|---|
| no connection was made | again | again: it was never sent |
| 429 | again, when it says so | again: it was not processed |
| connection lost, timeout, 5xx, broken reply | again | `OutcomeUnknownError` |
| a web page instead of data, a redirect | refused | refused |
"""

import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
import requests
from requests.adapters import BaseAdapter, HTTPAdapter

from tfchange.errors import DeskError, OutcomeUnknownError, SettingsError, UnreachableError

READS = frozenset({"GET", "HEAD", "OPTIONS"})
TIMEOUT = (10.0, 60.0)
"""Seconds to connect, and between two bytes of a reply."""
TRIES = 5
BUDGET = 90.0
"""Seconds that all waiting for one request may take together."""

Pause = Callable[[float], None]
Check = Callable[[requests.Response], None]
IsRead = Callable[[requests.PreparedRequest], bool]

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_LOST = (
    requests.exceptions.ConnectionError,
    requests.exceptions.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)


def checked_url(url: str, setting: str) -> str:
    """The address of a server without its last slash; `SettingsError` where it cannot be used.

    Plain http is for this machine alone, since it carries credentials.
    """
    parts = urlsplit(url.strip())
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise SettingsError(
            f"{setting} is not the address of a server: it must begin with https://",
            f"Set {setting} to something like https://example.com",
        )
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise SettingsError(
            f"{setting} begins with http://, which would send credentials in the clear",
            f"Set {setting} to https://{host}; plain http is only for this machine (127.0.0.1).",
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise SettingsError(
            f"{setting} may hold only a scheme, a host and a path",
            "Credentials have settings of their own, see docs/settings.md.",
        )
    return parts.geturl().rstrip("/")


class Authorization(requests.auth.AuthBase):
    """Sets one header to a secret; being an `auth`, it keeps a netrc file from replacing it."""

    def __init__(self, value: str | Callable[[], str], header: str = "Authorization") -> None:
        self._value, self._header = value, header

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """The request with the header."""
        value = self._value if isinstance(self._value, str) else self._value()
        request.headers[self._header] = value
        return request

    def __repr__(self) -> str:
        return f"Authorization({self._header})"


def basic(user: str, password: str) -> Authorization:
    """Basic authentication, in UTF-8."""
    from base64 import b64encode

    return Authorization(f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}")


def session(  # noqa: PLR0913  # what a session can differ in
    auth: requests.auth.AuthBase | None = None,
    *,
    transport: BaseAdapter | None = None,
    headers: Mapping[str, str] | None = None,
    is_read: IsRead | None = None,
    check: Check | None = None,
    pause: Pause = time.sleep,
) -> requests.Session:
    """A session with the policy above; `mount` says what the parameters are."""
    made = requests.Session()
    made.auth = auth
    made.headers.update({"Accept": "application/json", **(headers or {})})
    mount(made, transport=transport, is_read=is_read, check=check, pause=pause)
    return made


def mount(
    some: requests.Session,
    *,
    transport: BaseAdapter | None = None,
    is_read: IsRead | None = None,
    check: Check | None = None,
    pause: Pause = time.sleep,
) -> None:
    """The session follows the policy above from now on.

    `is_read` knows requests that only read although they are sent by POST; `check` may raise on a
    reply that only looks like a success. `transport` carries requests instead of the network, and
    `pause` waits, both for tests and rehearsals.
    """
    patient = Patience(transport or HTTPAdapter(), is_read or by_method, check, pause)
    some.adapters.clear()
    some.mount("https://", patient)
    some.mount("http://", patient)


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


def by_method(request: requests.PreparedRequest) -> bool:
    """Whether the request only reads, by its method."""
    return request.method in READS


class Patience(BaseAdapter):
    """A transport that tries again where that is safe; see the table above."""

    def __init__(
        self, inner: BaseAdapter, is_read: IsRead, check: Check | None, pause: Pause
    ) -> None:
        super().__init__()
        self._inner, self._is_read, self._check, self._pause = inner, is_read, check, pause

    def close(self) -> None:
        """The inner transport is closed."""
        self._inner.close()

    def send(self, request: requests.PreparedRequest, *args: Any, **given: Any) -> Any:
        """The reply, read to its end."""
        given["timeout"] = given.get("timeout") or TIMEOUT
        given["stream"] = False
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
        except _LOST as error:
            again = _Again(_unreachable(request, error))
            if not self._is_read(request) and not _never_sent(error):
                raise _unknown(request, "the connection was lost") from None
            return None, again
        if reply.status_code == requests.codes.too_many_requests:
            return None, _Again(_busy(request, reply), retry_after(reply))
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
                "Set the address of the service desk to where it really is.",
            )
        if reply.ok and "text/html" in reply.headers.get("content-type", ""):
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
    if said.isdigit():
        return float(said)
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    except ValueError:
        return None


def _broken(reply: requests.Response) -> str:
    if reply.status_code >= requests.codes.internal_server_error:
        return f"status {reply.status_code}"
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


def _busy(request: requests.PreparedRequest, reply: requests.Response) -> UnreachableError:
    wait = retry_after(reply)
    when = f" for {wait:.0f} seconds" if wait is not None else ""
    return UnreachableError(
        f"{_place(request)} takes no more requests{when} (status 429)",
        "Run the command again after that time; it goes on where it stopped.",
    )


def _failing(request: requests.PreparedRequest, what: str) -> UnreachableError:
    return UnreachableError(
        f"{_place(request)} keeps failing: {what}",
        "Run the command again when the service desk works; it goes on where it stopped.",
    )


def _unknown(request: requests.PreparedRequest, what: str) -> OutcomeUnknownError:
    return OutcomeUnknownError(
        f"{_place(request)} may or may not have done what it was asked: {what}",
        "Run the same command again: it looks before it writes, so nothing is done twice.",
    )
