"""Which pull request a run is for: the forge is asked, and titles believed where nobody can be."""

import json
import os
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.change.test_origin import OTHER, SHA, event, github
from tests.cli.test_comment_forges import gitlab_variables
from tests.conftest import ROOT, SCENARIOS, Run
from tests.review import gitlab_fake
from tests.review.fake import NO_RIGHT, TOKEN, GitHubFake, refused, serve
from tests.review.gitlab_fake import GitLabFake
from tests.review.records import HEAD, merged
from tfchange.change.origin import Given, origin
from tfchange.cli import sought
from tfchange.cli.sought import LATE, Found, found

DATABASE = SCENARIOS / "database-replaced" / "plan.json"
PAGE = "https://github.com/acme/shop/pull/12"


class Hub:
    """GitHub, and a run there of an event."""

    def __init__(self, fake: GitHubFake, url: str, folder: Path) -> None:
        self.fake, self._url, self._event = fake, url, folder / "event.json"
        self.waits: list[float] = []
        self.later: list[Any] = []
        """The pull requests of the commit that are known once it was waited three times."""

    def run(self, name: str, payload: Any, given: Given | None = None, **more: str) -> Found:
        """What is found out in a run of that event."""
        self._event.write_text(json.dumps(payload))
        environ = {
            **github(name, GITHUB_API_URL=self._url, GITHUB_EVENT_PATH=str(self._event)),
            "GITHUB_TOKEN": TOKEN,
            **more,
        }
        given = given or Given()
        return found(origin(given, environ, None, payload), given, environ, pause=self._pause)

    def _pause(self, seconds: float) -> None:
        self.waits.append(seconds)
        if len(self.waits) == 3 and self.later:
            self.fake.pulls[SHA] = self.later

    @property
    def asked(self) -> list[str]:
        """What it was asked for."""
        return [call.partition("/repos/acme/shop/")[2] for call in self.fake.calls]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """GitHub, which nobody has asked yet."""
    fake = GitHubFake()
    with serve(fake, "/api/v3") as url:
        yield Hub(fake, url, tmp_path)


def pushed(message: str = "Resize the database (#12)", sha: str = SHA) -> dict[str, Any]:
    """A push of one commit to `main`."""
    return {"ref": "refs/heads/main", "after": sha, "head_commit": {"id": sha, "message": message}}


@pytest.mark.parametrize("message", ["Resize the database (#12)", "Resize the database"])
def test_github_says_what_a_push_has_merged(hub: Hub, message: str) -> None:
    """Also where the title does not: as after a rebase, or where somebody has edited it."""
    hub.fake.pulls[SHA] = [merged(12, SHA)]
    commit, notes = hub.run("push", pushed(message))
    assert (commit.pull_request, commit.pull_request_url, notes) == (12, PAGE, ())
    assert (commit.ref, str(commit.key)) == ("refs/heads/main", "acme/shop@default#12")
    assert hub.asked == [f"commits/{SHA}/pulls"]


@pytest.mark.parametrize(
    "other",
    [
        merged(12, OTHER),  # its merge is another commit
        merged(12, SHA, "release"),  # into another branch
        merged(12, SHA, merged_at=None),  # not merged: the commit is the head of its branch
        merged(12, SHA, base={"ref": "main", "repo": {"full_name": "acme/fork"}}),
    ],
)
def test_a_title_that_claims_what_is_not_so_counts_for_nothing(
    hub: Hub, other: dict[str, Any]
) -> None:
    """Who may push could else use the approval of somebody else's pull request."""
    for known in ([], [other], [merged(12, SHA), merged(13, SHA)]):
        hub.fake.pulls[SHA] = known
        commit, (note,) = hub.run("push", pushed())
        assert (commit.pull_request, commit.pull_request_url) == (None, "")
        assert str(commit.key) == "acme/shop@default:refs/heads/main"
        assert "names pull request 12, and the forge knows no such merge" in note
    assert hub.run("push", pushed("Resize")) == (commit, ())


