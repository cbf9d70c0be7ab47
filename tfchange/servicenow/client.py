"""Requests to a ServiceNow instance: credentials, records, and what a refusal says."""

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

import msgspec

from tfchange import http
from tfchange.change.fit import one_line
from tfchange.errors import AccessDeniedError, DeskError
from tfchange.servicenow.config import ServiceNowConfig
from tfchange.servicenow.rows import Row, ignored, rows, value

if TYPE_CHECKING:
    import requests
    from requests.adapters import BaseAdapter

TOKEN = "/oauth_token.do"  # noqa: S105  # a path
TABLE = "/api/now/table"
PAGE = 200
"""Records asked for at a time."""
AT_ONCE = 50
"""Ids in one query, whose address must not grow too long."""
LASTS = 1799.0
"""Seconds that a token is good for where nothing is said."""
SAFETY = 60.0
"""Seconds before its end at which a token is no longer used."""
UNKNOWN_USER, FORBIDDEN, MISSING = 401, 403, 404


class RefusedError(DeskError):
    """ServiceNow answered that it will not; certainly nothing was written."""

    def __init__(self, message: str, advice: str, status: int) -> None:
        super().__init__(message, advice)
        self.status = status


class Reply(NamedTuple):
    """What came back: the result as it is, and its records in one form."""

    result: Any
    rows: list[Row]
    ignored: tuple[str, ...]
    total: int | None
    """How many records there are on all pages, where it was said."""
    body: bytes = b""


def asked(query: str, fields: str, limit: int) -> dict[str, str]:
    """What is asked of a table: so many records that match, with labels beside values."""
    told = {"sysparm_query": query, "sysparm_limit": str(limit)}
    told |= {"sysparm_display_value": "all", "sysparm_exclude_reference_link": "true"}
    return told | ({"sysparm_fields": fields} if fields else {})


def is_read(request: "requests.PreparedRequest") -> bool:
    """Whether the request only reads; asking for a token is no write to the desk."""
    return http.by_method(request) or (request.url or "").endswith(TOKEN)


