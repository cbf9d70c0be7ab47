"""Whether the lead time of a change is over, and when it may start if it is not."""

from collections.abc import Collection
from datetime import datetime

import msgspec

from tfchange.calendar.days import lead_over
from tfchange.calendar.model import SEARCH, Calendar
from tfchange.calendar.standing import standing
from tfchange.calendar.times import worded
from tfchange.risk.assessment import Level
from tfchange.words import count


class Lead(msgspec.Struct, frozen=True):
    """A lead time that is not over."""

    reason: str
    """A finished sentence."""
    start: datetime | None = None
    """The earliest lawful start, in UTC; None where there is none within two years."""


def lead(  # noqa: PLR0913  # a change has all these sides
    calendar: Calendar,
    filed: datetime,
    moment: datetime,
    *,
    days: int,
    environment: str | None,
    approved: Collection[str] = (),
    level: Level = Level.CRITICAL,
) -> Lead | None:
    """What keeps a normal change that is to begin at the moment; None where its lead time is over.

    Both times must have a zone. `days` are working days, counted from the filing; `approved` names
    the groups that approved. The start is lawful if no window and no freeze that stops it forbids
    it: those that people lifted count no more.
    """
    if not calendar.given or not days:
        return None
    hours, last = calendar.hours, calendar.hours.day(filed + SEARCH[-1])
    over = lead_over(filed, days, calendar.days(hours.day(filed), last), hours, last)
    said = f"Its lead time is {count(days, 'working day')}"
    if over is None:
        return Lead(f"{said}, and within two years there are not as many.")
    if moment >= over:
        return None
    then = standing(calendar, over, "normal", environment, approved, level=level)
    start = over if then.allowed else then.opens
    since = f"{said} from {worded(filed, calendar.zone)}, when it was filed"
    if start is None:
        return Lead(f"{since}; after that no window is open within two years.")
    return Lead(f"{since}; the earliest lawful start is {worded(start, calendar.zone)}.", start)
