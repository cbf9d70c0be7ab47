"""What the gate says, and the exit code of it."""

from enum import StrEnum

import msgspec

from tfchange.change.compare import Likeness
from tfchange.change.desk import Ticket


class Outcome(StrEnum):
    """Whether the plan may be applied, and if not, what keeps it."""

    PASSED = "passed"
    WAITING = "waiting"
    """For a decision of people, or to be filed at all."""
    REJECTED = "rejected"
    DIFFERENT = "different"
    """It does more than was approved."""
    HELD = "held"
    """Not now: outside its window, in a freeze, or something else is in the way."""

    @property
    def exit_code(self) -> int:
        """What the process ends with."""
        return _CODES[self]

    @property
    def may_change(self) -> bool:
        """Whether it can become another one while somebody waits."""
        return self in (Outcome.WAITING, Outcome.HELD)


_CODES = {
    Outcome.PASSED: 0,
    Outcome.WAITING: 20,
    Outcome.REJECTED: 21,
    Outcome.DIFFERENT: 22,
    Outcome.HELD: 23,
}
_GRAVEST = (Outcome.REJECTED, Outcome.DIFFERENT, Outcome.WAITING, Outcome.HELD)


class Obstacle(msgspec.Struct, frozen=True):
    """One thing that keeps the plan from being applied now."""

    outcome: Outcome
    reason: str
    """A finished sentence."""
    until: str = ""
    """When it will be gone, as ISO 8601 in UTC, where that is known."""


class Verdict(msgspec.Struct, frozen=True):
    """One answer, with everything that speaks for it."""

    outcome: Outcome
    reasons: tuple[str, ...]
    """Why, as finished sentences, the gravest first."""
    notes: tuple[str, ...] = ()
    """What else is to be known."""
    ticket: Ticket | None = None
    likeness: Likeness | None = None
    """How the plan compares with the approved one; None where nothing was compared."""
    new: tuple[str, ...] = ()
    """What was not approved."""
    left_out: tuple[str, ...] = ()
    """What was approved and is not done."""
    opens: str = ""
    """When it would pass if nothing else happened, as ISO 8601 in UTC; `""` where nobody knows."""
    open: bool = False
    """Whether it passed only because nobody could be asked."""

    @property
    def passed(self) -> bool:
        """Whether the plan may be applied."""
        return self.outcome is Outcome.PASSED


def gravest(obstacles: tuple[Obstacle, ...]) -> Outcome:
    """The one outcome of them all: what people have to do comes before what time does."""
    found = {each.outcome for each in obstacles}
    return next((each for each in _GRAVEST if each in found), Outcome.PASSED)


def opens(obstacles: tuple[Obstacle, ...]) -> str:
    """When the last of them is gone; `""` where one of them does not go by itself."""
    times = [each.until for each in obstacles]
    return max(times) if times and all(times) else ""
