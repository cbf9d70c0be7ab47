"""Sessions with our policy, how they say who we are, and which servers they may speak to."""

import time
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter

from tfchange.errors import SettingsError
from tfchange.http.patience import Check, IsRead, Patience, Pause, by_method

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


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
    """A session with the policy of `patience`; `mount` says what the parameters are."""
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
    """The session follows the policy of `patience` from now on.

    `is_read` knows requests that only read although they are sent by POST; `check` may raise on a
    reply that only looks like a success. `transport` carries requests instead of the network, and
    `pause` waits, both for tests and rehearsals.
    """
    patient = Patience(transport or HTTPAdapter(), is_read or by_method, check, pause)
    some.adapters.clear()
    some.mount("https://", patient)
    some.mount("http://", patient)
