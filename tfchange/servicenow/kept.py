"""What a change keeps beside its record: whose commit it is for, its envelope, its incident.

It stands in `change_plan`, in lines that people can read, so that it comes and goes with the other
fields in one request. The base system has that field for activities and roles in controlling the
change; what people write as plans stands in fields of its own.
"""

from collections.abc import Iterable

import msgspec

from tfchange.change.fit import one_line
from tfchange.change.people import together
from tfchange.change.request import ChangeRequest, Window
from tfchange.errors import AccessDeniedError
from tfchange.risk.assessment import Emergency
from tfchange.servicenow.rows import Row, value

FIELD = "change_plan"
HEAD = "Kept by tfchange, which reads it again. Please leave it as it is."
LINE = 300
"""Characters of one line; an author is not longer."""
AUTHOR, ENVELOPE, INCIDENT, DUE = "Author", "Envelope", "Incident", "Review due"
PROPOSED, BEGUN, PROVEN = "Proposed window", "Begun", "Proven"
NAMES = (AUTHOR, ENVELOPE, INCIDENT, DUE, PROPOSED, BEGUN, PROVEN)
YES, NO = "yes", "no"


class Kept(msgspec.Struct, frozen=True):
    """What is kept; `""` for what there is none of."""

    authors: tuple[str, ...] = ()
    """A line each, the last at the end."""
    envelope: str = ""
    incident: str = ""
    review_due: str = ""
    proposed: str = ""
    """The window, as `START to END`, where nobody has asked for it."""
    begun: str = ""
    """`yes` once tfchange began an emergency, `no` once it cancelled one that never was."""
    proven: str = ""
    """`yes` where more than a word speaks for how it was closed."""

    @classmethod
    def of(cls, request: ChangeRequest, before: "Kept | None" = None) -> "Kept":
        """What the request tells, and what was told before and stays so."""
        declared = request.emergency or Emergency("")
        authors, envelope = _authors(request, before), request.envelope or ""
        window = request.window
        proposed = _words(window) if window and window.proposed else ""
        begun = before.begun if before else ""
        return cls(authors, envelope, declared.incident, declared.review_due, proposed, begun)

    def window(self, start: str, end: str) -> Window | None:
        """The window of a change as it stands, which is a proposal until people set another."""
        found = Window(start, end) if start and end else None
        if found and _words(found) == self.proposed:
            return msgspec.structs.replace(found, proposed=True)
        return found

    @property
    def emergency(self) -> Emergency | None:
        """What was declared, if it is an emergency."""
        return Emergency(self.incident, self.review_due) if self.incident else None

    def to_text(self) -> str:
        """A line for each that is there, none of which can look like another."""
        told = zip(NAMES[1:], msgspec.structs.astuple(self)[1:], strict=True)
        authors = (line(AUTHOR, each) for each in self.authors)
        return "\n".join([HEAD, *authors, *(line(name, said) for name, said in told if said)])


def _authors(request: ChangeRequest, before: Kept | None) -> tuple[str, ...]:
    earlier = before.authors if before else ()
    told = [one_line(each, LINE) for each in request.authors]
    # Whoever has filed last stands at the end.
    return together(*(each for each in earlier if each not in told[-1:]), *told)


def _words(window: Window) -> str:
    return f"{window.start} to {window.end}"


def line(name: str, said: str) -> str:
    """One line of what is kept."""
    return f"{name}: {one_line(said, LINE)}"


def kept(row: Row) -> Kept:
    """What is kept in the change, by the first line of each name but the authors'."""
    told: dict[str, list[str]] = {}
    for each in value(row, FIELD).splitlines():
        name, _, said = each.partition(": ")
        told.setdefault(name, []).append(said.strip())
    authors = together(*told.get(AUTHOR, ()))
    return Kept(authors, *(told.get(name, [""])[0] for name in NAMES[1:]))


def amended(row: Row, **told: str) -> dict[str, str]:
    """The field that says this beside what is kept; none where the field is hidden."""
    if FIELD not in row:
        return {}
    return {FIELD: msgspec.structs.replace(kept(row), **told).to_text()}


def readable(rows: Iterable[Row], *fields: str) -> list[Row]:
    """The records; `AccessDeniedError` where the user may not read these fields of them.

    What is hidden would look like what is not there.
    """
    found = list(rows)
    hidden = [name for name in fields if any(name not in row for row in found)]
    if hidden:
        raise AccessDeniedError(
            f"ServiceNow does not let us read {', '.join(hidden)} of change_request",
            "Let the user read and write it; tfchange doctor says what else is missing.",
        )
    return found
