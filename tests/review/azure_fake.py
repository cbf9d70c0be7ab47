"""A fake Azure Repos with one pull request: it keeps threads, labels and statuses, and refuses what
Azure DevOps refuses.
"""

import re
from typing import Any

from tests.review.wire import Asked, Fake, Told

TOKEN = "az-s3cret-token-marker"  # noqa: S105  # planted, to be looked for
HEAD = "5ca1ab1e" * 5
ME, STRANGER = "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "00000000-0000-0000-0000-000000000066"
MOST = 150_000
STATES = {"notSet", "pending", "succeeded", "failed", "error", "notApplicable"}
PAGE = 100
NO_RIGHT = "TF401027: You need the Git 'PullRequestContribute' permission to perform this action."
Json = dict[str, Any]


def refusal(status: int, message: str) -> Told:
    """In the form of Azure DevOps."""
    return Told(status, {"$id": "1", "message": message, "typeKey": "GitError", "errorCode": 0})


class AzureFake(Fake):
    """The collection `acme`, its project `shop floor` and its repository `shop`."""

    base, prefix = "https://dev.azure.test", "/acme"

    def __init__(self) -> None:
        super().__init__()
        self.number = 12
        self.may = {"threads", "labels", "statuses"}
        self.threads: list[Json] = []
        self.worn: list[Json] = []
        self.statuses: list[Json] = []

    def write(self, author: str, content: str, kind: str = "text") -> Json:
        """Somebody begins a thread."""
        first = {"id": 1, "author": {"id": author}, "content": content, "commentType": kind}
        self.threads.append({"id": len(self.threads) + 1, "comments": [first]})
        return self.threads[-1]

    def answered(self, thread: Json, author: str, content: str) -> None:
        """Somebody answers."""
        number = len(thread["comments"]) + 1
        thread["comments"].append(
            {"id": number, "author": {"id": author}, "content": content, "commentType": "text"}
        )

    def remove(self, comment: Json) -> None:
        """What is deleted stays in the list."""
        comment["isDeleted"] = True
        comment.pop("content", None)

    def wear(self, name: str) -> None:
        """Somebody puts a label on."""
        if not any(each["name"].lower() == name.lower() for each in self.worn):
            self.worn.append({"id": f"id-{len(self.worn)}", "name": name, "active": True})

    def reply(self, asked: Asked) -> Told:
        """The reply of Azure DevOps."""
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return refusal(401, "TF400813: The user is not authorized to access this resource.")
        if ":" in asked.path:
            return Told(400, {"message": "A potentially dangerous Request.Path value (:)"})
        version, path = asked.query.get("api-version"), asked.path
        if (asked.method, path) == ("GET", "/_apis/connectionData"):
            if version != "7.1-preview.1":
                return refusal(400, "The requested version of the resource is under preview.")
            return Told(200, {"authenticatedUser": {"id": ME}})
        if version != "7.1":
            return refusal(400, "No api-version was supplied")
        return self._repository(asked, path)

    def _repository(self, asked: Asked, path: str) -> Told:
        path = path.removeprefix("/shop floor/_apis/git/repositories/shop/")
        for right, pattern, act in _ROUTES:
            found = re.fullmatch(pattern, f"{asked.method} {path}")
            if found and right and right not in self.may:
                return refusal(403, NO_RIGHT)
            if found:
                return act(self, asked, *found.groups())
        return refusal(404, "The controller for path was not found")

    def _request(self, _: Asked) -> Told:
        return Told(200, {"pullRequestId": 12, "lastMergeSourceCommit": {"commitId": HEAD}})

    def _list(self, asked: Asked) -> Told:
        start = int(asked.query.get("continuationToken", 0))
        shown, end = self.threads[start : start + PAGE], start + PAGE
        more = (("x-ms-continuationtoken", str(end)),) if end < len(self.threads) else ()
        return Told(200, {"value": shown, "count": len(shown)}, more)

    def _long(self, content: str) -> Told | None:
        if len(content) <= MOST:
            return None
        return refusal(400, f"The comment content is too long: the maximum is {MOST}.")

    def _create(self, asked: Asked) -> Told:
        told = asked.json
        assert set(told) == {"comments", "status"}
        (first,) = told["comments"]
        assert set(first) == {"parentCommentId", "content", "commentType"}
        wrong = self._long(first["content"])
        if wrong:
            return wrong
        made = self.write(ME, first["content"])
        made["status"] = told["status"]
        return Told(200, made)

    def _change(self, asked: Asked, thread: str, id_: str) -> Told:
        found = [
            each
            for some in self.threads
            if some["id"] == int(thread)
            for each in some["comments"]
            if each["id"] == int(id_) and not each.get("isDeleted")
        ]
        if not found:
            return refusal(404, "The comment does not exist.")
        if found[0]["author"]["id"] != ME:
            return refusal(403, "TF401181: You may not edit the comment of somebody else.")
        if asked.method == "DELETE":
            self.remove(found[0])
            return Told(200)
        assert set(asked.json) == {"content"}
        wrong = self._long(asked.json["content"])
        if not wrong:
            found[0]["content"] = asked.json["content"]
        return wrong or Told(200, found[0])

    def _labels(self, _: Asked) -> Told:
        return Told(200, {"value": self.worn, "count": len(self.worn)})

    def _label(self, asked: Asked) -> Told:
        assert set(asked.json) == {"name"}
        self.wear(asked.json["name"])
        return Told(200, self.worn[-1])

    def _unlabel(self, _: Asked, id_: str) -> Told:
        self.worn = [each for each in self.worn if each["id"] != id_]
        return Told(200)

    def _status(self, asked: Asked, sha: str | None) -> Told:
        told = asked.json
        assert set(told) <= {"state", "description", "context", "targetUrl"}
        if told["state"] not in STATES or not told["context"]["name"]:
            return refusal(400, "The status is not valid.")
        self.statuses.append({**told, "sha": sha})
        return Told(200, told)


_ROUTES = (
    ("", r"GET pullRequests/12", AzureFake._request),
    ("", r"GET pullRequests/12/threads", AzureFake._list),
    ("threads", r"POST pullRequests/12/threads", AzureFake._create),
    ("threads", r"(?:PATCH|DELETE) \S+/12/threads/(\d+)/comments/(\d+)", AzureFake._change),
    ("", r"GET pullRequests/12/labels", AzureFake._labels),
    ("labels", r"POST pullRequests/12/labels", AzureFake._label),
    ("labels", r"DELETE pullRequests/12/labels/([^/]+)", AzureFake._unlabel),
    ("statuses", r"POST (?:pullRequests/12|commits/([0-9a-f]{40}))/statuses", AzureFake._status),
)  # fmt: skip