def test_among_many_the_one_is_found(hub: Hub) -> None:
    """Over all pages."""
    hub.fake.pulls[SHA] = [*(merged(n, OTHER) for n in range(100, 230)), merged(12, SHA)]
    assert hub.run("push", pushed()).commit.pull_request == 12


@pytest.mark.parametrize(
    ("answer", "token", "why"),
    [
        (refused(403, NO_RIGHT), TOKEN, "GitHub does not allow this"),
        (refused(401, "Bad credentials"), "wrong", "does not accept the token"),
        (refused(404, "Not Found"), TOKEN, "status 404"),
        (refused(429, "x")._replace(headers=(("Retry-After", "3600"),)), TOKEN, "for 3600 sec"),
        (refused(200, "x"), TOKEN, "GitHub answers what nobody here can read"),
        (None, "", "there is no token to ask the forge with"),
    ],
)
def test_the_title_is_believed_where_nobody_can_be_asked(
    hub: Hub, answer: Any, token: str, why: str
) -> None:
    """And that is said; where the title names none there is nothing to say."""
    for message, number in (("Resize (#12)", 12), ("Resize", None)):
        hub.fake.planned += [("pulls", answer)] if answer else []
        commit, notes = hub.run("push", pushed(message), GITHUB_TOKEN=token)
        assert commit.pull_request == number
        assert len(notes) == (1 if number else 0)
        assert all("says its message alone" in note and why in note for note in notes)
    assert TOKEN not in str(notes)


def test_a_merge_that_github_learns_of_late_is_waited_for(hub: Hub) -> None:
    """The push of a merge can be there before what it has merged; a title that claims nothing is
    not waited for, and one that claims what never comes not for long.
    """
    hub.later = [merged(12, SHA)]
    assert hub.run("push", pushed("Resize (#12)")).commit.pull_request == 12
    assert hub.waits == [1, 2, 4]
    hub.later, hub.fake.pulls, hub.waits = [], {}, []
    assert hub.run("push", pushed("Resize")).commit.pull_request is None
    assert hub.waits == []
    assert hub.run("push", pushed("Resize (#12)")).commit.pull_request is None
    assert hub.waits == list(LATE)
    assert sum(hub.waits) <= 30


@pytest.mark.parametrize("other", ["", "another"])
def test_a_token_for_tfchange_alone_is_asked_with(hub: Hub, tmp_path: Path, other: str) -> None:
    """Before the one that what applies is given, too; it can be in a file."""
    hub.fake.pulls[SHA] = [merged(12, SHA)]
    file = tmp_path / "token"
    file.write_text(TOKEN)
    for own in ({"TFCHANGE_GITHUB_TOKEN": TOKEN}, {"TFCHANGE_GITHUB_TOKEN_FILE": str(file)}):
        commit, notes = hub.run("push", pushed("Resize"), GITHUB_TOKEN=other, **own)
        assert (commit.pull_request, notes) == (12, ())


def test_nothing_is_asked_that_is_told(hub: Hub) -> None:
    """By a flag, or by the event."""
    asked = {"pull_request": {"number": 12, "head": {"sha": SHA, "ref": "resize"}}}
    assert hub.run("pull_request", asked).commit.pull_request == 12
    assert hub.run("push", pushed(), Given(pull_request=7)).commit.pull_request == 7
    assert hub.run("push", pushed(), Given(ref="main")).commit.pull_request is None
    assert hub.run("push", pushed(), Given(sha=OTHER)).commit.pull_request is None
    assert hub.run("workflow_dispatch", {"inputs": {}}).commit.pull_request is None
    assert hub.run("push", pushed(), GITHUB_REF="refs/tags/v1").commit.pull_request is None
    assert hub.asked == []


