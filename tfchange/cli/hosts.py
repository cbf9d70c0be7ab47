"""The forge whose pull request hears of a plan, connected; each adapter is imported only when it is
meant.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from tfchange.change.request import Commit
from tfchange.cli.secrets import secret
from tfchange.errors import SettingsError, UsageError
from tfchange.review.host import Host

if TYPE_CHECKING:
    from tfchange.review.github import GitHubConfig

Environ = Mapping[str, str]


def connect(commit: Commit, environ: Environ) -> Host:
    """The pull request of the commit, or its commit alone, at the forge that runs this.

    Raises `UsageError` where no forge is known that can be told.
    """
    if environ.get("GITHUB_REPOSITORY"):
        return _github(commit, environ)
    raise UsageError(
        "nothing says where the pull request is",
        "Run it in GitHub Actions, or set GITHUB_REPOSITORY and GITHUB_TOKEN. "
        "What would be said is printed by: tfchange comment PLAN --dry-run",
    )


def known(environ: Environ) -> bool:
    """Whether a forge can be asked: there is one, and a token for it."""
    return bool(
        environ.get("GITHUB_REPOSITORY")
        and (environ.get("GITHUB_TOKEN") or environ.get("GITHUB_TOKEN_FILE"))
    )


def found(commit: Commit, environ: Environ) -> Commit:
    """The commit with the pull request of a fork, where only the forge can tell which it is of."""
    if commit.pull_request is not None or environ.get("GITHUB_EVENT_NAME") != "workflow_run":
        return commit
    from tfchange.change.actions import fork_branch
    from tfchange.review import github
    from tfchange.source.event import read_event

    branch = fork_branch(read_event(environ.get("GITHUB_EVENT_PATH", "")))
    if not branch or not known(environ):
        return commit
    number = github.number_of(github.Api(_config(commit, environ)), *branch, commit.sha)
    return msgspec.structs.replace(commit, pull_request=number)


def _github(commit: Commit, environ: Environ) -> Host:
    from tfchange.review import github

    return github.connect(_config(commit, environ))


def _config(commit: Commit, environ: Environ) -> "GitHubConfig":
    from tfchange.review import github

    token = secret(environ, "GITHUB_TOKEN")
    if not token:
        raise SettingsError(
            "GITHUB_TOKEN is not set",
            "Give the step: env: GITHUB_TOKEN: ${{ github.token }}",
        )
    server = commit.server if commit.server != "https://github.com" else ""
    return github.GitHubConfig(
        commit.repository,
        commit.pull_request,
        token,
        api=environ.get("GITHUB_API_URL") or (f"{server}/api/v3" if server else github.PUBLIC),
        graphql=environ.get("GITHUB_GRAPHQL_URL", ""),
        # The event of a comment does not say which commit is at the head of the pull request.
        at_head=environ.get("GITHUB_EVENT_NAME") == "issue_comment",
    )
