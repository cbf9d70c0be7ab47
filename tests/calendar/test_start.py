"""The earliest lawful start."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.calendar.build import BERLIN, begins, berlin, calendar, proposed, utc
from tests.calendar.test_standing import TUESDAYS, YEAR_END
from tfchange.calendar.load import load
from tfchange.calendar.standing import standing
from tfchange.calendar.start import Proposal, earliest
from tfchange.change.request import Window

OFFICE = {"hours": "08:00-18:00", "holidays": ["DE-BE"]}


@pytest.mark.parametrize(
    ("filed", "lead_days", "expected"),
    [
        ("2026-11-25 10:17", 0, "Wed 2026-11-25 10:17"),
        ("2026-11-25 06:00", 0, "Wed 2026-11-25 08:00"),
        ("2026-11-25 18:00", 0, "Thu 2026-11-26 08:00"),
        ("2026-11-25 10:00", 1, "Fri 2026-11-27 08:00"),
        ("2026-11-25 18:00", 1, "Mon 2026-11-30 08:00"),
        ("2026-11-25 10:00", 3, "Tue 2026-12-01 08:00"),
        ("2026-11-28 10:00", 1, "Wed 2026-12-02 08:00"),
        ("2026-12-23 10:00", 1, "Mon 2026-12-28 08:00"),
        ("2026-12-24 10:00", 1, "Tue 2026-12-29 08:00"),
        ("2026-12-30 10:00", 3, "Wed 2027-01-06 08:00"),
        ("2028-02-28 10:00", 1, "Wed 2028-03-01 08:00"),
    ],
)
def test_in_working_hours(filed: str, lead_days: int, expected: str) -> None:
    """After whole working days, without weekends and holidays, over year ends and leap days."""
    assert begins(calendar(**OFFICE), filed, lead_days) == expected


def test_inside_a_window_after_the_lead_time() -> None:
    """Windows bind normal changes, also at night, from the evening of the last day of waiting."""
    some = calendar(**OFFICE, windows=[TUESDAYS])
    assert begins(some, "2026-11-27 10:00") == "Tue 2026-12-01 20:00"
    assert begins(some, "2026-11-30 10:00", 1) == "Tue 2026-12-01 20:00"
    assert begins(some, "2026-11-30 18:00", 1) == "Tue 2026-12-08 20:00"
    assert begins(some, "2026-12-01 21:10") == "Tue 2026-12-01 21:10"
    assert begins(some, "2026-12-01 22:01") == "Tue 2026-12-08 20:00"
    assert begins(some, "2026-11-27 10:00", category="standard") == "Fri 2026-11-27 10:00"


def test_the_whole_duration_fits() -> None:
    """Neither the end of a window nor a freeze cuts a change off; windows that touch are one."""
    early = {"name": "Early", "start": "2026-12-01T18:00", "end": "2026-12-01T19:00"}
    touching = {"name": "Touching", "start": "2026-12-08T23:00", "end": "2026-12-09T01:00"}
    some = calendar(windows=[early, TUESDAYS, touching])
    hours = timedelta(hours=1)
    assert begins(some, "2026-12-01 17:00", duration=hours) == "Tue 2026-12-01 18:00"
    assert begins(some, "2026-12-01 17:00", duration=2 * hours) == "Tue 2026-12-01 20:00"
    assert begins(some, "2026-12-01 17:00", duration=5 * hours) == "Tue 2026-12-08 20:00"
    found = proposed(some, "2026-12-01 17:00", duration=6 * hours)
    assert found == Proposal(
        None, "Within two years no 360 minutes are free inside a change window."
    )
    frozen = calendar(freezes=[{**YEAR_END, "start": "2026-12-18T16:30"}], hours="08:00-18:00")
    assert begins(frozen, "2026-12-18 15:30") == "Fri 2026-12-18 15:30"
    assert begins(frozen, "2026-12-18 15:31") == "Mon 2027-01-04 08:00"


def test_soft_freezes_and_those_that_could_be_lifted_are_kept_clear_of() -> None:
    """What is proposed needs nobody's exception."""
    for more in ({"strength": "soft"}, {"except": ["cab"]}):
        some = calendar(freezes=[{**YEAR_END, **more}], hours="08:00-18:00")
        assert begins(some, "2026-12-21 10:00") == "Mon 2027-01-04 08:00"


def test_adjacent_freezes() -> None:
    """Between freezes that touch nothing fits; a gap is used if it is long enough."""
    one = {"name": "One", "start": "2026-12-21", "end": "2026-12-23T10:00"}
    two = {"name": "Two", "start": "2026-12-23T10:00", "end": "2026-12-31"}
    gap = {**two, "start": "2026-12-23T11:00"}
    assert begins(calendar(freezes=[two, one]), "2026-12-21 10:00") == "Fri 2027-01-01 00:00"
    assert begins(calendar(freezes=[gap, one]), "2026-12-21 10:00") == "Wed 2026-12-23 10:00"


