"""What the fake GitHub does with a repository and one pull request, refusals included."""

import re
from collections.abc import Callable

from tests.review import records
from tests.review.records import HEAD, ROBOT, Account, Json
from tests.review.wire import Asked, Told, refused

MOST = 65_536
NO_RIGHT = "Resource not accessible by integration"


class Repository:
    """One repository, and what a token may do to it."""

    repository, number = "acme/shop", 12
    base, prefix = "", ""

    def __init__(self, me: Account = ROBOT) -> None:
        super().__init__()
        self.me = me
        self.may = {"comments", "labels", "checks", "statuses", "graphql", "hide"}
        """What the token may do."""
        self.notes: list[Json] = []
        """The comments, the oldest first."""
        self.hidden: list[str] = []
        self.known: dict[str, Json] = {}
        """The labels of the repository, by name in small letters."""
        self.worn: list[str] = []
        """Those of the pull request."""
        self.runs: list[Json] = []
        self.annotations: dict[int, list[Json]] = {}
        self.statuses: list[Json] = []
        self.pulls: dict[str, list[Json]] = {}
        """The pull requests of a commit."""
        self._ids = 1000

    def write(self, author: Account, body: str) -> Json:
        """Somebody comments."""
        self._ids += 1
        made = records.comment(self._ids, author, body, self.repository, self.number)
        self.notes.append(made)
        return made

    def remove(self, note: Json) -> None:
        """Somebody deletes a comment."""
        self.notes.remove(note)

    def route(self, asked: Asked) -> Told:
        place, start = asked.path, f"/repos/{self.repository}/"
        if asked.method == "GET" and place == "/user":
            return (
                refused(403, NO_RIGHT)
                if self.me.kind == "Bot"
                else Told(200, {**records.user(self.me), **_PUBLIC})
            )
        if not place.startswith(start):
            return refused(404, "Not Found")
        for method, pattern, right, act in _ROUTES:
            found = re.fullmatch(pattern, place.removeprefix(start))
            if method == asked.method and found:
                if right and right not in self.may:
                    return refused(403, NO_RIGHT)
                return act(self, asked, *found.groups())
        return refused(404, "Not Found")

    def query(self, told: Json) -> Told:
        if "graphql" not in self.may:
            return refused(403, NO_RIGHT)
        if "mutation" not in told["query"]:
            return Told(200, {"data": {"viewer": {"databaseId": self.me.id}}})
        id_ = told["variables"]["id"]
        if "hide" not in self.may or not any(note["node_id"] == id_ for note in self.notes):
            errors = [{"type": "FORBIDDEN", "message": NO_RIGHT}]
            return Told(200, {"data": {"minimizeComment": None}, "errors": errors})
        self.hidden.append(id_)
        return Told(200, {"data": {"minimizeComment": {"minimizedComment": {"isMinimized": True}}}})

    def _page(self, asked: Asked, things: list[Json]) -> Told:
        size, page = int(asked.query.get("per_page", 30)), int(asked.query.get("page", 1))
        size = min(size, 100)
        shown = things[(page - 1) * size : page * size]
        if page * size >= len(things):
            return Told(200, shown)
        url = f"{self.base}{self.prefix}{asked.path}?per_page={size}&page={page + 1}"
        return Told(200, shown, (("Link", f'<{url}>; rel="next", <{url}>; rel="last"'),))

    def _comments(self, asked: Asked, number: str) -> Told:
        if int(number) != self.number:
            return refused(404, "Not Found")
        return self._page(asked, self.notes)

    def _comment(self, asked: Asked, number: str) -> Told:
        if int(number) != self.number:
            return refused(404, "Not Found")
        body = asked.json["body"]
        return self._too_long(body) or Told(201, self.write(self.me, body))

    def _edit(self, asked: Asked, id_: str) -> Told:
        note = next((n for n in self.notes if n["id"] == int(id_)), None)
        if note is None:
            return refused(404, "Not Found")
        long = self._too_long(asked.json["body"])
        if not long:
            note["body"] = asked.json["body"]
        return long or Told(200, note)

    def _delete(self, _: Asked, id_: str) -> Told:
        note = next((n for n in self.notes if n["id"] == int(id_)), None)
        if note is None:
            return refused(404, "Not Found")
        self.notes.remove(note)
        return Told(204)

    def _too_long(self, body: str) -> Told | None:
        if len(body) <= MOST:
            return None
        said = f"Body is too long (maximum is {MOST} characters)"
        error = {"resource": "IssueComment", "code": "unprocessable", "field": "data"}
        return refused(422, "Validation Failed", errors=[{**error, "message": said}])

    def _labels(self, asked: Asked, _: str) -> Told:
        return self._page(asked, [self.known[name.lower()] for name in self.worn])

    def _known(self, _: Asked, name: str) -> Told:
        found = self.known.get(name.lower())
        return Told(200, found) if found else refused(404, "Not Found")

    def _make(self, asked: Asked) -> Told:
        told = asked.json
        if told["name"].lower() in self.known:
            error = {"resource": "Label", "code": "already_exists", "field": "name"}
            return refused(422, "Validation Failed", errors=[error])
        if len(told.get("description", "")) > 100 or not re.fullmatch("[0-9a-f]{6}", told["color"]):
            return refused(422, "Validation Failed")
        return Told(201, self.keep(told["name"], told["color"], told.get("description")))

    def keep(self, name: str, colour: str = "ededed", description: str | None = None) -> Json:
        """The repository has the label."""
        self._ids += 1
        made = records.label(self._ids, name, colour, description)
        self.known[name.lower()] = made
        return made

    def wear(self, name: str) -> None:
        """The pull request has the label, made in grey where it is new."""
        if name.lower() not in self.known:
            self.keep(name)
        if name.lower() not in map(str.lower, self.worn):
            self.worn.append(self.known[name.lower()]["name"])

    def _wear(self, asked: Asked, _: str) -> Told:
        for name in asked.json["labels"]:
            self.wear(name)
        return Told(200, [self.known[name.lower()] for name in self.worn])

    def _take_off(self, _: Asked, __: str, name: str) -> Told:
        if name.lower() not in map(str.lower, self.worn):
            return refused(404, "Label does not exist")
        self.worn = [each for each in self.worn if each.lower() != name.lower()]
        return Told(200, [self.known[each.lower()] for each in self.worn])

    def _run(self, asked: Asked) -> Told:
        told = asked.json
        more = told["output"].get("annotations", [])
        if len(more) > 50:
            return refused(422, "Invalid request.", errors=["annotations: maximum is 50"])
        if told.get("status") == "completed" and not told.get("conclusion"):
            return refused(422, "Invalid request.", errors=["conclusion is missing"])
        self._ids += 1
        made = records.check_run(self._ids, told)
        self.runs.append(made)
        self.annotations[self._ids] = list(more)
        return Told(201, made)

    def _more(self, asked: Asked, id_: str) -> Told:
        made = next((run for run in self.runs if run["id"] == int(id_)), None)
        if made is None:
            return refused(404, "Not Found")
        more = asked.json["output"].get("annotations", [])
        if len(more) > 50:
            return refused(422, "Invalid request.", errors=["annotations: maximum is 50"])
        self.annotations[int(id_)] += more
        made["output"]["annotations_count"] = len(self.annotations[int(id_)])
        return Told(200, made)

    def _runs(self, asked: Asked, sha: str) -> Told:
        name = asked.query.get("check_name")
        found = [r for r in self.runs if r["head_sha"] == sha and name in (None, r["name"])]
        return Told(200, {"total_count": len(found), "check_runs": found})

    def _status(self, asked: Asked, sha: str) -> Told:
        if len(asked.json.get("description", "")) > 140:
            return refused(422, "Validation Failed", errors=["description is too long"])
        self._ids += 1
        made = records.status(self._ids, sha, asked.json)
        self.statuses.append(made)
        return Told(201, made)

    def _pulls(self, asked: Asked) -> Told:
        """The pull request is from a fork."""
        if asked.query.get("head") != "mallory:resize":
            return Told(200, [])
        page = f"https://github.com/{self.repository}/pull/{self.number}"
        return Told(200, [{"number": self.number, "html_url": page, "head": {"sha": HEAD}}])

    def _of_commit(self, asked: Asked, sha: str) -> Told:
        return self._page(asked, self.pulls.get(sha, []))

    def _pull(self, _: Asked, number: str) -> Told:
        return Told(200, {"number": int(number), "head": {"sha": HEAD}})


