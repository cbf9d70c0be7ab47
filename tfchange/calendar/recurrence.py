"""What recurs: events and their exceptions as a pattern, and the bounds that keep it finite."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

import msgspec

from tfchange.calendar.times import Span, local_span
from tfchange.errors import SettingsError

_PARTS = frozenset(
    {
        "FREQ", "UNTIL", "COUNT", "INTERVAL", "WKST", "BYSETPOS", "BYMONTH", "BYMONTHDAY",
        "BYYEARDAY", "BYWEEKNO", "BYDAY", "BYHOUR", "BYMINUTE", "BYSECOND",
    }
)  # fmt: skip
_TIMES = ("DTSTART", "DTEND", "RECURRENCE-ID", "RDATE", "EXDATE")
_MARGIN = timedelta(days=2)
"""More than any two zones differ: times without a zone are compared as they stand."""
FAULTS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, OSError)
"""What the iCalendar packages raise for what they cannot work with."""


class Series(msgspec.Struct, frozen=True):
    """A pattern of events with one UID: the one that recurs, and its exceptions."""

    query: Any
    """Of `recurring_ical_events`; it keeps what it has worked out."""
    zone: tzinfo
    """Of days, and of times without a zone."""
    place: str
    """What it is called in messages."""

    def between(self, start: datetime, end: datetime) -> list[Span]:
        """Every occurrence that is not cancelled and of which some part lies between."""
        try:
            found = self.query.between(start - _MARGIN, end + _MARGIN)
            spans = [span_of(each, self.zone) for each in found if not _cancelled(each)]
        except FAULTS as error:
            raise SettingsError(f"{self.place} {_unusable(error)}", _ADVICE) from None
        return [s for s in spans if s.start < s.end and s.start < end and s.end > start]


_ADVICE = "Correct the event in the calendar, or take it out."


def _unusable(error: Exception) -> str:
    return f"cannot be worked with: {' '.join(str(error).split())[:200]}"


def series(events: Iterable[Any], zone: tzinfo, place: str) -> Series:
    """The pattern of checked events with one UID; raises `ValueError`."""
    import recurring_ical_events
    from icalendar import Calendar

    calendar = Calendar()
    for event in events:
        calendar.add_component(event)
    try:
        return Series(recurring_ical_events.of(calendar), zone, place)
    except FAULTS as error:
        raise ValueError(_unusable(error)) from None


def recurring(rule: str, start: datetime, length: timedelta, zone: tzinfo, place: str) -> Series:
    """The pattern of an RRULE from its first start at local time; raises `ValueError`."""
    from icalendar import Event, vRecur

    event = Event()
    event.add("DTSTART", start.replace(tzinfo=zone))
    event.add("DTEND", start.replace(tzinfo=zone) + length)
    event.add("RRULE", vRecur.from_ical(rule))
    checked(event)
    return series([event], zone, place)


def span_of(event: Any, zone: tzinfo) -> Span:
    """From the start to the end of one occurrence, days and bare times being of the zone."""
    start, end = _wall(event.start), _wall(event.end)
    return local_span(start.replace(tzinfo=None), end.replace(tzinfo=None), start.tzinfo or zone)


def _wall(value: date) -> datetime:
    if isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day)


def _cancelled(event: Any) -> bool:
    return str(event.get("STATUS", "")).strip().upper() == "CANCELLED"


def checked(event: Any) -> None:
    """The event has a start, an end behind it and rules with an end to the work they make.

    Raises `ValueError` with what is wrong.
    """
    if "DTSTART" not in event:
        raise ValueError("has no DTSTART")
    for name, zone in _strange_zones(event):
        raise ValueError(f"has a {name} in the zone {zone[:80]!r}, which is not known")
    start, end = event.start, event.end
    if not 1970 <= start.year < 9000:
        raise ValueError(f"starts in the year {start.year}")
    if not _wall(start).replace(tzinfo=None) < _wall(end).replace(tzinfo=None):
        raise ValueError("does not end after it starts")
    if "EXRULE" in event:
        raise ValueError("has an EXRULE, which iCalendar has given up; use EXDATE")
    given = event.get("RRULE", [])
    for rule in given if isinstance(given, list) else [given]:
        _check_rule(rule, _wall(start).replace(tzinfo=None))


def _strange_zones(event: Any) -> Iterator[tuple[str, str]]:
    """The zones that the parser did not know: it reads their times as if they had none."""
    for name in _TIMES:
        given = event.get(name, [])
        for value in given if isinstance(given, list) else [given]:
            for each in getattr(value, "dts", [value]):
                first = each.dt[0] if isinstance(each.dt, tuple) else each.dt
                if "TZID" in value.params and getattr(first, "tzinfo", None) is None:
                    yield name, str(value.params["TZID"])


def _check_rule(rule: Any, start: datetime) -> None:
    from dateutil.rrule import rrulestr

    unknown = sorted(set(rule) - _PARTS)
    if unknown:
        raise ValueError(f"has a rule with {', '.join(unknown)[:80]}, which is not understood")
    if rule.get("FREQ", [""])[0] not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        raise ValueError("recurs more often than daily, or says not how often (FREQ)")
    times = 1
    for part in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        times *= len(rule.get(part, [0]))
    if times > 24:
        raise ValueError(f"recurs {times} times a day, and 24 is the most")
    # A rule that never happens is searched for until the year 9999, each time anew. Every 400 years
    # the days of the year are those of the week again, so the last of these tell as much as all.
    late = start.replace(year=start.year + (9599 - start.year) // 400 * 400)
    endless = type(rule)({k: v for k, v in rule.items() if k not in ("UNTIL", "COUNT")})
    try:
        happens = next(iter(rrulestr(endless.to_ical().decode(), dtstart=late)), None)
    except FAULTS as error:
        raise ValueError(f"has a rule that cannot be read: {error}") from None
    if happens is None:
        raise ValueError(f"never happens by its rule {rule.to_ical().decode()[:100]}")
