"""Calendars for tests, and moments in them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tfchange.calendar.load import load
from tfchange.calendar.model import Calendar
from tfchange.calendar.start import Proposal, earliest
from tfchange.calendar.times import Span
from tfchange.schema import errors

ICS = Path(__file__).parent / "ics"
BERLIN = ZoneInfo("Europe/Berlin")


def berlin(text: str, fold: int = 0) -> datetime:
    """A local time in Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold)


def utc(text: str) -> datetime:
    """A time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def calendar(
    folder: Path = ICS, /, *, given: Mapping[str, Any] | None = None, **table: Any
) -> Calendar:
    """The calendar of a table that the schema allows, in Berlin unless it says otherwise."""
    whole = {"zone": "Europe/Berlin", **table}
    assert errors(whole, "settings-1.0", "calendar") == []
    return load(whole, str(folder), **(given or {}))


def event(*lines: str, name: str = "E", kind: str = "FREEZE") -> bytes:
    """An iCalendar file with one event of these lines."""
    return "\r\n".join(
        (
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//EN", "BEGIN:VEVENT",
            f"UID:{name}", "DTSTAMP:20251101T100000Z", f"SUMMARY:{name}", f"CATEGORIES:{kind}",
            *lines, "END:VEVENT", "END:VCALENDAR", "",
        )
    ).encode()  # fmt: skip


def happens(some: Calendar, start: str, end: str) -> list[tuple[str, str, str]]:
    """Name, start and end of all that overlaps, in Berlin, in order."""
    found = [
        (span, entry.name)
        for entry in some.entries
        for span in entry.pattern.between(berlin(start), berlin(end))
    ]
    return [(name, *shown(span)) for span, name in sorted(found)]


def shown(span: Span) -> tuple[str, str]:
    """Both ends in Berlin with their offset."""
    return tuple(f"{m.astimezone(BERLIN):%m-%d %H:%M%z}" for m in (span.start, span.end))  # type: ignore[return-value]


def proposed(some: Calendar, filed: str, lead_days: int = 0, **told: Any) -> Proposal:
    """The earliest start of a normal change in production, filed at that time in Berlin."""
    asked = {"category": "normal", "environment": "production", **told}
    return earliest(some, berlin(filed), lead_days=lead_days, **asked)


def begins(some: Calendar, filed: str, lead_days: int = 0, **told: Any) -> str:
    """When it begins, in Berlin."""
    window = proposed(some, filed, lead_days, **told).window
    assert window is not None
    start = datetime.fromisoformat(window.start)
    minutes = told.get("duration", some.duration)
    assert datetime.fromisoformat(window.end) - start == minutes
    assert isinstance(minutes, timedelta)
    return f"{start.astimezone(BERLIN):%a %Y-%m-%d %H:%M}"