_PUBLIC = {
    **dict.fromkeys(("name", "company", "blog", "location", "email", "bio", "hireable")),
    **dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0),
    **dict.fromkeys(("created_at", "updated_at"), records.TIME),
}

_ROUTES: tuple[tuple[str, str, str, Callable[..., Told]], ...] = (
    ("GET", r"issues/(\d+)/comments", "", Repository._comments),
    ("POST", r"issues/(\d+)/comments", "comments", Repository._comment),
    ("PATCH", r"issues/comments/(\d+)", "comments", Repository._edit),
    ("DELETE", r"issues/comments/(\d+)", "comments", Repository._delete),
    ("GET", r"issues/(\d+)/labels", "", Repository._labels),
    ("POST", r"issues/(\d+)/labels", "labels", Repository._wear),
    ("DELETE", r"issues/(\d+)/labels/(.+)", "labels", Repository._take_off),
    ("GET", r"labels/(.+)", "", Repository._known),
    ("POST", r"labels", "labels", Repository._make),
    ("POST", r"check-runs", "checks", Repository._run),
    ("PATCH", r"check-runs/(\d+)", "checks", Repository._more),
    ("GET", r"commits/(\w+)/check-runs", "", Repository._runs),
    ("GET", r"commits/(\w+)/pulls", "", Repository._of_commit),
    ("POST", r"statuses/(\w+)", "statuses", Repository._status),
    ("GET", r"pulls/(\d+)", "", Repository._pull),
    ("GET", r"pulls", "", Repository._pulls),
)
