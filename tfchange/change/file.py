"""One change request per key: found before it is opened, read back, never opened twice.

This stands above the port and is the only place that decides what to do when an answer is lost,
when two runs race, or when an older run comes late. Each step can be repeated, so running the same
command again finishes whatever was interrupted.
"""

import time
from collections.abc import Callable

import msgspec

from tfchange.change import said
from tfchange.change.desk import Desk, State, Ticket, Written
from tfchange.change.ending import notes_of, retire
from tfchange.change.request import ChangeRequest, Link
from tfchange.errors import DeskError, FrozenError, OutcomeUnknownError, OvertakenError
from tfchange.risk.assessment import Category

SEARCHES = 6
"""How often a change is looked for whose opening got no answer; about half a minute in all."""

Pause = Callable[[float], None]


class Filed(msgspec.Struct, frozen=True):
    """What came of filing: the ticket as read back, and what was done."""

    ticket: Ticket | None
    """None where nothing had to be opened, since the plan changes nothing."""
    done: str
    """`opened`, `updated`, `unchanged`, `left` to a newer run, `cancelled`, or `nothing`."""
    notes: tuple[str, ...] = ()


def file(
    desk: Desk, request: ChangeRequest, *, pause: Pause = time.sleep, rehearsal: bool = False
) -> Filed:
    """The desk has exactly one live change with the key of the request, and it says the request.

    A closed or cancelled one gets a linked successor. A plan that changes nothing opens none, and
    what waits for approval of it is cancelled. In a rehearsal nothing is read back, since nothing
    was written. Raises `DeskError`.
    """
    tickets = desk.find(request.key)
    live = [ticket for ticket in tickets if ticket.state.live]
    filing = _Filing(desk, request, pause, rehearsal)
    if request.category is Category.NONE:
        return filing.withdraw(live[0]) if live else Filed(None, "nothing", (said.NOTHING,))
    if not live:
        return filing.follow(tickets[-1]) if tickets else filing.open(None)
    retire(desk, live[0], live[1:])
    return filing.bring_up(live[0])


