"""The earliest lawful start: after the lead time, inside a window, outside of every freeze."""

from datetime import UTC, datetime, timedelta

import msgspec

from tfchange.calendar.days import Days, lead_over
from tfchange.calendar.entry import FREEZE, WINDOW, Entry
from tfchange.calendar.model import BOUND, SEARCH, Calendar, spans
from tfchange.calendar.times import Span, first_start, merged, whole_minute, without
from tfchange.change.request import Window


class Proposal(msgspec.Struct, frozen=True):
    """When a change may be done first; without a window, why there is none."""

    window: Window | None
    why: str
    """A finished sentence."""


class _Search(msgspec.Struct, frozen=True):
    """What is looked for, and where."""

    calendar: Calendar
    windows: list[Entry]
    freezes: list[Entry]
    days: Days
    duration: timedelta

    def first(self, ready: datetime, end: datetime) -> datetime | None:
        """The first start from `ready` on and before the end."""
        starts = [Span(ready, end)] if self.windows else self._working(ready, end)
        return first_start(self._room(ready, end + self.duration), starts, ready, self.duration)

    def _room(self, start: datetime, end: datetime) -> list[Span]:
        """Where the change must fit in whole."""
        room = spans(self.windows, start, end) if self.windows else [Span(start, end)]
        # An occurrence that begins in time may go on beyond, where freezes were not looked for.
        within = (Span(max(s.start, start), min(s.end, end)) for s in room)
        return without(within, spans(self.freezes, start, end))

    def _working(self, start: datetime, end: datetime) -> list[Span]:
        hours = self.calendar.hours
        dates = (hours.day(start + timedelta(days=n)) for n in range((end - start).days + 2))
        found = (hours.span(day) for day in dates if self.days.works(day))
        return merged(Span(s.start, min(s.end, end)) for s in found)

    @property
    def where(self) -> str:
        """In words, where the change must be."""
        free = " and outside of every freeze" if self.freezes else ""
        return f"{'inside a change window' if self.windows else 'in working hours'}{free}"


def earliest(  # noqa: PLR0913  # a change has all these sides
    calendar: Calendar,
    filed: datetime,
    *,
    lead_days: int,
    category: str,
    environment: str | None,
    duration: timedelta | None = None,
) -> Proposal:
    """The first time, in whole minutes, at which the whole change may be done.

    `filed` must have a zone; `duration` is that of the calendar unless given.
    """
    filed = whole_minute(filed)
    duration = calendar.duration if duration is None else duration
    if not calendar.given or category not in BOUND:
        return Proposal(_window(filed, duration), "Neither a window nor a lead time binds it.")
    hours, end = calendar.hours, filed + SEARCH[-1]
    last = hours.day(end)
    search = _Search(
        calendar,
        calendar.binding(WINDOW, category, environment),
        calendar.binding(FREEZE, category, environment),
        calendar.days(hours.day(filed), last),
        duration,
    )
    ready = lead_over(filed, lead_days, search.days, hours, last)
    start = None if ready is None else _found(search, ready, end)
    after = f"after {_counted(lead_days)} of lead time, " if lead_days else ""
    if start is None:
        minutes = round(duration.total_seconds() / 60)
        return Proposal(
            None, f"Within two years no {minutes} minutes are free {after}{search.where}."
        )
    return Proposal(_window(start, duration), f"It is the first time {after}{search.where}.")


def _found(search: _Search, ready: datetime, last: datetime) -> datetime | None:
    ends = (min(ready + ahead, last) for ahead in SEARCH)
    found = (search.first(ready, end) for end in ends if end > ready)
    return next((start for start in found if start), None)


def _window(start: datetime, duration: timedelta) -> Window:
    first, last = (f"{m.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for m in (start, start + duration))
    return Window(first, last, proposed=True)


def _counted(days: int) -> str:
    return f"{days} working day{'' if days == 1 else 's'}"
