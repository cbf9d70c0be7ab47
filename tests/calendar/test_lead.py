"""Whether a lead time is over."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.calendar.build import berlin, calendar, proposed
from tests.calendar.test_standing import TUESDAYS, YEAR_END
from tests.calendar.test_start import OFFICE
from tfchange.calendar.lead import Lead, lead
from tfchange.calendar.load import load
from tfchange.calendar.model import Calendar

FRIDAY = berlin("2026-11-27 10:00")


def at(some: Calendar, moment: str, days: int = 1, approved: tuple[str, ...] = ()) -> Lead | None:
    """The lead time of a change that was filed on Friday, at that time in Berlin."""
    where = "production"
    return lead(some, FRIDAY, berlin(moment), days=days, environment=where, approved=approved)


def test_it_holds_until_the_end_of_its_last_day() -> None:
    """A working day from Friday on is over on Monday evening, and the sentence says so."""
    some = calendar(**OFFICE)
    held = at(some, "2026-11-30 17:59")
    assert held == Lead(
        "Its lead time is 1 working day from 2026-11-27 10:00 Europe/Berlin, when it was filed; "
        "the earliest lawful start is 2026-11-30 18:00 Europe/Berlin.",
        berlin("2026-11-30 18:00"),
    )
    assert at(some, "2026-11-30 18:00") is None


def test_nothing_binds_without_days_or_a_calendar() -> None:
    """Where nobody has to wait, and where nobody said what a working day is."""
    assert at(calendar(), "2026-11-27 10:00", 0) is None
    assert at(load(None), "2026-11-27 10:00", 5) is None


def test_the_start_is_lawful() -> None:
    """Behind the lead time it is looked for as the gate will: in windows, and behind freezes that
    nobody has lifted."""
    in_windows = at(calendar(**OFFICE, windows=[TUESDAYS]), "2026-11-27 11:00")
    assert in_windows
    assert in_windows.start == berlin("2026-12-01 20:00")
    freeze = {**YEAR_END, "start": "2026-11-28", "except": ["cab"]}
    frozen = calendar(**OFFICE, freezes=[freeze])
    for approved, start in (((), "2027-01-04 08:00"), (("cab",), "2026-11-30 18:00")):
        held = at(frozen, "2026-11-27 11:00", approved=approved)
        assert held
        assert held.start == berlin(start)


def test_no_start_within_two_years() -> None:
    """It is said, and it still holds."""
    forever = {"name": "Ever", "start": "2026-11-01", "end": "2100-01-01"}
    held = at(calendar(freezes=[forever]), "2026-11-27 11:00")
    assert held
    assert held.start is None
    assert "no window is open within two years" in held.reason


@given(st.integers(1, 20), st.integers(0, 60 * 24 * 40))
def test_what_is_proposed_is_never_held(days: int, minutes: int) -> None:
    """Whenever it is filed, the lead time is over at the start that is proposed."""
    some, filed = calendar(**OFFICE, windows=[TUESDAYS]), FRIDAY + timedelta(minutes=minutes)
    window = proposed(some, f"{filed:%Y-%m-%d %H:%M}", days).window
    assert window
    start = datetime.fromisoformat(window.start)
    assert lead(some, filed, start, days=days, environment="production") is None
    held = lead(some, filed, filed, days=days, environment="production")
    assert held
    assert held.start
    assert held.start <= start
