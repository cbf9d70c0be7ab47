"""The forge whose pull request hears of a plan, connected; each adapter is imported only when it is
meant.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from tfchange.change.request import Commit
from tfchange.cli.secrets import secret
from tfchange.errors import SettingsError, UsageError
from tfchange.review.host import Host

if TYPE_CHECKING:
    from tfchange.review.github import GitHubConfig
    from tfchange.review.gitlab import GitLabConfig

Environ = Mapping[str, str]


class Known(NamedTuple):
    """A forge, by the variables that its CI sets."""

    mark: str
    """The variable that it is known by."""
    token: str
    """The variable with its token."""
    connect: Callable[[Commit, Environ], Host]


def connect(commit: Commit, environ: Environ) -> Host:
    """The pull request of the commit, or its commit alone, at the forge that runs this.

    Raises `UsageError` where no forge is known that can be told.
    """
    forge = _forge(environ)
    if forge:
        return forge.connect(commit, environ)
    raise UsageError(
        "nothing says where the pull request is",
        "Run it in GitHub Actions, GitLab CI/CD, Azure Pipelines or Bitbucket Pipelines, or set "
        "GITHUB_REPOSITORY and GITHUB_TOKEN. "
        "What would be said is printed by: tfchange comment PLAN --dry-run",
    )


def known(environ: Environ) -> bool:
    """Whether the forge can be asked: there is one, and a token for it."""
    forge = _forge(environ)
    names = (_own(forge.token), forge.token) if forge else ()
    return any(environ.get(name) or environ.get(f"{name}_FILE") for name in names)


def _github(commit: Commit, environ: Environ) -> Host:
    from tfchange.review import github

    return github.connect(github_config(commit, environ))


def github_config(commit: Commit, environ: Environ) -> "GitHubConfig":
    """Where GitHub is, by the variables of its CI."""
    from tfchange.review import github

    token = _token(environ, "GITHUB_TOKEN", "Give the step: env: GITHUB_TOKEN: ${{ github.token }}")
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


def _gitlab(commit: Commit, environ: Environ) -> Host:
    from tfchange.review import gitlab

    return gitlab.connect(gitlab_config(commit, environ))


def gitlab_config(commit: Commit, environ: Environ) -> "GitLabConfig":
    """Where GitLab is, by the variables of its CI."""
    from tfchange.review import gitlab

    token = _token(environ, "GITLAB_TOKEN", gitlab.FACTS.given)
    if token == environ.get("CI_JOB_TOKEN"):
        raise SettingsError(
            "GITLAB_TOKEN is the CI_JOB_TOKEN of the job, which cannot write notes",
            "Set it to a project access token with the scope api, as a masked variable.",
        )
    # The commit of a pipeline for merged results is another one, and has no status to be shown.
    ours = environ.get("CI_COMMIT_SHA") == commit.sha
    return gitlab.GitLabConfig(
        environ.get("CI_MERGE_REQUEST_PROJECT_ID") or environ["CI_PROJECT_ID"],
        commit.pull_request,
        token,
        environ.get("CI_API_V4_URL") or gitlab.PUBLIC,
        commit.pull_request_url,
        environ.get("CI_PIPELINE_ID", "") if ours else "",
    )


def _azure(commit: Commit, environ: Environ) -> Host:
    from tfchange.review import azure

    return azure.connect(
        azure.AzureConfig(
            environ["SYSTEM_COLLECTIONURI"],
            _named(environ, "SYSTEM_TEAMPROJECT"),
            _named(environ, "BUILD_REPOSITORY_ID"),
            commit.pull_request,
            _token(environ, "SYSTEM_ACCESSTOKEN", azure.FACTS.given),
            commit.pull_request_url,
        )
    )


def _bitbucket(commit: Commit, environ: Environ) -> Host:
    from tfchange.review import bitbucket

    return bitbucket.connect(
        bitbucket.BitbucketConfig(
            _named(environ, "BITBUCKET_WORKSPACE"),
            environ["BITBUCKET_REPO_SLUG"],
            commit.pull_request,
            _token(environ, "BITBUCKET_TOKEN", bitbucket.FACTS.given),
            environ.get("BITBUCKET_API_URL") or bitbucket.PUBLIC,
        )
    )


def _own(name: str) -> str:
    """The variable with a token for tfchange alone: what applies is never given that one."""
    return f"TFCHANGE_{name}"


def _token(environ: Environ, name: str, advice: str) -> str:
    token = secret(environ, _own(name)) or secret(environ, name)
    if not token:
        raise SettingsError(f"{name} is not set", advice)
    return token


def _named(environ: Environ, name: str) -> str:
    value = environ.get(name, "")
    if not value:
        raise SettingsError(
            f"{name} is not set", f"Set {name}; the CI of the forge does so itself."
        )
    return value


_FORGES = (
    Known("GITHUB_REPOSITORY", "GITHUB_TOKEN", _github),
    Known("CI_PROJECT_ID", "GITLAB_TOKEN", _gitlab),
    Known("SYSTEM_COLLECTIONURI", "SYSTEM_ACCESSTOKEN", _azure),
    Known("BITBUCKET_REPO_SLUG", "BITBUCKET_TOKEN", _bitbucket),
)


def _forge(environ: Environ) -> Known | None:
    return next((forge for forge in _FORGES if environ.get(forge.mark)), None)
