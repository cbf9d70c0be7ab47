"""Where a plan comes from: flags before the CI's variables before git."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tfchange.change.origin import Given, known, login_of, origin
from tfchange.change.request import Commit
from tfchange.errors import UsageError
from tfchange.source.git import Git

EVENTS = Path(__file__).parent.parent.parent / "fixtures" / "events"
SHA, OTHER = "5ca1ab1e" * 5, "0ddba115" * 5
GIT = Git(
    "git@github.com:acme/shop.git", SHA, "refs/heads/main", 1_763_000_000, "Ada <ada@acme.test>"
)
NOTHING = Given()


def event(name: str) -> dict[str, Any]:
    """A real payload of GitHub."""
    return json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))


def github(name: str, **more: str) -> dict[str, str]:
    """The variables of a run of GitHub Actions."""
    return {
        "GITHUB_EVENT_NAME": name,
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_SHA": OTHER,
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_RUN_ID": "99",
        **more,
    }


def test_git_alone_is_enough() -> None:
    """On somebody's own machine the repository tells it all."""
    assert origin(NOTHING, {}, GIT) == Commit(
        repository="acme/shop",
        sha=SHA,
        ref="refs/heads/main",
        time=1_763_000_000,
        author="Ada <ada@acme.test>",
        server="https://github.com",
        commit_url=f"https://github.com/acme/shop/commit/{SHA}",
        ref_url="https://github.com/acme/shop/tree/main",
    )


def test_flags_win_over_all() -> None:
    """What is said on the command line is not looked up anywhere."""
    given = Given("other/place", "v2", OTHER, 7, ("b", "a", "b"), "https://ci.acme.test/1?a=b")
    environ = github("push", TF_WORKSPACE="staging")
    found = origin(given, environ, GIT, event("push-0"))
    assert (found.repository, found.ref, found.sha) == ("other/place", "refs/heads/v2", OTHER)
    assert (found.pull_request, found.workspaces) == (7, ("b", "a"))
    assert found.run_url == "https://ci.acme.test/1?a=b"
    assert found.pull_request_url == "https://github.com/other/place/pull/7"
    assert found.time == 0


@pytest.mark.parametrize("name", ["pull_request", "pull_request_target"])
def test_a_pull_request_is_told_by_its_head(name: str) -> None:
    """GITHUB_SHA is a merge made to test it, or the branch it goes to; neither is reviewed."""
    ref = "refs/pull/2/merge" if name == "pull_request" else "refs/heads/master"
    environ = github(name, GITHUB_REF=ref, GITHUB_REPOSITORY="Codertocat/Hello-World")
    found = origin(NOTHING, environ, GIT, event(f"{name}-0"))
    assert found.sha == "ec26c3e57ca3a959ca5aad62de7213c562f8c821"
    assert (found.pull_request, found.ref) == (2, "refs/heads/changes")
    assert found.pull_request_url == "https://github.com/Codertocat/Hello-World/pull/2"
    assert found.run_url == "https://github.com/Codertocat/Hello-World/actions/runs/99"
    assert (found.author, found.time) == ("@Codertocat", 0)
    assert str(found.key) == "Codertocat/Hello-World@default#2"


EVENT_SHA = {
    "pull_request": "ec26c3e57ca3a959ca5aad62de7213c562f8c821",
    "pull_request_target": "ec26c3e57ca3a959ca5aad62de7213c562f8c821",
    "push": "6113728f27ae82c7b1a177c8d03f9e96e0adf246",
    "push-1": OTHER,  # the tag was deleted, and nothing pushed
    "merge_group": "2ffea6db159f6b6c47a24e778fb9ef40cf6b1c7d",
    "workflow_run-0": "5779607b49aab1200488439f02372c57b4f75444",
    "workflow_run": "3484a3fb816e0859fd6e1cea078d76385ff50625",
    "workflow_dispatch": OTHER,
}
"""The commit of each event, by the name of its file, else by its own."""
EVENT_PULL_REQUEST = {"pull_request": 2, "pull_request_target": 2, "merge_group": 104}
"""None of `workflow_run`: the one that is listed there is of another repository and commit."""
EVENT_REF = {
    "pull_request": "refs/pull/2/merge",
    "merge_group": "refs/heads/gh-readonly-queue/main/pr-104-"
    "929f8209d40f77f4abc622a499c93a83babdbe64",
}
"""GITHUB_REF where it is not that of the payload, nor the default branch."""


