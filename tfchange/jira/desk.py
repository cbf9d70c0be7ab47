"""Jira as a service desk: Cloud, with and without Service Management, and Data Center.

A change is an issue. It is found by a label that is made of its key, and known by a property that
is written in the same request as its fields, so that no issue is ever without either.
"""

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from tfchange import http
from tfchange.change.desk import READS, Finished, Incident, Review, State, Ticket, Written
from tfchange.change.request import Attachment, ChangeRequest, Key, Link, Result
from tfchange.errors import FrozenError, OvertakenError
from tfchange.jira.config import JiraConfig
from tfchange.jira.ends import Ends
from tfchange.jira.files import Files
from tfchange.jira.issue import IMAGINED, Issue, Reader
from tfchange.jira.kept import Kept
from tfchange.jira.moves import PRETENDED, Moves
from tfchange.jira.others import Others
from tfchange.jira.reviews import Reviews
from tfchange.jira.search import search
from tfchange.jira.site import Site, is_read
from tfchange.jira.write import Writer, remark
from tfchange.risk.assessment import Category

if TYPE_CHECKING:
    from requests import PreparedRequest
    from requests.adapters import BaseAdapter

__all__ = ["JiraConfig", "JiraDesk", "connect", "is_read", "pretend"]

_SETTLED = frozenset({State.APPROVED, State.REJECTED, State.IMPLEMENTING, State.REVIEW})


def connect(
    config: JiraConfig,
    *,
    transport: "BaseAdapter | None" = None,
    pause: Callable[[float], None] = time.sleep,
) -> "JiraDesk":
    """The desk; nothing is sent before something is asked of it."""
    config.check()
    return http.understood(JiraDesk(Site(config, transport, pause)), "Jira", READS)


def pretend(request: "PreparedRequest") -> tuple[int, object]:
    """What Jira would answer to a write, for rehearsals."""
    path = str(request.url or "").partition("?")[0]
    if request.method == "POST" and path.endswith("/issue"):
        return 201, {"id": "0", "key": "(new)"}
    if path.endswith("/attachments"):
        return 200, [{"id": "0", "filename": "", "size": 1}]
    if path.endswith("/transitions"):
        return 200, {PRETENDED: True}
    if re.search(r"/(remotelink|comment|issueLink)$", path):
        return 201, {"id": 0}
    return 204, None


