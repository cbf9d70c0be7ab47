"""What the variables of a CI say of the run: GitHub, GitLab, Azure DevOps, Bitbucket, Jenkins."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from tfchange.change import actions
from tfchange.change.forge import Place, clean_url, place, place_of
from tfchange.change.merged import merged
from tfchange.change.runs import Run, Sought, branch, number, seconds, tag
from tfchange.source.git import person

Environ = Mapping[str, str]


def run(environ: Environ, event: Mapping[str, Any]) -> Run:
    """The run these variables tell of; an empty one where they are of no CI that is known."""
    if environ.get("GITHUB_REPOSITORY"):
        return actions.run(environ, event)
    read = next((read for mark, read in _OTHERS.items() if environ.get(mark)), None)
    return read(environ) if read else Run()


def _gitlab(environ: Environ) -> Run:
    asked = number(environ.get("CI_MERGE_REQUEST_IID"))
    if asked is None:
        named = tag(environ.get("CI_COMMIT_TAG", "")) or branch(environ.get("CI_COMMIT_BRANCH", ""))
        plain = _gitlab_run(environ, "CI_PROJECT", environ.get("CI_COMMIT_SHA", ""), named)
        return _merging(plain, environ.get("CI_COMMIT_MESSAGE", ""))
    # In pipelines for merged results the commit is a merge made to test; this one is only there.
    sha = environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or environ.get("CI_COMMIT_SHA", "")
    ref = branch(environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", ""))
    told = _gitlab_run(environ, "CI_MERGE_REQUEST_PROJECT", sha, ref)
    source = _gitlab_place(environ, "CI_MERGE_REQUEST_SOURCE_PROJECT")
    return msgspec.structs.replace(
        told, pull_request=asked, fork=source if source and source != told.place else None
    )


def _gitlab_run(environ: Environ, project: str, sha: str, ref: str) -> Run:
    same = sha == environ.get("CI_COMMIT_SHA")
    return Run(
        _gitlab_place(environ, project) or _gitlab_place(environ, "CI_PROJECT"),
        sha,
        ref,
        url=environ.get("CI_JOB_URL") or environ.get("CI_PIPELINE_URL", ""),
        time=seconds(environ.get("CI_COMMIT_TIMESTAMP")) if same else 0,
        author=_author(environ.get("CI_COMMIT_AUTHOR", "")) if same else "",
    )


def _gitlab_place(environ: Environ, project: str) -> Place | None:
    path, url = environ.get(f"{project}_PATH", ""), clean_url(environ.get(f"{project}_URL", ""))
    server = clean_url(environ.get("CI_SERVER_URL", "")).rstrip("/") or url.removesuffix(f"/{path}")
    return place(server, path, "gitlab") if path else None


def _azure(environ: Environ) -> Run:
    ref, sha = environ.get("BUILD_SOURCEBRANCH", ""), environ.get("BUILD_SOURCEVERSION", "")
    # The number is of GitHub's pull request, the id of one in Azure Repos (or GitHub's inner one).
    asked = number(environ.get("SYSTEM_PULLREQUEST_PULLREQUESTNUMBER"))
    if asked is None:
        asked = number(environ.get("SYSTEM_PULLREQUEST_PULLREQUESTID"))
    if asked is not None:
        source = environ.get("SYSTEM_PULLREQUEST_SOURCEBRANCH", "")
        ref = source if source.startswith("refs/") else branch(source) or ref
        sha = environ.get("SYSTEM_PULLREQUEST_SOURCECOMMITID") or sha
    collection = clean_url(environ.get("SYSTEM_COLLECTIONURI", "")).rstrip("/")
    project, id_ = environ.get("SYSTEM_TEAMPROJECT", ""), number(environ.get("BUILD_BUILDID"))
    page = f"{place(collection, project).base}/_build/results?buildId={id_}"
    plain = Run(
        place_of(environ.get("BUILD_REPOSITORY_URI", "")),
        sha,
        ref,
        asked,
        url=page if collection and project and id_ else "",
        author=person(
            environ.get("BUILD_REQUESTEDFOR", ""), environ.get("BUILD_REQUESTEDFOREMAIL", "")
        ),
    )
    return (
        _merging(plain, environ.get("BUILD_SOURCEVERSIONMESSAGE", "")) if asked is None else plain
    )


def _merging(plain: Run, message: str) -> Run:
    """The run of a branch, with the pull request that its commit has merged."""
    at = plain.place
    if not at or not plain.ref.startswith("refs/heads/"):
        return plain
    number_ = merged(message, at.forge, at.repository)
    return msgspec.structs.replace(plain, merged=number_, sought=Sought.MERGE)


def _bitbucket(environ: Environ) -> Run:
    name = environ.get("BITBUCKET_REPO_FULL_NAME", "")
    at = place("https://bitbucket.org", name, "bitbucket")
    id_ = number(environ.get("BITBUCKET_BUILD_NUMBER"))
    return Run(
        at if name else None,
        environ.get("BITBUCKET_COMMIT", ""),
        tag(environ.get("BITBUCKET_TAG", "")) or branch(environ.get("BITBUCKET_BRANCH", "")),
        number(environ.get("BITBUCKET_PR_ID")),
        url=f"{at.base}/pipelines/results/{id_}" if id_ else "",
    )


def _jenkins(environ: Environ) -> Run:
    asked = number(environ.get("CHANGE_ID"))
    # In a build of a pull request BRANCH_NAME is `PR-12`, in one of a tag the name of the tag.
    named = environ.get("CHANGE_BRANCH") if asked is not None else environ.get("BRANCH_NAME")
    told = named or environ.get("GIT_BRANCH", "").removeprefix("origin/")
    ref = tag(environ.get("TAG_NAME", "")) or branch("" if told == "detached" else told)
    return Run(
        place_of(environ.get("GIT_URL") or environ.get("GIT_URL_1", "")),
        environ.get("GIT_COMMIT", ""),
        ref,
        asked,
        environ.get("CHANGE_URL", "") if asked is not None else "",
        url=environ.get("BUILD_URL", ""),
        author=person(
            environ.get("CHANGE_AUTHOR_DISPLAY_NAME", ""), environ.get("CHANGE_AUTHOR_EMAIL", "")
        ),
        login=environ.get("CHANGE_AUTHOR", ""),
    )


_OTHERS: dict[str, Callable[[Environ], Run]] = {
    "GITLAB_CI": _gitlab,
    "TF_BUILD": _azure,
    "BITBUCKET_BUILD_NUMBER": _bitbucket,
    "JENKINS_URL": _jenkins,
}
"""The variable each CI is known by. Jenkins last: others' runners can be started by it."""


def _author(author: str) -> str:
    """`Name <address>` as git's is written."""
    name, _, rest = author.partition("<")
    return person(name, rest.rstrip("> "))
