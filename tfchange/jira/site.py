"""One Jira site: the package's client under our policy, and what its refusals mean.

The `jira` package keeps the connection, reads fields, transitions and attachments, and searches
Data Centers. Where it lacks a call, or sends what the site does not accept, a thin call goes
through the same session.
"""

import time
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec

from tfchange import http
from tfchange.change.request import Text
from tfchange.errors import AccessDeniedError, DeskError
from tfchange.jira.config import JiraConfig
from tfchange.jira.text import adf, clean, wiki

if TYPE_CHECKING:
    from jira import JIRA
    from requests import PreparedRequest, Response
    from requests.adapters import BaseAdapter

Json = Any
LOGGERS = ("jira", "jira.resilientsession")

_BAD_REQUEST, _UNKNOWN, _FORBIDDEN, _MISSING = 400, 401, 403, 404
_FAILED_LOGINS = ("AUTHENTICATED_FAILED", "AUTHENTICATION_DENIED")
_LONGEST = 300
_TO_DOCTOR = "See what is wrong with: tfchange doctor"


class RefusedError(DeskError):
    """Jira did not do what it was asked, for certain; with its words by field."""

    def __init__(self, status: int, errors: dict[str, str], said: str, advice: str) -> None:
        super().__init__(said, advice)
        self.status, self.errors = status, errors


class ForbiddenError(AccessDeniedError):
    """Jira knows who we are, and does not let us do this."""


