"""`tfchange comment` in the CI of GitLab, Azure and Bitbucket: their variables, and a token."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, SCENARIOS, Run
from tests.contracts.forges import AzureForge, BitbucketForge, GitLabForge
from tests.review import azure_fake, bitbucket_fake, gitlab_fake
from tests.review.wire import serve
from tfchange.review import azure, bitbucket, gitlab

DATABASE = SCENARIOS / "database-replaced" / "plan.json"
TAGS = SCENARIOS / "tags-only" / "plan.json"
SHA = "5ca1ab1e" * 5


def gitlab_variables(url: str) -> dict[str, str]:
    """Of a pipeline for merged results, whose commit is not the head of the branch."""
    return {
        "GITLAB_CI": "true",
        "CI_API_V4_URL": url,
        "CI_SERVER_URL": "https://gitlab.test",
        "CI_PROJECT_ID": "99",
        "CI_PROJECT_PATH": "ann/shop",
        "CI_PROJECT_URL": "https://gitlab.test/ann/shop",
        "CI_MERGE_REQUEST_PROJECT_ID": "42",
        "CI_MERGE_REQUEST_PROJECT_PATH": "acme/shop",
        "CI_MERGE_REQUEST_PROJECT_URL": "https://gitlab.test/acme/shop",
        "CI_MERGE_REQUEST_IID": "12",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "resize",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": SHA,
        "CI_COMMIT_SHA": "0ddba115" * 5,
        "CI_PIPELINE_ID": "77",
        "CI_JOB_URL": "https://gitlab.test/acme/shop/-/jobs/1",
        "CI_JOB_TOKEN": "job-token",
        "GITLAB_TOKEN": gitlab_fake.TOKEN,
    }


def azure_variables(url: str) -> dict[str, str]:
    """Of a build that a branch policy starts."""
    return {
        "TF_BUILD": "True",
        "SYSTEM_COLLECTIONURI": f"{url}/",
        "SYSTEM_TEAMPROJECT": "shop floor",
        "BUILD_REPOSITORY_ID": "shop",
        "BUILD_REPOSITORY_URI": "https://dev.azure.com/acme/shop%20floor/_git/shop",
        "BUILD_REPOSITORY_PROVIDER": "TfsGit",
        "BUILD_SOURCEBRANCH": "refs/pull/12/merge",
        "BUILD_SOURCEVERSION": "0ddba115" * 5,
        "BUILD_BUILDID": "7",
        "SYSTEM_PULLREQUEST_PULLREQUESTID": "12",
        "SYSTEM_PULLREQUEST_SOURCEBRANCH": "refs/heads/resize",
        "SYSTEM_PULLREQUEST_SOURCECOMMITID": SHA,
        "SYSTEM_ACCESSTOKEN": azure_fake.TOKEN,
    }


def bitbucket_variables(url: str) -> dict[str, str]:
    """Of a pipeline for pull requests."""
    return {
        "BITBUCKET_BUILD_NUMBER": "7",
        "BITBUCKET_API_URL": url,
        "BITBUCKET_WORKSPACE": "acme",
        "BITBUCKET_REPO_SLUG": "shop",
        "BITBUCKET_REPO_FULL_NAME": "acme/shop",
        "BITBUCKET_PR_ID": "12",
        "BITBUCKET_BRANCH": "resize",
        "BITBUCKET_COMMIT": SHA,
        "BITBUCKET_TOKEN": bitbucket_fake.TOKEN,
    }


KINDS: dict[str, tuple[Any, Any, str, str]] = {
    "gitlab": (GitLabForge, gitlab_variables, gitlab_fake.TOKEN, "GITLAB_TOKEN"),
    "azure": (AzureForge, azure_variables, azure_fake.TOKEN, "SYSTEM_ACCESSTOKEN"),
    "bitbucket": (BitbucketForge, bitbucket_variables, bitbucket_fake.TOKEN, "BITBUCKET_TOKEN"),
}
RIGHTS = {
    "gitlab": gitlab.FACTS.rights,
    "azure": azure.FACTS.rights,
    "bitbucket": bitbucket.FACTS.rights,
}


@pytest.fixture(params=list(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    """Each forge but GitHub, which has tests of its own."""
    return str(request.param)


@pytest.fixture
def forge(kind: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The forge, and the variables of its CI."""
    make, variables, _, _ = KINDS[kind]
    some = make()
    with serve(some.fake, some.fake.prefix) as url:
        for name, value in variables(url).items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(ROOT)
        yield some


