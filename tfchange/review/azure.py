"""The adapter to Azure Repos: threads, labels and statuses of one pull request.

https://learn.microsoft.com/en-us/rest/api/azure/devops/git/
"""

import time
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from tfchange import http
from tfchange.review.host import READS, Check, Comment, Conclusion, Dialect, Label
from tfchange.review.rest import Facts, Json, Next, Rest, bearer

if TYPE_CHECKING:
    from requests import Response
    from requests.adapters import BaseAdapter

VERSION = "7.1"
PREVIEW = "7.1-preview.1"
"""Who we are is told in no other version."""
GENRE = "tfchange"
FACTS = Facts(
    "Azure DevOps",
    "SYSTEM_ACCESSTOKEN",
    "SYSTEM_COLLECTIONURI",
    "Give the step: env: SYSTEM_ACCESSTOKEN: $(System.AccessToken)",
    "Allow the build service of the project to contribute to pull requests of the repository.",
    "Check SYSTEM_COLLECTIONURI, SYSTEM_TEAMPROJECT, BUILD_REPOSITORY_ID and the number of the "
    "pull request, and that the token may see them.",
)
_TEXT, _CLOSED = 1, 4
"""An active thread would keep a pull request from being completed, by a common branch policy."""
_NO_LINES = (
    "Azure DevOps takes no annotations with a status, so findings do not stand beside their lines."
)


class AzureConfig(msgspec.Struct, frozen=True):
    """Where a pull request is, and who writes to it."""

    collection: str
    """Such as `https://dev.azure.com/acme`."""
    project: str
    repository: str
    """Its id or its name."""
    number: int | None
    """None where there is no pull request."""
    token: str
    page: str = ""
    """The address of the pull request for people."""

    def __repr__(self) -> str:
        return f"AzureConfig({self.project}/{self.repository}!{self.number})"


def connect(
    config: AzureConfig,
    *,
    transport: "BaseAdapter | None" = None,
    pause: Callable[[float], None] = time.sleep,
) -> "Azure":
    """The pull request at Azure Repos; nothing is asked before it is needed."""
    names = (quote(name, safe="") for name in (config.project, config.repository))
    place = "/{}/_apis/git/repositories/{}".format(*names)
    auth, params = bearer(FACTS, config.token), {"api-version": VERSION}
    api = Rest(
        FACTS, config.collection, place, auth, params=params, transport=transport, pause=pause
    )
    return http.understood(Azure(api, config), FACTS.name, READS)


class Azure:
    """One pull request at Azure Repos."""

    name = "Azure DevOps"
    limit = 150_000
    dialect = Dialect.AZURE
    labelled = True

    def __init__(self, api: Rest, config: AzureConfig) -> None:
        self._api, self._config = api, config
        self._request = f"pullRequests/{config.number}"

    def me(self) -> str:
        """The id of the identity; that of a pipeline is a build service."""
        return self._me

    def head(self) -> str:
        """As it is now."""
        return str(self._api.get(self._request)["lastMergeSourceCommit"]["commitId"])

    def hidden(self, line: str) -> str:
        """As a comment of HTML."""
        return f"<!-- {line} -->"

    def comments(self) -> tuple[Comment, ...]:
        """Thread by thread, without those that are deleted, which stay in the list without text."""
        threads = [
            thread
            for page in self._api.pages(f"{self._request}/threads", _next)
            for thread in page["value"]
            if not thread.get("isDeleted")
        ]
        return tuple(
            self._comment(thread["id"], each)
            for thread in sorted(threads, key=lambda thread: int(thread["id"]))
            for each in thread.get("comments", ())
            if not each.get("isDeleted") and each.get("commentType") == "text"
        )

    def create(self, text: str) -> Comment:
        """Posted as a thread of its own, which asks for no answer."""
        first = {"parentCommentId": 0, "content": text, "commentType": _TEXT}
        body = {"comments": [first], "status": _CLOSED}
        thread = self._api.send("POST", f"{self._request}/threads", body)
        return self._comment(thread["id"], thread["comments"][0])

    def update(self, comment: Comment, text: str) -> None:
        """Edited."""
        self._api.edit("PATCH", self._path(comment), {"content": text})

    def delete(self, comment: Comment) -> None:
        """Deleted."""
        self._api.drop(self._path(comment))

    def minimise(self, comment: Comment) -> bool:  # noqa: ARG002  # of the port
        """Threads are closed from the start, and nothing else folds them."""
        return False

    def labels(self) -> tuple[str, ...]:
        """As they are written there."""
        return tuple(str(each["name"]) for each in self._labels())

    def label(self, label: Label) -> None:
        """Put on; labels of pull requests have no colours."""
        self._api.send("POST", f"{self._request}/labels", {"name": label.name})

    def unlabel(self, name: str) -> None:
        """Taken off, by its id: no path may hold a colon."""
        for each in self._labels():
            if each["name"].lower() == name.lower():
                self._api.drop(f"{self._request}/labels/{each['id']}")

    def check(self, check: Check) -> tuple[str, ...]:
        """A status of the pull request, which policies look at; without one, of the commit."""
        there = self._request if self._config.number is not None else f"commits/{check.sha}"
        failed = check.conclusion is Conclusion.FAILURE
        body: dict[str, Json] = {
            "state": "failed" if failed else "succeeded",
            "description": check.title,
            "context": {"name": check.name, "genre": GENRE},
        }
        if check.url:
            body["targetUrl"] = check.url
        self._api.send("POST", f"{there}/statuses", body)
        return (_NO_LINES,) if check.annotations else ()

    @cached_property
    def _me(self) -> str:
        told = self._api.get("/_apis/connectionData", **{"api-version": PREVIEW})
        return str(told["authenticatedUser"]["id"])

    def _labels(self) -> list[Json]:
        return list(self._api.get(f"{self._request}/labels")["value"])

    def _path(self, comment: Comment) -> str:
        thread, _, number = comment.id.partition("/")
        return f"{self._request}/threads/{thread}/comments/{number}"

    def _comment(self, thread: int, told: Json) -> Comment:
        page = self._config.page
        return Comment(
            f"{thread}/{told['id']}",
            str((told.get("author") or {}).get("id", "")),
            str(told.get("content") or ""),
            f"{page}?discussionId={thread}" if page else "",
        )


def _next(reply: "Response") -> Next:
    token = reply.headers.get("x-ms-continuationtoken", "")
    return {"continuationToken": token} if token else None
