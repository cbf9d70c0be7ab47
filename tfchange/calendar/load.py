"""From the table `calendar` of tfchange.yaml to a calendar: every file read, every fault found."""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, timedelta, tzinfo
from typing import Any

import msgspec

from tfchange.calendar import read, written
from tfchange.calendar.days import Hours
from tfchange.calendar.entry import Entry, Scope
from tfchange.calendar.model import Calendar, Holidays
from tfchange.calendar.names import Names
from tfchange.errors import SettingsError

_SCHEMA = "settings-1.0"
_HELP = "docs/calendar.md explains every setting with an example."
_COUNTRY = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,5})?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_YAML = (".yaml", ".yml")

ANY = Names()
Table = Mapping[str, Any]


class _Reading(msgspec.Struct, frozen=True):
    """What all parts of one loading share."""

    folder: str
    token: str
    pause: Callable[[float], None]
    zone: tzinfo
    names: Names
    faults: list[SettingsError]
    notes: list[str]

    def fault(self, where: tuple[str | int, ...], message: str) -> None:
        """There is one more fault, at that place of the table."""
        self.faults.append(SettingsError(_say(where, message), _HELP))

    def bytes_of(self, name: str, setting: str, *, with_token: bool = False) -> bytes:
        """What the file or address holds."""
        token = self.token if with_token else ""
        return read.content(name, self.folder, setting, token, self.pause)


def load(
    table: Table | None,
    folder: str = ".",
    *,
    token: str = "",
    names: Names = ANY,
    pause: Callable[[float], None] = time.sleep,
) -> Calendar:
    """The calendar of a table as `settings.load` gives it; None gives one that binds nothing.

    Paths are relative to `folder`, that of tfchange.yaml. `token` is sent to the addresses that ask
    for it alone. `names` are those that the policy has; any other is a fault. Raises
    `SettingsError` with all faults, and `CalendarError` where an address gives nothing.
    """
    if table is None:
        return Calendar()
    reading = _Reading(folder, token, pause, _zone(table.get("zone", "UTC")), names, [], [])
    found = [*_inline(table, reading), *_from_files(table, reading)]
    holidays = _holidays(table.get("holidays") or (), reading)
    hours = _hours(table.get("hours", "00:00-24:00"), reading)
    _raise(reading.faults)
    return Calendar(
        given=True,
        working=written.weekdays(table.get("working_days", written.WEEK[:5])),
        hours=hours,
        duration=timedelta(minutes=table.get("duration", 60)),
        holidays=tuple(holidays),
        entries=tuple(found),
        environments=frozenset(names.environments or ()),
        enforced=table.get("lead_times", "enforce") == "enforce",
        notes=tuple(reading.notes),
    )


def _raise(faults: list[SettingsError]) -> None:
    """Raises all faults as one, with the advice that they share."""
    if faults:
        advice = {fault.advice for fault in faults}
        said = "\n".join(fault.message for fault in faults)
        raise SettingsError(said, advice.pop() if len(advice) == 1 else _HELP)


def _say(where: tuple[str | int, ...], message: str) -> str:
    from tfchange.schema import place

    return f"tfchange.yaml: {place(('calendar', *where))}: {message}"


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        raise SettingsError(
            _say(("zone",), f"{name!r} is no time zone"),
            "Name one of the IANA database, such as Europe/Berlin, or UTC.",
        ) from None


def _hours(said: str, reading: _Reading) -> Hours:
    opens, closes = written.minutes(said)
    if opens >= closes:
        reading.fault(("hours",), f"{said} ends before it begins")
        return Hours(reading.zone)
    return Hours(reading.zone, opens, closes)


def _inline(table: Table, reading: _Reading) -> list[Entry]:
    found, faults = written.entries(table, reading.zone, _say, reading.names)
    reading.faults.extend(SettingsError(each, _HELP) for each in faults)
    return found


def _from_files(table: Table, reading: _Reading) -> list[Entry]:
    found: list[Entry] = []
    for number, said in enumerate(table.get("files") or ()):
        entry = {"path": said} if isinstance(said, str) else said
        setting = f"calendar.files[{number}]"
        try:
            found += _from_file(entry, setting, reading)
        except ValueError as error:
            reading.fault(("files", number), str(error))
        except SettingsError as error:
            reading.faults.append(error)
    return found


def _from_file(entry: Table, setting: str, reading: _Reading) -> list[Entry]:
    if ("path" in entry) == ("url" in entry):
        raise ValueError("needs a path or a url, and not both")
    name = entry.get("path") or entry["url"]
    scope = written.scope(entry, entry.get("kind", ""), reading.names)
    label = read.called(name, setting)
    data = reading.bytes_of(name, setting, with_token=entry.get("token", False))
    found = (
        _yaml(data, label, reading)
        if name.partition("?")[0].endswith(_YAML) and set(entry) <= {"path", "url", "token"}
        else _ics(data, label, scope, reading)
    )
    if not found:
        reading.notes.append(f"The calendar {label} holds neither a window nor a freeze.")
    return found


def _ics(data: bytes, label: str, scope: Scope, reading: _Reading) -> list[Entry]:
    from tfchange.calendar.feed import entries

    return entries(data, label, reading.zone, scope)


def _yaml(data: bytes, label: str, reading: _Reading) -> list[Entry]:
    from tfchange.rulebook.document import read as document
    from tfchange.rulebook.files import RuleFile
    from tfchange.schema import errors

    made, faults = document(RuleFile(0, "", label, label, reading.folder, data))
    if made is not None and not faults:
        faults = [
            made.fault(where, said)
            for where, said in errors(made.content, _SCHEMA, "calendar_file")
        ]
    if made is None or faults:
        raise SettingsError("\n".join(faults), _HELP)
    found, faults = written.entries(made.content, reading.zone, made.fault, reading.names)
    reading.faults.extend(SettingsError(each, _HELP) for each in faults)
    return found


def _holidays(said: Iterable[str], reading: _Reading) -> list[Holidays]:
    found: list[Holidays] = []
    for number, each in enumerate(said):
        try:
            found.append(_holiday(each, f"calendar.holidays[{number}]", reading))
        except ValueError as error:
            reading.fault(("holidays", number), str(error))
        except SettingsError as error:
            reading.faults.append(error)
    return found


def _holiday(said: str, setting: str, reading: _Reading) -> Holidays:
    from tfchange.calendar.public import Country, Single

    if _DATE.fullmatch(said):
        return Single(frozenset({date.fromisoformat(said)}))
    if _COUNTRY.fullmatch(said):
        country = Country(said)
        if not country.known():
            raise ValueError(
                f"no holidays are known for {said!r}; write a code such as DE or DE-BE"
            )
        return country
    from tfchange.calendar.feed import Festive, entries

    label = read.called(said, setting)
    found = entries(reading.bytes_of(said, setting), label, reading.zone, Scope("holiday"))
    if not found:
        reading.notes.append(f"The calendar {label} holds no holiday.")
    return Festive(tuple(found), reading.zone)
