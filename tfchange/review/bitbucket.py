"""The adapter to Bitbucket Cloud: comments, build status and report of one pull request.

https://developer.atlassian.com/cloud/bitbucket/rest/
"""

import time
from collections.abc import Callable
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from tfchange import http
from tfchange.errors import AccessDeniedError
from tfchange.review.host import READS, Annotation, Check, Comment, Conclusion, Dialect, Label
from tfchange.review.rest import Facts, Json, Next, RefusedError, Rest, bearer

if TYPE_CHECKING:
    from requests import Response
    from requests.adapters import BaseAdapter

PUBLIC = "https://api.bitbucket.org/2.0"
FACTS = Facts(
    "Bitbucket",
    "BITBUCKET_TOKEN",
    "BITBUCKET_API_URL",
    "Set BITBUCKET_TOKEN to an access token of the repository.",
    "Give the access token the permissions to write pull requests and repositories.",
    "Check BITBUCKET_WORKSPACE, BITBUCKET_REPO_SLUG and BITBUCKET_PR_ID, and that the token is of "
    "that repository.",
)
PAGE, BATCH = 100, 100
"""Comments of a page, and annotations that one request may bring."""
_MOST, _SHORT, _TEXT = 1_000, 450, 2_000
"""Annotations of a report, characters of their summaries, and of the text of a report."""


class BitbucketConfig(msgspec.Struct, frozen=True):
    """Where a pull request is, and who writes to it."""

    workspace: str
    repository: str
    """Its slug."""
    number: int | None
    """None where there is no pull request."""
    token: str
    api: str = PUBLIC

    def __repr__(self) -> str:
        return f"BitbucketConfig({self.workspace}/{self.repository}#{self.number})"


def connect(
    config: BitbucketConfig,
    *,
    transport: "BaseAdapter | None" = None,
    pause: Callable[[float], None] = time.sleep,
) -> "Bitbucket":
    """The pull request at Bitbucket Cloud; nothing is asked before it is needed."""
    place = f"/repositories/{quote(config.workspace, safe='')}/{quote(config.repository, safe='')}"
    auth = bearer(FACTS, config.token)
    api = Rest(FACTS, config.api, place, auth, transport=transport, pause=pause)
    return http.understood(Bitbucket(api, config), FACTS.name, READS)


class Bitbucket:
    """One pull request at Bitbucket Cloud."""

    name = "Bitbucket"
    limit = 32_768
    dialect = Dialect.BITBUCKET
    labelled = False

    def __init__(self, api: Rest, config: BitbucketConfig) -> None:
        self._api, self._config = api, config
        self._request = f"pullrequests/{config.number}"
        self._known = ""

    def me(self) -> str:
        """The UUID of the account; a token of a repository learns it by what it may write."""
        self._known = self._known or self._asked
        return self._known

    def head(self) -> str:
        """As it is now; pull requests name it by its first 12 digits only."""
        short = self._api.get(self._request)["source"]["commit"]["hash"]
        return str(self._api.get(f"commit/{short}")["hash"])

    def hidden(self, line: str) -> str:
        """As the definition of a link that nobody follows: comments of HTML would be shown."""
        return f"[//]: # ({line})"

    def comments(self) -> tuple[Comment, ...]:
        """By their numbers, which only grow, without those that are deleted."""
        pages = self._api.pages(f"{self._request}/comments", _next, pagelen=PAGE)
        found = [each for page in pages for each in page["values"] if not each.get("deleted")]
        return tuple(map(_comment, sorted(found, key=lambda each: each["id"])))

    def create(self, text: str) -> Comment:
        """Posted."""
        made = _comment(self._api.send("POST", f"{self._request}/comments", _content(text)))
        self._known = self._known or made.author
        return made

    def update(self, comment: Comment, text: str) -> None:
        """Edited, which only who wrote it may do."""
        self._api.edit("PUT", f"{self._request}/comments/{comment.id}", _content(text))
        self._known = self._known or comment.author

    def delete(self, comment: Comment) -> None:
        """Deleted."""
        self._api.drop(f"{self._request}/comments/{comment.id}")

    def minimise(self, comment: Comment) -> bool:  # noqa: ARG002  # of the port
        """Bitbucket folds no comments away."""
        return False

    def labels(self) -> tuple[str, ...]:
        """Pull requests at Bitbucket have none."""
        return ()

    def label(self, label: Label) -> None:
        """There is nothing to put on."""

    def unlabel(self, name: str) -> None:
        """There is nothing to take off."""

    def check(self, check: Check) -> tuple[str, ...]:
        """A build status, which merge checks look at, and a report with the annotations."""
        failed = check.conclusion is Conclusion.FAILURE
        key = f"tfchange-{sha256(check.name.encode()).hexdigest()[:16]}"
        there, url = f"commit/{check.sha}", check.url or self._page(check.sha)
        # What an earlier report said of lines would stay beside what this one says.
        self._api.drop(f"{there}/reports/{key}")
        report = {
            "title": check.name,
            "details": check.title[:_TEXT],
            "report_type": "BUG",
            "reporter": "tfchange",
            "result": "FAILED" if failed else "PASSED",
            "link": url,
        }
        self._api.send("PUT", f"{there}/reports/{key}", report)
        told = [_annotation(key, number, a) for number, a in enumerate(check.annotations[:_MOST])]
        for start in range(0, len(told), BATCH):
            some = told[start : start + BATCH]
            self._api.send("POST", f"{there}/reports/{key}/annotations", some)
        status = {
            "key": key,
            "name": check.name,
            "state": "FAILED" if failed else "SUCCESSFUL",
            "description": check.title,
            "url": url,
        }
        self._api.send("POST", f"{there}/statuses/build", status)
        return ()

    @cached_property
    def _asked(self) -> str:
        """By asking, which access tokens of a repository may not."""
        try:
            return str(self._api.get("/user")["uuid"])
        except (RefusedError, AccessDeniedError):
            return ""

    def _page(self, sha: str) -> str:
        config = self._config
        return f"https://bitbucket.org/{config.workspace}/{config.repository}/commits/{sha}"


def _content(text: str) -> Json:
    return {"content": {"raw": text}}


def _comment(told: Json) -> Comment:
    return Comment(
        str(told["id"]),
        str((told.get("user") or {}).get("uuid", "")),  # A deleted account leaves none.
        str(told["content"].get("raw") or ""),
        str(told["links"]["html"]["href"]),
    )


def _annotation(key: str, number: int, told: Annotation) -> Json:
    return {
        "external_id": f"{key}-{number}",
        "title": told.title[:_SHORT],
        "annotation_type": "BUG",
        "summary": told.message[:_SHORT],
        "severity": told.severity.upper(),
        "path": told.path,
        "line": told.line,
    }


def _next(reply: "Response") -> Next:
    return str(reply.json().get("next") or "")
