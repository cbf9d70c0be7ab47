"""Tickets out of records: what is kept in them, where they stand, who has decided."""

from collections.abc import Iterable

from tfchange.change.desk import Decision, State, Ticket
from tfchange.change.request import Key, Record
from tfchange.errors import DeskError
from tfchange.servicenow.api import NEW, Api
from tfchange.servicenow.client import Client
from tfchange.servicenow.fields import DUPLICATE, PREFIX
from tfchange.servicenow.kept import kept
from tfchange.servicenow.rows import Row, display, time_of, value
from tfchange.servicenow.states import Meanings

DECISIONS = {"requested": "waiting", "approved": "approved", "rejected": "rejected"}
APPROVAL_FIELDS = (
    "sys_id,sysapproval,document_id,state,approver,approver.email,group.assignment_group,"
    "sys_updated_on"
)


class Tickets:
    """Finds and reads changes."""

    def __init__(self, client: Client, meanings: Meanings) -> None:
        self._client, self._meanings = client, meanings

    def find(self, api: Api, key: Key) -> tuple[Ticket, ...]:
        """All with the key, oldest first; raises `DeskError` where the search cannot be trusted."""
        wanted = f"{PREFIX}{key.digest}"
        query = f"correlation_id={wanted}^ORDERBYsys_created_on^ORDERBYnumber^ORDERBYsys_id"
        found = []
        for row in api.search(query):
            if value(row, "correlation_id") != wanted:
                raise DeskError(
                    "ServiceNow does not search by correlation_id: it answers with other changes",
                    "Let the user read the field correlation_id of change_request; without it "
                    "a change would be opened twice.",
                )
            found.append(row)
        return tuple(self.ticket(row) for row in sorted(found, key=_age))

    def ticket(self, row: Row) -> Ticket:
        """The ticket of a record."""
        id_, state = value(row, "sys_id"), self._meanings.state(row)
        record, also = value(row, "correlation_display"), kept(row)
        start, end = value(row, "start_date"), value(row, "end_date")
        return Ticket(
            desk="servicenow",
            id=id_,
            number=value(row, "number"),
            url=f"{self._client.base}/change_request.do?sys_id={id_}",
            state=state,
            created=time_of(value(row, "sys_created_on")),
            key=value(row, "correlation_id").removeprefix(PREFIX),
            record=Record.parse(record),
            approvals=self.decisions(id_) if state.live and state is not State.NEW else (),
            window=also.window(time_of(start), time_of(end)) if start and end else None,
            successor_of=None if record.startswith(DUPLICATE) else display(row, "parent") or None,
            authors=also.authors,
            emergency=also.emergency,
            notes=tuple(self._notes(row, state)),
        )

    def decisions(self, id_: str) -> tuple[Decision, ...]:
        """Who was asked and what was decided, where the user may read it."""
        if id_ == NEW:
            return ()
        query = f"sysapproval={id_}^ORDERBYsys_created_on"
        found = self._client.first("sysapproval_approver", query, APPROVAL_FIELDS, 200)
        return tuple(
            decision(row)
            for row in found
            if value(row, "sysapproval") == id_ and value(row, "state") in DECISIONS
        )

    def _notes(self, row: Row, state: State) -> Iterable[str]:
        if "state" not in row:
            yield "The user may not read the state of this change; it is taken for waiting."
        elif self._meanings.of(row["state"]) is None:
            label = display(row, "state")
            yield f"Nobody has said what the state {label} means; map it in servicenow.states."
        if value(row, "on_hold") == "true" and state.live:
            why = display(row, "on_hold_reason")
            yield f"It is on hold{f': {why}' if why else ''}."


def decision(row: Row) -> Decision:
    """What one approver was asked and has decided; by name and address, which others know too."""
    decided = DECISIONS[value(row, "state")]
    who, group = display(row, "approver"), display(row, "group.assignment_group")
    if decided == "waiting":
        return Decision(group or who, decided)
    address = value(row, "approver.email")
    by = f"{who} <{address}>" if address else who
    return Decision(group or who, decided, by, time_of(value(row, "sys_updated_on")))


def _age(row: Row) -> tuple[str, str, str]:
    # Times are whole seconds. Of two in one second the lower number was there first, so that a run
    # which saw itself alone stays the winner.
    return value(row, "sys_created_on"), value(row, "number"), value(row, "sys_id")