class Site:
    """A site as one user sees it; nothing is asked before it is needed."""

    def __init__(
        self,
        config: JiraConfig,
        transport: "BaseAdapter | None" = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.config = config
        self.url = http.checked_url(config.url, "jira.url (TFCHANGE_JIRA_URL)")
        self.pause = pause
        self._transport = transport

    @cached_property
    def info(self) -> dict[str, Json]:
        """What the server says of itself."""
        return dict(self.get("api/2/serverInfo"))

    @cached_property
    def cloud(self) -> bool:
        """Whether it is Jira Cloud: version 3 of the API, ADF, account ids."""
        if self.config.deployment != "auto":
            return self.config.deployment == "cloud"
        return bool(self.info.get("deploymentType") == "Cloud")

    @cached_property
    def home(self) -> str:
        """The address under which people open it; a token's gateway is not that."""
        gateway = self.config.deployment == "auto" and self.cloud
        return str((gateway and self.info.get("baseUrl")) or self.url).rstrip("/")

    @cached_property
    def me(self) -> dict[str, Json]:
        """The user we are; an `AccessDeniedError` where the site does not know us."""
        return dict(self.client.myself())

    def verify(self) -> None:
        """The site knows us at this moment; an `AccessDeniedError` otherwise."""
        self.__dict__["me"] = dict(self.client.myself())

    @cached_property
    def client(self) -> "JIRA":
        """The package's client, at the version of the API that this site has."""
        self._bare._options["rest_api_version"] = self.version
        return self._bare

    @property
    def version(self) -> str:
        """The version of the API."""
        return "3" if self.cloud else "2"

    def page(self, key: str) -> str:
        """The address of an issue for people."""
        return f"{self.home}/browse/{key}"

    def is_me(self, user: dict[str, Json] | None) -> bool:
        """Whether a user in a reply is the one we are."""
        name = "accountId" if self.cloud else "name"
        return bool(user) and user is not None and user.get(name) == self.me.get(name)

    def person(self, name: str) -> dict[str, str]:
        """A user as this site wants them named."""
        return {"accountId" if self.cloud else "name": name}

    def markup(self, text: Text) -> Json:
        """The text in the markup of this site."""
        return adf(text) if self.cloud else wiki(text)

    def written(self, text: Text) -> str:
        """The text as the site will measure it."""
        made = self.markup(text)
        return made if isinstance(made, str) else msgspec.json.encode(made).decode()

    def get(self, path: str, **params: Json) -> Json:
        """The reply of a thin call below `/rest/`."""
        return self._told(self._session.get(self._url(path), params=params))

    def file(self, url: str, **params: Json) -> bytes:
        """What is there, as it is; `DeskError` where it is not at this site.

        The token is sent along, so it goes nowhere else, and a redirect is not followed.
        """
        if not url.startswith(f"{self.url}/"):
            raise DeskError(
                "Jira keeps its files at another address than jira.url, and no token is sent there",
                "Set jira.url to the base URL that Jira has in its general configuration.",
            )
        reply = self._session.get(url, params=params, headers={"Accept": http.FILE})
        return bytes(reply.content)

    def post(self, path: str, body: Json) -> Json:
        """The reply of a thin call below `/rest/`."""
        return self._told(self._session.post(self._url(path), data=msgspec.json.encode(body)))

    def put(self, path: str, body: Json) -> Json:
        """The reply of a thin call below `/rest/`."""
        return self._told(self._session.put(self._url(path), data=msgspec.json.encode(body)))

    def api(self, path: str) -> str:
        """The path of a call of the platform, below `/rest/`."""
        return f"api/{self.version}/{path}"

    @cached_property
    def _bare(self) -> "JIRA":
        _silence()
        from jira import JIRA

        made = JIRA(
            options={"server": self.url, "rest_api_version": "2"},
            get_server_info=False, logging=False, max_retries=0, timeout=http.TIMEOUT,
        )  # fmt: skip
        user, token = self.config.user, self.config.token
        made._session.auth = (
            http.basic(user, token) if user else http.Authorization(f"Bearer {token}")
        )
        made._session.headers["X-ExperimentalApi"] = "opt-in"
        http.mount(
            made._session,
            transport=self._transport, is_read=is_read, check=_check, pause=self.pause,
        )  # fmt: skip
        return made

    @property
    def _session(self) -> Json:
        return self._bare._session

    def _url(self, path: str) -> str:
        return f"{self.url}/rest/{path}"

    def _told(self, reply: "Response") -> Json:
        return reply.json() if reply.content else {}


def is_read(request: "PreparedRequest") -> bool:
    """Whether the request only reads: a search is sent by POST."""
    path = str(request.url or "").partition("?")[0]
    return http.by_method(request) or path.endswith(("/search/jql", "/api/2/search"))


def _silence() -> None:
    # The package logs headers and bodies at its debug level, and bodies of odd replies as errors.
    import logging

    for name in LOGGERS:
        logging.getLogger(name).disabled = True


def _check(reply: "Response") -> None:
    # An expired token gets an anonymous, empty success: only this header tells it from nothing.
    reason = reply.headers.get("x-seraph-loginreason", "")
    if reply.status_code == _UNKNOWN or any(each in reason for each in _FAILED_LOGINS):
        raise AccessDeniedError(
            "Jira does not accept the credentials: the token is wrong, expired or revoked",
            "Make a new token and set TFCHANGE_JIRA_TOKEN (on Cloud also TFCHANGE_JIRA_USER).",
        )
    if reply.ok:
        if http.is_file(reply):
            return
        if reply.content and "json" not in reply.headers.get("content-type", ""):
            raise DeskError(
                "what answers is not Jira's API: the reply is not JSON",
                "Set jira.url to the address of the site itself.",
            )
        return
    errors, said = _words(reply)
    if reply.status_code == _FORBIDDEN:
        raise ForbiddenError(f"Jira does not allow this: {said}", _TO_DOCTOR)
    raise RefusedError(
        reply.status_code, errors, f"Jira refused (status {reply.status_code}): {said}", _TO_DOCTOR
    )


def _words(reply: "Response") -> tuple[dict[str, str], str]:
    """What Jira says by field, and all of it as one line; the service desk has another form."""
    try:
        told = reply.json()
    except ValueError:
        told = {}
    told = told if isinstance(told, dict) else {}
    by_field = told.get("errors")
    errors = {str(k): str(v) for k, v in by_field.items()} if isinstance(by_field, dict) else {}
    general = told.get("errorMessages") or [told.get("errorMessage") or told.get("message") or ""]
    words = [str(each) for each in general if each] + [f"{k}: {v}" for k, v in errors.items()]
    return errors, clean("; ".join(words))[:_LONGEST] or "it does not say why"


def missing(error: RefusedError) -> bool:
    """Whether it was refused because there is no such thing, as far as we may see."""
    return error.status == _MISSING


def faulty(error: RefusedError) -> bool:
    """Whether it was refused for what was in it."""
    return error.status == _BAD_REQUEST