@pytest.mark.parametrize(
    "file",
    [
        path.stem
        for name in ("pull_request", "pull_request_target", "push", "merge_group", "workflow_run",
                     "workflow_dispatch")
        for path in sorted(EVENTS.glob(f"{name}-*.json"))
    ],
)  # fmt: skip
def test_every_payload_has_its_commit_and_its_pull_request(file: str) -> None:
    """As GitHub sets the variables, none of which says so alone for most events."""
    name, payload = file.rsplit("-", 1)[0], event(file)
    environ = github(
        name,
        GITHUB_REF=EVENT_REF.get(name) or payload.get("ref") or "refs/heads/main",
        GITHUB_REPOSITORY=payload["repository"]["full_name"],
    )
    found = origin(NOTHING, environ, None, payload)
    assert found.sha == EVENT_SHA.get(file, EVENT_SHA.get(name))
    assert found.pull_request == EVENT_PULL_REQUEST.get(file, EVENT_PULL_REQUEST.get(name))
    assert found.repository == payload["repository"]["full_name"]


def test_the_branch_of_a_fork_is_at_the_fork() -> None:
    """The commit is shown by the repository itself, the branch only by the fork."""
    payload = event("pull_request-0")
    payload["pull_request"]["head"]["repo"]["full_name"] = "mallory/Hello-World"
    environ = github("pull_request", GITHUB_REPOSITORY="Codertocat/Hello-World")
    found = origin(NOTHING, environ, None, payload)
    assert found.ref_url == "https://github.com/mallory/Hello-World/tree/changes"
    assert found.commit_url.startswith("https://github.com/Codertocat/Hello-World/commit/")


def test_without_the_event_the_variables_tell_most() -> None:
    """In a container that does not see the event's file the number stands in GITHUB_REF."""
    environ = github("pull_request", GITHUB_REF="refs/pull/2/merge", GITHUB_HEAD_REF="changes")
    found = origin(NOTHING, environ)
    assert (found.pull_request, found.ref, found.sha) == (2, "refs/heads/changes", OTHER)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_push_is_told_by_what_was_pushed(number: int) -> None:
    """The new commit; where a tag was deleted there is none, and GITHUB_SHA says which to take."""
    payload = event(f"push-{number}")
    found = origin(NOTHING, github("push", GITHUB_REF=payload["ref"]), None, payload)
    gone = not payload["after"].strip("0")
    assert found.sha == (OTHER if gone else payload["after"])
    assert found.ref == payload["ref"]
    assert found.pull_request is None


def test_a_push_tells_the_time_of_its_commit() -> None:
    """In seconds since 1970, with the author."""
    found = origin(NOTHING, github("push"), None, event("push-2"))
    assert found.time == 1_557_933_565
    assert found.author == "Codertocat <21031067+Codertocat@users.noreply.github.com>"


def test_a_merge_queue_hides_the_number_in_the_ref() -> None:
    """The pull request of a merge group is the one that the queue's branch is named after."""
    environ = github("merge_group", GITHUB_REPOSITORY="octo-org/octo-repo")
    found = origin(NOTHING, environ, None, event("merge_group-0"))
    assert found.pull_request == 104
    assert found.sha == "2ffea6db159f6b6c47a24e778fb9ef40cf6b1c7d"
    assert found.pull_request_url == "https://github.com/octo-org/octo-repo/pull/104"


def test_a_run_after_a_run_is_of_the_first_ones_commit() -> None:
    """GITHUB_SHA is the default branch there, which has nothing to do with it."""
    environ = github("workflow_run", GITHUB_REPOSITORY="octo-org/octo-repo")
    found = origin(NOTHING, environ, None, event("workflow_run-2"))
    assert found.sha == "3484a3fb816e0859fd6e1cea078d76385ff50625"
    assert (found.pull_request, found.ref) == (None, "refs/heads/master")
    assert found.time == 1_601_915_527
    alone = origin(NOTHING, environ, None, event("workflow_run-1"))
    assert (alone.pull_request, alone.ref) == (None, "refs/heads/master")


def test_a_run_by_hand_is_of_its_branch() -> None:
    """Of other events GITHUB_SHA and GITHUB_REF are right, on servers of one's own too."""
    environ = github("workflow_dispatch", GITHUB_SERVER_URL="https://ghe.acme.test/")
    found = origin(NOTHING, environ, None, {"inputs": {}})
    assert (found.sha, found.ref) == (OTHER, "refs/heads/main")
    assert found.server == "https://ghe.acme.test"
    assert found.commit_url == f"https://ghe.acme.test/acme/shop/commit/{OTHER}"


