"""The standard changes of an envelope that are over, and how they ended."""

from collections.abc import Iterator, Mapping

from tfchange.change.desk import Finished, State, counted
from tfchange.servicenow.client import Client
from tfchange.servicenow.fields import PREFIX
from tfchange.servicenow.kept import ENVELOPE, FIELD, YES, kept, line, readable
from tfchange.servicenow.rows import Row, stamp_of, time_of, value
from tfchange.servicenow.states import Meanings

FIELDS = f"sys_id,number,state,type,correlation_id,close_code,closed_at,sys_updated_on,{FIELD}"


def finished(
    client: Client, meanings: Meanings, outcomes: Mapping[str, str], envelope: str, since: str
) -> tuple[Finished, ...]:
    """Those closed since then, the newest first; `outcomes` has our word by its close code.

    One request for up to 200 of them. Raises `AccessDeniedError` where what is kept is hidden.
    """
    query = (
        f"correlation_idSTARTSWITH{PREFIX}^sys_updated_on>={stamp_of(since)}"
        f"^{FIELD}LIKE{line(ENVELOPE, envelope)}^ORDERBYsys_created_on^ORDERBYsys_id"
    )
    # Every part is compared again: one that is not understood is left out without a word.
    rows = readable(client.table("change_request", query, FIELDS), FIELD)
    mine = (row for row in rows if value(row, "correlation_id").startswith(PREFIX))
    over = (row for row in mine if meanings.state(row) is State.CLOSED)
    found = _told((row for row in over if _fits(row, envelope)), outcomes)
    late = [each for each in found if each.closed >= since]
    return tuple(sorted(late, key=lambda each: (each.closed, each.number), reverse=True))


def _fits(row: Row, envelope: str) -> bool:
    return kept(row).envelope == envelope


def _told(rows: Iterator[Row], outcomes: Mapping[str, str]) -> Iterator[Finished]:
    for row in rows:
        closed = time_of(value(row, "closed_at") or value(row, "sys_updated_on"))
        proven = kept(row).proven == YES
        outcome = counted(outcomes.get(value(row, "close_code"), ""), proven=proven)
        yield Finished(value(row, "number"), closed, outcome)
