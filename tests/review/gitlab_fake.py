"""A fake GitLab with one merge request: it keeps notes, labels and statuses, and refuses what
GitLab refuses. A line of a note that begins with a command is done and taken out, as GitLab does.
"""

import re
from typing import Any

from tests.review.wire import Asked, Fake, Told

TOKEN = "glpat-s3cret-token-marker"  # noqa: S105  # planted, to be looked for
HEAD = "5ca1ab1e" * 5
ME, STRANGER = 4711, 66
MOST = 1_000_000
STATES = {"pending", "running", "success", "failed", "canceled", "skipped"}
COMMAND = re.compile(r"^\s*/(?:approve|merge|close)\b.*\n?", re.MULTILINE)
Json = dict[str, Any]


def refusal(status: int, message: Any) -> Told:
    """In the form of GitLab."""
    return Told(status, {"message": message})


class GitLabFake(Fake):
    """One project, `acme/shop`, with the merge request 12."""

    base, prefix = "https://gitlab.test", "/api/v4"

    def __init__(self) -> None:
        super().__init__()
        self.project, self.number = "42", 12
        self.may = {"notes", "labels", "statuses"}
        self.pages = "both"
        """How it names the next page: `link`, `header` or both."""
        self.notes: list[Json] = []
        self.known: dict[str, Json] = {}
        self.worn: list[str] = []
        self.statuses: list[Json] = []
        self.requests: dict[str, list[Json]] = {}
        """The merge requests of a commit."""
        self.commanded: list[str] = []
        self._ids = 100

    def write(self, author: int, body: str, *, system: bool = False) -> Json:
        """Somebody comments, or GitLab itself notes something."""
        self._ids += 1
        self.commanded += [found.strip() for found in COMMAND.findall(body)]
        made = {
            "id": self._ids,
            "body": COMMAND.sub("", body),
            "author": {"id": author, "username": f"user{author}"},
            "system": system,
        }
        self.notes.append(made)
        return made

    def reply(self, asked: Asked) -> Told:
        """The reply of GitLab."""
        if asked.headers.get("private-token") != TOKEN:
            return refusal(401, "401 Unauthorized")
        path = asked.path
        if (asked.method, path) == ("GET", "/user"):
            return Told(200, {"id": ME, "username": "project_42_bot"})
        place = f"/projects/{self.project}/"
        if not path.startswith(place):
            return refusal(404, "404 Project Not Found")
        path = path.removeprefix(place)
        for pattern, act in _ROUTES:
            found = re.fullmatch(pattern, f"{asked.method} {path}")
            if found:
                return act(self, asked, *found.groups())
        return refusal(404, "404 Not Found")

    def _request(self, asked: Asked, number: str) -> Told:
        if int(number) != self.number:
            return refusal(404, "404 Not Found")
        if asked.method == "PUT":
            if "labels" not in self.may:
                return refusal(403, "403 Forbidden")
            assert set(asked.json) <= {"add_labels", "remove_labels"}
            for name in filter(None, asked.json.get("add_labels", "").split(",")):
                self.known.setdefault(name, {"name": name, "color": "#6699cc"})
                self.worn += [] if name in self.worn else [name]
            gone = asked.json.get("remove_labels", "").split(",")
            self.worn = [name for name in self.worn if name not in gone]
        return Told(200, {"iid": self.number, "sha": HEAD, "labels": self.worn})

    def _list(self, asked: Asked, _: str) -> Told:
        assert asked.query["sort"] == "asc"
        size, page = min(int(asked.query["per_page"]), 100), int(asked.query.get("page", 1))
        shown = self.notes[(page - 1) * size : page * size]
        last = page * size >= len(self.notes)
        headers = [("X-Next-Page", "" if last else str(page + 1))]
        path = f"{self.url}/projects/{self.project}/merge_requests/{self.number}/notes"
        link = f'<{path}?sort=asc&per_page={size}&page={page + 1}>; rel="next"'
        headers += [] if last else [("Link", link)]
        wanted = {"link": "Link", "header": "X-Next-Page"}.get(self.pages, "")
        return Told(200, shown, tuple(h for h in headers if wanted in ("", h[0])))

    def _body(self, asked: Asked) -> Told | None:
        assert set(asked.json) == {"body"}
        if "notes" not in self.may:
            return refusal(403, "403 Forbidden")
        if not asked.json["body"].strip():
            return refusal(400, {"note": ["can't be blank"]})
        if len(asked.json["body"]) > MOST:
            return refusal(400, {"note": [f"is too long (maximum is {MOST} characters)"]})
        return None

    def _create(self, asked: Asked, _: str) -> Told:
        return self._body(asked) or Told(201, self.write(ME, asked.json["body"]))

    def _change(self, asked: Asked, _: str, id_: str) -> Told:
        note = next((n for n in self.notes if n["id"] == int(id_)), None)
        if note is None:
            return refusal(404, "404 Note Not Found")
        if note["author"]["id"] != ME or "notes" not in self.may:
            return refusal(403, "403 Forbidden")
        if asked.method == "DELETE":
            self.notes.remove(note)
            return Told(204)
        wrong = self._body(asked)
        if not wrong:
            self.commanded += [each.strip() for each in COMMAND.findall(asked.json["body"])]
            note["body"] = COMMAND.sub("", asked.json["body"])
        return wrong or Told(200, note)

    def _label(self, asked: Asked, name: str) -> Told:
        found = self.known.get(name)
        return Told(200, found) if found else refusal(404, "404 Label Not Found")

    def _keep(self, asked: Asked) -> Told:
        if "labels" not in self.may:
            return refusal(403, "403 Forbidden")
        label = asked.json
        assert set(label) <= {"name", "color", "description"}
        if not re.fullmatch("#[0-9a-f]{6}", label["color"]):
            return refusal(400, {"color": ["must be a valid color code"]})
        if label["name"] in self.known:
            return refusal(409, "Label already exists")
        self.known[label["name"]] = label
        return Told(201, label)

    def _status(self, asked: Asked, sha: str) -> Told:
        if "statuses" not in self.may:
            return refusal(403, "403 Forbidden")
        told = asked.json
        known = {"state", "name", "description", "target_url", "pipeline_id", "ref"}
        assert set(told) <= known
        assert re.fullmatch("[0-9a-f]{40}", sha)
        if told["state"] not in STATES:
            return Told(400, {"error": "state does not have a valid value"})
        if len(told.get("description", "")) > 255:
            return refusal(400, {"description": ["is too long (maximum is 255 characters)"]})
        self.statuses.append({**told, "sha": sha})
        return Told(201, {"id": len(self.statuses), "status": told["state"], **told})

    def _of_commit(self, _: Asked, sha: str) -> Told:
        return Told(200, self.requests.get(sha, []))


_ROUTES = (
    (r"GET repository/commits/(\w+)/merge_requests", GitLabFake._of_commit),
    (r"(?:GET|PUT) merge_requests/(\d+)", GitLabFake._request),
    (r"GET merge_requests/(\d+)/notes", GitLabFake._list),
    (r"POST merge_requests/(\d+)/notes", GitLabFake._create),
    (r"(?:PUT|DELETE) merge_requests/(\d+)/notes/(\d+)", GitLabFake._change),
    (r"GET labels/([^/]+)", GitLabFake._label),
    (r"POST labels", GitLabFake._keep),
    (r"POST statuses/([^/]+)", GitLabFake._status),
)
