"""Moments and spans of time: from local time to UTC, joined, cut, and in words."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

import msgspec

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Span(msgspec.Struct, frozen=True, order=True):
    """From the start, which is in it, to the end, which is not; both in UTC."""

    start: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether the moment is in it."""
        return self.start <= moment < self.end


def instant(wall: datetime, zone: tzinfo, *, last: bool = False) -> datetime:
    """The moment of a local time, in UTC; `last` takes the second where it exists twice.

    A time that the clocks leap over counts by the offset before the leap (RFC 5545, 3.3.5).
    """
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    # Where the clocks leap, fold 1 is the earlier moment and not the one meant.
    return max(first, wall.replace(tzinfo=zone, fold=1).astimezone(UTC)) if last else first


def local_span(start: datetime, end: datetime, zone: tzinfo) -> Span:
    """What lies between two local times; both of an hour that exists twice."""
    return Span(instant(start, zone), instant(end, zone, last=True))


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time as spans in order that neither touch nor are empty."""
    joined: list[Span] = []
    for span in sorted(s for s in spans if s.start < s.end):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def without(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """What is in the spans and in none of the holes, merged."""
    cuts, left = merged(holes), []
    ends = [cut.end for cut in cuts]
    for span in merged(spans):
        start = span.start
        for cut in cuts[bisect_right(ends, start) :]:
            if cut.start >= span.end:
                break
            left.append(Span(start, cut.start))
            start = cut.end
        left.append(Span(start, span.end))
    return merged(left)


def first_start(
    room: Sequence[Span], starts: Sequence[Span], after: datetime, duration: timedelta
) -> datetime | None:
    """The first moment in `starts`, from `after` on, from which the duration fits into one room.

    Both must be merged.
    """
    ends = [span.end for span in starts]
    for space in room:
        for span in starts[bisect_right(ends, max(space.start, after)) :]:
            moment = max(space.start, span.start, after)
            if moment + duration > space.end:
                break
            return moment
    return None


def whole_minute(moment: datetime) -> datetime:
    """The beginning of the minute in which the moment lies, in UTC.

    Not the next one: what may be done at once must not wait for it.
    """
    return moment.astimezone(UTC).replace(second=0, microsecond=0)


def worded(moment: datetime, zone: tzinfo) -> str:
    """Such as `2027-01-04 08:00 Europe/Berlin`."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M} {zone}"


def span_worded(span: Span, zone: tzinfo) -> str:
    """Such as `Tuesday 2026-12-01 20:00 to 23:00 Europe/Berlin`."""
    start, end = span.start.astimezone(zone), span.end.astimezone(zone)
    until = f"{end:%H:%M}" if end.date() == start.date() else _with_day(end)
    return f"{_with_day(start)} to {until} {zone}"


def _with_day(local: datetime) -> str:
    return f"{WEEKDAYS[local.weekday()]} {local:%Y-%m-%d %H:%M}"
