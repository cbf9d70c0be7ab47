"""The port to service desks, and what comes back through it.

Each desk is an adapter in a folder of its own (`register/`, `jira/`, `servicenow/`); all pass the
same contract suite (`tests/contracts/`). What is common to all, such as finding before opening and
never opening twice, stands above the port in `file.py` and `ending.py`, so that a desk does small
things only.
"""

from enum import StrEnum
from typing import Protocol

import msgspec

from tfchange.change.request import (
    Attachment,
    ChangeRequest,
    Key,
    Link,
    Record,
    Result,
    Window,
)
from tfchange.risk.assessment import Emergency


class State(StrEnum):
    """Where a change stands, in words that fit all desks."""

    NEW = "new"
    WAITING = "waiting"
    """For approval."""
    APPROVED = "approved"
    REJECTED = "rejected"
    IMPLEMENTING = "implementing"
    REVIEW = "review"
    """Done, and not yet closed."""
    CLOSED = "closed"
    CANCELLED = "cancelled"

    @property
    def live(self) -> bool:
        """Whether the change can still be worked on: neither closed nor cancelled."""
        return self not in (State.CLOSED, State.CANCELLED)

    @property
    def begun(self) -> bool:
        """Whether it may have been done by now, at least in part, and nobody has said how."""
        return self in (State.IMPLEMENTING, State.REVIEW)

    @property
    def undecided(self) -> bool:
        """Whether nobody has approved it, or somebody has rejected it."""
        return self in (State.NEW, State.WAITING, State.REJECTED)


class Decision(msgspec.Struct, frozen=True):
    """What one group, or one person asked for it, has decided."""

    group: str
    decision: str
    """`waiting`, `approved` or `rejected`."""
    by: str = ""
    """Who decided; `""` where nobody has or the desk does not say."""
    at: str = ""
    """When, as ISO 8601 in UTC; `""` like `by`."""


class Ticket(msgspec.Struct, frozen=True):
    """A change as it stands at a desk, read there and not remembered."""

    desk: str
    id: str
    """What the desk itself calls it in its addresses; opaque to everybody else."""
    number: str
    """What people call it, such as `CHG0030001`."""
    url: str
    state: State
    created: str
    """ISO 8601 in UTC."""
    key: str
    """The digest of its key."""
    record: Record | None = None
    """None where somebody has removed it."""
    approvals: tuple[Decision, ...] = ()
    window: Window | None = None
    successor_of: str | None = None
    """The number of the change that it follows."""
    authors: tuple[str, ...] = ()
    """All who wrote a commit that it was filed for, the last at the end, as far as is known."""
    emergency: Emergency | None = None
    """What was declared, if it is an emergency."""
    notes: tuple[str, ...] = ()
    """What could not be told to the desk as it was meant to be, as finished sentences."""


class Written(msgspec.Struct, frozen=True):
    """What a desk did with something it was told to write."""

    id: str
    notes: tuple[str, ...] = ()
    """What it did not take, as finished sentences."""


class Finished(msgspec.Struct, frozen=True):
    """A change that is over, for the record of those like it."""

    number: str
    closed: str
    """ISO 8601 in UTC."""
    outcome: str
    """`successful`, `partly` or `failed`; `""` where the desk does not tell, and for a success that
    was only claimed."""


def counted(outcome: str, *, proven: bool) -> str:
    """The outcome as it counts for the record: a success that nothing proves counts neither way."""
    return outcome if proven or outcome != "successful" else ""


class Incident(msgspec.Struct, frozen=True):
    """An incident as the desk knows it."""

    id: str
    state: str
    """`open`, `closed`, or `missing` where the desk has none of that name."""
    url: str = ""


class Review(msgspec.Struct, frozen=True):
    """The review of an emergency that is still to be held."""

    number: str
    url: str
    title: str
    incident: str
    due: str
    """The day, `2026-11-30`."""
    waiting_for: tuple[str, ...] = ()
    """The groups that have not decided."""


READS = frozenset({"find", "read", "fetch", "finished", "conflicts", "incident", "reviews"})
"""The calls that write nothing."""


class Desk(Protocol):
    """What tfchange needs of a service desk.

    Every call may raise `DeskError`: `AccessDeniedError` for credentials and permissions,
    `UnreachableError` where certainly nothing was written, `OutcomeUnknownError` where a write was
    sent and no answer came. No call repeats such a write; that is decided above.
    """

    name: str
    """`register`, `jira` or `servicenow`."""

    def find(self, key: Key, near: str | None = None) -> tuple[Ticket, ...]:
        """All changes with this key, oldest first, closed ones too.

        `near` is the id of one that is known to be there, for desks whose search lags behind.
        """
        ...

    def open(self, request: ChangeRequest) -> Written:
        """A new change is there, with its key and record from its first moment, in its first state.

        Links and attachments of the request are not written by this call. A desk that can keep
        one live change per key raises `OvertakenError` where there is one already.
        """
        ...

    def update(self, ticket: Ticket, request: ChangeRequest, note: str) -> Written:
        """The change says what the request says, and the note stands in its history, both at once.

        The authors of what was filed before stay authors of the change.

        Approvals given for another fingerprint no longer count: the state is waiting again. Raises
        `FrozenError` where the desk cannot go back, and `OvertakenError` where a newer run's
        record is there by now and the desk can tell in the same breath.
        """
        ...

    def read(self, id_: str) -> Ticket:
        """The change as it stands now, from the desk's data and not from its search."""
        ...

    def transition(self, ticket: Ticket, to: State) -> Written:
        """The change stands in that state, by as many steps as the desk asks for.

        Where the desk does not offer a way, nothing has changed and a note says so.
        """
        ...

    def comment(self, ticket: Ticket, text: str) -> Written:
        """The text stands in the history of the change, for those who work on it."""
        ...

    def attach(self, ticket: Ticket, attachment: Attachment) -> Written:
        """The file hangs on the change once; an older one of the same name is gone."""
        ...

    def link(self, ticket: Ticket, link: Link) -> Written:
        """The change refers to it, once however often this is called."""
        ...

    def close(self, ticket: Ticket, result: Result) -> Written:
        """The change is closed with that result and its notes; whether it is proven is kept."""
        ...

    def cancel(self, ticket: Ticket, reason: str) -> Written:
        """The change is cancelled, and the reason stands in it."""
        ...

    def fetch(self, ticket: Ticket, name: str) -> bytes | None:
        """The content of the file of that name that hangs on the change; None where none does."""
        ...

    def finished(self, envelope: str, since: str) -> tuple[Finished, ...]:
        """The changes that fit into that envelope, closed since then, the newest first.

        Normal ones too, by which it is being earned; cancelled ones do not count. `since` is
        ISO 8601 in UTC.
        """
        ...

    def conflicts(self, ticket: Ticket) -> tuple[str, ...]:
        """What else is being done, or planned for the same time, to the same things.

        Finished sentences, each naming the other change; empty where nothing is in the way.
        """
        ...

    def incident(self, id_: str) -> Incident | None:
        """The incident of that name; None where the desk keeps no incidents."""
        ...

    def reviews(self) -> tuple[Review, ...]:
        """The emergencies whose review has not been held, the first due first.

        It has been held once everybody who was asked has approved, before or afterwards, or with
        `review`. Those that were cancelled before they had begun need none; where the desk cannot
        tell, they count as begun.
        """
        ...

    def review(self, ticket: Ticket, text: str) -> Written:
        """The review of the emergency has been held, also if the change is closed by now.

        What was found stands in the history.
        """
        ...
