"""A fake GitHub with one pull request: a transport for `requests`, or a server by `serve`.

It keeps what it is told, refuses what GitHub refuses beyond its description, and is judged by it.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from requests.adapters import BaseAdapter

from tests.review import spec
from tests.review.records import ROBOT, Account
from tests.review.repository import NO_RIGHT, Repository
from tests.review.wire import Asked, Told, refused, serve

TOKEN = "ghs_s3cret-token-marker"  # noqa: S105  # planted, to be looked for


class GitHubFake(Repository, BaseAdapter):
    """One repository. `breaches` holds what was done against GitHub's description."""

    def __init__(self, me: Account = ROBOT, *, judged: bool = True) -> None:
        super().__init__(me)
        self.base, self._judged = spec.BASE, judged
        self.breaches: list[str] = []
        self.calls: list[str] = []
        self.planned: list[tuple[str, Told]] = []
        """Replies to the next requests that fit a pattern, given without doing anything."""
        self.before: list[tuple[str, Callable[[], None]]] = []
        """What happens just before a request that fits a pattern is answered, once."""

    def close(self) -> None:
        """Nothing is open."""

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """The reply of GitHub."""
        parts = urlsplit(request.url or "")
        raw = request.body or b""
        headers = {k.lower(): str(v) for k, v in request.headers.items()}
        body = raw.encode() if isinstance(raw, str) else bytes(raw)
        told = self.answer(
            Asked(
                request.method or "",
                unquote(parts.path),
                dict(parse_qsl(parts.query)),
                headers,
                body,
            )
        )
        made = requests.Response()
        made.status_code, made.request, made.url = told.status, request, request.url or ""
        made.headers.update(
            {"Content-Type": "application/json; charset=utf-8", **dict(told.headers)}
        )
        made._content = told.data
        return made

    def answer(self, asked: Asked) -> Told:
        """The reply, judged."""
        asked = asked._replace(path=asked.path.removeprefix(self.prefix))
        self.calls.append(f"{asked.method} {asked.path}")
        for number, (pattern, act) in enumerate(self.before):
            if re.search(pattern, self.calls[-1]):
                del self.before[number]
                act()
                break
        for number, (pattern, told) in enumerate(self.planned):
            if re.search(pattern, self.calls[-1]):
                del self.planned[number]
                return told
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return refused(401, "Bad credentials")
        if not asked.headers.get("user-agent"):
            return refused(403, "Request forbidden by administrative rules.")
        if asked.path.endswith("/graphql"):
            return self.query(asked.json)
        told = self.route(asked)
        if not self._judged or "/pulls" in asked.path:
            return told  # A pull request is described in 60 fields, of which one is read.
        self.breaches += spec.breaches(
            asked.method, asked.path, asked.query, asked.body, told.status, told.data
        )
        return told


__all__ = ["NO_RIGHT", "TOKEN", "Asked", "GitHubFake", "Told", "refused", "serve"]