GITLAB = {
    "GITLAB_CI": "true",
    "CI_SERVER_URL": "https://gitlab.acme.test",
    "CI_PROJECT_PATH": "acme/apps/shop",
    "CI_PROJECT_URL": "https://gitlab.acme.test/acme/apps/shop",
    "CI_REPOSITORY_URL": "https://gitlab-ci-token:MARKER@gitlab.acme.test/acme/apps/shop.git",
    "CI_COMMIT_SHA": OTHER,
    "CI_COMMIT_TIMESTAMP": "2025-11-13T02:13:20+00:00",
    "CI_COMMIT_AUTHOR": "Ada <ada@acme.test>",
    "CI_JOB_URL": "https://gitlab.acme.test/acme/apps/shop/-/jobs/1",
}
MERGE_REQUEST = {
    **GITLAB,
    "CI_MERGE_REQUEST_IID": "12",
    "CI_MERGE_REQUEST_PROJECT_PATH": "acme/apps/shop",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "resize",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": SHA,
    "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH": "mallory/shop",
}
AZURE = {
    "TF_BUILD": "True",
    "BUILD_REPOSITORY_URI": "https://acme@dev.azure.com/acme/apps/_git/shop",
    "BUILD_SOURCEVERSION": OTHER,
    "BUILD_SOURCEBRANCH": "refs/heads/main",
    "BUILD_BUILDID": "5",
    "SYSTEM_COLLECTIONURI": "https://dev.azure.com/acme/",
    "SYSTEM_TEAMPROJECT": "apps",
    "BUILD_REQUESTEDFOR": "Ada",
    "BUILD_REQUESTEDFOREMAIL": "ada@acme.test",
}
BITBUCKET = {
    "BITBUCKET_BUILD_NUMBER": "5",
    "BITBUCKET_REPO_FULL_NAME": "acme/shop",
    "BITBUCKET_COMMIT": SHA,
    "BITBUCKET_BRANCH": "resize",
}
JENKINS = {
    "JENKINS_URL": "https://ci.acme.test/",
    "BUILD_URL": "https://ci.acme.test/job/shop/5/",
    "GIT_URL": "https://bot:MARKER@git.acme.test/acme/shop.git",
    "GIT_COMMIT": SHA,
    "GIT_BRANCH": "origin/main",
}


@pytest.mark.parametrize(
    ("environ", "key", "sha", "links"),
    [
        (
            {**GITLAB, "CI_COMMIT_BRANCH": "main"},
            "acme/apps/shop@default:refs/heads/main",
            OTHER,
            (f"/-/commit/{OTHER}", "/-/tree/main", "", "/-/jobs/1"),
        ),
        (
            {**GITLAB, "CI_COMMIT_TAG": "v1"},
            "acme/apps/shop@default:refs/tags/v1",
            OTHER,
            (f"/-/commit/{OTHER}", "/-/tags/v1", "", "/-/jobs/1"),
        ),
        (
            MERGE_REQUEST,
            "acme/apps/shop@default#12",
            SHA,
            (f"/-/commit/{SHA}", "/mallory/shop/-/tree/resize", "/-/merge_requests/12", "/jobs/1"),
        ),
        (
            AZURE,
            "acme/apps/shop@default:refs/heads/main",
            OTHER,
            (f"/_git/shop/commit/{OTHER}", "?version=GBmain", "", "/_build/results?buildId=5"),
        ),
        (
            {
                **AZURE,
                "BUILD_SOURCEBRANCH": "refs/pull/12/merge",
                "SYSTEM_PULLREQUEST_PULLREQUESTID": "12",
                "SYSTEM_PULLREQUEST_SOURCEBRANCH": "refs/heads/resize",
                "SYSTEM_PULLREQUEST_SOURCECOMMITID": SHA,
            },
            "acme/apps/shop@default#12",
            SHA,
            (f"/commit/{SHA}", "?version=GBresize", "/pullrequest/12", "buildId=5"),
        ),
        (
            BITBUCKET,
            "acme/shop@default:refs/heads/resize",
            SHA,
            (f"/commits/{SHA}", "/branch/resize", "", "/pipelines/results/5"),
        ),
        (
            {**BITBUCKET, "BITBUCKET_PR_ID": "12"},
            "acme/shop@default#12",
            SHA,
            (f"/commits/{SHA}", "/branch/resize", "/pull-requests/12", "/results/5"),
        ),
        (JENKINS, "acme/shop@default:refs/heads/main", SHA, ("", "", "", "/job/shop/5/")),
        (
            {
                **JENKINS,
                "BRANCH_NAME": "PR-12",
                "CHANGE_ID": "12",
                "CHANGE_BRANCH": "resize",
                "CHANGE_URL": "https://git.acme.test/acme/shop/pull/12",
            },
            "acme/shop@default#12",
            SHA,
            (f"/commit/{SHA}", "/tree/resize", "/acme/shop/pull/12", "/job/shop/5/"),
        ),
        (
            {**JENKINS, "BRANCH_NAME": "v1", "TAG_NAME": "v1"},
            "acme/shop@default:refs/tags/v1",
            SHA,
            ("", "", "", "/job/shop/5/"),
        ),
    ],
)
def test_every_ci_says_where_it_runs(
    environ: dict[str, str], key: str, sha: str, links: tuple[str, str, str, str]
) -> None:
    """Repository, commit, branch or tag, pull request and run, each in its own variables."""
    found = origin(NOTHING, environ)
    assert str(found.key) == key
    assert found.sha == sha
    told = (found.commit_url, found.ref_url, found.pull_request_url, found.run_url)
    for url, end in zip(told, links, strict=True):
        assert url.endswith(end)
        assert bool(url) is bool(end)
    assert "MARKER" not in repr(found)


