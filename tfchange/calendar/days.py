"""Working days: which they are, and how many lie between two days."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo

import msgspec

from tfchange.calendar.times import Span, instant, local_span

_DAY = timedelta(days=1)
MINUTES = 24 * 60


class Days(msgspec.Struct, frozen=True):
    """Which days are worked on."""

    working: frozenset[int]
    """Days of the week, Monday is 0."""
    holidays: frozenset[date] = frozenset()

    def works(self, day: date) -> bool:
        """Whether the day is a working day."""
        return day.weekday() in self.working and day not in self.holidays

    def on(self, day: date, last: date) -> date | None:
        """The day itself if it is worked on, else the next that is; None after the last."""
        return next((d for d in _days(day, last) if self.works(d)), None)

    def after(self, day: date, count: int, last: date) -> date | None:
        """The working day of that number after the day, which does not count; None after the last.

        For 0 it is the day itself, whatever day that is.
        """
        for _ in range(count):
            following = self.on(day + _DAY, last)
            if following is None:
                return None
            day = following
        return day

    def count(self, day: date, until: date) -> int:
        """How many working days follow the day, up to and with the other."""
        return sum(map(self.works, _days(day + _DAY, until)))


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + _DAY * number


class Hours(msgspec.Struct, frozen=True):
    """When work may start on a working day, in minutes of the local day."""

    zone: tzinfo = UTC
    opens: int = 0
    closes: int = MINUTES

    def day(self, moment: datetime) -> date:
        """The local day of a moment."""
        return moment.astimezone(self.zone).date()

    def span(self, day: date) -> Span:
        """These hours of the day."""
        return local_span(at_minute(day, self.opens), at_minute(day, self.closes), self.zone)

    def closing(self, day: date) -> datetime:
        """When these hours are over on the day."""
        return instant(at_minute(day, self.closes), self.zone, last=True)


def at_minute(day: date, minute: int) -> datetime:
    """The local time so many minutes into the day, which may lie on the next."""
    return datetime(day.year, day.month, day.day) + timedelta(minutes=minute)


def lead_over(filed: datetime, count: int, days: Days, hours: Hours, last: date) -> datetime | None:
    """When so many whole working days have gone by since the filing; None after the last day.

    The day of filing does not count. What is filed on a day that is not worked on, or after the
    hours, is filed on the next working day.
    """
    if count == 0:
        return filed
    day = hours.day(filed)
    if filed >= hours.closing(day):
        day += _DAY
    filing = days.on(day, last)
    final = None if filing is None else days.after(filing, count, last)
    return None if final is None else hours.closing(final)
