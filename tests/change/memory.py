"""A desk in memory, for tests of what stands above the port; it passes the contract like any."""

from itertools import count

import msgspec

from tfchange.change.desk import (
    Decision,
    Finished,
    Incident,
    Review,
    State,
    Ticket,
    Written,
    counted,
)
from tfchange.change.request import Attachment, ChangeRequest, Key, Link, Result
from tfchange.errors import FrozenError

CLOCK = "2026-11-23T11:00:00Z"


class Kept:
    """One change, with all that people see of it."""

    def __init__(self, ticket: Ticket, request: ChangeRequest) -> None:
        self.ticket, self.request = ticket, request
        self.files: dict[str, bytes] = {}
        self.links: dict[tuple[str, str], None] = {}
        self.history: list[str] = []
        self.outcome = ""
        self.reviewed = self.begun = False


class MemoryDesk:
    """Keeps changes in a dict; nothing is lost and nothing is late."""

    name = "memory"

    def __init__(self) -> None:
        self.kept: dict[str, Kept] = {}
        self.incidents: dict[str, bool] = {}
        self._ids = count(1)

    def find(self, key: Key, near: str | None = None) -> tuple[Ticket, ...]:
        """In the order of opening."""
        return tuple(k.ticket for k in self.kept.values() if k.ticket.key == key.digest)

    def open(self, request: ChangeRequest) -> Written:
        """The next number is taken."""
        id_ = str(next(self._ids))
        asked = tuple(Decision(a.group, "waiting") for a in request.approvals)
        ticket = Ticket(
            desk=self.name, id=id_, number=f"MEM-{id_}", url=f"memory:{id_}", state=State.NEW,
            created=f"2026-11-23T10:00:{int(id_) % 60:02}Z", key=request.key.digest,
            record=request.record, approvals=asked, window=request.window,
            successor_of=request.successor_of, authors=request.authors,
            emergency=request.emergency,
        )  # fmt: skip
        self.kept[id_] = Kept(ticket, request)
        return Written(id_)

    def update(self, ticket: Ticket, request: ChangeRequest, note: str) -> Written:
        """Approvals of another fingerprint are asked for again."""
        kept = self.kept[ticket.id]
        if kept.ticket.state.begun and kept.request.fingerprint != request.fingerprint:
            raise FrozenError(f"{ticket.number} has begun")
        other = kept.ticket.record and kept.ticket.record.fingerprint != request.fingerprint
        kept.request = request
        self._set(
            ticket.id,
            record=request.record,
            authors=request.after(kept.ticket.authors).authors,
            emergency=request.emergency,
            window=request.window,
        )
        if other and kept.ticket.state is State.APPROVED:
            asked = tuple(Decision(a.group, "waiting") for a in request.approvals)
            self._set(ticket.id, state=State.WAITING, approvals=asked)
        kept.history.append(note)
        return Written(ticket.id)

    def read(self, id_: str) -> Ticket:
        """As it stands."""
        return self.kept[id_].ticket

    def transition(self, ticket: Ticket, to: State) -> Written:
        """Every way is open."""
        self._set(ticket.id, state=to)
        self.kept[ticket.id].begun |= to.begun
        return Written(ticket.id)

    def comment(self, ticket: Ticket, text: str) -> Written:
        """At the end of the history."""
        self.kept[ticket.id].history.append(text)
        return Written(ticket.id)

    def attach(self, ticket: Ticket, attachment: Attachment) -> Written:
        """By name."""
        self.kept[ticket.id].files[attachment.name] = attachment.data
        return Written(ticket.id)

    def link(self, ticket: Ticket, link: Link) -> Written:
        """By relation and target."""
        self.kept[ticket.id].links[link.relation, link.url or link.title] = None
        if link.ticket:
            self.kept[ticket.id].links[link.relation, link.title] = None
        return Written(ticket.id)

    def close(self, ticket: Ticket, result: Result) -> Written:
        """With the notes in the history."""
        self.kept[ticket.id].history += [line for b in result.notes for line in b.lines]
        self.kept[ticket.id].outcome = counted(result.outcome, proven=result.proven)
        return self.transition(ticket, State.CLOSED)

    def cancel(self, ticket: Ticket, reason: str) -> Written:
        """With the reason in the history."""
        self.kept[ticket.id].history.append(reason)
        return self.transition(ticket, State.CANCELLED)

    def fetch(self, ticket: Ticket, name: str) -> bytes | None:
        """By name."""
        return self.kept[ticket.id].files.get(name)

    def finished(self, envelope: str, since: str) -> tuple[Finished, ...]:
        """The last opened first; all were closed at the same moment."""
        return tuple(
            Finished(k.ticket.number, CLOCK, k.outcome)
            for k in reversed(self.kept.values())
            if k.ticket.state is State.CLOSED and k.request.envelope == envelope and since <= CLOCK
        )

    def conflicts(self, ticket: Ticket) -> tuple[str, ...]:
        """What is being implemented for the same services."""
        mine = set(self.kept[ticket.id].request.services)
        return tuple(
            f"{k.ticket.number} is being implemented, and affects {', '.join(sorted(both))} too."
            for k in self.kept.values()
            if k.ticket.id != ticket.id
            and k.ticket.state is State.IMPLEMENTING
            and (both := mine & set(k.request.services))
        )

    def incident(self, id_: str) -> Incident | None:
        """As it was declared."""
        if id_ not in self.incidents:
            return Incident(id_, "missing")
        return Incident(id_, "open" if self.incidents[id_] else "closed")

    def reviews(self) -> tuple[Review, ...]:
        """By the day that they are due."""
        found = [
            Review(t.number, t.url, k.request.title, e.incident, e.review_due, waiting)
            for k in self.kept.values()
            if (t := k.ticket) and (e := t.emergency)
            and (k.begun or t.state is not State.CANCELLED)
            if (waiting := tuple(d.group for d in t.approvals if d.decision != "approved"))
            and not k.reviewed
        ]  # fmt: skip
        return tuple(sorted(found, key=lambda review: (review.due, review.number)))

    def review(self, ticket: Ticket, text: str) -> Written:
        """With the text in the history."""
        self.kept[ticket.id].reviewed = True
        return self.comment(ticket, text)

    def _set(self, id_: str, **what: object) -> None:
        kept = self.kept[id_]
        kept.ticket = msgspec.structs.replace(kept.ticket, **what)


