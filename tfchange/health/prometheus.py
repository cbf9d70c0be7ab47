"""Questions to a Prometheus, or to whatever speaks its HTTP API (Thanos, Mimir, VictoriaMetrics).

https://prometheus.io/docs/prometheus/latest/querying/api/
"""

import time
from collections.abc import Callable
from datetime import datetime
from math import ceil, floor
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tfchange.errors import DeskError, HealthError, SettingsError, UnansweredError
from tfchange.health.reply import Answer, NoNumberError, Reply, answer, decoded, harmless

if TYPE_CHECKING:
    from requests import Response, Session
    from requests.auth import AuthBase

STEP = 15
"""Seconds between two looks at a range; metrics are seldom taken more often."""
MOST_STEPS = 10_999
"""Prometheus refuses more than 11,000 points."""

_RUN_AGAIN = "Check the address in health.prometheus and the network, then run the command again."
_NOT_ALLOWED = "Set TFCHANGE_PROMETHEUS_TOKEN, or TFCHANGE_PROMETHEUS_USER and _PASSWORD; "
_NOT_ALLOWED += "docs/health.md says how."


class Prometheus:
    """Asks one server; every method raises `HealthError` where it gives no usable answer."""

    def __init__(self, url: str, some: "Session") -> None:
        self._url, self._session = url, some
        self._host = urlsplit(url).hostname or ""

    def at(self, what: str, query: str, when: datetime) -> Answer:
        """What the query gives at that moment; `what` names it in errors."""
        return self._ask(what, "query", {"query": query, "time": _stamp(when)})

    def over(self, what: str, query: str, start: datetime, end: datetime) -> Answer:
        """What the query gives from start to end, both included, looked at every `step`."""
        ends = {"start": _stamp(start), "end": _stamp(end)}
        every = f"{step((end - start).total_seconds()):.3f}"
        return self._ask(what, "query_range", {"query": query, "step": every, **ends})

    def _ask(self, what: str, path: str, form: dict[str, str]) -> Answer:
        url = f"{self._url}/api/v1/{path}"
        try:
            told = self._session.post(url, data=form)
            if told.status_code == 405:
                # Some proxies let only GET through.
                told = self._session.get(url, params=form)
        except DeskError as error:
            raise UnansweredError(f"{what}: {error.message}", _RUN_AGAIN) from None
        try:
            return answer(self._reply(what, told))
        except NoNumberError as error:
            raise HealthError(
                f"{what}: the query {error}", "Change the query so that it gives numbers."
            ) from None
        except ValueError:
            raise UnansweredError(
                f"{what}: {self._host} answered what no Prometheus does "
                f"(status {told.status_code})",
                "Check health.prometheus: it is the address before /api/v1, with any prefix.",
            ) from None

    def _reply(self, what: str, told: "Response") -> Reply:
        if told.status_code in (401, 403):
            raise HealthError(
                f"{what}: {self._host} does not let us ask (status {told.status_code})",
                _NOT_ALLOWED,
            )
        reply = decoded(told.content)
        if not told.ok or reply.status != "success":
            kind = harmless(reply.error_type) or f"status {told.status_code}"
            raise HealthError(
                f"{what}: {self._host} refused the query ({kind}): {harmless(reply.error)}",
                "Try the query in the web page of the server, and correct it where it stands.",
            )
        return reply


def step(length: float) -> float:
    """The seconds from look to look over so many seconds, whole milliseconds.

    The first look is at the start, the last at the end or less than a step before.
    """
    looks = min(MOST_STEPS, max(1, ceil(length / STEP)))
    return max(floor(length * 1000 / looks), 1) / 1000


def connect(  # noqa: PLR0913  # the ways to say who we are
    url: str,
    *,
    token: str = "",
    user: str = "",
    password: str = "",
    transport: Any = None,
    pause: Callable[[float], None] = time.sleep,
) -> Prometheus:
    """Ready to ask the server; `SettingsError` where address or credentials cannot be used.

    Plain http is fine as long as no credentials are sent. Reads alone are ever sent, so that all of
    them may be repeated.
    """
    from tfchange import http

    auth = _auth(token, user, password)
    checked = http.checked_url(url, "health.prometheus", secrets=bool(token or user))
    some = http.session(auth, transport=transport, is_read=lambda _: True, pause=pause)
    return Prometheus(checked, some)


def _auth(token: str, user: str, password: str) -> "AuthBase":
    from tfchange import http

    if token and (user or password):
        raise SettingsError(
            "both a token and a user are set for Prometheus",
            "Unset TFCHANGE_PROMETHEUS_TOKEN, or TFCHANGE_PROMETHEUS_USER and _PASSWORD.",
        )
    if bool(user) != bool(password):
        raise SettingsError(
            "only one of TFCHANGE_PROMETHEUS_USER and TFCHANGE_PROMETHEUS_PASSWORD is set",
            "Set both of them, or none.",
        )
    if not http.fits_header(token):
        raise SettingsError(
            f"TFCHANGE_PROMETHEUS_TOKEN cannot be used: {http.UNFIT}",
            "Set it to the token alone.",
        )
    if token:
        return http.Authorization(f"Bearer {token}")
    return http.basic(user, password) if user else http.Anonymous()


def _stamp(when: datetime) -> str:
    return f"{when.timestamp():.3f}"
