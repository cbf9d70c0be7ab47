"""How changes end at Jira: what is said in them, and the way to their last status."""

from hashlib import sha256

import msgspec

from tfchange.change.desk import State
from tfchange.change.request import Block, Result, Text
from tfchange.errors import DeskError
from tfchange.jira.issue import IMAGINED, Issue, Reader
from tfchange.jira.kept import Kept, Over
from tfchange.jira.moves import Moves
from tfchange.jira.site import Site
from tfchange.jira.times import now as this_moment
from tfchange.jira.write import Writer, internal
from tfchange.risk.assessment import Category


class Ends:
    """Ends the changes of one site."""

    def __init__(self, site: Site, reader: Reader, writer: Writer, moves: Moves) -> None:
        self._site, self._reader, self._writer, self._moves = site, reader, writer, moves

    def close(self, now: Issue, result: Result) -> tuple[str, ...]:
        """First the notes and the outcome, then the status; a run between does not say it twice.

        Nothing is written into what was not approved, nor where no way leads on.
        """
        self._may_close(now, result.outcome)
        text = (Block("paragraph", (f"Closed: {result.outcome}.",)), *result.notes)
        at, proven = this_moment(), result.proven
        over = Over("closed", _digest(text), outcome=result.outcome, at=at, proven=proven)
        notes = self._say(now, over, text)
        why = self._moves.to(now, State.CLOSED, result.outcome)
        if why:
            raise DeskError(why, "What was done is noted there already; then run it again.")
        return notes

    def cancel(self, now: Issue, reason: str) -> tuple[str, ...]:
        """Where the workflow has no way to cancel, it counts as cancelled where it stands."""
        text = (Block("paragraph", (f"Cancelled: {reason}",)),)
        over = Over("cancelled", _digest(text), at=this_moment())
        self._say(now, over, text)
        why = self._moves.to(now, State.CANCELLED)
        if not why:
            return ()
        stuck = str(self._reader.issue(now.id).status["id"])
        self._writer.keep(now.id, _ended(now, msgspec.structs.replace(over, stuck=stuck)))
        return (f"{why} It counts as cancelled all the same.",)

    def _may_close(self, now: Issue, outcome: str) -> None:
        if now.id == IMAGINED:
            return
        state = self._reader.ticket(now).state
        record = now.kept.record if now.kept else None
        category = record.category if record else None
        waits = state.undecided
        if category is Category.STANDARD and state is State.NEW:
            waits = False
        # What failed may be over without an approval, and an emergency does not wait for one.
        allowed = outcome == "failed" or category is Category.EMERGENCY
        why = self._moves.why_not(now, State.CLOSED, outcome)
        if waits and (why or not allowed):
            raise DeskError(
                f"{now.key} was not approved (`{now.status.get('name')}`), so it cannot be closed "
                f"as {outcome}",
                "Let it be approved, or end it with: tfchange change cancel",
            )
        if why:
            raise DeskError(why.rstrip("."), "Nothing was written; then run the command again.")

    def _say(self, now: Issue, over: Over, text: Text) -> tuple[str, ...]:
        before = now.kept.over if now.kept else None
        if before and before.digest == over.digest:
            return ()
        comment = internal(self._site, text)
        return self._writer.say(now.id, _ended(now, over), comment, over.outcome)


def _ended(now: Issue, over: Over) -> Kept:
    kept = now.kept or Kept(now.digest)
    return msgspec.structs.replace(kept, over=over)


def _digest(text: Text) -> str:
    return sha256(msgspec.json.encode(text)).hexdigest()[:16]
