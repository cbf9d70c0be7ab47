"""What the register tells about itself: its list, its audit trail, and whether they hold."""

from collections.abc import Mapping

import msgspec

from tfchange.change.desk import State
from tfchange.risk.assessment import Category, Level


class Listed(msgspec.Struct, frozen=True):
    """One change in a list."""

    number: str
    state: State
    category: Category
    level: Level
    title: str
    repository: str
    subject: str
    """`#12` for a pull request, else the full ref."""
    created: str
    updated: str
    waiting_for: tuple[str, ...] = ()
    """The groups that have not decided."""
    result: str | None = None
    """`successful`, `partly` or `failed`, once it is closed."""
    review_due: str | None = None
    """The day by which an emergency is to be reviewed, until it has been."""


class Entry(msgspec.Struct, frozen=True):
    """One entry of the audit trail, as it is stored."""

    at: str
    actor: str
    change: str
    """The number of the change."""
    action: str
    """Such as `opened`, `approved` or `closed`."""
    details: str
    """What else is to be said, as a JSON object; its `digest` is that of the change afterwards."""
    seq: int = 0
    """1 for the first, and no number is left out."""
    previous: str = ""
    """The hash of the entry before; 64 zeros for the first."""
    hash: str = ""
    """Of everything above, as 64 hex digits."""

    def told(self) -> Mapping[str, object]:
        """The details as a mapping; empty where they are not what was once written."""
        try:
            return msgspec.json.decode(self.details, type=dict[str, object])
        except msgspec.DecodeError:
            return {}


class Verdict(msgspec.Struct, frozen=True):
    """What came of verifying the whole register."""

    entries: int
    changes: int
    head: str
    """The last entry as `number:hash`; kept elsewhere, it vouches for all before it."""
    faults: tuple[str, ...] = ()
    """Finished sentences; empty where everything holds."""
