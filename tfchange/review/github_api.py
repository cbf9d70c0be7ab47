"""Requests to GitHub, on github.com or on a server of one's own, and what its refusals mean.

https://docs.github.com/en/rest/using-the-rest-api
"""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from tfchange import __version__, http
from tfchange.errors import AccessDeniedError, DeskError
from tfchange.review.host import ReadOnlyError
from tfchange.words import plain

if TYPE_CHECKING:
    from requests import PreparedRequest, Response
    from requests.adapters import BaseAdapter

Json = Any

PUBLIC = "https://api.github.com"
VERSION = "2022-11-28"
PAGE = 100
MINUTE = 60.0
"""Seconds to wait where a secondary limit does not say how long."""
_UNKNOWN, _FORBIDDEN, _MISSING, _GONE, _BUSY = 401, 403, 404, 410, 429
_LONGEST = 300


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


class RefusedError(DeskError):
    """GitHub did not do what it was asked, for certain."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(
            f"GitHub refused (status {status}): {said}",
            "Check that GITHUB_REPOSITORY and the number of the pull request are right, and that "
            "the token may see them.",
        )
        self.status = status

    @property
    def missing(self) -> bool:
        """Whether there is no such thing, as far as the token may see."""
        return self.status in (_MISSING, _GONE)


class Api:
    """GitHub as one token sees it."""

    def __init__(
        self,
        config: GitHubConfig,
        transport: "BaseAdapter | None" = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._base = http.checked_url(config.api, "GITHUB_API_URL")
        graphql = config.graphql or _graphql(self._base)
        self._graphql = http.checked_url(graphql, "GITHUB_GRAPHQL_URL")
        self._repository = f"{self._base}/repos/{quote(config.repository)}"
        if not http.fits_header(config.token):
            raise AccessDeniedError(
                f"the token of GITHUB_TOKEN cannot be used: {http.UNFIT}",
                "In a workflow it is: GITHUB_TOKEN: ${{ github.token }}",
            )
        self._session = http.session(
            http.Authorization(f"Bearer {config.token}"),
            headers={
                "Accept": "application/vnd.github+json",
                "User-Agent": f"tfchange/{__version__}",
                "X-GitHub-Api-Version": VERSION,
            },
            transport=transport, is_read=is_read, check=_check, later=later, pause=pause,
        )  # fmt: skip

    def get(self, path: str, **params: str | int) -> Json:
        """What stands at the path below the repository; an absolute path is below the API."""
        return _told(self._session.get(self._url(path), params=params))

    def pages(self, path: str, **params: str | int) -> Iterator[Json]:
        """Each entry of a list, over all its pages."""
        url, asked = self._url(path), {"per_page": PAGE, **params}
        while url:
            reply = self._session.get(url, params=asked)
            yield from reply.json()
            url, asked = str(reply.links.get("next", {}).get("url", "")), {}
            if url and not url.startswith(f"{self._base}/"):
                raise DeskError(
                    "GitHub continues a list at another server, where the token does not go",
                    "Set GITHUB_API_URL to the address of the API itself.",
                )

    def send(self, method: str, path: str, body: Json = None) -> Json:
        """The reply to a write below the repository."""
        data = msgspec.json.encode(body) if body is not None else None
        kind = {"Content-Type": "application/json"} if data else {}
        return _told(self._session.request(method, self._url(path), data=data, headers=kind))

    def query(self, text: str, **variables: str) -> Json:
        """The data of a GraphQL query or mutation; `RefusedError` where it has errors."""
        body = msgspec.json.encode({"query": text, "variables": variables})
        kind = {"Content-Type": "application/json"}
        told = _told(self._session.post(self._graphql, data=body, headers=kind))
        if not isinstance(told, dict) or told.get("errors") or not told.get("data"):
            raise RefusedError(200, "the query has errors")
        return told["data"]

    def _url(self, path: str) -> str:
        return f"{self._base}{path}" if path.startswith("/") else f"{self._repository}/{path}"


def is_read(request: "PreparedRequest") -> bool:
    """Whether the request only reads: queries are sent by POST, as mutations are."""
    if http.by_method(request):
        return True
    body = request.body or b""
    data = body if isinstance(body, bytes) else str(body).encode()
    return str(request.url or "").endswith("/graphql") and b"mutation" not in data


def later(reply: "Response") -> float | None:
    """Seconds to wait, of a reply that a limit of rates has made; None for any other.

    https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
    """
    if reply.status_code not in (_FORBIDDEN, _BUSY):
        return None
    told = http.retry_after(reply)
    if told is not None:
        return told
    reset = reply.headers.get("x-ratelimit-reset", "")
    if reply.headers.get("x-ratelimit-remaining") == "0" and reset.isdigit():
        return max(1.0, float(reset) - time.time())
    limited = reply.status_code == _BUSY or "secondary rate limit" in _words(reply).lower()
    return MINUTE if limited else None


def _graphql(base: str) -> str:
    return f"{base.removesuffix('/v3')}/graphql"


def _told(reply: "Response") -> Json:
    return reply.json() if reply.content else {}


def _check(reply: "Response") -> None:
    if reply.ok:
        return
    said = _words(reply)
    if reply.status_code == _UNKNOWN:
        raise AccessDeniedError(
            "GitHub does not accept the token: it is wrong, expired or revoked",
            "In a workflow it is: GITHUB_TOKEN: ${{ github.token }}",
        )
    if reply.status_code == _FORBIDDEN:
        raise ReadOnlyError(
            f"GitHub does not allow this: {said}",
            "Give the job the permission pull-requests: write (for the check also checks: write). "
            "Runs for forks and for Dependabot have none.",
        )
    raise RefusedError(reply.status_code, said)


def _words(reply: "Response") -> str:
    """What GitHub says, in one line; its errors are objects or plain sentences."""
    try:
        told = reply.json()
    except ValueError:
        told = {}
    told = told if isinstance(told, dict) else {}
    errors = told.get("errors")
    parts = [told.get("message"), *(errors if isinstance(errors, list) else ())]
    words = [p.get("message") or p.get("code") if isinstance(p, dict) else p for p in parts]
    said = "; ".join(plain(word) for word in words if isinstance(word, str))
    return said[:_LONGEST] or "it does not say why"