def follows(event_: str = "pull_request", **more: Any) -> dict[str, Any]:
    """A real payload of `workflow_run`, after a run for a branch of the repository itself."""
    told = deepcopy(event("workflow_run-1"))
    told["workflow_run"] |= {"event": event_, "head_branch": "resize", "head_sha": HEAD, **more}
    told["workflow_run"]["head_commit"]["id"] = HEAD
    return told


def listed(number: int, sha: str = HEAD, repository: int = 300029405) -> dict[str, Any]:
    """A pull request in such a payload, in its real form."""
    (told,) = deepcopy(event("workflow_run-2")["workflow_run"]["pull_requests"])
    told["base"]["repo"] = {**event("workflow_run-1")["repository"], "id": repository}
    told["head"]["sha"] = sha
    return {**told, "number": number}


@pytest.mark.parametrize(
    "pulls",
    [
        [listed(12)],
        [listed(7, OTHER), listed(12)],
        [listed(12), listed(7, repository=186853002)],
        ["odd", None, {}, {"number": 7}, listed(12)],
    ],
)
def test_a_run_after_a_run_is_of_the_pull_request_that_fits(hub: Hub, pulls: list[Any]) -> None:
    """Of this repository, and with the commit of that run as its head."""
    assert hub.run("workflow_run", follows(pull_requests=pulls)).commit.pull_request == 12
    assert hub.asked == []


@pytest.mark.parametrize(
    "pulls",
    [
        [],
        [listed(7, OTHER)],
        [listed(7, repository=186853002)],
        [listed(7), listed(8)],
        [{"number": 7}],
        None,
    ],
)
@pytest.mark.parametrize("owner", ["mallory", "octo-org"])
def test_where_none_fits_github_is_asked(hub: Hub, pulls: Any, owner: str) -> None:
    """By branch and commit: for forks, and for what is listed of others or of a later commit."""
    head = {"full_name": f"{owner}/octo-repo", "owner": {"login": owner}}
    payload = follows(pull_requests=pulls, head_repository=head)
    commit, notes = hub.run("workflow_run", payload)
    assert hub.asked == ["pulls"]
    if owner == "mallory":
        assert (commit.pull_request, commit.pull_request_url, notes) == (12, PAGE, ())
    else:
        assert commit.pull_request is None
        assert notes == ("No open pull request has the commit ec26c3e57ca3 as its head.",)


def test_a_real_list_of_another_repository_is_not_believed() -> None:
    """GitHub's own example lists a pull request of another repository, at another commit."""
    payload = event("workflow_run-2")
    run, repository = payload["workflow_run"], payload["repository"]
    (listed_,) = run["pull_requests"]
    environ = github("workflow_run", GITHUB_REPOSITORY="octo-org/octo-repo")

    def number() -> int | None:
        return origin(Given(), environ, None, payload).pull_request

    assert number() is None
    listed_["head"]["sha"] = run["head_sha"]
    assert number() is None, "it is of another repository still"
    repository["id"] = listed_["base"]["repo"]["id"]
    assert number() == listed_["number"]
    del repository["id"]
    assert number() is None, "by the addresses it is another one"
    repository["url"] = listed_["base"]["repo"]["url"]
    assert number() == listed_["number"]
    listed_["head"]["sha"] = HEAD
    assert number() is None, "at another commit"


def test_without_a_token_nobody_knows_the_pull_request_of_a_fork(hub: Hub) -> None:
    """The run is told of as one of its branch, and that is said."""
    commit, (note,) = hub.run("workflow_run", follows(pull_requests=[]), GITHUB_TOKEN="")
    assert (commit.pull_request, commit.ref) == (None, "refs/heads/resize")
    assert note.startswith("Which pull request this run is for is not known: there is no token")


def test_a_run_after_a_push_asks_what_it_has_merged(hub: Hub) -> None:
    """As the push itself does."""
    payload = follows("push", head_branch="main", pull_requests=[])
    hub.fake.pulls[HEAD] = [merged(12, HEAD)]
    assert hub.run("workflow_run", payload).commit.pull_request == 12
    assert hub.asked == [f"commits/{HEAD}/pulls"]


