"""What other issues say: clean runs of an envelope, what is in the way, incidents."""

import re
from collections.abc import Iterator

from tfchange.change.desk import Finished, Incident, State, Ticket, counted
from tfchange.errors import DeskError
from tfchange.jira.issue import Issue, Reader
from tfchange.jira.kept import LABEL, Kept, envelope_label
from tfchange.jira.search import issues
from tfchange.jira.site import RefusedError, Site, missing
from tfchange.jira.states import done, outcome_of
from tfchange.jira.times import day_before, utc

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*-[1-9][0-9]*")


class Others:
    """Looks at many issues of one project, and at incidents in any."""

    def __init__(self, site: Site, reader: Reader) -> None:
        self._site, self._reader = site, reader

    def finished(self, envelope: str, since: str) -> Iterator[Finished]:
        """The changes of an envelope that were closed since then, in no order."""
        # Whoever closes an issue updates it; the days of the search are those of our user.
        updated = f'updated >= "{day_before(since)}"'
        for issue in issues(self._site, self._reader, envelope_label(envelope), updated):
            if not issue.kept or issue.kept.envelope != envelope or issue.state is not State.CLOSED:
                continue
            closed = _closed(issue)
            if closed >= since:
                yield Finished(issue.key, closed, _outcome(issue))

    def conflicts(self, id_: str) -> Iterator[str]:
        """A sentence for each other change that is being done, or planned, to the same things."""
        mine = self._reader.issue(id_)
        if not mine.kept:
            raise DeskError(
                f"what {mine.key} is about is not known any more: its property was removed",
                "File the plan again with: tfchange change open PLAN",
            )
        now = self._reader.ticket(mine)
        for issue in issues(self._site, self._reader, LABEL, "statusCategory != Done"):
            things = _shared(mine.kept, issue.kept) if issue.kept and issue.id != id_ else ""
            if things:
                # The search may be late: what matters is read as it stands.
                there = self._reader.there(issue.id)
                how = _in_the_way(now, self._reader.ticket(there)) if there else ""
                if how:
                    yield f"{issue.key} {how}, and touches {things} too."

    def incident(self, id_: str) -> Incident | None:
        """The issue of that key in any project; None where it is no key of an issue."""
        key = id_.strip().upper()
        if not _KEY.fullmatch(key):
            return None
        try:
            issue = self._reader.issue(key, "status")
        except RefusedError as error:
            if not missing(error):
                raise
            # Strangers see nothing either. Only who is known may say that there is none.
            self._site.verify()
            return Incident(id_, "missing")
        state = "closed" if done(issue.status) else "open"
        return Incident(id_, state, self._site.page(issue.key))


def _closed(issue: Issue) -> str:
    """When, by what tfchange has kept, else by Jira: a workflow need not set a resolution."""
    over = issue.kept.over if issue.kept else None
    if over and over.at:
        return over.at
    return utc(str(issue.fields.get("resolutiondate") or issue.fields.get("updated") or ""))


def _outcome(issue: Issue) -> str:
    """By what tfchange has kept, unless the status tells of a failure since."""
    over, said = issue.kept.over if issue.kept else None, outcome_of(issue.status, issue.config)
    if said == "failed" or not over:
        return counted(said, proven=False)
    return counted(over.outcome, proven=over.proven)


def _shared(mine: Kept, other: Kept) -> str:
    """What both are about, in words; `""` where they have nothing in common."""
    spaces = set(mine.workspaces) & set(other.workspaces)
    if spaces and mine.repository.lower() == other.repository.lower():
        return f"{other.repository} in {', '.join(sorted(spaces))}"
    return ", ".join(sorted(set(mine.touches) & set(other.touches)))


def _in_the_way(mine: Ticket, other: Ticket) -> str:
    if other.state is State.IMPLEMENTING:
        return "is being implemented"
    meet = mine.window is not None and mine.window.meets(other.window)
    return "is planned for the same time" if other.state is State.APPROVED and meet else ""
