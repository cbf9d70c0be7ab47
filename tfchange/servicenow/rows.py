"""Records as ServiceNow sends them, in one form whichever API they come from.

The Change Management API sends numbers, booleans and pairs of value and label, the Table API
strings and references; a result is an object here and a list of one object there.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple


class Cell(NamedTuple):
    """One field of a record."""

    value: str = ""
    display: str = ""


Row = dict[str, Cell]
NOTHING = Cell()


def rows(result: object) -> list[Row]:
    """All records of a result, be it one object, a list of them, or nothing."""
    if isinstance(result, dict):
        return [row(result)]
    listed = result if isinstance(result, list) else []
    return [row(each) for each in listed if isinstance(each, dict)]


def row(raw: Mapping[str, Any]) -> Row:
    """The fields of one record; fields that the user may not read are just not there."""
    return {name: cell(value) for name, value in raw.items() if name != "__meta"}


def cell(raw: object) -> Cell:
    """A field in any of the forms it comes in."""
    if not isinstance(raw, dict):
        plain = text(raw)
        return Cell(plain, plain)
    display = text(raw.get("display_value"))
    if "value" in raw:
        value = text(raw["value"])
        return Cell(value, display or value)
    # A reference with only its label still names its record in the last part of its address.
    link = text(raw.get("link"))
    return Cell(link.rpartition("/")[2] if link else display, display)


def text(value: object) -> str:
    """A number, boolean or string as the string that the Table API has for it."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def ignored(result: object) -> tuple[str, ...]:
    """The fields that ServiceNow says it did not take."""
    first = result[0] if isinstance(result, list) and result else result
    meta = first.get("__meta") if isinstance(first, dict) else None
    names = meta.get("ignoredFields") if isinstance(meta, dict) else None
    return tuple(str(name) for name in names) if isinstance(names, list) else ()


def value(some: Row, name: str) -> str:
    """What stands in the field; `""` where nothing does or it is hidden."""
    return some.get(name, NOTHING).value


def display(some: Row, name: str) -> str:
    """What people see in the field."""
    return some.get(name, NOTHING).display


def missed(sent: Mapping[str, str], got: Row, left_out: Iterable[str]) -> list[str]:
    """The fields that do not say what was sent.

    The list of ignored fields decides only where a field cannot be read back, since it sometimes
    names one that was taken.
    """
    out = set(left_out)
    return [
        name
        for name, wanted in sent.items()
        if name not in JOURNALS and (not same(wanted, got[name]) if name in got else name in out)
    ]


JOURNALS = frozenset({"work_notes", "comments"})
"""Fields that take an entry and show the history instead."""


def same(wanted: str, cell_: Cell) -> bool:
    """Whether a field says what was sent; line ends and outer space do not count."""
    return any(_plain(wanted) == _plain(got) for got in cell_)


def _plain(some: str) -> str:
    return "\n".join(line.rstrip() for line in some.splitlines()).strip()


def time_of(stamp: str) -> str:
    """A time of the database, which is UTC, as ISO 8601; `""` stays."""
    return f"{stamp.replace(' ', 'T')}Z" if stamp else ""


def stamp_of(time: str) -> str:
    """The reverse: a time as ServiceNow takes it."""
    return time.replace("T", " ").removesuffix("Z")[:19]