def test_a_run_after_one_of_the_queue_is_of_its_pull_request(hub: Hub) -> None:
    """The branch of the queue names it."""
    branch = f"gh-readonly-queue/main/pr-104-{OTHER}"
    payload = follows("merge_group", head_branch=branch, pull_requests=[])
    assert hub.run("workflow_run", payload).commit.pull_request == 104
    assert hub.asked == []


def gitlab(url: str, **more: str) -> dict[str, str]:
    """The variables of a pipeline for a branch."""
    kept = {k: v for k, v in gitlab_variables(url).items() if "MERGE_REQUEST" not in k}
    message = "Merge branch 'resize' into 'main'\n\nSee merge request acme/shop!12"
    branch = {"CI_COMMIT_BRANCH": "main", "CI_COMMIT_SHA": SHA, "CI_COMMIT_MESSAGE": message}
    return {**kept, "CI_PROJECT_ID": "42", "CI_PROJECT_PATH": "acme/shop", **branch, **more}


@pytest.mark.parametrize("name", ["merge_commit_sha", "squash_commit_sha", "sha"])
def test_gitlab_says_what_a_branch_has_merged(name: str) -> None:
    """By a merge, a squash, or by moving the branch on."""
    told = {
        "iid": 12,
        "state": "merged",
        "target_branch": "main",
        "target_project_id": 42,
        "web_url": "https://gitlab.test/acme/shop/-/merge_requests/12",
        "merge_commit_sha": None,
        "squash_commit_sha": None,
        "sha": OTHER,
        name: SHA,
    }
    others = ({"state": "opened"}, {"target_branch": "x"}, {"target_project_id": 9}, {name: OTHER})
    fake = GitLabFake()
    with serve(fake, fake.prefix) as url:
        environ = gitlab(url)
        for requests in ([told], [*({**told, **other} for other in others), told]):
            fake.requests[SHA] = requests
            commit, notes = found(origin(Given(), environ), Given(), environ)
            assert (commit.pull_request, notes) == (12, ())
            assert commit.pull_request_url == told["web_url"]
        for other in others:
            fake.requests[SHA] = [{**told, **other}]
            commit, (note,) = found(
                origin(Given(), environ), Given(), environ, pause=lambda _: None
            )
            assert commit.pull_request is None
            assert "knows no such merge" in note
        for token in ("", "job-token"):
            environ = gitlab(url, GITLAB_TOKEN=token)
            commit, (note,) = found(
                origin(Given(), environ), Given(), environ, pause=lambda _: None
            )
            assert commit.pull_request == 12
            assert "says its message alone" in note
    assert gitlab_fake.TOKEN not in note


def test_commands_ask_and_say_so(
    hub: Hub, tfchange: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The change of a push is that of the pull request which the forge names, in each command."""
    payload = tmp_path / "push.json"
    payload.write_text(json.dumps(pushed()))
    variables = github("push", GITHUB_API_URL=hub._url, GITHUB_EVENT_PATH=str(payload))
    for name, value in {**variables, "GITHUB_TOKEN": TOKEN}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sought, "LATE", ())
    assert "knows no such merge" in tfchange("comment", DATABASE, "--dry-run").out
    told = tfchange("gate", DATABASE, "--dry-run", "--format", "json")
    assert json.loads(told.out)["key"] == "acme/shop@default:refs/heads/main"
    assert "knows no such merge" in told.out
    assert "knows no such merge" in tfchange("change", "open", DATABASE, "--dry-run").out
    hub.fake.pulls[SHA] = [merged(12, SHA)]
    told = tfchange("gate", DATABASE, "--dry-run", "--format", "json")
    assert json.loads(told.out)["key"] == "acme/shop@default#12"
    assert "knows no such merge" not in told.out
    assert TOKEN not in told.out
    assert os.environ["GITHUB_TOKEN"] == TOKEN
