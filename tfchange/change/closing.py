"""Closing from what happened: by the logs of the apply, compared with what was approved."""

from collections.abc import Sequence

import msgspec

from tfchange.change import approved as kept
from tfchange.change import takeback
from tfchange.change.applied import Applied
from tfchange.change.approved import Approved
from tfchange.change.desk import Desk, Ticket
from tfchange.change.ending import close, show
from tfchange.change.happened import Happened, happened
from tfchange.change.outcome import result
from tfchange.change.request import Key, Result, Text
from tfchange.errors import AccessDeniedError, DeskError, SourceError, UnreachableError

_NAME_IT = "or say how it went: tfchange change close --result successful|partly|failed"


class Afterwards(msgspec.Struct, frozen=True):
    """How services stood after an apply."""

    well: bool
    said: Text = ()


class Heard(msgspec.Struct, frozen=True):
    """What is known of an apply."""

    logs: tuple[Applied, ...] = ()
    claimed: str | None = None
    """The outcome, where a person names it or there is no log."""
    said: Text = ()
    """More for the end of the notes."""
    afterwards: Afterwards | None = None
    """None where nobody looked."""

    @property
    def unwell(self) -> bool:
        """Whether services were seen not to be well after it."""
        return self.afterwards is not None and not self.afterwards.well


class Closed(msgspec.Struct, frozen=True):
    """A change that is over, and what was found when it was closed."""

    ticket: Ticket
    result: Result | None = None
    """None where it was over before."""
    unapproved: bool = False
    """Whether something was done that nobody has approved."""

    @property
    def said(self) -> tuple[str, ...]:
        """The result and why: the first sentences of the review."""
        if self.result is None:
            return ()
        return (f"Closed as {self.result.outcome}. {self.result.notes[0].lines[0]}",)


def close_by(desk: Desk, key: Key, heard: Heard, *, rehearsal: bool = False) -> Closed:
    """The live change of that key is closed with what its logs tell.

    Where no outcome is claimed, `SourceError` is raised and nothing written if a log is cut, tells
    of nothing or is that of another apply.
    """
    ticket = show(desk, key)
    # What is over stays as it is, whatever the result.
    if not ticket.state.live:
        over = Result(heard.claimed or "failed")
        return Closed(close(desk, key, over, rehearsal=rehearsal))
    made, found = _review(desk, ticket, heard)
    ended = close(desk, key, made, rehearsal=rehearsal)
    return Closed(ended, made, bool(found and found.extra))


def _review(desk: Desk, ticket: Ticket, heard: Heard) -> tuple[Result, Happened | None]:
    """The result that the logs tell, with the post-implementation review in its notes."""
    more = (*(heard.afterwards.said if heard.afterwards else ()), *heard.said)
    if not heard.logs:
        return result(outcome=heard.claimed, more=more, unwell=heard.unwell), None
    items = filed(desk, ticket)
    found = happened(heard.logs, items)
    if heard.claimed is None:
        _check(heard.logs, found, items)
    well = (heard.claimed or found.outcome) == "successful" and not heard.unwell
    back = () if well else _back(desk, ticket, found)
    made = result(found, heard.claimed, (*back, *more), unwell=heard.unwell)
    return msgspec.structs.replace(made, proven=heard.claimed is None), found


def _check(logs: Sequence[Applied], found: Happened, approved: Approved | None) -> None:
    if not all(log.ended for log in logs):
        raise SourceError(
            "the log ends before the apply was over, so it does not tell how it went",
            f"Give the whole log, {_NAME_IT}",
        )
    if not found.strange and (approved or found.applied.known):
        return
    if found.applied.known:
        raise SourceError(
            "the log is that of another apply: it shares no resource with what was approved",
            f"Give the log of this apply, {_NAME_IT}",
        )
    why = f": {found.applied.errors[0]}" if found.applied.errors else ""
    raise SourceError(
        f"the log tells of nothing that was done{why}",
        f"Apply again and give that log, {_NAME_IT}",
    )


def filed(desk: Desk, ticket: Ticket) -> Approved | None:
    """What was filed for approval, item by item; None where the desk has no such file any more, or
    one that is not of the record.
    """
    data = _fetch(desk, ticket, kept.NAME)
    found = kept.read(data) if data else None
    trusted = (
        found and ticket.record and found.trusted(ticket.record.fingerprint, secret=found.secret)
    )
    return found if trusted else None


def _back(desk: Desk, ticket: Ticket, found: Happened) -> Text:
    a = found.applied
    sure = {address for address, _ in a.steps}
    begun = [*(address for address, _, _ in a.failed), *(address for address, _ in a.unfinished)]
    unsure = [address for address in begun if address not in sure]
    filed = takeback.read(_fetch(desk, ticket, takeback.NAME))
    return takeback.take_back(filed, found.done, unsure)


def _fetch(desk: Desk, ticket: Ticket, name: str) -> bytes | None:
    try:
        return desk.fetch(ticket, name)
    except (AccessDeniedError, UnreachableError):
        raise
    except DeskError:
        return None  # the notes say what could not be told without it
