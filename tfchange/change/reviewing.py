"""The review of an emergency: recorded once, at whatever desk.

It can be repeated: where no review is to be held any more, the change stays as it is.
"""

import msgspec

from tfchange.change.desk import Desk, Ticket
from tfchange.change.ending import show
from tfchange.change.people import any_of
from tfchange.change.request import Key
from tfchange.errors import DeskError, OutcomeUnknownError

NONE = "No review is to be held: it was, or all who were asked approved, or it is cancelled."


class Held(msgspec.Struct, frozen=True):
    """What came of it: the ticket as read back, and what was done."""

    ticket: Ticket
    done: str
    """`reviewed`, or `unchanged` where no review was to be held."""
    notes: tuple[str, ...] = ()


def find(desk: Desk, key: Key) -> Ticket:
    """The emergency of that key whose review is to be held, the oldest; else the change as shown.

    An emergency that was closed may have a successor by now. Raises `DeskError` where none is.
    """
    due = _due(desk)
    found = (ticket for ticket in desk.find(key) if ticket.number in due)
    return next(found, None) or show(desk, key)


def review(desk: Desk, ticket: Ticket, notes: str, by: str, *, rehearsal: bool = False) -> Held:
    """The review was held by that person, and what was found stands in the history, once.

    Raises `DeskError` for a change that is no emergency.
    """
    if ticket.number not in _due(desk):
        return _without(ticket)
    try:
        told = desk.review(ticket, f"Reviewed by {by}: {notes}").notes
    except OutcomeUnknownError:
        if ticket.number in _due(desk):
            raise
        told = ()
    if any_of(by, ticket.authors):
        told += (f"{by} wrote the commit; nobody else is known to have reviewed it.",)
    return Held(ticket if rehearsal else desk.read(ticket.id), "reviewed", told)


def _without(ticket: Ticket) -> Held:
    if ticket.emergency is None:
        raise DeskError(
            f"{ticket.number} is no emergency, so there is no review to hold",
            "See which are to be held with: tfchange change overdue --all",
        )
    return Held(ticket, "unchanged", (NONE,))


def _due(desk: Desk) -> set[str]:
    return {each.number for each in desk.reviews()}
