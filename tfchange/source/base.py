"""The commit that a change starts from, and which files differ from it; never an error."""

from collections.abc import Mapping

from tfchange.source.git import ask

TARGETS = (
    "GITHUB_BASE_REF",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
    "SYSTEM_PULLREQUEST_TARGETBRANCH",
    "BITBUCKET_PR_DESTINATION_BRANCH",
    "CHANGE_TARGET",
)
"""Where CIs say which branch a pull request is for: GitHub, GitLab, Azure, Bitbucket, Jenkins."""


def target(environ: Mapping[str, str]) -> str:
    """The name of the branch that a pull request is for; `""` where no variable tells one."""
    named = next((environ[name] for name in TARGETS if environ.get(name)), "")
    return named.removeprefix("refs/heads/")


def base_of(folder: str, asked: str | None, environ: Mapping[str, str]) -> str:
    """The hash of the commit to compare with; `""` where this clone does not have it.

    It is where the history of the ref that is asked for, or of the target of a pull request, parts
    from that of HEAD; without either the commit before HEAD.
    """
    if asked:
        return _parting(folder, asked)
    name = target(environ)
    refs = (f"refs/remotes/origin/{name}", f"refs/heads/{name}") if name else ()
    found = next((commit for ref in refs if (commit := _parting(folder, ref))), "")
    return found or _parting(folder, "HEAD^1")


def differing(folder: str, commit: str, *patterns: str) -> frozenset[str]:
    """The names of the files right in this folder that are not as they were in the commit."""
    code, said, _ = ask(
        folder, "diff", "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv",
        "--relative", "-z", commit, "--", *(f":(glob){pattern}" for pattern in patterns),
    )  # fmt: skip
    return frozenset(filter(None, said.split("\0"))) if code == 0 else frozenset()


def _parting(folder: str, ref: str) -> str:
    if ref.startswith("-"):
        return ""
    code, said, _ = ask(folder, "merge-base", "HEAD", ref)
    return said.strip() if code == 0 else ""
