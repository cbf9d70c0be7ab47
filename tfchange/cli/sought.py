"""The pull request of a run, asked of the forge where that alone knows it for sure.

What a push says of itself, such as `(#12)` at the end of a title, anybody who may push can write.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from tfchange.change import ci
from tfchange.change.actions import head_of
from tfchange.change.forge import page_url
from tfchange.change.origin import Given, sought
from tfchange.change.request import Commit
from tfchange.change.runs import Sought
from tfchange.cli import hosts
from tfchange.errors import DeskError, SettingsError
from tfchange.review.host import Pull
from tfchange.source.event import read_event

Environ = Mapping[str, str]
Head = tuple[str, str]
"""Owner and branch."""
LATE = (1, 2, 4, 8, 15)
"""Seconds before a merge that a title claims is asked for again: forges know of one a while later.

https://github.com/rust-lang/rust/pull/140703
"""


class Found(NamedTuple):
    """The commit with its pull request, and what is to be known of that, as finished sentences."""

    commit: Commit
    notes: tuple[str, ...] = ()


def found(
    commit: Commit, given: Given, environ: Environ, *, pause: Callable[[float], None] = time.sleep
) -> Found:
    """The commit with the pull request that the forge names, or that of its message where nobody
    can be asked; nothing is asked where the event or a flag has named it.
    """
    event = read_event(environ.get("GITHUB_EVENT_PATH", ""))
    what = sought(given, ci.run(environ, event), commit.sha)
    if what is Sought.NOTHING:
        return Found(commit)
    claimed = what is Sought.MERGE and commit.pull_request is not None
    try:
        pull = _asked(commit, environ, head_of(event) if what is Sought.HEAD else None)
        for wait in LATE if claimed else ():
            if not pull:
                pause(wait)
                pull = _asked(commit, environ, None)
    except (DeskError, SettingsError) as error:
        return Found(commit, tuple(_believed(what, commit, error.message.rstrip("."))))
    number, url = (pull.number, page_url(pull.url)) if pull else (None, "")
    known = msgspec.structs.replace(commit, pull_request=number, pull_request_url=url)
    return Found(known, () if pull else tuple(_unknown(what, commit)))


def _asked(commit: Commit, environ: Environ, head: Head | None) -> Pull | None:
    """By GitHub or GitLab; raises `DeskError` where neither can be asked."""
    if not hosts.known(environ):
        raise DeskError("there is no token to ask the forge with")
    if environ.get("GITHUB_REPOSITORY"):
        return _github(commit, environ, head)
    if environ.get("CI_PROJECT_ID"):
        return _gitlab(commit, environ)
    raise DeskError("only GitHub and GitLab are asked")


def _github(commit: Commit, environ: Environ, head: Head | None) -> Pull | None:
    from tfchange import http
    from tfchange.review import github

    api = github.Api(hosts.github_config(commit, environ))
    with http.answers("GitHub"):
        if head:
            return github.asking(api, *head, commit.sha)
        return github.merging(api, commit.repository, _branch(commit), commit.sha)


def _gitlab(commit: Commit, environ: Environ) -> Pull | None:
    from tfchange import http
    from tfchange.review import gitlab

    config = hosts.gitlab_config(commit, environ)
    with http.answers("GitLab"):
        return gitlab.merging(gitlab.rest(config), config.project, _branch(commit), commit.sha)


def _branch(commit: Commit) -> str:
    return commit.ref.removeprefix("refs/heads/")


def _believed(what: Sought, commit: Commit, why: str) -> Iterator[str]:
    if what is Sought.HEAD:
        yield f"Which pull request this run is for is not known: {why}."
    elif commit.pull_request is not None:
        said = f"That it has merged pull request {commit.pull_request} says its message alone"
        yield f"{said}: {why}."


def _unknown(what: Sought, commit: Commit) -> Iterator[str]:
    if what is Sought.HEAD:
        yield f"No open pull request has the commit {commit.sha[:12]} as its head."
    elif commit.pull_request is not None:
        said = f"The message of the commit names pull request {commit.pull_request}"
        yield f"{said}, and the forge knows no such merge: the run is for the branch."
