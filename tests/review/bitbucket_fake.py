"""A fake Bitbucket Cloud with one pull request: it keeps comments, build statuses and reports, and
refuses what Bitbucket refuses.
"""

import re
from typing import Any

from tests.review.wire import Asked, Fake, Told

TOKEN = "ATCTT-s3cret-token-marker"  # noqa: S105  # planted, to be looked for
HEAD = "5ca1ab1e" * 5
ME, STRANGER = "{00000000-0000-0000-0000-000000004711}", "{00000000-0000-0000-0000-000000000066}"
MOST = 32_768
Json = dict[str, Any]


def refusal(status: int, message: str) -> Told:
    """In the form of Bitbucket."""
    return Told(status, {"type": "error", "error": {"message": message}})


class BitbucketFake(Fake):
    """The repository `acme/shop` with the pull request 12."""

    base, prefix = "https://api.bitbucket.test", "/2.0"

    def __init__(self, *, person: bool = False) -> None:
        super().__init__()
        self.number, self.person = 12, person
        self.may = {"comments", "commit"}
        self.notes: list[Json] = []
        self.builds: dict[str, Json] = {}
        self.reports: dict[str, Json] = {}
        self.annotations: dict[str, list[Json]] = {}
        self._ids = 100

    def write(self, author: str, raw: str) -> Json:
        """Somebody comments."""
        self._ids += 1
        page = f"https://bitbucket.test/acme/shop/pull-requests/12#comment-{self._ids}"
        made = {
            "id": self._ids,
            "content": {"raw": raw, "markup": "markdown"},
            "user": {"uuid": author},
            "deleted": False,
            "links": {"html": {"href": page}},
        }
        self.notes.append(made)
        return made

    def remove(self, note: Json) -> None:
        """What is deleted stays in the list."""
        note["deleted"], note["content"] = True, {"raw": ""}

    def reply(self, asked: Asked) -> Told:
        """The reply of Bitbucket."""
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return refusal(401, "Token is invalid, expired, or not supported for this endpoint.")
        path = asked.path
        if (asked.method, path) == ("GET", "/user"):
            said = "Your credentials lack one or more required privilege scopes."
            return Told(200, {"uuid": ME}) if self.person else refusal(403, said)
        if not path.startswith("/repositories/acme/shop/"):
            return refusal(404, "You may not have access to this repository")
        path = path.removeprefix("/repositories/acme/shop/")
        for right, pattern, act in _ROUTES:
            found = re.fullmatch(pattern, f"{asked.method} {path}")
            if found and right and right not in self.may:
                return refusal(403, "Your credentials lack one or more required privilege scopes.")
            if found:
                return act(self, asked, *found.groups())
        return refusal(404, "Resource not found")

    def _request(self, _: Asked) -> Told:
        return Told(200, {"id": 12, "source": {"commit": {"hash": HEAD[:12]}}})

    def _commit(self, _: Asked, short: str) -> Told:
        return Told(200, {"hash": HEAD}) if HEAD.startswith(short) else refusal(404, "No commit")

    def _list(self, asked: Asked) -> Told:
        size, page = min(int(asked.query.get("pagelen", 10)), 100), int(asked.query.get("page", 1))
        shown = self.notes[(page - 1) * size : page * size]
        told: Json = {"values": shown, "pagelen": size, "page": page}
        if page * size < len(self.notes):
            there = f"{self.url}/repositories/acme/shop/pullrequests/12/comments"
            told["next"] = f"{there}?pagelen={size}&page={page + 1}"
        return Told(200, told)

    def _raw(self, asked: Asked) -> Told | None:
        assert set(asked.json) == {"content"}
        assert set(asked.json["content"]) == {"raw"}
        if len(asked.json["content"]["raw"]) <= MOST:
            return None
        return refusal(400, f"Ensure this value has at most {MOST} characters")

    def _create(self, asked: Asked) -> Told:
        return self._raw(asked) or Told(201, self.write(ME, asked.json["content"]["raw"]))

    def _change(self, asked: Asked, id_: str) -> Told:
        note = next((n for n in self.notes if n["id"] == int(id_) and not n["deleted"]), None)
        if note is None:
            return refusal(404, "Comment not found")
        if note["user"] is None or note["user"]["uuid"] != ME:
            return refusal(403, "You cannot change the comment of somebody else")
        if asked.method == "DELETE":
            self.remove(note)
            return Told(204)
        wrong = self._raw(asked)
        if not wrong:
            note["content"]["raw"] = asked.json["content"]["raw"]
        return wrong or Told(200, note)

    def _build(self, asked: Asked, sha: str) -> Told:
        told = asked.json
        assert set(told) <= {"key", "name", "state", "description", "url"}
        if told["state"] not in {"SUCCESSFUL", "FAILED", "INPROGRESS", "STOPPED"}:
            return refusal(400, "state: not a valid choice")
        if not re.match("https?://", told.get("url", "")) or len(told["key"]) > 40:
            return refusal(400, "url: required; key: at most 40 characters")
        self.builds[told["key"]] = {**told, "sha": sha}
        return Told(201, told)

    def _report(self, asked: Asked, _: str, key: str) -> Told:
        if asked.method == "DELETE":
            self.annotations.pop(key, None)
            return Told(204) if self.reports.pop(key, None) else refusal(404, "Report not found")
        told = asked.json
        assert told["report_type"] in {"SECURITY", "COVERAGE", "TEST", "BUG"}
        assert told["result"] in {"PASSED", "FAILED", "PENDING"}
        assert len(told["details"]) <= 2_000
        self.reports[key] = told
        self.annotations.setdefault(key, [])
        return Told(200, told)

    def _lines(self, asked: Asked, _: str, key: str) -> Told:
        told, kept = asked.json, self.annotations[key]
        if len(told) > 100 or len(kept) + len(told) > 1_000:
            return refusal(400, "Too many annotations")
        for each in told:
            assert each["annotation_type"] in {"VULNERABILITY", "CODE_SMELL", "BUG"}
            assert each["severity"] in {"CRITICAL", "HIGH", "MEDIUM", "LOW"}
            assert len(each["summary"]) <= 450
            assert each["external_id"] not in {other["external_id"] for other in kept}
            kept.append(each)
        return Told(200, told)


_ROUTES = (
    ("", r"GET pullrequests/12", BitbucketFake._request),
    ("", r"GET commit/([0-9a-f]+)", BitbucketFake._commit),
    ("", r"GET pullrequests/12/comments", BitbucketFake._list),
    ("comments", r"POST pullrequests/12/comments", BitbucketFake._create),
    ("comments", r"(?:PUT|DELETE) pullrequests/12/comments/(\d+)", BitbucketFake._change),
    ("commit", r"POST commit/([0-9a-f]{40})/statuses/build", BitbucketFake._build),
    ("commit", r"(?:PUT|DELETE) commit/([0-9a-f]{40})/reports/([^/]+)", BitbucketFake._report),
    ("commit", r"POST commit/([0-9a-f]{40})/reports/([^/]+)/annotations", BitbucketFake._lines),
)
