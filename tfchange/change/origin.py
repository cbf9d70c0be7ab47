"""Where a plan comes from: what is told by flags, else by the CI, else by git."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from tfchange.change import ci
from tfchange.change.forge import Place, clean_url, page_url, place, place_of
from tfchange.change.request import Commit
from tfchange.change.runs import Run, Sought, branch
from tfchange.errors import UsageError
from tfchange.source.git import Git

_LOGIN = re.compile(r"(?:^|\()@([^\s()]+)\)?$")


class Given(msgspec.Struct, frozen=True):
    """What was told by flags; `None` where a flag was left out."""

    repository: str | None = None
    ref: str | None = None
    sha: str | None = None
    pull_request: int | None = None
    workspaces: tuple[str, ...] = ()
    run_url: str | None = None


def origin(
    given: Given,
    environ: Mapping[str, str],
    git: Git | None = None,
    event: Mapping[str, Any] | None = None,
) -> Commit:
    """The commit, each part of it from the first that tells: flags, the CI's variables, git.

    `event` is the payload that `GITHUB_EVENT_PATH` names. Raises `UsageError` where nothing tells
    which change request is meant, and says which flags to give.
    """
    git = git or Git()
    run = ci.run(environ, event or {})
    at = _place(given, run, git)
    sha = given.sha or run.sha or git.sha
    ref = _full(given.ref) or run.ref or (git.ref if git.sha == sha or not run.sha else "")
    number = given.pull_request if given.pull_request is not None else run.pull_request
    if sought(given, run, sha) is Sought.MERGE:
        # What was approved on the pull request is what is done after its merge, by the same key.
        number = run.merged
    if number is None and not ref:
        raise _nameless("ref or pull request", "--pull-request NUMBER or --ref REF", git)
    told = run if sha == run.sha else Run()
    ours = bool(git.sha) and git.sha.startswith(sha)
    return Commit(
        repository=at.repository,
        sha=sha,
        ref=ref,
        pull_request=number,
        workspaces=_workspaces(given, environ),
        time=git.time if ours else told.time,
        author=known((git.author if ours else "") or told.author, told.login),
        server=at.server,
        commit_url=at.commit_url(sha),
        ref_url=_ref_url(at, run, ref),
        pull_request_url=_pull_request_url(at, run, number),
        run_url=page_url(given.run_url or run.url),
    )


def sought(given: Given, run: Run, sha: str) -> Sought:
    """What the forge is to be asked for of the commit: nothing that a flag or the event names."""
    named = given.pull_request is not None or run.pull_request is not None
    return Sought.NOTHING if named or given.ref or sha != run.sha else run.sought


def known(author: str, login: str) -> str:
    """The author with the login at the forge, by which a CI names people: `Ann <a@b.c> (@ann)`."""
    if not author or not login:
        return author or (f"@{login}" if login else "")
    return f"{author} (@{login})"


def login_of(author: str) -> str:
    """The login in what `known` makes of an author; `""` where there is none."""
    found = _LOGIN.search(author)
    return found[1] if found else ""


def _place(given: Given, run: Run, git: Git) -> Place:
    found = run.place or place_of(git.remote)
    if found and run.pull_request_url and not found.forge:
        found = msgspec.structs.replace(found, forge=_style(run.pull_request_url))
    if not given.repository:
        if not found:
            raise _nameless("repository", "--repository OWNER/NAME", git)
        return found
    named = place_of(given.repository) if ":" in given.repository else None
    if named:
        return named
    if not found:
        return Place("", given.repository)
    if found.repository.lower() == given.repository.lower():
        return found
    return place(found.server, given.repository, found.forge)


def _style(url: str) -> str:
    """How the forge names things, by the address of a pull request."""
    path = clean_url(url)
    if "/-/merge_requests/" in path:
        return "gitlab"
    return "github" if "/pull/" in path else ""


def _full(ref: str | None) -> str:
    """The full ref; a short one is taken for a branch."""
    return branch(ref or "")


def _workspaces(given: Given, environ: Mapping[str, str]) -> tuple[str, ...]:
    told = (environ.get("TF_WORKSPACE") or "default",)
    return tuple(dict.fromkeys(given.workspaces)) or told


def _ref_url(at: Place, run: Run, ref: str) -> str:
    # The branch of a pull request from a fork is at the fork.
    home = run.fork if run.fork and ref == run.ref else at
    return home.ref_url(ref) if ref.startswith(("refs/heads/", "refs/tags/")) else ""


def _pull_request_url(at: Place, run: Run, number: int | None) -> str:
    if number is None:
        return ""
    if number == run.pull_request and run.pull_request_url:
        return page_url(run.pull_request_url)
    return at.pull_request_url(number)


def _nameless(what: str, flags: str, git: Git) -> UsageError:
    said = f" {git.fault}" if git.fault else ""
    advice = f"Name it: {flags}." + (f" {git.advice}" if git.advice else "")
    return UsageError(f"nothing says which {what} this change is of.{said}".rstrip("."), advice)
