"""What a repository at the fake GitHub holds, in the form in which GitHub tells it."""

from typing import Any, NamedTuple

API = "https://api.github.com"
TIME = "2026-01-01T00:00:00Z"
HEAD = "ec26c3e57ca3a959ca5aad62de7213c562f8c821"
Json = dict[str, Any]


class Account(NamedTuple):
    """Somebody with an account, or a bot."""

    id: int
    login: str
    kind: str = "User"


ROBOT = Account(41898282, "github-actions[bot]", "Bot")
STRANGER = Account(66, "mallory")
ANN = Account(7, "ann")


def user(account: Account) -> Json:
    """A simple user."""
    home = f"{API}/users/{account.login}"
    urls = ("events", "followers", "following", "gists", "organizations", "received_events",
            "repos", "starred", "subscriptions")  # fmt: skip
    return {
        "login": account.login,
        "id": account.id,
        "node_id": f"U_{account.id}",
        "avatar_url": f"{home}.png",
        "gravatar_id": "",
        "url": home,
        "html_url": f"https://github.com/{account.login}",
        **{f"{name}_url": f"{home}/{name}" for name in urls},
        "type": account.kind,
        "site_admin": False,
    }


def comment(number: int, author: Account, body: str, repository: str, issue: int) -> Json:
    """A comment on an issue or a pull request."""
    place = f"{API}/repos/{repository}/issues"
    return {
        "id": number,
        "node_id": f"IC_{number}",
        "url": f"{place}/comments/{number}",
        "html_url": f"https://github.com/{repository}/pull/{issue}#issuecomment-{number}",
        "issue_url": f"{place}/{issue}",
        "body": body,
        "user": user(author),
        "created_at": TIME,
        "updated_at": TIME,
        "author_association": "NONE",
    }


def merged(number: int, sha: str, branch: str = "main", **more: Any) -> Json:
    """A pull request in the list of a commit, as far as it is read."""
    return {
        "number": number,
        "html_url": f"https://github.com/acme/shop/pull/{number}",
        "state": "closed",
        "merged_at": TIME,
        "merge_commit_sha": sha,
        "head": {"ref": "resize", "sha": HEAD},
        "base": {"ref": branch, "repo": {"full_name": "acme/shop"}},
        **more,
    }


def label(number: int, name: str, colour: str, description: str | None) -> Json:
    """A label of a repository."""
    return {
        "id": number,
        "node_id": f"LA_{number}",
        "url": f"{API}/labels/{number}",
        "name": name,
        "color": colour,
        "description": description,
        "default": False,
    }


def check_run(number: int, asked: Json) -> Json:
    """A check run, as it was asked for."""
    output = asked["output"]
    place = f"{API}/check-runs/{number}"
    return {
        "id": number,
        "node_id": f"CR_{number}",
        "head_sha": asked["head_sha"],
        "external_id": asked.get("external_id", ""),
        "url": place,
        "html_url": f"https://github.com/runs/{number}",
        "details_url": asked.get("details_url", ""),
        "status": asked["status"],
        "conclusion": asked["conclusion"],
        "started_at": TIME,
        "completed_at": TIME,
        "output": {
            "title": output["title"],
            "summary": output["summary"],
            "text": None,
            "annotations_count": len(output.get("annotations", ())),
            "annotations_url": f"{place}/annotations",
        },
        "name": asked["name"],
        "check_suite": {"id": 1},
        "app": None,
        "pull_requests": [],
    }


def status(number: int, sha: str, asked: Json) -> Json:
    """A commit status."""
    return {
        "url": f"{API}/statuses/{sha}",
        "avatar_url": None,
        "id": number,
        "node_id": f"SC_{number}",
        "state": asked["state"],
        "description": asked.get("description", ""),
        "target_url": asked.get("target_url"),
        "context": asked["context"],
        "created_at": TIME,
        "updated_at": TIME,
        "creator": user(ROBOT),
    }
