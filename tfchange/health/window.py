"""Which time an error budget counts: the last days, or the period of the calendar we are in."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tfchange.duration import SECONDS, words
from tfchange.health.model import Window

MONTHS = {"M": 1, "Q": 3, "Y": 12}
_FORM = "%Y-%m-%d %H:%M:%S"


def began(window: Window, now: datetime) -> datetime | None:
    """When the window that holds `now` began; None where its first period is still to come."""
    if not window.start:
        return now - timedelta(seconds=window.number * SECONDS[window.unit])
    first, zone = read(window.start), ZoneInfo(window.zone)
    turn = _guess(window, first.replace(tzinfo=zone), now.astimezone(zone))
    # Months and days differ in length, so that the guess may be a period too far.
    while turn >= 0 and _turn(window, first, turn, zone) > now:
        turn -= 1
    return _turn(window, first, turn, zone) if turn >= 0 else None


def read(start: str) -> datetime:
    """The time at the clocks of a zone; a `ValueError` where it is none."""
    return datetime.strptime(start.replace("T", " "), _FORM)


def said(window: Window, start: datetime) -> str:
    """The window in words: `over 28 days`, or since when it counts."""
    if not window.start:
        return f"over {words(window.number * SECONDS[window.unit])}"
    local = start.astimezone(ZoneInfo(window.zone))
    return f"since {local:%Y-%m-%d %H:%M} ({window.zone})"


def _guess(window: Window, first: datetime, local: datetime) -> int:
    """How many periods have passed, or one more."""
    if window.unit in MONTHS:
        months = (local.year - first.year) * 12 + local.month - first.month
        return months // (window.number * MONTHS[window.unit])
    length = window.number * SECONDS[window.unit]
    # One more, for a day of 23 hours.
    return int((local.timestamp() - first.timestamp()) // length) + 1


def _turn(window: Window, first: datetime, turn: int, zone: ZoneInfo) -> datetime:
    number = turn * window.number
    if window.unit in MONTHS:
        return _later(first, number * MONTHS[window.unit]).replace(tzinfo=zone).astimezone(UTC)
    length = timedelta(seconds=number * SECONDS[window.unit])
    if window.unit in "dw":  # at the same time of the day, however long the days were
        return (first + length).replace(tzinfo=zone).astimezone(UTC)
    return first.replace(tzinfo=zone).astimezone(UTC) + length


def _later(first: datetime, months: int) -> datetime:
    years, month = divmod(first.month - 1 + months, 12)
    year = first.year + years
    return first.replace(
        year=year, month=month + 1, day=min(first.day, monthrange(year, month + 1)[1])
    )