def test_nothing_within_two_years() -> None:
    """A freeze longer than the search, or windows frozen whole, give no window and say so."""
    long = {"name": "Long", "start": "2026-01-01", "end": "2030-01-01"}
    found = proposed(calendar(freezes=[long]), "2026-12-01 10:00", 1)
    assert found == Proposal(
        None,
        "Within two years no 60 minutes are free after 1 working day of lead time, in working "
        "hours and outside of every freeze.",
    )
    weekly = {"name": "Frozen", "every": {"days": ["tue"], "hours": "20:00-23:00"}}
    assert proposed(calendar(windows=[TUESDAYS], freezes=[weekly]), "2026-12-01").window is None
    assert proposed(calendar(), "2026-12-01 10:00", 600).window is None


def test_why() -> None:
    """One sentence says what the time was looked for by."""
    some = calendar(windows=[TUESDAYS], freezes=[YEAR_END])
    assert proposed(some, "2026-12-01 10:00", 3).why == (
        "It is the first time after 3 working days of lead time, inside a change window and "
        "outside of every freeze."
    )
    assert proposed(calendar(), "2026-12-01 10:00").why == "It is the first time in working hours."


def test_nothing_binds_an_emergency_or_a_project_without_a_calendar() -> None:
    """They may start when they are filed, in the next whole minute."""
    window = Window("2026-12-24T11:00:00Z", "2026-12-24T12:00:00Z", proposed=True)
    expected = Proposal(window, "Neither a window nor a lead time binds it.")
    filed = utc("2026-12-24T11:00:30")
    frozen = calendar(freezes=[YEAR_END])
    for some, category in ((frozen, "emergency"), (frozen, "none"), (load(None), "normal")):
        found = earliest(some, filed, lead_days=5, category=category, environment=None)
        assert found == expected


def test_over_the_change_of_the_clocks() -> None:
    """A change takes as long as it takes: in a night with one hour less, three do not fit in."""
    nights = {"name": "Nights", "every": {"days": ["sun"], "hours": "01:00-04:00"}}
    some = calendar(windows=[nights])
    three = timedelta(hours=3)
    assert begins(some, "2026-03-28 12:00", duration=three) == "Sun 2026-04-05 01:00"
    assert begins(some, "2026-03-28 12:00", duration=three - timedelta(hours=1)) == (
        "Sun 2026-03-29 01:00"
    )
    four = timedelta(hours=4)
    assert begins(some, "2026-10-17 12:00", duration=four) == "Sun 2026-10-25 01:00"


def test_holidays_of_another_country_and_over_years() -> None:
    """Holidays are those of each year that the search reaches."""
    some = calendar(holidays=["US", "2026-12-31"], zone="America/New_York")
    found = proposed(some, "2026-12-30 12:00", 1).window
    # The 31st and New Year's Day are off, so the one day of waiting is Monday the 4th.
    assert found is not None
    assert found.start == "2027-01-05T05:00:00Z"


TABLES: list[dict[str, Any]] = [
    OFFICE,
    {**OFFICE, "windows": [TUESDAYS], "freezes": [YEAR_END]},
    {
        "freezes": [
            YEAR_END,
            {"name": "Noon", "every": {"days": ["mon", "fri"], "hours": "11:00-14:00"}},
        ]
    },
    {"windows": [{"name": "Nights", "every": {"days": ["sat", "sun"], "hours": "01:00-04:00"}}]},
]


@settings(max_examples=25)
@given(
    st.sampled_from([calendar(**table) for table in TABLES]),
    st.datetimes(datetime(2026, 3, 1), datetime(2027, 3, 1)),
    st.lists(st.integers(0, 8), min_size=2, max_size=2),
)
def test_what_is_proposed_is_lawful(some: Any, filed: datetime, days: list[int]) -> None:
    """From start to end the calendar allows it, and a longer lead time never starts earlier."""
    found = []
    for lead_days in sorted(days):
        window = proposed(some, filed.isoformat(), lead_days).window
        assert window is not None
        start, end = (datetime.fromisoformat(each) for each in (window.start, window.end))
        assert start >= filed.replace(tzinfo=BERLIN)
        moment = start
        while moment < end:
            assert standing(some, moment, "normal", "production").allowed
            moment += timedelta(minutes=20)
        found.append(start)
    assert all(early <= late for early, late in pairwise(found))


def test_no_earlier_minute_would_do() -> None:
    """A minute before what is proposed, the calendar would not let the whole change be done."""
    some = calendar(windows=[TUESDAYS], freezes=[YEAR_END])
    start = berlin(begins(some, "2026-12-16 10:00").partition(" ")[2])
    assert start == berlin("2027-01-05 20:00")
    assert not standing(some, start - timedelta(minutes=1), "normal", None).allowed
