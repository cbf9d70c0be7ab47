"""The ServiceNow desk: normal, standard and emergency changes of an instance.

Facts about ServiceNow that shape this, and what degrades where, are in docs/servicenow.md.
"""

import time
from typing import TYPE_CHECKING

import msgspec

from tfchange import http
from tfchange.change.desk import READS, Finished, Incident, Review, State, Ticket, Written
from tfchange.change.request import Attachment, ChangeRequest, Key, Link, Result
from tfchange.errors import DeskError, FrozenError
from tfchange.servicenow.api import Api, choose
from tfchange.servicenow.choices import OUTCOMES, Choices, Names
from tfchange.servicenow.client import Client, is_read
from tfchange.servicenow.config import ServiceNowConfig, check
from tfchange.servicenow.conflicts import Conflicts
from tfchange.servicenow.editing import Editing, same_plan
from tfchange.servicenow.emergencies import Reviews, incident
from tfchange.servicenow.fields import close_notes, journal
from tfchange.servicenow.files import Files
from tfchange.servicenow.finished import finished
from tfchange.servicenow.history import History
from tfchange.servicenow.items import Items
from tfchange.servicenow.kept import NO, YES, amended, kept
from tfchange.servicenow.moves import Moves
from tfchange.servicenow.rehearsal import pretend
from tfchange.servicenow.rows import Row, value
from tfchange.servicenow.states import GOALS, Meanings, Stage
from tfchange.servicenow.tickets import Tickets
from tfchange.servicenow.write import Writing

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter

    from tfchange.http.patience import Pause

__all__ = ["ServiceNowConfig", "ServiceNowDesk", "connect", "is_read", "pretend"]


def connect(
    config: ServiceNowConfig,
    *,
    transport: "BaseAdapter | None" = None,
    pause: "Pause" = time.sleep,
) -> "ServiceNowDesk":
    """The desk of that instance; nothing is asked of it yet."""
    check(config)
    desk = ServiceNowDesk(config, Client(config, transport, pause))
    return http.understood(desk, "ServiceNow", READS)


