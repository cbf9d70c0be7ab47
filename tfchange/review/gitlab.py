"""The adapter to GitLab, on gitlab.com or on a server of one's own: notes, labels, commit status.

https://docs.gitlab.com/api/notes/, https://docs.gitlab.com/api/commits/#set-commit-pipeline-status
"""

import time
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from tfchange import http
from tfchange.review.host import READS, Check, Comment, Conclusion, Dialect, Label, Pull
from tfchange.review.rest import Facts, Json, Next, RefusedError, Rest, bearer, linked

if TYPE_CHECKING:
    from requests import Response
    from requests.adapters import BaseAdapter

PUBLIC = "https://gitlab.com/api/v4"
FACTS = Facts(
    "GitLab",
    "GITLAB_TOKEN",
    "CI_API_V4_URL",
    "Set GITLAB_TOKEN to a project access token with the scope api. The CI_JOB_TOKEN of a job "
    "cannot write notes.",
    "Give the token the scope api and the role Developer.",
    "Check CI_PROJECT_ID and CI_MERGE_REQUEST_IID, and that the token is of that project.",
)
PAGE = 100
_TAKEN = 409
_DESCRIPTION = 255
_NO_LINES = (
    "GitLab takes no annotations with a status: for findings beside their lines keep "
    "`tfchange assess --format codequality` as a report of the job."
)


class GitLabConfig(msgspec.Struct, frozen=True):
    """Where a merge request is, and who writes to it."""

    project: str
    """Its number or its path."""
    number: int | None
    """The IID; None where there is no merge request."""
    token: str
    api: str = PUBLIC
    page: str = ""
    """The address of the merge request for people."""
    pipeline: str = ""
    """Whose status it is, where the commit is in several."""

    def __repr__(self) -> str:
        return f"GitLabConfig({self.project}!{self.number})"


def connect(
    config: GitLabConfig,
    *,
    transport: "BaseAdapter | None" = None,
    pause: Callable[[float], None] = time.sleep,
) -> "GitLab":
    """The merge request at GitLab; nothing is asked before it is needed."""
    host = GitLab(rest(config, transport=transport, pause=pause), config)
    return http.understood(host, host.name, READS)


def rest(
    config: GitLabConfig,
    *,
    transport: "BaseAdapter | None" = None,
    pause: Callable[[float], None] = time.sleep,
) -> Rest:
    """The project as the token sees it."""
    place = f"/projects/{quote(config.project, safe='')}"
    auth = bearer(FACTS, config.token, "PRIVATE-TOKEN")
    return Rest(FACTS, config.api, place, auth, transport=transport, pause=pause)


def merging(api: Rest, project: str, branch: str, sha: str) -> Pull | None:
    """The merge request whose merge into that branch of the project the commit is: a merge commit,
    a squashed one, or the head itself where the branch was only moved on.

    https://docs.gitlab.com/api/commits/#list-merge-requests-associated-with-a-commit
    """
    pages = api.pages(f"repository/commits/{quote(sha)}/merge_requests", _next, per_page=PAGE)
    found = [
        Pull(int(each["iid"]), str(each["web_url"]))
        for page in pages
        for each in page
        if each["state"] == "merged"
        and sha in (each.get("merge_commit_sha"), each.get("squash_commit_sha"), each.get("sha"))
        and each["target_branch"] == branch
        and str(each["target_project_id"]) == project
    ]
    return found[0] if len(found) == 1 else None


class GitLab:
    """One merge request at GitLab."""

    name = "GitLab"
    limit = 1_000_000
    dialect = Dialect.GITLAB
    labelled = True

    def __init__(self, api: Rest, config: GitLabConfig) -> None:
        self._api, self._config = api, config
        self._request = f"merge_requests/{config.number}"

    def me(self) -> str:
        """The number of the account; an access token of a project has one of its own."""
        return self._me

    def head(self) -> str:
        """As it is now."""
        return str(self._api.get(self._request)["sha"])

    def hidden(self, line: str) -> str:
        """As a comment of HTML."""
        return f"<!-- {line} -->"

    def comments(self) -> tuple[Comment, ...]:
        """By their numbers, which only grow, without what GitLab notes itself."""
        path, asked = f"{self._request}/notes", {"sort": "asc", "order_by": "created_at"}
        pages = self._api.pages(path, _next, per_page=PAGE, **asked)
        found = [note for page in pages for note in page if not note.get("system")]
        return tuple(map(self._comment, sorted(found, key=lambda each: each["id"])))

    def create(self, text: str) -> Comment:
        """Posted."""
        return self._comment(self._api.send("POST", f"{self._request}/notes", {"body": text}))

    def update(self, comment: Comment, text: str) -> None:
        """Edited."""
        self._api.edit("PUT", f"{self._request}/notes/{comment.id}", {"body": text})

    def delete(self, comment: Comment) -> None:
        """Deleted."""
        self._api.drop(f"{self._request}/notes/{comment.id}")

    def minimise(self, comment: Comment) -> bool:  # noqa: ARG002  # of the port
        """GitLab folds no notes away."""
        return False

    def labels(self) -> tuple[str, ...]:
        """As they are written there."""
        return tuple(map(str, self._api.get(self._request)["labels"]))

    def label(self, label: Label) -> None:
        """Put on, and made before where neither the project nor a group of it has it."""
        try:
            self._api.get(f"labels/{quote(label.name, safe='')}")
        except RefusedError as refused:
            if not refused.missing:
                raise
            self._make(label)
        self._api.send("PUT", self._request, {"add_labels": label.name})

    def unlabel(self, name: str) -> None:
        """Taken off."""
        self._api.send("PUT", self._request, {"remove_labels": name})

    def check(self, check: Check) -> tuple[str, ...]:
        """A status of the commit in its pipeline; there is none that is neither good nor bad."""
        failed = check.conclusion is Conclusion.FAILURE
        body = {
            "state": "failed" if failed else "success",
            "name": check.name,
            "description": check.title[:_DESCRIPTION],
            "target_url": check.url or None,
            "pipeline_id": int(self._config.pipeline) if self._config.pipeline else None,
        }
        said = {key: value for key, value in body.items() if value is not None}
        self._api.send("POST", f"statuses/{check.sha}", said)
        return (_NO_LINES,) if check.annotations else ()

    @cached_property
    def _me(self) -> str:
        return str(self._api.get("/user")["id"])

    def _make(self, label: Label) -> None:
        body = {
            "name": label.name,
            "color": f"#{label.colour}",
            "description": label.description,
        }
        try:
            self._api.send("POST", "labels", body)
        except RefusedError as refused:
            if refused.status != _TAKEN:  # Another run has made it in between.
                raise

    def _comment(self, told: Json) -> Comment:
        page = self._config.page
        return Comment(
            str(told["id"]),
            str((told.get("author") or {}).get("id", "")),
            str(told.get("body") or ""),
            f"{page}#note_{told['id']}" if page else "",
        )


def _next(reply: "Response") -> Next:
    """By `Link`, which keyset pagination has alone, else by `X-Next-Page`, which proxies keep.

    https://docs.gitlab.com/api/rest/#pagination
    """
    page = reply.headers.get("x-next-page", "")
    return linked(reply) or ({"page": page} if page else None)
