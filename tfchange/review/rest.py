"""Requests to the REST interface of a forge, and what its refusals mean."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from tfchange import __version__, http
from tfchange.errors import AccessDeniedError, DeskError
from tfchange.review.host import GoneError, ReadOnlyError
from tfchange.words import plain

if TYPE_CHECKING:
    from requests import PreparedRequest, Response
    from requests.adapters import BaseAdapter
    from requests.auth import AuthBase

Json = Any
Next = str | Mapping[str, str] | None
"""The address of the next page, or the parameters that lead to it; None or `""` after the last."""

_UNKNOWN, _FORBIDDEN, _MISSING, _GONE = 401, 403, 404, 410
_LONGEST = 300
_SAYING = ("message", "error_description", "error", "errors", "detail")


class Facts(msgspec.Struct, frozen=True):
    """What is said of a forge where it refuses something."""

    name: str
    """Such as `GitHub`."""
    token: str
    """The variable with the token."""
    setting: str
    """The variable with the address."""
    given: str
    """How the token is given, for one that is not accepted."""
    rights: str
    """Which rights it needs, for one that may not."""
    place: str
    """What to check where something is not found, or refused for another reason."""


class RefusedError(DeskError):
    """The forge did not do what it was asked, for certain."""

    def __init__(self, facts: Facts, status: int, said: str) -> None:
        super().__init__(f"{facts.name} refused (status {status}): {said}", facts.place)
        self.status = status

    @property
    def missing(self) -> bool:
        """Whether there is no such thing, as far as the token may see."""
        return self.status in (_MISSING, _GONE)


class Rest:
    """A forge as one token sees it; `place` is the path of the repository below the address."""

    def __init__(  # noqa: PLR0913  # what sessions of forges differ in
        self,
        facts: Facts,
        base: str,
        place: str,
        auth: "AuthBase",
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        transport: "BaseAdapter | None" = None,
        is_read: "Callable[[PreparedRequest], bool] | None" = None,
        later: "Callable[[Response], float | None] | None" = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.facts = facts
        self.base = http.checked_url(base, facts.setting)
        self._place = place
        self._session = http.session(
            auth,
            headers={"User-Agent": f"tfchange/{__version__}", **(headers or {})},
            transport=transport, is_read=is_read, check=self._check, later=later, pause=pause,
        )  # fmt: skip
        self._session.params = dict(params or {})

    def get(self, path: str, **params: str | int) -> Json:
        """What stands at the path below the repository; an absolute path is below the address."""
        return _told(self._session.get(self._url(path), params=params))

    def send(self, method: str, path: str, body: Json = None) -> Json:
        """The reply to a write."""
        data = msgspec.json.encode(body) if body is not None else None
        kind = {"Content-Type": "application/json"} if data else {}
        return _told(self._session.request(method, self._url(path), data=data, headers=kind))

    def edit(self, method: str, path: str, body: Json) -> None:
        """What stands at the path is as the body says; `GoneError` where nothing stands there."""
        try:
            self.send(method, path, body)
        except RefusedError as refused:
            if refused.missing:
                raise GoneError("the comment is not there any more", refused.advice) from None
            raise

    def drop(self, path: str) -> None:
        """What stands at the path is gone, also where it was before."""
        try:
            self.send("DELETE", path)
        except RefusedError as refused:
            if not refused.missing:
                raise

    def pages(
        self, path: str, following: "Callable[[Response], Next]", **params: str | int
    ) -> Iterator[Json]:
        """Each page of a list; the token goes to no other server, whatever a page says."""
        url, asked = self._url(path), dict(params)
        while True:
            reply = self._session.get(url, params=asked)
            yield reply.json()
            told = following(reply)
            if not told:
                return
            if not isinstance(told, str):
                asked |= told
                continue
            if not told.startswith(f"{self.base}/"):
                raise DeskError(
                    f"{self.facts.name} continues a list at another server, where the token does "
                    "not go",
                    f"Set {self.facts.setting} to the address of the API itself.",
                )
            url, asked = told, {}

    def refused(self, status: int, said: str) -> RefusedError:
        """The error for a refusal that is not told by the status."""
        return RefusedError(self.facts, status, said)

    def _url(self, path: str) -> str:
        return f"{self.base}{path}" if path.startswith("/") else f"{self.base}{self._place}/{path}"

    def _check(self, reply: "Response") -> None:
        if reply.ok:
            return
        name = self.facts.name
        if reply.status_code == _UNKNOWN:
            raise AccessDeniedError(
                f"{name} does not accept the token: it is wrong, expired or revoked",
                self.facts.given,
            )
        said = _words(reply)
        if reply.status_code == _FORBIDDEN:
            raise ReadOnlyError(f"{name} does not allow this: {said}", self.facts.rights)
        raise RefusedError(self.facts, reply.status_code, said)


def bearer(facts: Facts, token: str, header: str = "Authorization") -> "AuthBase":
    """The token as a header; `AccessDeniedError` where it cannot be one."""
    if not http.fits_header(token):
        raise AccessDeniedError(
            f"the token of {facts.token} cannot be used: {http.UNFIT}", facts.given
        )
    return http.Authorization(f"Bearer {token}" if header == "Authorization" else token, header)


def linked(reply: "Response") -> str:
    """The next page by the header `Link` of RFC 8288; `""` where there is none."""
    return str(reply.links.get("next", {}).get("url", ""))


def _told(reply: "Response") -> Json:
    return reply.json() if reply.content else {}


def _words(reply: "Response") -> str:
    """What the forge says, in one line."""
    try:
        told = reply.json()
    except ValueError:
        told = None
    said = "; ".join(plain(word) for word in _sayings(told))
    return said[:_LONGEST] or "it does not say why"


def _sayings(told: Json) -> Iterator[str]:
    """The sentences in an error, which is an object, a list or a sentence."""
    if isinstance(told, str):
        yield told
    elif isinstance(told, list):
        for each in told:
            yield from _sayings(each)
    elif isinstance(told, dict):
        known = [key for key in _SAYING if told.get(key)]
        for key in known or told:
            yield from _sayings(told[key])