def test_the_time_is_of_the_commit_that_is_reviewed() -> None:
    """Of another commit than the one checked out neither time nor author is taken."""
    assert origin(NOTHING, MERGE_REQUEST).time == 0
    assert origin(NOTHING, MERGE_REQUEST, GIT).time == GIT.time
    plain = origin(NOTHING, {**GITLAB, "CI_COMMIT_BRANCH": "main"})
    assert (plain.time, plain.author) == (1_763_000_000, "Ada <ada@acme.test>")


def test_the_workspace_comes_from_a_flag_or_from_terraform() -> None:
    """Else it is Terraform's own default."""
    assert origin(NOTHING, {}, GIT).workspaces == ("default",)
    assert origin(NOTHING, {"TF_WORKSPACE": "prod"}, GIT).workspaces == ("prod",)
    assert origin(Given(workspaces=("a",)), {"TF_WORKSPACE": "prod"}, GIT).workspaces == ("a",)


@pytest.mark.parametrize(
    ("given", "git", "flag"),
    [
        (Given(), None, "--repository"),
        (Given(), Git(fault="There is no git to ask."), "--repository"),
        (Given(), Git(sha=SHA, ref="refs/heads/main"), "--repository"),
        (Given("acme/shop"), None, "--ref"),
        (Given(), Git(GIT.remote, SHA), "--pull-request"),
    ],
)
def test_where_nothing_tells_the_flags_are_named(given: Given, git: Git | None, flag: str) -> None:
    """The error says what is not known and which flag tells it."""
    with pytest.raises(UsageError) as refused:
        origin(given, {}, git)
    assert flag in refused.value.advice
    if git and git.fault:
        assert git.fault.rstrip(".") in refused.value.message


LEE, AUTHOR = {"name": "Ann  Lee", "email": "ann@acme.test"}, "Ann Lee <ann@acme.test>"


@pytest.mark.parametrize("sides", [(True, False), (False, True), (True, True)])
def test_a_commit_has_one_author_whoever_tells(sides: tuple[bool, bool]) -> None:
    """Git and each CI that knows both the name and the address write them the same way."""
    git = msgspec.structs.replace(GIT, author=AUTHOR) if sides[0] else None
    gitlab = {**GITLAB, "CI_COMMIT_BRANCH": "main", "CI_COMMIT_AUTHOR": "Ann Lee <ann@acme.test>"}
    assert origin(NOTHING, gitlab if sides[1] else {}, git).author == AUTHOR
    pushed = {"after": SHA, "head_commit": {"id": SHA, "author": {**LEE, "username": "al"}}}
    told = origin(NOTHING, github("push"), git, pushed).author
    assert told == f"{AUTHOR} (@al)"
    asked = {"CHANGE_AUTHOR": "al", "CHANGE_AUTHOR_DISPLAY_NAME": "Ann Lee"}
    jenkins = {**JENKINS, **asked, "CHANGE_AUTHOR_EMAIL": "ann@acme.test", "GIT_COMMIT": SHA}
    assert origin(NOTHING, jenkins, git).author == told


def test_the_login_is_found_again() -> None:
    """What is put behind an author can be taken out; an address is no login."""
    for author in (AUTHOR, ""):
        assert login_of(known(author, "al")) == "al"
        assert known(author, "") == author
    assert [login_of(each) for each in (AUTHOR, "ann@acme.test", "")] == ["", "", ""]


def test_a_hostile_event_is_no_crash() -> None:
    """Payloads of any shape give what they hold, and no more."""
    for payload in ({}, {"pull_request": []}, {"pull_request": {"number": "x", "head": 3}}):
        found = origin(Given(ref="main"), github("pull_request"), None, payload)
        assert found.repository == "acme/shop"
        assert found.pull_request is None
