"""From an assessment to what a service desk is told: the second half of the tool on one page."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from posixpath import dirname, isabs

import msgspec

from tfchange.change import approved
from tfchange.change.approved import Approved, PlanItems
from tfchange.change.forge import short
from tfchange.change.origin import Given, known, login_of, origin
from tfchange.change.request import Attachment, ChangeRequest, Commit, Link, Stamp, Window
from tfchange.change.runs import seconds
from tfchange.change.text import texts
from tfchange.change.title import place_name, title
from tfchange.report import picture
from tfchange.report.files import html_file, json_file, markdown_file
from tfchange.risk.assessment import AffectedService, Assessment
from tfchange.source.event import read_event
from tfchange.source.git import read_commit, read_git
from tfchange.source.place import read_workspace
from tfchange.words import plain


class Salt(msgspec.Struct, frozen=True):
    """The key of fingerprints."""

    key: str
    secret: bool
    """Whether nobody who sees a change knows it."""


class Wishes(msgspec.Struct, frozen=True):
    """What is asked of a change request besides the assessment and the commit."""

    services: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    """Affected configuration items (CIs)."""
    window: Window | None = None
    report: str = "html"
    """How the report is attached: `html`, `markdown`, or `none`."""
    plans: tuple[PlanItems, ...] = ()
    """What each plan does, to be kept for the gate."""
    salt: Salt | None = None
    """What their digests are keyed with."""


def where(given: Given, environ: Mapping[str, str] | None = None, folder: str = ".") -> Commit:
    """The commit that a run in that folder is for, from flags, the CI's variables, and git.

    Raises `UsageError` where none of them tells which change request is meant.
    """
    environ = os.environ if environ is None else environ
    git, event = read_git(folder), environ.get("GITHUB_EVENT_PATH")
    if not given.workspaces and not environ.get("TF_WORKSPACE"):
        chosen = read_workspace(folder, environ.get("TF_DATA_DIR"))
        given = msgspec.structs.replace(given, workspaces=(chosen,) if chosen else ())
    commit = origin(given, environ, git, read_event(event) if event else {})
    if commit.time or not commit.sha or git.fault:
        return commit
    # What is reviewed is often not what is checked out, and may be in the clone all the same.
    _, time, author = read_commit(folder, commit.sha)
    told = known(author, login_of(commit.author)) if author else commit.author
    return msgspec.structs.replace(commit, time=time, author=told)


def salt_for(commit: Commit, secret: str) -> Salt:
    """The key for changes of that repository: the secret, else what everybody knows."""
    return Salt(secret or commit.repository, bool(secret))


def request(
    assessment: Assessment, commit: Commit, wishes: Wishes | None = None, *, now: int
) -> ChangeRequest:
    """Everything a desk is told of these plans; the same plans at the same commit tell the same.

    `now` is the time of the run, for plans that do not say when they were made.
    """
    wishes = wishes or Wishes()
    told = at_home(assessment)
    return ChangeRequest(
        commit=commit,
        category=told.category,
        level=told.level,
        impact=told.impact,
        likelihood=told.likelihood,
        score=told.score,
        stamp=stamp(told, commit, now),
        title=title(told, commit),
        texts=texts(told, commit),
        environment=told.environment,
        fingerprint=told.plan.fingerprint,
        envelope=told.envelope or told.earning,
        emergency=told.emergency,
        approvals=told.approvals,
        lead_time=told.lead_time,
        window=wishes.window,
        services=tuple(_named(wishes.services, (s.name for s in _changed(told)))),
        items=tuple(_named(wishes.items, (s.ci for s in _changed(told)))),
        links=tuple(_links(commit)),
        attachments=(*_attachments(told, wishes), *_items(wishes, told.environment)),
    )


def _changed(assessment: Assessment) -> list[AffectedService]:
    """The services that change; those that are only reached are told of in words."""
    return [s for s in assessment.services or () if s.changed]


def _named(wished: Sequence[str], found: Iterable[str]) -> Iterator[str]:
    """What was asked for, and then what the catalogue knows; each once, in any case of letters."""
    yield from wished
    known = {name.casefold() for name in wished}
    for name in found:
        if name and name.casefold() not in known:
            known.add(name.casefold())
            yield name


def stamp(assessment: Assessment, commit: Commit, now: int) -> Stamp:
    """When a run with these plans stands in the order of runs; `now` where they do not say."""
    return Stamp(commit.time, _planned(assessment) or now)


def _planned(assessment: Assessment) -> int:
    """When the newest of the plans was made; 0 where not all of them say."""
    sections = assessment.sections or (assessment,)
    times = [seconds(section.plan.timestamp) for section in sections]
    return max(times) if all(times) else 0


def _links(commit: Commit) -> Iterator[Link]:
    name, tag = plain(commit.repository), commit.ref.startswith("refs/tags/")
    if commit.pull_request_url:
        yield Link("pull request", place_name(commit), commit.pull_request_url)
    if commit.commit_url:
        yield Link("commit", f"{name}@{plain(commit.sha[:12])}", commit.commit_url)
    if commit.ref_url:
        title_ = f"{name} {plain(short(commit.ref))}"
        yield Link("tag" if tag else "branch", title_, commit.ref_url)
    if commit.run_url:
        yield Link("run", "The run that filed this", commit.run_url)


def _attachments(assessment: Assessment, wishes: Wishes) -> Iterator[Attachment]:
    declared = assessment.emergency
    if declared:
        # The day it is due is counted from this run; a file must not differ for that.
        timeless = msgspec.structs.replace(declared, review_due="")
        assessment = msgspec.structs.replace(assessment, emergency=timeless)
    yield Attachment("assessment.json", "application/json", json_file(assessment))
    if wishes.report == "html":
        yield Attachment("report.html", "text/html", html_file(assessment))
    elif wishes.report == "markdown":
        yield Attachment("report.md", "text/markdown", markdown_file(assessment))
    if assessment.changes:
        drawn = picture.render(assessment).encode()
        yield Attachment("blast-radius.svg", "image/svg+xml", drawn)


def filed(plans: Sequence[PlanItems], salt: Salt, environment: str) -> Approved:
    """What the plans do together, each named from the folder that holds them."""
    home = _home(plan.path for plan in plans)
    named = [PlanItems(plan.path.removeprefix(home), plan.items) for plan in plans]
    return approved.approved(named, salt.key, secret=salt.secret, environment=environment)


def _items(wishes: Wishes, environment: str) -> Iterator[Attachment]:
    if wishes.salt:
        yield approved.attachment(filed(wishes.plans, wishes.salt, environment))


def _home(paths: Iterable[str]) -> str:
    """How paths begin that lead to the folder of these plans from the root; `""` where none do."""
    full = [path for path in paths if isabs(path)]
    if not full:
        return ""
    folder = dirname(full[0]) if len(full) == 1 else os.path.commonpath(map(dirname, full))
    return f"{folder.rstrip('/')}/"


def at_home(assessment: Assessment) -> Assessment:
    """The assessment with plans named from the folder that holds them, wherever that is.

    A path from the root names a machine, says nothing to others, and differs from run to run.
    """
    home = _home(section.plan.path for section in assessment.sections or (assessment,))
    if not home:
        return assessment
    return msgspec.convert(_without(msgspec.to_builtins(assessment), home), Assessment)


def _without(tree: object, start: str) -> object:
    if isinstance(tree, str):
        return tree.removeprefix(start)
    if isinstance(tree, dict):
        return {name: _without(value, start) for name, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [_without(value, start) for value in tree]
    return tree
