"""What a change keeps beside its record: whose commit it is for, its envelope, its incident.

It stands in `change_plan`, in lines that people can read, so that it comes and goes with the other
fields in one request. The base system has that field for activities and roles in controlling the
change; what people write as plans stands in fields of its own.
"""

from collections.abc import Iterable

import msgspec

from tfchange.change.fit import one_line
from tfchange.change.request import ChangeRequest
from tfchange.errors import AccessDeniedError
from tfchange.risk.assessment import Emergency
from tfchange.servicenow.rows import Row, value

FIELD = "change_plan"
HEAD = "Kept by tfchange, which reads it again. Please leave it as it is."
LINE = 300
"""Characters of one line; an author is not longer."""
AUTHOR, ENVELOPE, INCIDENT, DUE = "Author", "Envelope", "Incident", "Review due"


class Kept(msgspec.Struct, frozen=True):
    """What is kept; `""` for what there is none of."""

    author: str = ""
    envelope: str = ""
    incident: str = ""
    review_due: str = ""

    @classmethod
    def of(cls, request: ChangeRequest) -> "Kept":
        """What the request tells."""
        declared = request.emergency or Emergency("")
        author, envelope = request.commit.author, request.envelope or ""
        return cls(author, envelope, declared.incident, declared.review_due)

    @property
    def emergency(self) -> Emergency | None:
        """What was declared, if it is an emergency."""
        return Emergency(self.incident, self.review_due) if self.incident else None

    def to_text(self) -> str:
        """A line for each that is there, none of which can look like another."""
        told = zip((AUTHOR, ENVELOPE, INCIDENT, DUE), msgspec.structs.astuple(self), strict=True)
        return "\n".join([HEAD, *(line(name, said) for name, said in told if said)])


def line(name: str, said: str) -> str:
    """One line of what is kept."""
    return f"{name}: {one_line(said, LINE)}"


def kept(row: Row) -> Kept:
    """What is kept in the change, by the first line of each name."""
    told: dict[str, str] = {}
    for each in value(row, FIELD).splitlines():
        name, _, said = each.partition(": ")
        told.setdefault(name, said.strip())
    return Kept(*(told.get(name, "") for name in (AUTHOR, ENVELOPE, INCIDENT, DUE)))


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
