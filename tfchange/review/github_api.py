"""Requests to GitHub, on github.com or on a server of one's own, and what its refusals mean.

https://docs.github.com/en/rest/using-the-rest-api
"""

import re
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from tfchange import http
from tfchange.review.rest import Facts, Json, RefusedError, Rest, bearer, linked

if TYPE_CHECKING:
    from requests import PreparedRequest, Response
    from requests.adapters import BaseAdapter

PUBLIC = "https://api.github.com"
VERSION = "2022-11-28"
PAGE = 100
MINUTE = 60.0
"""Seconds to wait where a secondary limit does not say how long."""
FACTS = Facts(
    "GitHub",
    "GITHUB_TOKEN",
    "GITHUB_API_URL",
    "In a workflow it is: GITHUB_TOKEN: ${{ github.token }}",
    "Give the job the permission pull-requests: write (for the check also checks: write). "
    "Runs for forks and for Dependabot have none.",
    "Check that GITHUB_REPOSITORY and the number of the pull request are right, and that the "
    "token may see them.",
)
_FORBIDDEN, _BUSY = 403, 429
_LIMITED = re.compile(r"(?i)secondary rate limit|API rate limit|RATE_LIMIT")


class GitHubConfig(msgspec.Struct, frozen=True):
    """Where a pull request is, and who writes to it."""

    repository: str
    """`owner/name`."""
    number: int | None
    """None where there is no pull request; then there are only checks."""
    token: str
    api: str = PUBLIC
    """`https://HOST/api/v3` on GitHub Enterprise Server."""
    graphql: str = ""
    """`""` for the one that belongs to `api`."""
    at_head: bool = False
    """Whether the commit to be checked is the head of the pull request, whatever is checked out."""

    def __repr__(self) -> str:
        return f"GitHubConfig({self.repository}#{self.number})"


class Api(Rest):
    """GitHub as one token sees it."""

    def __init__(
        self,
        config: GitHubConfig,
        transport: "BaseAdapter | None" = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(
            FACTS,
            config.api,
            f"/repos/{quote(config.repository)}",
            bearer(FACTS, config.token),
            headers={
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": VERSION,
            },
            transport=transport, is_read=is_read, later=later, pause=pause,
        )  # fmt: skip
        graphql = config.graphql or _graphql(self.base)
        self._graphql = http.checked_url(graphql, "GITHUB_GRAPHQL_URL")

    def entries(self, path: str, **params: str | int) -> Iterator[Json]:
        """Each entry of a list, over all its pages."""
        for page in self.pages(path, linked, per_page=PAGE, **params):
            yield from page

    def query(self, text: str, **variables: str) -> Json:
        """The data of a GraphQL query or mutation; `RefusedError` where it has errors."""
        body = msgspec.json.encode({"query": text, "variables": variables})
        kind = {"Content-Type": "application/json"}
        reply = self._session.post(self._graphql, data=body, headers=kind)
        told = reply.json() if reply.content else {}
        if not isinstance(told, dict) or told.get("errors") or not told.get("data"):
            raise self.refused(200, "the query has errors")
        return told["data"]


def is_read(request: "PreparedRequest") -> bool:
    """Whether the request only reads: queries are sent by POST, as mutations are."""
    if http.by_method(request):
        return True
    body = request.body or b""
    data = body if isinstance(body, bytes) else str(body).encode()
    return str(request.url or "").endswith("/graphql") and b"mutation" not in data


def later(reply: "Response", now: Callable[[], float] = time.time) -> float | None:
    """Seconds to wait, of a reply that a limit of rates has made; None for any other.

    Status 200 is one too, of GraphQL, where the limit is among the errors.
    https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
    https://docs.github.com/en/graphql/overview/rate-limits-and-node-limits-for-the-graphql-api
    """
    of_graph = reply.ok and str(reply.url or "").endswith("/graphql")
    if of_graph and not _LIMITED.search(_errors(reply)):
        return None
    if not of_graph and reply.status_code not in (_FORBIDDEN, _BUSY):
        return None
    told = http.retry_after(reply)
    if told is not None:
        return told
    reset = reply.headers.get("x-ratelimit-reset", "")
    if reply.headers.get("x-ratelimit-remaining") == "0" and reset.isdecimal():
        return max(1.0, float(reset) - now())
    limited = of_graph or reply.status_code == _BUSY or _LIMITED.search(reply.text)
    return MINUTE if limited else None


def _errors(reply: "Response") -> str:
    """What a reply of GraphQL has for errors, as text."""
    try:
        told = reply.json()
    except ValueError:
        return ""
    return str(told.get("errors") or "") if isinstance(told, dict) else ""


def _graphql(base: str) -> str:
    return f"{base.removesuffix('/v3')}/graphql"


__all__ = ["FACTS", "PUBLIC", "Api", "GitHubConfig", "Json", "RefusedError", "is_read", "later"]
