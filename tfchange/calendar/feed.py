"""iCalendar text (RFC 5545) as windows, freezes or holidays; the home of the iCalendar packages.

What is not understood is an error, since half a calendar would let through what is frozen.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

import msgspec

from tfchange.calendar.entry import FREEZE, WINDOW, Entry, Scope
from tfchange.calendar.model import spans
from tfchange.calendar.recurrence import FAULTS, Series, checked, series
from tfchange.errors import SettingsError

_KINDS = {
    FREEZE: {"FREEZE", "BLACKOUT", "MORATORIUM"},
    WINDOW: {"WINDOW", "MAINTENANCE"},
}
"""A freeze window is a freeze, so that comes first."""
_OFTEN = re.compile(r"(?im)^(?:RRULE|EXRULE)\b.*FREQ=(?:SECONDLY|MINUTELY|HOURLY)")
_ZONE = re.compile(r"(?ims)^BEGIN:VTIMEZONE\b.*?^END:VTIMEZONE[ \t]*+\r?\n")
_MOST_EVENTS = 5_000
_HELP = "docs/calendar.md says what is understood."


def entries(data: bytes, label: str, zone: tzinfo, usual: Scope) -> list[Entry]:
    """All that an iCalendar file holds; `label` names it in messages.

    `usual` is the scope of every event; where its kind is `""`, each event says its own. Raises
    `SettingsError` with all faults, one a line.
    """
    found: list[Entry] = []
    faults: list[str] = []
    for events in _grouped(data, label):
        place = f"{label}: {_place(events[0])}"
        try:
            pattern = _series(events, zone, place)
            found.append(Entry(named(events[0]), _scope(events, usual), pattern))
        except ValueError as error:
            faults.append(f"{place} {error}")
    if faults:
        raise SettingsError("\n".join(faults), _HELP)
    return found


class Festive(msgspec.Struct, frozen=True):
    """Holidays from an iCalendar file: every day that one of its events touches."""

    entries: tuple[Entry, ...]
    zone: tzinfo

    def on(self, first: date, last: date) -> Iterable[date]:
        """The holidays from the first to the last day."""
        start = datetime(first.year, first.month, first.day, tzinfo=self.zone)
        end = datetime(last.year, last.month, last.day, tzinfo=self.zone) + timedelta(days=1)
        for span in spans(self.entries, start, end):
            day = max(span.start.astimezone(self.zone).date(), first)
            final = min((span.end - timedelta.resolution).astimezone(self.zone).date(), last)
            while day <= final:
                yield day
                day += timedelta(days=1)


def named(event: Any) -> str:
    """The summary of an event on one line, else its UID."""
    text = " ".join((_said(event, "SUMMARY") or _said(event, "UID")).split())
    plain = "".join(char for char in text if char.isprintable())
    return plain[:79] + "…" if len(plain) > 80 else plain or "without a name"


def _place(event: Any) -> str:
    start = event.get("DTSTART")
    try:
        text = start.to_ical() if hasattr(start, "to_ical") else b""
    except FAULTS:
        text = b""
    # What could not be read is text already.
    when = text if isinstance(text, str) else text.decode()
    return f'the event "{named(event)}"' + (f" of {when[:40]}" if when else "")


def _grouped(data: bytes, label: str) -> Iterator[list[Any]]:
    """The events that share a UID: the one that recurs first, then its exceptions."""
    events = [event for calendar in _parsed(data, label) for event in calendar.walk("VEVENT")]
    if len(events) > _MOST_EVENTS:
        raise SettingsError(f"{label}: holds more than {_MOST_EVENTS:,} events", _HELP)
    groups: dict[str, list[Any]] = {}
    for number, event in enumerate(events):
        groups.setdefault(str(event.get("UID", number)), []).append(event)
    for group in groups.values():
        yield sorted(group, key=lambda event: "RECURRENCE-ID" in event)


def _parsed(data: bytes, label: str) -> list[Any]:
    from icalendar import Calendar
    from x_wr_timezone import to_standard

    text = _ZONE.sub(_unless_known, _whole(data, label))
    try:
        calendars = Calendar.from_ical(text, multiple=True)
        if all(calendar.name == "VCALENDAR" for calendar in calendars):
            return [to_standard(calendar) for calendar in calendars]
    except FAULTS as error:
        raise SettingsError(f"{label}: is not iCalendar: {_line(error)}", _HELP) from None
    raise SettingsError(f"{label}: holds something beside its VCALENDAR", _HELP)


def _unless_known(described: re.Match[str]) -> str:
    """Nothing for a zone that Windows has a name for, which is known, and ten times as fast."""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    name = re.search(r"(?im)^TZID:(.+)$", described[0])
    return "" if name and name[1].strip() in WINDOWS_TO_OLSON else described[0]


def _whole(data: bytes, label: str) -> str:
    """The text with its lines unfolded, if it is whole: the parser takes what was cut off too."""
    try:
        text = re.sub(r"\r?\n[ \t]", "", data.decode("utf-8-sig")).strip()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SettingsError(f"{label}: line {line} is not UTF-8 text", _HELP) from None
    if not re.match(r"(?i)BEGIN:VCALENDAR\b", text):
        raise SettingsError(f"{label}: is not iCalendar: no BEGIN:VCALENDAR at its start", _HELP)
    if missing := _unended(text):
        raise SettingsError(f"{label}: breaks off, or an END is missing: {missing}", _HELP)
    if often := _OFTEN.search(text):
        raise SettingsError(f"{label}: recurs more often than daily: {often[0][:100]}", _HELP)
    return text + "\r\n"


def _unended(text: str) -> str:
    """The first part that does not end where it should, `""` where all do."""
    open_parts: list[str] = []
    for word, name in re.findall(r"(?im)^(BEGIN|END):(.*)$", text.upper()):
        name = name.rstrip()  # noqa: PLW2901
        if word == "BEGIN":
            open_parts.append(name)
        elif not open_parts or open_parts.pop() != name:
            return f"END:{name[:40]}"
    return f"BEGIN:{open_parts[-1][:40]}" if open_parts else ""


def _line(error: object) -> str:
    return " ".join(str(error).split())[:200]


def _series(events: list[Any], zone: tzinfo, place: str) -> Series:
    for event in events:
        for name, said in event.errors:
            raise ValueError(f"has a {name or 'line'} that cannot be read: {_line(said)}")
        checked(event)
    made = series(events, zone, place)
    start = events[0].start
    noon = datetime(start.year, start.month, start.day, 12, tzinfo=zone)
    # Whatever is wrong with it shows now, and not when somebody wants to apply.
    made.between(noon - timedelta(days=1), noon + timedelta(days=1))
    return made


def _scope(events: list[Any], usual: Scope) -> Scope:
    kinds = {usual.kind} if usual.kind else {kind for e in events if (kind := _kind(e))}
    if len(kinds) > 1:
        raise ValueError("is a window by one of its parts and a freeze by another")
    if not kinds:
        raise ValueError(
            "says neither freeze nor window: give it one of the CATEGORIES FREEZE, BLACKOUT, "
            "MORATORIUM, WINDOW or MAINTENANCE, or the whole file a `kind` in tfchange.yaml"
        )
    strength = _said(events[0], "X-TFCHANGE-STRENGTH").strip().lower()
    if strength not in ("", "hard", "soft"):
        raise ValueError(f"has an X-TFCHANGE-STRENGTH of {strength[:40]!r}, not hard or soft")
    hard = strength == "hard" if strength else usual.hard
    return msgspec.structs.replace(usual, kind=kinds.pop(), hard=hard)


def _said(event: Any, name: str) -> str:
    """The text of a property, of the first where there are several."""
    value = event.get(name, "")
    return str(value[0] if isinstance(value, list) else value)


def _kind(event: Any) -> str | None:
    own = _said(event, "X-TFCHANGE-KIND")
    given = event.get("CATEGORIES", [])
    listed = given if isinstance(given, list) else [given]
    text = own or " ".join(str(name) for each in listed for name in each.cats)
    words = {word.removesuffix("S") for word in re.findall(r"[A-Z]+", text.upper())}
    return next((kind for kind, known in _KINDS.items() if words & known), None)
