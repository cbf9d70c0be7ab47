"""How a change ends: closed with its result, cancelled, or retired as a duplicate of another.

Each can be repeated: what is over already stays as it is, and a note says so.
"""

from collections.abc import Iterable

import msgspec

from tfchange.change import said
from tfchange.change.desk import Desk, State, Ticket, Written
from tfchange.change.request import Key, Link, Result
from tfchange.errors import DeskError, OutcomeUnknownError
from tfchange.risk.assessment import Category


def close(desk: Desk, key: Key, result: Result, *, rehearsal: bool = False) -> Ticket:
    """The live change of that key is closed with the result; one that is over already stays so.

    What nobody has approved is not closed as done, save an emergency: that is approved afterwards.
    """
    ticket, live = _newest(desk, key)
    if not live:
        return _noted(ticket, (said.DONE,))
    emergency = ticket.record and ticket.record.category is Category.EMERGENCY
    if ticket.state.undecided and result.outcome != "failed" and not emergency:
        raise DeskError(
            said.unapproved(ticket),
            "Have it approved, or cancel it: tfchange change cancel --reason TEXT",
        )
    result = msgspec.structs.replace(result, proven=result.proven or ticket.state.begun)
    notes = notes_of(desk.attach(ticket, file) for file in result.attachments)
    try:
        notes += desk.close(ticket, result).notes
    except OutcomeUnknownError:
        if desk.read(ticket.id).state is not State.CLOSED:
            raise
    return _noted(ticket if rehearsal else desk.read(ticket.id), notes)


def cancel(desk: Desk, key: Key, reason: str, *, rehearsal: bool = False) -> Ticket:
    """The live change of that key is cancelled; one that is over already stays as it is."""
    ticket, live = _newest(desk, key)
    if not live:
        return _noted(ticket, (said.DONE,))
    notes: tuple[str, ...] = ()
    try:
        notes = desk.cancel(ticket, reason).notes
    except OutcomeUnknownError:
        if desk.read(ticket.id).state.live:
            raise
    return _noted(ticket if rehearsal else desk.read(ticket.id), notes)


def show(desk: Desk, key: Key) -> Ticket:
    """The live change of that key, else the newest that is over; `DeskError` where none is."""
    tickets = _all(desk, key)
    return next((ticket for ticket in tickets if ticket.state.live), tickets[-1])


def _all(desk: Desk, key: Key) -> tuple[Ticket, ...]:
    tickets = desk.find(key)
    if not tickets:
        raise DeskError(
            f"there is no change for {key}",
            "Open one with: tfchange change open PLAN",
        )
    return tickets


def _newest(desk: Desk, key: Key) -> tuple[Ticket, bool]:
    tickets = _all(desk, key)
    live = [ticket for ticket in tickets if ticket.state.live]
    if not live:
        return tickets[-1], False
    retire(desk, live[0], live[1:])
    return live[0], True


def retire(desk: Desk, winner: Ticket, losers: list[Ticket]) -> None:
    """The losers of a race are linked to the winner and cancelled."""
    for loser in losers:
        desk.link(loser, Link("duplicate of", winner.number, winner.url, winner.id))
        desk.cancel(loser, f"Two runs opened a change at once; {winner.number} is the one.")


def notes_of(written: Iterable[Written]) -> tuple[str, ...]:
    """What the desk did not take, of all that was written."""
    return tuple(note for each in written for note in each.notes)


def _noted(ticket: Ticket, notes: tuple[str, ...]) -> Ticket:
    return msgspec.structs.replace(ticket, notes=(*ticket.notes, *notes))