class MemoryWorld:
    """People at the desk in memory."""

    def __init__(self) -> None:
        self.desk = MemoryDesk()

    def approve(self, ticket: Ticket) -> None:
        """All who were asked."""
        self._decide(ticket, State.APPROVED, "approved")

    def reject(self, ticket: Ticket) -> None:
        """All who were asked."""
        self._decide(ticket, State.REJECTED, "rejected")

    def texts(self, ticket: Ticket) -> str:
        """Everything, a line each; long lists are cut as any desk would."""
        kept = self._kept(ticket.id)
        texts = msgspec.structs.astuple(kept.request.texts)
        lines = [line for text in texts for block in text for line in block.lines]
        shown = [*lines[:100], f"and {len(lines) - 100} more"] if len(lines) > 100 else lines
        return "\n".join([kept.request.title, *shown, *kept.history])

    def files(self, ticket: Ticket) -> dict[str, bytes]:
        """By name."""
        return self._kept(ticket.id).files

    def links(self, ticket: Ticket) -> list[str]:
        """Targets."""
        return [target for _, target in self._kept(ticket.id).links]

    def declare(self, id_: str, *, open_: bool) -> None:
        """In the same desk."""
        self.desk.incidents[id_] = open_

    def _decide(self, ticket: Ticket, state: State, decision: str) -> None:
        kept = self._kept(ticket.id)
        decided = tuple(Decision(d.group, decision, "ann", CLOCK) for d in kept.ticket.approvals)
        state = state if kept.ticket.state.live else kept.ticket.state
        kept.ticket = msgspec.structs.replace(kept.ticket, state=state, approvals=decided)

    def _kept(self, id_: str) -> Kept:
        return self.desk.kept[id_]