def test_the_pull_request_hears_of_it(kind: str, forge: Any, tfchange: Run) -> None:
    """One comment, two labels where there are labels, one check: from one command and a token."""
    done = tfchange("comment", DATABASE, "--source", DATABASE.parent / "after")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("The comment: created. https://")
    (text,) = forge.texts()
    assert "Normal change" in text
    assert ("<details>" in text) is (kind != "bitbucket")
    named = {name.partition(":")[0] for name in forge.worn()}
    assert named == (set() if kind == "bitbucket" else {"change", "risk"})
    ((name, ended, lines),) = forge.checked()
    assert (name, ended, lines > 0) == ("tfchange", "success", kind == "bitbucket")
    assert ("no annotations" in done.out) is (kind != "bitbucket")
    assert KINDS[kind][2] not in done.out


def test_the_next_run_knows_it_again(forge: Any, tfchange: Run) -> None:
    """The same plan writes nothing, another edits."""
    tfchange("comment", DATABASE)
    assert tfchange("comment", DATABASE).out.startswith("The comment: unchanged.")
    assert tfchange("comment", TAGS).out.startswith("The comment: updated.")
    (text,) = forge.texts()
    assert "Standard change" in text


def test_the_token_can_be_in_a_file(
    kind: str, forge: Any, tfchange: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the forge or a vault puts it there."""
    _, _, token, variable = KINDS[kind]
    (tmp_path / "token").write_text(f"{token}\n")
    monkeypatch.delenv(variable)
    monkeypatch.setenv(f"{variable}_FILE", str(tmp_path / "token"))
    assert tfchange("comment", DATABASE).code == 0
    assert len(forge.texts()) == 1


def test_a_missing_token_is_named(
    kind: str, forge: Any, tfchange: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what it has to be; a dry run needs none, and speaks the Markdown of nobody."""
    monkeypatch.delenv(KINDS[kind][3])
    done = tfchange("comment", DATABASE)
    assert done.code == 2
    assert f"{KINDS[kind][3]} is not set" in done.err
    assert tfchange("comment", DATABASE, "--dry-run").code == 0
    assert forge.fake.calls == []


def test_without_a_right_it_fails(kind: str, forge: Any, tfchange: Run) -> None:
    """There is no summary of the job that would say it instead; which right it needs is said."""
    forge.fake.may.clear()
    done = tfchange("comment", DATABASE)
    assert done.code == 1
    assert "does not allow this" in done.err
    assert RIGHTS[kind] in done.err


def test_a_dry_run_looks_and_writes_nothing(kind: str, forge: Any, tfchange: Run) -> None:
    """What it prints is in the Markdown of the forge."""
    done = tfchange("comment", DATABASE, "--dry-run")
    assert done.code == 0
    assert forge.texts() == []
    assert all(call.startswith("GET") for call in forge.fake.calls)
    assert ("<details>" in done.out) is (kind != "bitbucket")


@pytest.mark.parametrize("kind", ["gitlab"])
def test_the_token_of_a_job_cannot_write_notes(
    forge: Any, tfchange: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which GitLab would answer with a bare 401 only; nothing is asked."""
    monkeypatch.setenv("GITLAB_TOKEN", "job-token")
    done = tfchange("comment", DATABASE)
    assert done.code == 2
    assert "CI_JOB_TOKEN" in done.err
    assert "project access token with the scope api" in done.err
    assert forge.fake.calls == []


@pytest.mark.parametrize("kind", ["gitlab"])
@pytest.mark.parametrize("merged", [True, False])
def test_a_status_names_its_pipeline_where_the_commit_is_in_it(
    forge: Any, tfchange: Run, monkeypatch: pytest.MonkeyPatch, merged: bool
) -> None:
    """A pipeline for merged results is of another commit, which nobody looks at."""
    if not merged:
        monkeypatch.delenv("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA")
    tfchange("comment", DATABASE)
    (status,) = forge.fake.statuses
    assert status["sha"] == (SHA if merged else "0ddba115" * 5)
    assert ("pipeline_id" in status) is not merged
    assert status["target_url"] == "https://gitlab.test/acme/shop/-/jobs/1"


@pytest.mark.parametrize("kind", ["azure", "bitbucket"])
def test_what_is_missing_is_named(
    kind: str, forge: Any, tfchange: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where somebody sets the variables by hand."""
    variable = "SYSTEM_TEAMPROJECT" if kind == "azure" else "BITBUCKET_WORKSPACE"
    monkeypatch.delenv(variable)
    done = tfchange("comment", DATABASE)
    assert done.code == 2
    assert f"{variable} is not set" in done.err
    assert forge.texts() == []
