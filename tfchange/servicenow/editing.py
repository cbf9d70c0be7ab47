"""Whether a change may be edited as it stands, or has to go back for that first."""

from tfchange.change.desk import Decision, State, Ticket
from tfchange.change.request import ChangeRequest, Record
from tfchange.errors import FrozenError, OvertakenError
from tfchange.servicenow.api import Api
from tfchange.servicenow.fields import kind
from tfchange.servicenow.moves import Moves
from tfchange.servicenow.rows import Row, value
from tfchange.servicenow.states import Stage
from tfchange.servicenow.tickets import Tickets


class Editing:
    """Prepares changes of one instance for being edited."""

    def __init__(self, api: Api, tickets: Tickets, moves: Moves) -> None:
        self._api, self._tickets, self._moves = api, tickets, moves

    def current(self, ticket: Ticket, request: ChangeRequest) -> Row:
        """The record as it stands, unless a newer run has written it in the meantime."""
        row = self._api.get(ticket.id)
        record = Record.parse(value(row, "correlation_display"))
        if record and record != ticket.record and request.stamp.older_than(record.stamp):
            raise OvertakenError(
                f"a newer run has written {ticket.number}",
                "Nothing has to be done: the newer run's plan stands in the change.",
            )
        return row

    def thawed(self, row: Row, request: ChangeRequest) -> tuple[Row, bool]:
        """The change can be edited; whether it was set back, and approval is to be asked again."""
        stage = self._moves.here(row)
        if stage is Stage.NEW:
            return row, False
        now, same = self._tickets.ticket(row), same_plan(row, request)
        type_ = value(row, "type")
        fits = type_ == kind(request) or (
            same and type_ == "normal" and kind(request) == "standard"
        )
        if fits and (same or _unspent(now, stage, row) or _preapproved(now, row)):
            return row, False
        if self._moves.offered(row, Stage.NEW):
            moved = self._moves.walk(row, Stage.NEW, {})
            if not moved.why:
                return moved.row, True
        what = "for another plan" if fits else f"as a {type_} change"
        raise FrozenError(f"{now.number} was filed {what} and cannot go back to be edited")


def same_plan(row: Row, request: ChangeRequest) -> bool:
    """Whether the change was filed for a plan that does the same."""
    record = Record.parse(value(row, "correlation_display"))
    return bool(record and record.fingerprint == request.fingerprint)


def _unspent(now: Ticket, stage: Stage | None, row: Row) -> bool:
    """Whether nobody has approved anything yet."""
    if stage is Stage.AUTHORIZE and value(row, "type") == "normal":
        return False
    return now.state in (State.WAITING, State.REJECTED) and not any(map(_given, now.approvals))


def _given(decision: Decision) -> bool:
    return decision.decision == "approved"


def _preapproved(now: Ticket, row: Row) -> bool:
    # The approval of a standard change is that of its envelope, which the new plan fits too.
    return value(row, "type") == "standard" and now.state is State.APPROVED
