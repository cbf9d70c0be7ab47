"""A push of a merged pull request belongs to that pull request's change, and a mention does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.change.test_origin import AZURE, GITLAB, MERGE_REQUEST, NOTHING, SHA, event, github
from tfchange.change.merged import merged
from tfchange.change.origin import Given, origin


@pytest.mark.parametrize(
    ("message", "number"),
    [
        ("Merge pull request #12 from acme/resize\n\nResize the database", 12),
        ("Resize the database (#12)", 12),
        ("Resize the database (#12)\r\n\r\n* first\r\n* second", 12),
        ('Revert "Resize the database (#12)" (#13)', 13),
        ('Revert "Resize the database (#12)"', None),
        ("Resize, see #12", None),
        ("Resize (#12) the database", None),
        ("Resize the database\n\nMerge pull request #12 from acme/resize", None),
        ("Resize the database\n\nFixes (#12)", None),
        ("Merge pull request #12", None),
        ("Merge pull request #12a from acme/resize", None),
        ("(#12)", None),
        (f"Resize (#{'9' * 5000})", None),
        ("", None),
        (None, None),
    ],
)
def test_only_what_the_forge_writes_counts(message: object, number: int | None) -> None:
    """GitHub's merge and squash commits name their pull request; people only mention others."""
    assert merged(message, "github") == number


@pytest.mark.parametrize(
    ("message", "number"),
    [
        ("Merge branch 'resize' into 'main'\n\nResize\n\nSee merge request acme/apps/shop!12", 12),
        ("Merge branch 'resize' into 'main'\n\nSee merge request !12\n", 12),
        ("Merge branch 'resize' into 'main'\n\nSee merge request other/shop!12", None),
        ("See merge request acme/apps/shop!12\n\nand more", None),
        (f"Resize\n\nSee merge request !{'9' * 5000}", None),
        ("Resize, see acme/apps/shop!12", None),
        ("Merge pull request #12 from acme/resize", None),
    ],
)
def test_gitlab_writes_it_at_the_end(message: str, number: int | None) -> None:
    """The last line of the merge commit names the merge request, and its project."""
    assert merged(message, "gitlab", "acme/apps/shop") == number
    environ = {**GITLAB, "CI_COMMIT_BRANCH": "main", "CI_COMMIT_MESSAGE": message}
    assert origin(NOTHING, environ).pull_request == number
    tag = {**GITLAB, "CI_COMMIT_TAG": "v1", "CI_COMMIT_MESSAGE": message}
    assert origin(NOTHING, tag).pull_request is None


@pytest.mark.parametrize(
    ("message", "number"),
    [("Merged PR 12: Resize", 12), ("Merged PR 12", None), ("Undo Merged PR 12: Resize", None)],
)
def test_azure_writes_it_at_the_beginning(message: str, number: int | None) -> None:
    """The first line of the merge commit names the pull request."""
    found = origin(NOTHING, {**AZURE, "BUILD_SOURCEVERSIONMESSAGE": message})
    assert found.pull_request == number
    assert bool(found.pull_request_url) is (number is not None)


@given(st.text(), st.sampled_from(["github", "gitlab", "azure", "bitbucket", ""]))
def test_any_message_is_read(message: str, forge: str) -> None:
    """Whatever somebody has written, there is a number or there is none."""
    assert merged(message, forge, "acme/shop") is None or any(c.isdigit() for c in message)


def pushed(message: str, ref: str = "refs/heads/main") -> dict[str, object]:
    """What GitHub tells of a push of one commit."""
    return {"ref": ref, "after": SHA, "head_commit": {"id": SHA, "message": message}}


def test_a_push_of_a_merge_has_the_key_of_the_pull_request() -> None:
    """The change that was approved on the pull request is the one that the gate on main finds."""
    asked = {"number": 12, "head": {"sha": SHA, "ref": "resize"}}
    review = origin(NOTHING, github("pull_request"), None, {"pull_request": asked})
    after = origin(NOTHING, github("push"), None, pushed("Resize (#12)"))
    assert review.key == after.key
    assert str(after.key) == "acme/shop@default#12"
    assert after.pull_request_url == "https://github.com/acme/shop/pull/12"
    assert (after.ref, after.sha) == ("refs/heads/main", SHA)


def test_a_run_after_a_push_of_a_merge_has_it_too() -> None:
    """A workflow that follows the one for the push is about the same pull request."""
    told = {"event": "push", "head_sha": SHA, "head_branch": "main"}
    payload = {"workflow_run": {**told, "head_commit": {"id": SHA, "message": "Resize (#12)"}}}
    environ = github("workflow_run")
    assert origin(NOTHING, environ, None, payload).pull_request == 12
    payload["workflow_run"]["event"] = "pull_request"
    assert origin(NOTHING, environ, None, payload).pull_request is None


def test_a_flag_wins_over_the_message() -> None:
    """Who names a ref or a pull request means that one."""
    push, payload = github("push"), pushed("Resize (#12)")
    assert origin(Given(ref="main"), push, None, payload).pull_request is None
    assert origin(Given(pull_request=7), push, None, payload).pull_request == 7
    assert origin(Given(sha="0ddba11"), push, None, payload).pull_request is None
    review = origin(Given(ref="main"), MERGE_REQUEST)
    assert review.pull_request == 12


def test_a_tag_is_not_a_merge() -> None:
    """What is pushed as a tag is a release of its own, whatever its commit has merged."""
    payload = pushed("Resize (#12)", "refs/tags/v1")
    found = origin(NOTHING, github("push", GITHUB_REF="refs/tags/v1"), None, payload)
    assert (found.pull_request, found.ref) == (None, "refs/tags/v1")


@pytest.mark.parametrize("number", [0, 1])
def test_a_run_by_hand_is_told_by_the_variables(number: int) -> None:
    """The payload of a dispatch says nothing that the variables do not."""
    payload = event(f"workflow_dispatch-{number}")
    found = origin(NOTHING, github("workflow_dispatch", GITHUB_REF=payload["ref"]), None, payload)
    assert (found.pull_request, found.ref, found.sha) == (None, payload["ref"], "0ddba115" * 5)


def test_a_comment_on_a_pull_request_is_about_it() -> None:
    """The number is the issue's; GITHUB_SHA is of the default branch, so git says which commit."""
    payload = event("issue_comment-0")
    environ = github("issue_comment", GITHUB_REPOSITORY="Codertocat/Hello-World")
    assert origin(NOTHING, environ, None, payload).pull_request is None
    page = "https://github.com/Codertocat/Hello-World/pull/1"
    payload["issue"]["pull_request"] = {"html_url": page}
    found = origin(NOTHING, environ, None, payload)
    assert (found.pull_request, found.pull_request_url, found.sha) == (1, page, "")
    assert found.author == "@Codertocat"


def test_a_review_is_of_its_pull_request() -> None:
    """Its payload holds the pull request as that of `pull_request` does."""
    payload = event("pull_request_review-0")
    asked = payload["pull_request"]
    environ = github("pull_request_review", GITHUB_REPOSITORY="Codertocat/Hello-World")
    found = origin(NOTHING, environ, None, payload)
    assert (found.pull_request, found.sha) == (asked["number"], asked["head"]["sha"])
