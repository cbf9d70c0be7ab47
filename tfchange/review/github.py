"""The adapter to GitHub: comments, labels, checks of one pull request."""

import time
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote

from tfchange import http
from tfchange.errors import AccessDeniedError, DeskError
from tfchange.review.github_api import PUBLIC, Api, GitHubConfig, Json, RefusedError
from tfchange.review.github_checks import put
from tfchange.review.host import READS, Check, Comment, Dialect, Label, Pull

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter

_TAKEN = 422
_VIEWER = "query { viewer { databaseId } }"
_MINIMISE = (
    "mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: OUTDATED}) "
    "{ minimizedComment { isMinimized } } }"
)


def connect(
    config: GitHubConfig,
    *,
    transport: "BaseAdapter | None" = None,
    pause: Callable[[float], None] = time.sleep,
) -> "GitHub":
    """The pull request at GitHub; nothing is asked before it is needed."""
    host = GitHub(Api(config, transport, pause), config.number, config.at_head)
    return http.understood(host, host.name, READS)


def asking(api: Api, owner: str, branch: str, sha: str) -> Pull | None:
    """The open pull request from that branch, of a fork or not, that has the commit as its head.

    The event of a run that follows one for a fork does not name it, and what such a run hands over
    is the word of a stranger. The list of pull requests of a commit leaves out those of forks.
    """
    found = api.entries("pulls", head=f"{owner}:{branch}", state="open")
    return _only(each for each in found if each["head"]["sha"] == sha)


def merging(api: Api, repository: str, branch: str, sha: str) -> Pull | None:
    """The pull request whose merge into that branch of the repository the commit is.

    https://docs.github.com/en/rest/commits/commits#list-pull-requests-associated-with-a-commit
    """
    return _only(
        each
        for each in api.entries(f"commits/{quote(sha)}/pulls")
        if each["merged_at"]
        and each["merge_commit_sha"] == sha
        and each["base"]["ref"] == branch
        and each["base"]["repo"]["full_name"].lower() == repository.lower()
    )


def _only(found: Iterable[Json]) -> Pull | None:
    """The one there is; None also for several, of which nobody knows which is meant."""
    pulls = [Pull(int(each["number"]), str(each.get("html_url") or "")) for each in found]
    return pulls[0] if len(pulls) == 1 else None


class GitHub:
    """One pull request at GitHub."""

    name = "GitHub"
    limit = 65_536
    """A longer one is refused with status 422, which says so."""
    dialect = Dialect.GITHUB
    labelled = True

    def __init__(self, api: Api, number: int | None, at_head: bool) -> None:
        self._api, self._number, self._at_head = api, number, at_head

    def me(self) -> str:
        """The number of the account; the token of a workflow is that of a bot."""
        return self._me

    def head(self) -> str:
        """As it is now, which can be another than the event says."""
        return str(self._api.get(f"pulls/{self._number}")["head"]["sha"])

    def hidden(self, line: str) -> str:
        """As a comment of HTML."""
        return f"<!-- {line} -->"

    def comments(self) -> tuple[Comment, ...]:
        """By their numbers, which only grow."""
        found = self._api.entries(f"issues/{self._number}/comments")
        return tuple(map(_comment, sorted(found, key=lambda each: each["id"])))

    def create(self, text: str) -> Comment:
        """Posted."""
        return _comment(self._api.send("POST", f"issues/{self._number}/comments", {"body": text}))

    def update(self, comment: Comment, text: str) -> None:
        """Edited."""
        self._api.edit("PATCH", f"issues/comments/{comment.id}", {"body": text})

    def delete(self, comment: Comment) -> None:
        """Deleted."""
        self._api.drop(f"issues/comments/{comment.id}")

    def minimise(self, comment: Comment) -> bool:
        """By GraphQL alone; not all tokens may."""
        try:
            self._api.query(_MINIMISE, id=comment.handle)
        except DeskError:
            return False
        return True

    def labels(self) -> tuple[str, ...]:
        """As they are written there."""
        return tuple(
            str(each["name"]) for each in self._api.entries(f"issues/{self._number}/labels")
        )

    def label(self, label: Label) -> None:
        """Put on, and made before where the repository does not have it."""
        try:
            self._api.get(f"labels/{quote(label.name, safe='')}")
        except RefusedError as refused:
            if not refused.missing:
                raise
            self._make(label)
        self._api.send("POST", f"issues/{self._number}/labels", {"labels": [label.name]})

    def unlabel(self, name: str) -> None:
        """Taken off."""
        self._api.drop(f"issues/{self._number}/labels/{quote(name, safe='')}")

    def check(self, check: Check) -> tuple[str, ...]:
        """A check run, or a commit status where the token may not write those."""
        return put(self._api, check, self.head() if self._at_head else check.sha)

    @cached_property
    def _me(self) -> str:
        # Tokens of apps, as that of a workflow is, may not ask for /user.
        try:
            told = self._api.query(_VIEWER)["viewer"]["databaseId"]
        except (RefusedError, AccessDeniedError, KeyError, TypeError):
            told = None
        return str(told if told is not None else self._api.get("/user")["id"])

    def _make(self, label: Label) -> None:
        body = {"name": label.name, "color": label.colour, "description": label.description}
        try:
            self._api.send("POST", "labels", body)
        except RefusedError as refused:
            if refused.status != _TAKEN:  # Another run has made it in between.
                raise


def _comment(told: Json) -> Comment:
    author = told.get("user") or {}  # A deleted account leaves none.
    return Comment(
        str(told["id"]),
        str(author.get("id", "")),
        str(told.get("body") or ""),
        str(told.get("html_url") or ""),
        str(told.get("node_id") or ""),
    )


__all__ = ["PUBLIC", "Api", "GitHub", "GitHubConfig", "asking", "connect", "merging"]
