"""The reviews of emergencies: which are still to be held, and that one has been."""

from collections.abc import Iterator
from hashlib import sha256

import msgspec

from tfchange.change.desk import Review, State
from tfchange.errors import DeskError
from tfchange.jira.issue import Issue, Reader
from tfchange.jira.kept import EMERGENCY, Kept
from tfchange.jira.search import issues
from tfchange.jira.site import ForbiddenError, RefusedError, Site, faulty
from tfchange.jira.write import Writer, remark


class Reviews:
    """The reviews of one project."""

    def __init__(self, site: Site, reader: Reader, writer: Writer) -> None:
        self._site, self._reader, self._writer = site, reader, writer

    def waiting(self) -> Iterator[Review]:
        """Those of emergencies that not everybody has approved and nobody reviewed, in no order."""
        for hit in issues(self._site, self._reader, EMERGENCY):
            if hit.kept and hit.kept.reviewed:
                continue
            # The search may be late: what has just been decided is read as it stands.
            issue = self._reader.there(hit.id)
            told = self._due(issue) if issue else None
            if told:
                yield told

    def hold(self, issue: Issue, text: str) -> tuple[str, ...]:
        """The text stands in the history once, and the review counts as held; notes if it cannot.

        An issue that is closed may be closed to edits too, by `jira.issue.editable` of its
        workflow (support.atlassian.com, "Use workflow properties"), which leaves it open to
        comments.
        """
        digest = sha256(text.encode()).hexdigest()[:16]
        if issue.kept and issue.kept.reviewed == digest:
            return ()
        kept = msgspec.structs.replace(issue.kept or Kept(issue.digest), reviewed=digest)
        comment = remark(self._site, text)
        try:
            self._writer.say(issue.id, kept, comment)
        except (ForbiddenError, RefusedError) as error:
            if not _refuses(error):
                raise
            return self._beside(issue, kept, comment)
        return ()

    def _beside(self, issue: Issue, kept: Kept, comment: dict[str, object]) -> tuple[str, ...]:
        # In this order: a text that stands there twice is better than one that is lost.
        self._site.post(self._site.api(f"issue/{issue.id}/comment"), comment)
        try:
            self._writer.keep(issue.id, kept)
        except (ForbiddenError, RefusedError) as error:
            if not _refuses(error):
                raise
            where = issue.status.get("name")
            said = f"Jira takes no edit of {issue.key} in `{where}`: what was found stands in a "
            return (f"{said}comment, and the review goes on to be listed as due.",)
        return ()

    def _due(self, issue: Issue) -> Review | None:
        kept, ticket = issue.kept, self._reader.ticket(issue)
        waiting = tuple(each.group for each in ticket.approvals if each.decision != "approved")
        if not kept or not kept.emergency or kept.reviewed or not waiting:
            return None
        begun = kept.begun or ticket.state is not State.CANCELLED or self._reader.begun(issue)
        if not begun:
            return None
        return Review(
            number=ticket.number,
            url=ticket.url,
            title=str(issue.fields.get("summary", "")),
            incident=kept.emergency.incident,
            due=kept.emergency.review_due,
            waiting_for=waiting,
        )


def _refuses(error: DeskError) -> bool:
    return isinstance(error, ForbiddenError) or (isinstance(error, RefusedError) and faulty(error))
