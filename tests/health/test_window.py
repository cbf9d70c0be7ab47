"""Windows: the last days, and the periods of the calendar at the clocks of a place."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfchange.duration import seconds, words
from tfchange.health.model import Window
from tfchange.health.window import began, said

PARIS = "Europe/Paris"


def when(text: str) -> datetime:
    """The time, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("window", "now", "start", "words"),
    [
        (Window(28, "d"), "2024-06-29 12:00", "2024-06-01 12:00", "over 28 days"),
        (Window(2, "w"), "2024-06-29 12:00", "2024-06-15 12:00", "over 14 days"),
        (
            Window(1, "M", "2024-01-01 00:00:00", PARIS),
            "2024-06-03 12:00",
            "2024-05-31 22:00",
            "since 2024-06-01 00:00 (Europe/Paris)",
        ),
        (
            Window(1, "M", "2024-01-31 09:00:00", PARIS),
            "2024-02-29 08:00",
            "2024-02-29 08:00",
            "since 2024-02-29 09:00 (Europe/Paris)",
        ),
        (
            Window(1, "M", "2024-01-31 09:00:00", PARIS),
            "2024-02-29 07:59",
            "2024-01-31 08:00",
            "since 2024-01-31 09:00 (Europe/Paris)",
        ),
        (
            Window(1, "Q", "2023-01-01 00:00:00", "UTC"),
            "2024-12-31 23:59",
            "2024-10-01 00:00",
            "since 2024-10-01 00:00 (UTC)",
        ),
        (
            Window(1, "Y", "2020-02-29 00:00:00", "UTC"),
            "2023-03-01 00:00",
            "2023-02-28 00:00",
            "since 2023-02-28 00:00 (UTC)",
        ),
        (  # Over the end of summer time, days end at the same time of the day.
            Window(1, "d", "2024-10-01 06:00:00", PARIS),
            "2024-10-28 04:59",
            "2024-10-27 05:00",
            "since 2024-10-27 06:00 (Europe/Paris)",
        ),
        (
            Window(1, "w", "2022-01-01 12:00:00", "America/New_York"),
            "2024-03-16 15:59",
            "2024-03-09 17:00",
            "since 2024-03-09 12:00 (America/New_York)",
        ),
        (
            Window(30, "m", "2024-07-01 00:00:00", PARIS),
            "2024-12-01 00:29",
            "2024-12-01 00:00",
            "since 2024-12-01 01:00 (Europe/Paris)",
        ),
    ],
)
def test_when_a_window_began(window: Window, now: str, start: str, words: str) -> None:
    """Rolling windows go back from now; others begin when the calendar says so."""
    found = began(window, when(now))
    assert found == when(start)
    assert said(window, found) == words


def test_before_the_first_period() -> None:
    """Before its first period there is no window."""
    assert began(Window(1, "M", "2030-01-01 00:00:00", "UTC"), when("2024-06-01 00:00")) is None


ZONES = st.sampled_from([PARIS, "America/New_York", "Asia/Kathmandu", "UTC"])
TIMES = st.datetimes(datetime(2023, 1, 1), datetime(2026, 1, 1)).map(
    lambda t: t.replace(tzinfo=UTC)
)
LONGEST = {"m": 60, "h": 3600, "d": 90_000, "w": 608_400, "M": 2_682_000, "Q": 7_952_400,
           "Y": 31_626_000}  # fmt: skip


@given(st.integers(1, 40), st.sampled_from(sorted(LONGEST)), ZONES, TIMES)
def test_now_is_in_its_window(number: int, unit: str, zone: str, now: datetime) -> None:
    """A window has begun, and did so no longer ago than a period can last."""
    start = began(Window(number, unit, "2020-01-31 02:30:00", zone), now)
    assert start is not None
    assert start <= now
    assert (now - start).total_seconds() < number * LONGEST[unit]
    assert ZoneInfo(zone)


@given(st.integers(0, 10**7))
def test_durations_are_read_as_they_are_said(length: int) -> None:
    """The words for a length are those of its parts, largest first."""
    parts = {"day": 86_400, "hour": 3600, "minute": 60, "second": 1}
    text = words(length).replace(" and ", ", ").replace(",", " ")
    tokens = [token for token in text.split() if token]
    pairs = zip(tokens[::2], tokens[1::2], strict=True)
    assert sum(int(n) * parts[unit.rstrip("s")] for n, unit in pairs) == length
    assert seconds(f"{length}s") == length
    assert timedelta(seconds=seconds("1w2d3h4m5s")) == timedelta(9, 5, hours=3, minutes=4)
