"""Incidents that emergencies are declared for, and the reviews that emergencies are due."""

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from tfchange.change.desk import Incident, Review, State, Written
from tfchange.errors import AccessDeniedError
from tfchange.servicenow.api import Api
from tfchange.servicenow.client import TABLE, Client, RefusedError, asked
from tfchange.servicenow.fields import LONG, PREFIX, journal, missed_notes
from tfchange.servicenow.kept import FIELD, NO, kept, readable
from tfchange.servicenow.rows import Row, display, missed, value
from tfchange.servicenow.states import Meanings
from tfchange.servicenow.tickets import APPROVAL_FIELDS, decision

REVIEWED, FOUND = "review_date", "review_comments"
"""The fields of the base system for a review: the day it was held, and what was found."""
FIELDS = f"sys_id,number,short_description,state,type,approval,correlation_id,{REVIEWED},{FIELD}"
REQUESTED, ASKED = "^state=requested^ORDERBYsys_created_on", APPROVAL_FIELDS
RESOLVED = ("6", "resolved")
"""The state of an incident that still is active, but over for those who had it."""
NUMBER = re.compile(r"[\w-]+", re.ASCII)
INVALID = 400


def incident(client: Client, id_: str) -> Incident | None:
    """The incident; None at an instance without that table.

    Raises `AccessDeniedError` where incidents are hidden, which is not the same as missing.
    """
    if not NUMBER.fullmatch(id_):
        return Incident(id_, "missing")
    fields = "sys_id,number,active,state"
    try:
        reply = client.get(f"{TABLE}/incident", **asked(f"number={id_}", fields, 10))
    except AccessDeniedError as error:
        raise _hidden(id_) from error
    except RefusedError as error:
        if error.status != INVALID:
            raise
        return None
    exact = [row for row in reply.rows if value(row, "number").casefold() == id_.casefold()]
    # Records that may not be read are counted, and left out.
    if not exact and (reply.total or 0) > len(reply.rows):
        raise _hidden(id_)
    return _incident(client, exact[0]) if exact else Incident(id_, "missing")


def _incident(client: Client, row: Row) -> Incident:
    state = value(row, "state"), display(row, "state").casefold()
    over = value(row, "active") == "false" or any(word in RESOLVED for word in state)
    url = f"{client.base}/incident.do?sys_id={value(row, 'sys_id')}"
    return Incident(value(row, "number"), "closed" if over else "open", url)


def _hidden(id_: str) -> AccessDeniedError:
    return AccessDeniedError(
        f"ServiceNow does not let us read the incident {id_}",
        "Let the user read the table incident: the role sn_incident_read, or itil.",
    )


class Reviews:
    """The emergencies of one instance and their reviews."""

    def __init__(self, client: Client, meanings: Meanings) -> None:
        self._client, self._meanings = client, meanings

    def due(self) -> tuple[Review, ...]:
        """Those still to be held, the first due first; in two requests as a rule."""
        query = f"correlation_idSTARTSWITH{PREFIX}^type=emergency^ORDERBYsys_created_on"
        found = self._client.table("change_request", query, FIELDS)
        rows = [row for row in readable(found, FIELD, REVIEWED) if self._open(row)]
        waiting = self._waiting([value(row, "sys_id") for row in rows])
        told = (self._review(row, waiting) for row in rows)
        return tuple(sorted(told, key=lambda each: (each.due, each.number)))

    def _open(self, row: Row) -> bool:
        ours = value(row, "correlation_id").startswith(PREFIX) and kept(row).emergency
        over = value(row, "approval") == "approved" or value(row, REVIEWED)
        # Cancelled by hand, nobody knows whether it had begun.
        idle = self._meanings.state(row) is State.CANCELLED and kept(row).begun == NO
        return bool(ours and not over and not idle)

    def _review(self, row: Row, waiting: Mapping[str, Collection[str]]) -> Review:
        id_, told = value(row, "sys_id"), kept(row)
        return Review(
            number=value(row, "number"),
            url=f"{self._client.base}/change_request.do?sys_id={id_}",
            title=value(row, "short_description"),
            incident=told.incident,
            due=told.review_due,
            waiting_for=tuple(waiting.get(id_, ())),
        )

    def _waiting(self, ids: list[str]) -> dict[str, dict[str, None]]:
        groups: dict[str, dict[str, None]] = {id_: {} for id_ in ids}
        rows = self._client.among("sysapproval_approver", "sysapproval", ids, REQUESTED, ASKED)
        try:
            for row in rows:
                if value(row, "state") == "requested":
                    groups[value(row, "sysapproval")][decision(row).group] = None
        except (AccessDeniedError, RefusedError):
            # Who is asked is hidden from this user; that the review is due is known without.
            pass
        return groups

    def hold(self, api: Api, row: Row, text: str) -> Written:
        """The review was held today, in UTC, with what was found; once for the same text."""
        id_, before = value(row, "sys_id"), "\n".join(value(row, FOUND).splitlines())
        found = "\n".join(text.strip()[:LONG].splitlines())
        if value(row, REVIEWED) and found in before:
            return Written(id_)
        day = value(row, REVIEWED) or datetime.now(UTC).date().isoformat()
        fields = {REVIEWED: day, FOUND: f"{before}\n\n{found}".strip()[:LONG]}
        reply = api.patch(id_, {**fields, "work_notes": journal(f"Review held: {text}")})
        got = reply.rows[0] if reply.rows else {}
        return Written(id_, missed_notes(missed(fields, got, reply.ignored)))
