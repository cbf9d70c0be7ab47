"""Windows and freezes as people write them in YAML, of which the schema was checked before."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from tfchange.calendar.days import MINUTES
from tfchange.calendar.entry import FREEZE, WINDOW, Entry, Once, Pattern, Scope, Weekly
from tfchange.calendar.names import Names
from tfchange.calendar.times import Span, instant

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LISTS = {"windows": WINDOW, "freezes": FREEZE}
"""Our word for a list of entries, and the kind of each."""
_FREEZES_ALONE = ("strength", "except")

Say = Callable[[tuple[str | int, ...], str], str]
"""The fault as a line that names file and place."""


def entries(
    table: Mapping[str, Any], zone: tzinfo, say: Say, names: Names
) -> tuple[list[Entry], list[str]]:
    """What stands under `windows` and `freezes`, and all faults."""
    found, faults = [], []
    for name, kind in LISTS.items():
        for number, said in enumerate(table.get(name) or ()):
            try:
                found.append(_entry(said, kind, zone, names))
            except ValueError as error:
                faults.append(say((name, number), f'"{said["name"]}" {error}'))
    return found, faults


def scope(said: Mapping[str, Any], kind: str, names: Names) -> Scope:
    """Whom an entry, or all of a file, binds; raises `ValueError`."""
    strange = [key for key in _FREEZES_ALONE if key in said and kind == WINDOW]
    if strange:
        raise ValueError(f"is a window and has {' and '.join(strange)}, which freezes alone have")
    return Scope(
        kind,
        hard=said.get("strength", "hard") == "hard",
        lifted_by=frozenset(map(names.group, said.get("except", ()))),
        categories=frozenset(said.get("categories", ())),
        environments=frozenset(map(names.environment, said.get("environments", ()))),
    )


def minutes(hours: str) -> tuple[int, int]:
    """The minutes of the day at both ends of `20:00-23:00`."""
    opens, closes = (
        int(hour) * 60 + int(minute)
        for hour, _, minute in (each.partition(":") for each in hours.split("-"))
    )
    return opens, closes


def weekdays(names: Iterable[str]) -> frozenset[int]:
    """Days of the week by number, Monday is 0."""
    return frozenset(map(WEEK.index, names))


def _entry(said: Mapping[str, Any], kind: str, zone: tzinfo, names: Names) -> Entry:
    if ("every" in said) == ("start" in said or "end" in said):
        raise ValueError("needs a start and an end, or an `every`, and not both")
    every = said.get("every")
    pattern = _once(said, zone) if every is None else _every(every, said["name"], zone)
    return Entry(" ".join(said["name"].split()), scope(said, kind, names), pattern)


def _once(said: Mapping[str, Any], zone: tzinfo) -> Pattern:
    if "start" not in said or "end" not in said:
        raise ValueError(f"has no {'end' if 'start' in said else 'start'}")
    span = Span(_moment(said["start"], zone), _moment(said["end"], zone, last=True))
    if span.start >= span.end:
        raise ValueError(f"ends ({said['end']}) before it starts ({said['start']})")
    return Once(span)


def _every(every: Mapping[str, Any], name: str, zone: tzinfo) -> Pattern:
    by_rule, by_week = {"rrule", "start", "duration"}, {"days", "hours"}
    if set(every) == by_week:
        opens, closes = minutes(every["hours"])
        if opens == closes:
            raise ValueError(f"has hours without length: {every['hours']}")
        return Weekly(weekdays(every["days"]), opens, closes % MINUTES, zone)
    if set(every) != by_rule:
        raise ValueError("recurs by `days` and `hours`, or by `rrule`, `start` and `duration`")
    from tfchange.calendar.recurrence import recurring

    start, length = _local(every["start"], zone), timedelta(minutes=every["duration"])
    return recurring(every["rrule"], start, length, zone, f'"{name}"')


def _moment(text: str, zone: tzinfo, *, last: bool = False) -> datetime:
    """A moment; the day after a date that is an end, which includes that day."""
    day, when = _parsed(text)
    if last and day:
        when += timedelta(days=1)
    bare = when.replace(tzinfo=None)
    return instant(bare, when.tzinfo or zone, last=last)


def _local(text: str, zone: tzinfo) -> datetime:
    _, when = _parsed(text)
    return when.astimezone(zone).replace(tzinfo=None) if when.tzinfo else when


def _parsed(text: str) -> tuple[bool, datetime]:
    """Whether it is a date alone, and the time it stands for."""
    try:
        day = _is_date(text)
        when = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"has a time that cannot be read: {text[:60]!r}; write 2026-12-20, 2026-12-20T08:00 or "
            "2026-12-20T08:00+01:00"
        ) from None
    if not 1970 <= when.year < 9000:
        raise ValueError(f"lies in the year {when.year}")
    return day, when


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
