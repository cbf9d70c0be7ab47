"""Sessions with our policy, how they say who we are, and which servers they may speak to."""

import re
import time
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter

from tfchange.errors import SettingsError
from tfchange.http.patience import Check, IsRead, Later, Patience, Pause, by_method

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_LABEL = re.compile(r"[A-Za-z0-9_-]{1,63}")
_HEADER = re.compile(r"[\x20-\x7e\xa0-\xff]*")


def checked_url(url: str, setting: str, *, secrets: bool = True) -> str:
    """The address of a server without its last slash; `SettingsError` where it cannot be used.

    Plain http is for this machine alone where credentials are sent, which `secrets` says.
    """
    parts = _parts(url.strip(), setting)
    host = parts.hostname or ""
    if secrets and parts.scheme == "http" and host not in _LOOPBACK:
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


def _parts(url: str, setting: str) -> SplitResult:
    example = f"Set {setting} to something like https://example.com"
    # Split, some of these would vanish and leave the address of another server.
    if re.search(r"[\s\x00-\x1f\x7f]", url):
        raise SettingsError(f"{setting} holds a space, a line end or a control character", example)
    try:
        url.encode()
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
        known = parts.scheme in ("http", "https") and bool(host)
        sound = not known or _names_a_host(host)
    except ValueError:
        known, sound = True, False
    if not sound:
        raise SettingsError(
            f"{setting} is not the address of a server: its host or its port cannot be one", example
        )
    if not known:
        raise SettingsError(
            f"{setting} is not the address of a server: it must begin with https://", example
        )
    return parts


def _names_a_host(host: str) -> bool:
    """Whether a host is an address or a name of labels; a `ValueError` where it is far from it."""
    if ":" in host:
        return bool(ip_address(host))
    # By the rules that requests follows, which are not those of Python itself.
    name = host.encode("idna").decode() if host.isascii() else _international(host)
    return all(_LABEL.fullmatch(label) for label in name.removesuffix(".").split("."))


def _international(host: str) -> str:
    import idna

    return idna.encode(host, uts46=True).decode()


UNFIT = "it holds characters that no token has, so that it cannot be sent; copy it again"
"""What is said of a secret that does not fit a header, without quoting it."""


def fits_header(value: str) -> bool:
    """Whether the value can be sent as a header: Latin-1, no control characters, no outer space."""
    return bool(_HEADER.fullmatch(value)) and value == value.strip()


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


class Anonymous(requests.auth.AuthBase):
    """Says nothing of who we are; being an `auth`, it keeps a netrc file from doing so."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """The request as it was."""
        return request


def basic(user: str, password: str) -> Authorization:
    """Basic authentication, in UTF-8; `SettingsError` for what is no text at all."""
    from base64 import b64encode

    try:
        both = f"{user}:{password}".encode()
    except UnicodeEncodeError:
        raise SettingsError(
            "the user or the password of the service desk is not text in UTF-8",
            "Set both anew in a terminal that writes UTF-8.",
        ) from None
    return Authorization(f"Basic {b64encode(both).decode()}")


def session(  # noqa: PLR0913  # what a session can differ in
    auth: requests.auth.AuthBase | None = None,
    *,
    transport: BaseAdapter | None = None,
    headers: Mapping[str, str] | None = None,
    is_read: IsRead | None = None,
    check: Check | None = None,
    later: Later | None = None,
    pause: Pause = time.sleep,
) -> requests.Session:
    """A session with the policy of `patience`; `mount` says what the parameters are."""
    made = requests.Session()
    made.auth = auth
    made.headers.update({"Accept": "application/json", **(headers or {})})
    mount(made, transport=transport, is_read=is_read, check=check, later=later, pause=pause)
    return made


def mount(  # noqa: PLR0913  # what a session can differ in
    some: requests.Session,
    *,
    transport: BaseAdapter | None = None,
    is_read: IsRead | None = None,
    check: Check | None = None,
    later: Later | None = None,
    pause: Pause = time.sleep,
) -> None:
    """The session follows the policy of `patience` from now on.

    `is_read` knows requests that only read although they are sent by POST; `check` may raise on a
    reply that only looks like a success, and `later` knows replies that say *later* in a way of
    the server's own. `transport` carries requests instead of the network, and
    `pause` waits, both for tests and rehearsals.
    """
    patient = Patience(transport or HTTPAdapter(), is_read or by_method, check, pause, later)
    some.adapters.clear()
    some.mount("https://", patient)
    some.mount("http://", patient)