class ServiceNowDesk:
    """Change requests of one instance, as one user."""

    name = "servicenow"

    def __init__(self, config: ServiceNowConfig, client: Client) -> None:
        self._config, self._client = config, client
        self._meanings = Meanings(config.states)
        self._choices, self._names = Choices(client), Names(client)
        self._tickets = Tickets(client, self._meanings)
        self._files, self._history = Files(client), History(client)
        self._items = Items(client, config, self._names)
        self._chosen: Api | None = None

    @property
    def _api(self) -> Api:
        if self._chosen is None:
            self._chosen = choose(self._client, self._config.api)
        return self._chosen

    @property
    def _moves(self) -> Moves:
        return Moves(self._client, self._api, self._meanings, self._choices)

    @property
    def _editing(self) -> Editing:
        return Editing(self._api, self._tickets, self._moves)

    @property
    def _writing(self) -> Writing:
        return Writing(self._client, self._api, self._config, self._choices, self._names)

    def find(self, key: Key, near: str | None = None) -> tuple[Ticket, ...]:  # noqa: ARG002
        """By the correlation id; the search reads the database and never lags."""
        return self._tickets.find(self._api, key)

    def read(self, id_: str) -> Ticket:
        """As the record says."""
        return self._tickets.ticket(self._api.get(id_))

    def open(self, request: ChangeRequest) -> Written:
        """In its first state.

        Where items have to be associated, the record is marked as not complete until they are, so
        that a run that was interrupted is finished by the next.
        """
        found = self._items.find(request)
        record = request.record
        if found.any:
            record = msgspec.structs.replace(record, digest="")
        row, notes = self._writing.create(request, record, found.fields)
        id_ = value(row, "sys_id")
        self._history.remember(row)
        notes += found.notes + self._items.associate(self._api, id_, found)
        if found.any:
            self._api.patch(id_, {"correlation_display": request.record.to_text()})
        return Written(id_, notes + self._items.ask(self._api, request, row))

    def update(self, ticket: Ticket, request: ChangeRequest, note: str) -> Written:
        """In one request, right after looking whether somebody else was faster."""
        found = self._items.find(request)
        row = self._editing.current(ticket, request)
        row, again = self._editing.thawed(row, request)
        notes = found.notes
        if found.any:
            # This can take a while, so that a newer run may have come in between.
            notes += self._items.associate(self._api, ticket.id, found)
            row = self._editing.current(ticket, request)
        before, stage = row, self._moves.here(row)
        new = stage is Stage.NEW
        row, missed = self._writing.update(row, request, note, found.fields, new=new)
        self._history.remember(row)
        if not new and self._moves.here(row) is not stage and not same_plan(before, request):
            raise FrozenError(f"{ticket.number} was approved for another plan in this moment")
        if again:
            notes += self._go(row, State.WAITING)
        notes += missed + self._items.ask(self._api, request, row)
        return Written(ticket.id, notes)

    def transition(self, ticket: Ticket, to: State) -> Written:
        """By the steps that the instance offers."""
        return Written(ticket.id, self._go(self._api_row(ticket.id), to))

    def comment(self, ticket: Ticket, text: str) -> Written:
        """As a work note."""
        self._api.patch(ticket.id, {"work_notes": journal(text)})
        return Written(ticket.id)

    def attach(self, ticket: Ticket, attachment: Attachment) -> Written:
        """As an attachment of the record."""
        return Written(ticket.id, self._files.put(ticket.id, attachment))

    def link(self, ticket: Ticket, link: Link) -> Written:
        """A page in a work note unless it is there, another change as the parent."""
        return Written(ticket.id, self._history.link(self._api, ticket.id, link))

    def close(self, ticket: Ticket, result: Result) -> Written:
        """Through Review, with the code and the notes."""
        row = self._api_row(ticket.id)
        if self._unapproved(row):
            raise DeskError(
                f"{ticket.number} was not approved, so it cannot be closed as done",
                "Let it be approved, or end it with: tfchange change cancel",
            )
        code = self._choices.close_code(result.outcome, self._config.close_codes)
        told = {"close_code": code, "close_notes": close_notes(result)}
        if result.proven:
            told |= amended(row, proven=YES)
        if self._config.close_tasks:
            row = self._moves.walk(row, Stage.IMPLEMENT, {}).row
            self._moves.close_tasks(ticket.id, told["close_notes"])
        moved = self._moves.walk(row, Stage.CLOSED, told)
        if moved.why:
            raise DeskError(
                moved.why.rstrip("."),
                "Do there what is asked for (open tasks: or set servicenow.close_tasks), then run "
                "the command again.",
            )
        return Written(ticket.id)

    def cancel(self, ticket: Ticket, reason: str) -> Written:
        """With the reason as a work note."""
        row = self._api_row(ticket.id)
        told = {"work_notes": journal(reason)}
        if kept(row).begun != YES and not self._meanings.state(row).begun:
            told |= _of_emergency(row, NO)
        moved = self._moves.walk(row, Stage.CANCELED, told)
        if moved.why:
            raise DeskError(
                moved.why.rstrip("."),
                "What is under review can only be closed: tfchange change close",
            )
        return Written(ticket.id)

    def fetch(self, ticket: Ticket, name: str) -> bytes | None:
        """From the attachments of the record."""
        return self._files.fetch(ticket.id, name)

    def finished(self, envelope: str, since: str) -> tuple[Finished, ...]:
        """By what is kept in each, and its close code."""
        own = self._config.close_codes
        outcomes = {self._choices.close_code(outcome, own): outcome for outcome in OUTCOMES}
        return finished(self._client, self._meanings, outcomes, envelope, since)

    def conflicts(self, ticket: Ticket) -> tuple[str, ...]:
        """Read, and not looked for again."""
        row = self._api_row(ticket.id)
        return Conflicts(self._client, self._meanings).of(row, detected=self._config.conflicts)

    def incident(self, id_: str) -> Incident | None:
        """From the table of incidents, by number."""
        return incident(self._client, id_)

    def reviews(self) -> tuple[Review, ...]:
        """By the fields that the base system has for a review."""
        return Reviews(self._client, self._meanings).due()

    def review(self, ticket: Ticket, text: str) -> Written:
        """In those fields, and as a work note."""
        row = self._api_row(ticket.id)
        return Reviews(self._client, self._meanings).hold(self._api, row, text)

    def _api_row(self, id_: str) -> Row:
        return self._history.imagined(id_) or self._api.get(id_)

    def _unapproved(self, row: Row) -> bool:
        # What is standard was approved beforehand, and only has not left New yet.
        state, standard = self._meanings.state(row), value(row, "type") == "standard"
        return state.undecided and not (state is State.NEW and standard)

    def _go(self, row: Row, to: State) -> tuple[str, ...]:
        standard = value(row, "type") == "standard"
        # Nobody but its approvers takes a change past its approval.
        if to is State.APPROVED and not standard:
            to = State.WAITING
        if to is State.IMPLEMENTING and self._unapproved(row):
            if begun := _of_emergency(row, YES):
                self._api.patch(value(row, "sys_id"), begun)
            return (f"{value(row, 'number')} is not moved to Implement: it waits for approval.",)
        notes: tuple[str, ...] = ()
        if self._moves.here(row) is Stage.NEW and GOALS[to] is not Stage.NEW:
            row, notes = self._writing.complete(row)
        told = _of_emergency(row, YES) if to.begun else {}
        moved = self._moves.walk(row, GOALS[to], told)
        if moved.why:
            return (*notes, moved.why, *self._moves.lacking(moved.row))
        if self._meanings.state(moved.row) is State.REJECTED:
            number = value(row, "number")
            said = f"{number} was rejected; move it back to New there to ask for approval again."
            notes = (*notes, said)
        return notes


def _of_emergency(row: Row, begun: str) -> dict[str, str]:
    """What is kept of an emergency, as the only one that is reviewed for having begun."""
    return amended(row, begun=begun) if kept(row).emergency else {}