class JiraDesk:
    """One project of one Jira site, as the port has it."""

    name = "jira"

    def __init__(self, site: Site) -> None:
        self._site = site
        self._reader = Reader(site)
        self._writer = Writer(site)
        self._moves = Moves(site, self._reader)
        self._files = Files(site)
        self._ends = Ends(site, self._reader, self._writer, self._moves)
        self._others = Others(site, self._reader)
        self._reviews = Reviews(site, self._reader, self._writer)

    def find(self, key: Key, near: str | None = None) -> tuple[Ticket, ...]:
        """Lowest number first; what the search says is read again, since it is a copy and late."""
        ids = search(self._site, key.digest, near)
        if not ids:
            # Strangers find nothing either. Only who is known may say that there is nothing.
            self._site.verify()
        found = (self._reader.there(each) for each in ids)
        issues = sorted((i for i in found if i and i.carries(key.digest)), key=_age)
        return tuple(self._reader.ticket(each) for each in issues)

    def open(self, request: ChangeRequest) -> Written:
        """Fields, labels and property in one request."""
        return self._writer.create(request)

    def update(self, ticket: Ticket, request: ChangeRequest, note: str) -> Written:
        """Fields, labels, property and note in one request, after approval has been taken back."""
        now = self._reader.issue(ticket.id, expand="editmeta")
        kept = now.kept.record if now.kept else None
        if kept and kept != ticket.record and request.stamp.older_than(kept.stamp):
            raise OvertakenError(
                f"a newer run has written {now.key} in the meantime",
                "Nothing needs to be done: the newer plan is the one to go on with.",
            )
        if self._other(now, request):
            # Before the new plan stands in it, so that it is never approved for a moment.
            self._take_back(now, self._reader.ticket(now))
        return self._writer.edit(now, request, remark(self._site, note))

    def read(self, id_: str) -> Ticket:
        """By id, from the database and not from the index."""
        return self._reader.ticket(self._reader.issue(id_))

    def transition(self, ticket: Ticket, to: State) -> Written:
        """By the names of the site's statuses."""
        now = self._now(ticket)
        why = self._moves.to(now, to)
        if why and to.begun and now.kept and now.kept.emergency and not now.kept.begun:
            # No status will tell of it, and it is done all the same.
            self._writer.keep(now.id, msgspec.structs.replace(now.kept, begun=True))
        return Written(ticket.id, (why,) if why else ())

    def comment(self, ticket: Ticket, text: str) -> Written:
        """An internal comment: customers of a service desk do not see it."""
        path = self._site.api(f"issue/{ticket.id}/comment")
        self._site.post(path, remark(self._site, text))
        return Written(ticket.id)

    def attach(self, ticket: Ticket, attachment: Attachment) -> Written:
        """Known again by a digest that a property keeps."""
        return Written(ticket.id, self._files.attach(ticket.id, attachment))

    def link(self, ticket: Ticket, link: Link) -> Written:
        """Pages by their global id, other changes by a link of the site's types."""
        return Written(ticket.id, self._files.link(ticket.id, ticket.number, link))

    def close(self, ticket: Ticket, result: Result) -> Written:
        """With the outcome in a comment and, where there is one, in its field."""
        return Written(ticket.id, self._ends.close(self._now(ticket), result))

    def cancel(self, ticket: Ticket, reason: str) -> Written:
        """By the workflow, else as far as tfchange is concerned, and a note says so."""
        return Written(ticket.id, self._ends.cancel(self._now(ticket), reason))

    def fetch(self, ticket: Ticket, name: str) -> bytes | None:
        """What somebody else has attached under that name is not ours."""
        return self._files.fetch(ticket.id, name)

    def finished(self, envelope: str, since: str) -> tuple[Finished, ...]:
        """By a label; who has closed an issue by hand has told no outcome."""
        found = self._others.finished(envelope, since)
        return tuple(sorted(found, key=lambda each: each.closed, reverse=True))

    def conflicts(self, ticket: Ticket) -> tuple[str, ...]:
        """Among the changes of tfchange: the same workspace, service or configuration item."""
        return tuple(self._others.conflicts(ticket.id))

    def incident(self, id_: str) -> Incident | None:
        """An issue of any project; a name that is no key of one is kept elsewhere."""
        return self._others.incident(id_)

    def reviews(self) -> tuple[Review, ...]:
        """By a label, and then as each stands."""
        return tuple(sorted(self._reviews.waiting(), key=lambda each: (each.due, each.number)))

    def review(self, ticket: Ticket, text: str) -> Written:
        """In the property and in an internal comment, at once where Jira still takes edits."""
        return Written(ticket.id, self._reviews.hold(self._now(ticket), text))

    def _other(self, now: Issue, request: ChangeRequest) -> bool:
        """Whether what was decided, if anything, was decided for something else."""
        kept = now.kept.record if now.kept else None
        if request.category is Category.STANDARD:
            return False
        return (
            kept is None
            or kept.fingerprint != request.fingerprint
            or kept.category is Category.STANDARD
        )

    def _take_back(self, now: Issue, ticket: Ticket) -> None:
        """No decision counts any more; where none was made, there is nothing to do."""
        ways = self._ways_back(ticket)
        if not ways or any(not self._moves.to(now, state) for state in ways):
            return
        raise FrozenError(
            f"{now.key} was decided for another plan, and Jira offers no way back from "
            f"`{now.status.get('name')}`",
            "Give the workflow a transition back to its first status, or to waiting.",
        )

    def _ways_back(self, ticket: Ticket) -> tuple[State, ...]:
        if ticket.state is State.WAITING:
            # One of several approvers has decided: only a new round forgets it.
            partly = any(each.decision != "waiting" for each in ticket.approvals)
            return (State.NEW,) if partly else ()
        if ticket.state not in _SETTLED:
            return ()
        # A service desk asks anew on entering the status, which is best done with the new text.
        desk = self._reader.service_desk
        return (State.NEW, State.WAITING) if desk else (State.WAITING, State.NEW)

    def _now(self, ticket: Ticket) -> Issue:
        if ticket.id == IMAGINED:
            raw = {"id": IMAGINED, "key": ticket.number, "fields": {"status": {}}}
            return Issue(raw, Kept(ticket.key), self._site.config)
        return self._reader.issue(ticket.id)


def _age(issue: Issue) -> int:
    return int(issue.id)
