"""A desk that looks and does not touch, for rehearsals at desks that are not servers."""

from typing import Protocol

import msgspec

from tfchange.change.desk import Finished, Incident, Review, State, Ticket, Written
from tfchange.change.request import Attachment, ChangeRequest, Key, Link, Result
from tfchange.errors import DeskError

NEW = "(new)"


class Noted(msgspec.Struct, frozen=True):
    """One thing that would have been written."""

    verb: str
    ticket: str
    """The number of the change, `(new)` for one that is not there."""
    told: dict[str, object]


class Empty:
    """What a desk that is not there yet would tell of its changes."""

    def __init__(self, name: str) -> None:
        self.name = name

    def find(self, key: Key, near: str | None = None) -> tuple[Ticket, ...]:  # noqa: ARG002
        """None."""
        return ()

    def read(self, id_: str) -> Ticket:
        """Refused: there is none."""
        raise DeskError(f"there is no change {id_}", "Open one with: tfchange change open PLAN")

    def fetch(self, ticket: Ticket, name: str) -> bytes | None:  # noqa: ARG002
        """None."""
        return None

    def finished(self, envelope: str, since: str) -> tuple[Finished, ...]:  # noqa: ARG002
        """None."""
        return ()

    def conflicts(self, ticket: Ticket) -> tuple[str, ...]:  # noqa: ARG002
        """None."""
        return ()

    def incident(self, id_: str) -> Incident | None:  # noqa: ARG002
        """Not kept."""
        return None

    def reviews(self) -> tuple[Review, ...]:
        """None."""
        return ()


class Looked(Protocol):
    """The part of a desk that a rehearsal asks."""

    name: str

    def find(self, key: Key, near: str | None = None) -> tuple[Ticket, ...]:
        """As a desk does."""
        ...

    def read(self, id_: str) -> Ticket:
        """As a desk does."""
        ...

    def fetch(self, ticket: Ticket, name: str) -> bytes | None:
        """As a desk does."""
        ...

    def finished(self, envelope: str, since: str) -> tuple[Finished, ...]:
        """As a desk does."""
        ...

    def conflicts(self, ticket: Ticket) -> tuple[str, ...]:
        """As a desk does."""
        ...

    def incident(self, id_: str) -> Incident | None:
        """As a desk does."""
        ...

    def reviews(self) -> tuple[Review, ...]:
        """As a desk does."""
        ...


class Rehearsed:
    """Reads at the desk behind it; what would be written is kept in `calls` instead."""

    def __init__(self, desk: Looked) -> None:
        self._desk, self.name = desk, desk.name
        self.calls: list[Noted] = []

    def find(self, key: Key, near: str | None = None) -> tuple[Ticket, ...]:
        """As the desk."""
        return self._desk.find(key, near)

    def read(self, id_: str) -> Ticket:
        """As the desk."""
        return self._desk.read(id_)

    def fetch(self, ticket: Ticket, name: str) -> bytes | None:
        """As the desk."""
        return self._desk.fetch(ticket, name)

    def finished(self, envelope: str, since: str) -> tuple[Finished, ...]:
        """As the desk."""
        return self._desk.finished(envelope, since)

    def conflicts(self, ticket: Ticket) -> tuple[str, ...]:
        """As the desk."""
        return self._desk.conflicts(ticket)

    def incident(self, id_: str) -> Incident | None:
        """As the desk."""
        return self._desk.incident(id_)

    def reviews(self) -> tuple[Review, ...]:
        """As the desk."""
        return self._desk.reviews()

    def open(self, request: ChangeRequest) -> Written:
        """Noted."""
        return self._note("open", None, _told(request))

    def update(self, ticket: Ticket, request: ChangeRequest, note: str) -> Written:
        """Noted."""
        return self._note("update", ticket, {**_told(request), "note": note})

    def transition(self, ticket: Ticket, to: State) -> Written:
        """Noted."""
        return self._note("transition", ticket, {"to": str(to)})

    def comment(self, ticket: Ticket, text: str) -> Written:
        """Noted."""
        return self._note("comment", ticket, {"text": text})

    def attach(self, ticket: Ticket, attachment: Attachment) -> Written:
        """Noted."""
        return self._note("attach", ticket, _file(attachment))

    def link(self, ticket: Ticket, link: Link) -> Written:
        """Noted."""
        return self._note("link", ticket, msgspec.to_builtins(link))

    def close(self, ticket: Ticket, result: Result) -> Written:
        """Noted."""
        notes = msgspec.to_builtins(result.notes)
        return self._note("close", ticket, {"outcome": result.outcome, "notes": notes})

    def cancel(self, ticket: Ticket, reason: str) -> Written:
        """Noted."""
        return self._note("cancel", ticket, {"reason": reason})

    def review(self, ticket: Ticket, text: str) -> Written:
        """Noted."""
        return self._note("review", ticket, {"text": text})

    def _note(self, verb: str, ticket: Ticket | None, told: dict[str, object]) -> Written:
        self.calls.append(Noted(verb, ticket.number if ticket else NEW, told))
        return Written(ticket.id if ticket else NEW)


def _told(request: ChangeRequest) -> dict[str, object]:
    told: dict[str, object] = msgspec.to_builtins(
        msgspec.structs.replace(request, attachments=(), links=())
    )
    del told["attachments"], told["links"]
    return {"key": str(request.key), "digest": request.digest, **told}


def _file(attachment: Attachment) -> dict[str, object]:
    size = len(attachment.data)
    return {"name": attachment.name, "media_type": attachment.media_type, "bytes": size}