class Client:
    """Speaks to one instance as one user."""

    def __init__(
        self,
        config: ServiceNowConfig,
        transport: "BaseAdapter | None",
        pause: "http.patience.Pause",
    ) -> None:
        self.base = http.checked_url(config.url, "servicenow.url (TFCHANGE_SERVICENOW_URL)")
        self.pause = pause
        self._config = config
        self._token, self._until = "", 0.0
        given: dict[str, Any] = {"transport": transport, "is_read": is_read, "pause": pause}
        # A header that is there anyway: some `auth` has to be given, or a netrc file would be used.
        self._bare = http.session(http.Authorization("application/json", "Accept"), **given)
        self._session = http.session(self._authorization(), **given)

    def _authorization(self) -> http.Authorization:
        config = self._config
        if config.kind == "api key":
            return http.Authorization(config.api_key, "x-sn-apikey")
        if config.kind == "oauth":
            return http.Authorization(lambda: f"Bearer {self._fresh()}")
        return http.basic(config.user, config.password)

    def _fresh(self) -> str:
        if not self._token or time.monotonic() > self._until:
            self._fetch_token()
        return self._token

    def _fetch_token(self) -> None:
        asked = {
            "grant_type": "client_credentials",
            "client_id": self._config.client_id,
            "client_secret": self._config.client_secret,
        }
        reply = self._answered(self._bare, "POST", TOKEN, data=asked)
        told = _json(reply) if reply.ok else {}
        if not isinstance(told, dict) or not told.get("access_token"):
            raise AccessDeniedError(
                f"ServiceNow gives no token for this client (status {reply.status_code})",
                "Check TFCHANGE_SERVICENOW_CLIENT_ID and TFCHANGE_SERVICENOW_CLIENT_SECRET, that "
                "the OAuth entity has an application user, and that the system property "
                "glide.oauth.inbound.client.credential.grant_type.enabled is true.",
            )
        self._token = str(told["access_token"])
        lasts = str(told.get("expires_in") or "")
        self._until = time.monotonic() + (float(lasts) if lasts.isdecimal() else LASTS) - SAFETY

    def get(self, path: str, **params: str) -> Reply:
        """What stands at the path."""
        return self.send("GET", path, params=params)

    def send(self, method: str, path: str, body: object = None, **given: Any) -> Reply:
        """The reply to one request; raises `DeskError` where it is refused."""
        if body is not None:
            given["data"] = msgspec.json.encode(body)
            given["headers"] = {"Content-Type": "application/json"}
        reply = self._answered(self._session, method, path, **given)
        if reply.status_code == UNKNOWN_USER and self._config.kind == "oauth":
            # The token was taken back before its time; what was sent has not been done.
            self._token = ""
            reply = self._answered(self._session, method, path, **given)
        if not reply.ok:
            raise self._refused(reply)
        if "json" not in reply.headers.get("content-type", ""):
            return Reply(None, [], (), None, reply.content)
        told = _json(reply)
        result = told.get("result") if isinstance(told, dict) else None
        total = reply.headers.get("x-total-count", "")
        count = int(total) if total.isdecimal() else None
        return Reply(result, rows(result), ignored(result), count, reply.content)

    def table(self, table: str, query: str, fields: str = "", limit: int = PAGE) -> Iterator[Row]:
        """All records of a table that match, by pages.

        A query that the instance does not understand matches everything, so that callers compare.
        """
        return self.pages(f"{TABLE}/{table}", asked(query, fields, limit), limit)

    def among(
        self, table: str, field: str, ids: Iterable[str], more: str, fields: str
    ) -> Iterator[Row]:
        """All records whose field is one of the ids and that match `more`, asked for in parts."""
        wanted = list(ids)
        for start in range(0, len(wanted), AT_ONCE):
            some = wanted[start : start + AT_ONCE]
            for row in self.table(table, f"{field}IN{','.join(some)}{more}", fields):
                if value(row, field) in some:
                    yield row

    def pages(self, path: str, asked: Mapping[str, str], step: int | None = None) -> Iterator[Row]:
        """All records of a list.

        Records that are hidden make pages short, so the end is where the count says, else where
        nothing new comes.
        """
        offset, seen = 0, set[str]()
        while True:
            reply = self.get(path, **asked, sysparm_offset=str(offset))
            new = [each for each in reply.rows if value(each, "sys_id") not in seen]
            yield from new
            seen.update(value(each, "sys_id") for each in new)
            offset += step or len(reply.rows)
            more = offset < reply.total if reply.total is not None and step else bool(new)
            if not more:
                return

    def first(self, table: str, query: str, fields: str = "", limit: int = 10) -> list[Row]:
        """The first records of a table that match, in one request; none where it is hidden."""
        try:
            return self.get(f"{TABLE}/{table}", **asked(query, fields, limit)).rows
        except (RefusedError, AccessDeniedError):
            return []

    def _answered(
        self, session: "requests.Session", method: str, path: str, **given: Any
    ) -> "requests.Response":
        try:
            return session.request(method, self.base + quote(path, safe="/()"), **given)
        except DeskError as error:
            if "web page" in error.message:
                error.advice = WEB_PAGE
            raise

    def _refused(self, reply: "requests.Response") -> DeskError:
        status, said = reply.status_code, self._said(reply)
        if status == UNKNOWN_USER:
            names = CREDENTIALS[self._config.kind]
            factor = " It asks for a second factor: use a user with web service access only."
            return AccessDeniedError(
                f"ServiceNow does not know these credentials ({self._config.kind})",
                f"Check {names}, and that the user is active and may use web services."
                + (factor if "x-mfa_token" in reply.headers else ""),
            )
        if status == FORBIDDEN and not _by_rule(said):
            return AccessDeniedError(f"ServiceNow does not let us: {said}", ROLES)
        advice = RULE if _by_rule(said) else RECORD if status == MISSING else GENERAL
        return RefusedError(f"ServiceNow refused (status {status}): {said}", advice, status)

    def _said(self, reply: "requests.Response") -> str:
        """What the error body says, within a line; no secret of ours is in it."""
        told = _json(reply) if "json" in reply.headers.get("content-type", "") else {}
        error = told.get("error") if isinstance(told, dict) else None
        parts = [error] if isinstance(error, str) else []
        if isinstance(error, dict):
            parts = [str(error.get(part) or "") for part in ("message", "detail")]
        text = ": ".join(dict.fromkeys(part.strip() for part in parts if part.strip()))
        for secret in self._config.secrets:
            text = text.replace(secret, "…")
        return one_line(text, 300) or "no reason given"


CREDENTIALS = {
    "basic": "TFCHANGE_SERVICENOW_USER and TFCHANGE_SERVICENOW_PASSWORD",
    "oauth": "TFCHANGE_SERVICENOW_CLIENT_ID and TFCHANGE_SERVICENOW_CLIENT_SECRET",
    "api key": "TFCHANGE_SERVICENOW_API_KEY",
}
WEB_PAGE = (
    "A developer instance that hibernates does so: open the address in a browser or wake it at "
    "developer.servicenow.com. Otherwise it is a login page or a proxy: check "
    "TFCHANGE_SERVICENOW_URL. Then run the command again."
)
ROLES = "Give the user the role sn_change_write or itil; tfchange doctor says what is missing."
RULE = "A rule of the instance forbids it; show its name to the administrator of ServiceNow."
RECORD = "The record was deleted, or the user may not read it: tfchange doctor checks the roles."
GENERAL = "Run: tfchange doctor. It checks the settings against the instance."


def _by_rule(said: str) -> bool:
    return any(word in said.casefold() for word in ("business rule", "data policy", "aborted"))


def _json(reply: "requests.Response") -> Any:
    try:
        return reply.json()
    except ValueError:
        return {}
