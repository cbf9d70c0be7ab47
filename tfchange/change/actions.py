"""Runs of GitHub Actions, and of those that imitate it: by the variables and by the event."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from tfchange.change.forge import place
from tfchange.change.merged import merged
from tfchange.change.runs import Run, Sought, branch, number, seconds
from tfchange.source.git import person

Environ = Mapping[str, str]

_QUEUED = re.compile(r"refs/heads/gh-readonly-queue/.+/pr-(\d+)-[0-9a-f]{7,64}")
_MERGE = re.compile(r"refs/pull/(\d+)/(?:merge|head)")


def run(environ: Environ, event: Mapping[str, Any]) -> Run:
    """The run; for which commit it is depends on the event, and GITHUB_SHA is often another."""
    server = environ.get("GITHUB_SERVER_URL") or "https://github.com"
    repository = environ["GITHUB_REPOSITORY"]
    at = place(server, repository, "github")
    id_ = number(environ.get("GITHUB_RUN_ID"))
    plain = Run(
        at,
        sha=environ.get("GITHUB_SHA", ""),
        ref=environ.get("GITHUB_REF", ""),
        url=f"{at.base}/actions/runs/{id_}" if id_ else "",
    )
    read = _EVENTS.get(environ.get("GITHUB_EVENT_NAME", ""))
    return read(plain, event, environ) if read else plain


def _pull_request(plain: Run, event: Mapping[str, Any], environ: Environ) -> Run:
    told = _inside(event, "pull_request")
    if not told:
        # Without the event, as in a container that does not see its file, the variables tell most.
        found = _MERGE.fullmatch(plain.ref)
        ref = branch(environ.get("GITHUB_HEAD_REF", "")) or plain.ref
        return msgspec.structs.replace(
            plain, ref=ref, pull_request=number(found[1]) if found else None
        )
    head = _inside(told, "head")
    name = _text(_inside(head, "repo"), "full_name")
    server = plain.place.server if plain.place else ""
    foreign = name and plain.place and name.lower() != plain.place.repository.lower()
    return msgspec.structs.replace(
        plain,
        sha=_text(head, "sha") or plain.sha,
        ref=branch(_text(head, "ref")) or plain.ref,
        pull_request=number(told.get("number")),
        pull_request_url=_text(told, "html_url"),
        fork=place(server, name, "github") if foreign else None,
        login=_text(_inside(told, "user"), "login"),
    )


def _push(plain: Run, event: Mapping[str, Any], _: Environ) -> Run:
    head = _inside(event, "head_commit")
    after = _text(event, "after")
    told = _of_commit(plain, head, after if after.strip("0") else plain.sha)
    return _merging(told, head) if plain.ref.startswith("refs/heads/") else told


def _merge_group(plain: Run, event: Mapping[str, Any], _: Environ) -> Run:
    group = _inside(event, "merge_group")
    ref = _text(group, "head_ref") or plain.ref
    found = _QUEUED.fullmatch(ref)
    told = _of_commit(plain, _inside(group, "head_commit"), _text(group, "head_sha") or plain.sha)
    return msgspec.structs.replace(told, ref=ref, pull_request=number(found[1]) if found else None)


def _workflow_run(plain: Run, event: Mapping[str, Any], _: Environ) -> Run:
    """A run that follows another: GITHUB_SHA and GITHUB_REF are of the default branch here."""
    told = _inside(event, "workflow_run")
    if not told:
        return plain
    name = _text(_inside(told, "head_repository"), "full_name")
    at = plain.place
    foreign = name and at and name.lower() != at.repository.lower()
    of = _of_commit(plain, _inside(told, "head_commit"), _text(told, "head_sha"))
    of = msgspec.structs.replace(
        of,
        ref=branch(_text(told, "head_branch")),
        pull_request=_asking(told, _inside(event, "repository")),
        fork=place(at.server, name, "github") if foreign and at else None,
    )
    if _text(told, "event") == "push":
        return _merging(of, _inside(told, "head_commit"))
    queued = _QUEUED.fullmatch(of.ref) if _text(told, "event") == "merge_group" else None
    if queued:
        return msgspec.structs.replace(of, pull_request=number(queued[1]))
    return msgspec.structs.replace(of, sought=Sought.HEAD) if head_of(event) else of


def _asking(run: Mapping[str, Any], repository: Mapping[str, Any]) -> int | None:
    """The one pull request of this repository that has the commit of the run as its head.

    What the event lists can be of another repository, such as the one a fork is of, and of a commit
    pushed since. Of a run for a fork it lists none.
    """
    listed = run.get("pull_requests")
    found = [
        number(each.get("number"))
        for each in (listed if isinstance(listed, list) else ())
        if isinstance(each, dict)
        and _text(_inside(each, "head"), "sha") == _text(run, "head_sha")
        and _same(_inside(each, "base", "repo"), repository)
    ]
    return found[0] if len(found) == 1 else None


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two repositories are one: by their numbers, or by their addresses in the API."""
    name = "id" if one.get("id") and other.get("id") else "url"
    return bool(one.get(name)) and one.get(name) == other.get(name)


def _comment(plain: Run, event: Mapping[str, Any], _: Environ) -> Run:
    """A comment on a pull request: GITHUB_SHA and GITHUB_REF are of the default branch here too.

    Which commit it is about the event does not say; the one that is checked out is taken.
    """
    told = _inside(event, "issue")
    asked = _inside(told, "pull_request")
    if not asked:
        return plain
    return msgspec.structs.replace(
        plain,
        sha="",
        ref="",
        pull_request=number(told.get("number")),
        pull_request_url=_text(asked, "html_url") or _text(told, "html_url"),
        login=_text(_inside(told, "user"), "login"),
    )


def head_of(event: Mapping[str, Any]) -> tuple[str, str] | None:
    """Owner and branch of the pull request that the run before this one was for; None for none."""
    told = _inside(event, "workflow_run")
    owner = _text(_inside(told, "head_repository", "owner"), "login")
    branch_ = _text(told, "head_branch")
    asked = _text(told, "event") in ("pull_request", "pull_request_target")
    return (owner, branch_) if asked and owner and branch_ else None


_EVENTS: dict[str, Callable[[Run, Mapping[str, Any], Environ], Run]] = {
    "pull_request": _pull_request,
    "pull_request_target": _pull_request,
    "pull_request_review": _pull_request,
    "issue_comment": _comment,
    "push": _push,
    "merge_group": _merge_group,
    "workflow_run": _workflow_run,
}


def _of_commit(plain: Run, head: Mapping[str, Any], sha: str) -> Run:
    author = _inside(head, "author")
    said = head if _text(head, "id") == sha else {}
    return msgspec.structs.replace(
        plain,
        sha=sha,
        time=seconds(said.get("timestamp")),
        author=person(_text(author, "name"), _text(author, "email")) if said else "",
        login=_text(author, "username") if said else "",
    )


def _merging(run: Run, head: Mapping[str, Any]) -> Run:
    """The run of a branch, with the pull request that its commit has merged by its message."""
    said = _text(head, "message") if _text(head, "id") == run.sha else ""
    return msgspec.structs.replace(run, merged=merged(said, "github"), sought=Sought.MERGE)


def _inside(tree: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """The object at that path, empty where there is none."""
    for name in names:
        deeper = tree.get(name)
        tree = deeper if isinstance(deeper, dict) else {}
    return tree


def _text(tree: Mapping[str, Any], name: str) -> str:
    value = tree.get(name)
    return value if isinstance(value, str) else ""
