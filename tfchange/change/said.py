"""What filing says in the history of a change, and to who runs it."""

from tfchange.change.desk import Ticket
from tfchange.change.request import ChangeRequest

NOTHING = "The plan changes nothing."
OVER = "If it was applied, close the change; if not, cancel it."
REJECTED = "It was rejected, and the plan is the same: nobody is asked again."
DONE = "It was over already; nothing was written."


def note(ticket: Ticket, request: ChangeRequest) -> str:
    """What stands in the history with an update: what it is now, and whether the plan differs."""
    kept, now = ticket.record, f"{request.category} change, {request.level} risk"
    at = f" at commit {request.commit.sha[:12]}" if request.commit.sha else ""
    if not kept:
        return f"Assessed again{at}: {now}."
    before = f"{kept.category} change, {kept.level} risk"
    same = kept.fingerprint == request.fingerprint and kept.fingerprint
    what = "The plan does the same as before." if same else "The plan has changed."
    return (
        f"Assessed again{at}: {now}" + (f", before: {before}. " if before != now else ". ") + what
    )


def newer(ticket: Ticket) -> str:
    """That an older run has come late."""
    return f"A newer run has already filed {ticket.number}; it was left as it is."


def same(ticket: Ticket) -> str:
    """That the very plan of a closed change is filed again."""
    return f"This plan was filed and closed with {ticket.number}; a new plan makes a new change."


CLOSE_FIRST = "Say first how that went: tfchange change close --apply-log FILE, or --result."


def begun(ticket: Ticket) -> str:
    """That a change cannot be filed for another plan while one is being done."""
    return f"{ticket.number} is {ticket.state}, and this is another plan"


def unapproved(ticket: Ticket) -> str:
    """That a change cannot be closed as done which nobody has approved."""
    return f"{ticket.number} is {ticket.state}: what was not approved cannot be closed as done"