class _Filing:
    """The filing of one request at one desk."""

    def __init__(self, desk: Desk, request: ChangeRequest, pause: Pause, rehearsal: bool) -> None:
        self._desk, self._request = desk, request
        self._pause, self._rehearsal = pause, rehearsal
        self._afresh = False
        """Whether the plan does something else than what was decided on."""

    def follow(self, last: Ticket) -> Filed:
        """What is over is followed by a new change, unless this run is older, or the very same."""
        kept = last.record
        if kept and self._request.stamp.older_than(kept.stamp):
            return Filed(last, "left", (said.newer(last),))
        same = kept and (kept.digest, kept.stamp) == (self._request.digest, self._request.stamp)
        if same and last.state is State.CLOSED:
            return Filed(last, "unchanged", (said.same(last),))
        return self.open(last)

    def open(self, before: Ticket | None) -> Filed:
        """A change is opened, as the successor of the one before; of two racers the oldest wins."""
        if before:
            link = Link("successor of", before.number, before.url, before.id)
            self._request = msgspec.structs.replace(
                self._request,
                successor_of=before.number,
                links=(*self._request.links, link),
            )
            if before.state is not State.CLOSED:
                # What was not done lives on in this one.
                self._request = self._request.after(before.authors)
        try:
            written = self._opened()
        except OvertakenError:
            live = [t for t in self._desk.find(self._request.key) if t.state.live]
            if not live:
                raise
            return self.bring_up(live[0])
        if self._rehearsal:
            ticket = _imagined(self._desk, written.id, self._request)
            return Filed(ticket, "opened", written.notes + self._finish(ticket))
        near = self._desk.find(self._request.key, near=written.id)
        live = [ticket for ticket in near if ticket.state.live]
        winner = live[0] if live else self._desk.read(written.id)
        retire(self._desk, winner, live[1:])
        kept = winner.record
        if winner.id != written.id or (kept and kept.digest != self._request.digest):
            return self.bring_up(winner)
        notes = written.notes + self._finish(winner)
        return Filed(self._read_back(winner), "opened", notes)

    def bring_up(self, ticket: Ticket) -> Filed:
        """The ticket says the request, unless a newer run has written it."""
        kept = ticket.record
        self._request = self._request.agreeing(kept, ticket.window, ticket.emergency)
        if kept and self._request.stamp.older_than(kept.stamp):
            return Filed(ticket, "left", (said.newer(ticket),))
        if kept and kept.digest == self._request.digest:
            notes = self._finish(ticket)
            return Filed(self._again(ticket), "unchanged", notes)
        self._afresh = not kept or kept.fingerprint != self._request.fingerprint
        try:
            notes = self._updated(ticket)
        except OvertakenError:
            return Filed(self._again(ticket), "left", (said.newer(ticket),))
        except FrozenError as frozen:
            if ticket.state.begun:
                raise DeskError(said.begun(ticket), said.CLOSE_FIRST) from None
            # What was approved is never edited into something else: it gives way to a successor.
            self._desk.cancel(ticket, f"{frozen.message}. It is followed by a new change.")
            return self.open(ticket)
        # An update can take approval back, which is then to be asked for again.
        notes += self._finish(self._again(ticket))
        return Filed(ticket if self._rehearsal else self._read_back(ticket), "updated", notes)

    def withdraw(self, ticket: Ticket) -> Filed:
        """What was not approved yet is cancelled; what was stays, since it may have been done."""
        kept = ticket.record
        if kept and self._request.stamp.older_than(kept.stamp):
            return Filed(ticket, "left", (said.newer(ticket),))
        if not ticket.state.undecided:
            return Filed(ticket, "unchanged", (f"{said.NOTHING} {said.OVER}",))
        notes = self._desk.cancel(ticket, said.NOTHING).notes
        return Filed(self._again(ticket), "cancelled", notes)

    def _opened(self) -> Written:
        try:
            return self._desk.open(self._request)
        except OutcomeUnknownError:
            # Opening again could make a second one; looking for it cannot.
            for number in range(SEARCHES):
                self._pause(float(2**number) / 2)
                found = [t for t in self._desk.find(self._request.key) if t.state.live]
                if found:
                    return Written(found[0].id)
            raise

    def _updated(self, ticket: Ticket) -> tuple[str, ...]:
        try:
            return self._desk.update(ticket, self._request, said.note(ticket, self._request)).notes
        except OutcomeUnknownError:
            now = self._desk.read(ticket.id).record
            if now and now.digest == self._request.digest:
                return ()
            raise

    def _finish(self, ticket: Ticket) -> tuple[str, ...]:
        """Links and files are there, and approval is asked for; each of it once."""
        desk, request = self._desk, self._request
        if ticket.record and request.stamp.older_than(ticket.record.stamp):
            return (said.newer(ticket),)
        notes = notes_of(desk.attach(ticket, file) for file in request.attachments)
        notes += notes_of(desk.link(ticket, link) for link in request.links)
        return notes + self._submitted(ticket)

    def _submitted(self, ticket: Ticket) -> tuple[str, ...]:
        # A standard change is approved beforehand, also where it was none when it was opened.
        beforehand = self._request.category is Category.STANDARD
        if ticket.state is State.REJECTED and not self._afresh:
            return (said.REJECTED,)
        asked = ticket.state is State.WAITING and not beforehand
        if asked or not ticket.state.undecided:
            return ()
        to = State.APPROVED if beforehand else State.WAITING
        return self._desk.transition(ticket, to).notes

    def _again(self, ticket: Ticket) -> Ticket:
        return ticket if self._rehearsal else self._desk.read(ticket.id)

    def _read_back(self, ticket: Ticket) -> Ticket:
        now = self._desk.read(ticket.id)
        kept = now.record
        if kept and (
            kept.digest == self._request.digest or self._request.stamp.older_than(kept.stamp)
        ):
            return now
        raise DeskError(
            f"{now.number} does not say what was written to it: something else changed it",
            "Run the same command again; it brings the change up to date.",
        )


def _imagined(desk: Desk, id_: str, request: ChangeRequest) -> Ticket:
    return Ticket(
        desk=desk.name,
        id=id_,
        number="(new)",
        url="",
        state=State.NEW,
        created="",
        key=request.key.digest,
        record=request.record,
        successor_of=request.successor_of,
    )
