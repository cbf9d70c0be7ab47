"""A ticket as people and programs read it."""

from collections.abc import Sequence

import msgspec

from tfchange.change.desk import Decision, Ticket
from tfchange.change.request import Key
from tfchange.words import group_name, json_text, plain

NAMES = {"register": "the register", "jira": "Jira", "servicenow": "ServiceNow"}
NOTHING = "Nothing to open: the plan changes nothing.\n"
WAYS = {
    "cancelled": "Cancelled",
    "opened": "Opened",
    "updated": "Updated",
    "unchanged": "Nothing new for",
    "reviewed": "Reviewed",
    "left": "Left as it is:",
}


def nothing(desk: str, key: Key, notes: Sequence[str] = ()) -> dict[str, object]:
    """The object where no change had to be opened."""
    names = ("number", "url", "created", "level", "fingerprint", "window", "successor_of")
    told = {"key": str(key), "desk": desk, "state": "none", "category": "none", "approvals": []}
    return {**told, **dict.fromkeys(names), "notes": list(notes)}


def document(ticket: Ticket, key: Key, notes: Sequence[str] = ()) -> dict[str, object]:
    """The object of schemas/change-1.0.json."""
    record, window = ticket.record, ticket.window
    return {
        "key": str(key),
        "desk": ticket.desk,
        "number": ticket.number,
        "url": ticket.url,
        "state": str(ticket.state),
        "created": ticket.created,
        "category": str(record.category) if record else None,
        "level": str(record.level) if record else None,
        "fingerprint": record.fingerprint if record else None,
        "approvals": [{"group": a.group, "decision": a.decision} for a in ticket.approvals],
        "window": {"start": window.start, "end": window.end} if window else None,
        "successor_of": ticket.successor_of,
        "notes": [*ticket.notes, *notes],
    }


def render(told: dict[str, object]) -> str:
    """The object as indented JSON."""
    return json_text(msgspec.json.encode(told)) + "\n"


def text(ticket: Ticket, key: Key, done: str = "", notes: Sequence[str] = ()) -> str:
    """The same as lines for people, after what was done."""
    record = ticket.record
    what = f"{record.category} change, {record.level} risk, " if record else ""
    head = f"{WAYS.get(done, '')} {plain(ticket.number)}".strip()
    lines = [f"{head}: {what}{ticket.state}"]
    lines += _pair("Desk", NAMES.get(ticket.desk, ticket.desk))
    lines += _pair("For", str(key))
    lines += _pair("Link", ticket.url)
    lines += _pair("Approvals", ", ".join(map(_decided, ticket.approvals)))
    if ticket.window:
        lines += _pair("Window", f"{ticket.window.start} to {ticket.window.end}")
    lines += _pair("Follows", ticket.successor_of or "")
    lines += [f"Note: {plain(note)}" for note in (*ticket.notes, *notes)]
    return "\n".join(lines) + "\n"


def _decided(decision: Decision) -> str:
    by = f" by {decision.by}" if decision.by else ""
    return f"{group_name(decision.group)} ({decision.decision}{by})"


def _pair(name: str, value: str) -> list[str]:
    return [f"{name:<11}{plain(value)}"] if value else []
