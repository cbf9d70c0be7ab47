"""Working days: laws that hold for all of them."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.calendar.build import BERLIN, berlin
from tfchange.calendar.days import Days, Hours, lead_over

FIRST, LAST = date(2024, 1, 1), date(2032, 1, 1)
DAY = timedelta(days=1)
days = st.dates(date(2024, 1, 1), date(2029, 12, 31))
counts = st.integers(0, 30)
worlds = st.builds(
    Days,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.frozensets(st.dates(FIRST, date(2030, 1, 1)), max_size=40),
)
WEEK = Days(frozenset(range(5)))


def after(some: Days, day: date, count: int) -> date:
    """The working day of that number, which there is."""
    found = some.after(day, count, LAST)
    assert found is not None
    return found


@given(worlds, days, st.integers(1, 30))
def test_it_lands_on_a_working_day(some: Days, day: date, count: int) -> None:
    """A number of working days after any day is a working day, no holiday, and later."""
    found = after(some, day, count)
    assert some.works(found)
    assert found not in some.holidays
    assert found > day


@given(worlds, days, counts, counts)
def test_days_add_up(some: Days, day: date, one: int, two: int) -> None:
    """So many and then so many more is as many as both together."""
    assert after(some, after(some, day, one), two) == after(some, day, one + two)


@given(worlds, days, days, counts)
def test_filing_later_never_ends_earlier(some: Days, one: date, two: date, count: int) -> None:
    """Who begins later is never ready earlier, and more days never end earlier."""
    early, late = sorted((one, two))
    assert after(some, early, count) <= after(some, late, count)
    assert after(some, one, count) < after(some, one, count + 1)


@given(worlds, days, counts)
def test_counting_undoes_adding(some: Days, day: date, count: int) -> None:
    """Between a day and the n-th working day after it there are n working days."""
    assert some.count(day, after(some, day, count)) == count


@given(worlds, days, days, days)
def test_counts_add_up(some: Days, one: date, two: date, three: date) -> None:
    """What is counted in two pieces is counted in one."""
    a, b, c = sorted((one, two, three))
    assert some.count(a, b) + some.count(b, c) == some.count(a, c)


@given(worlds, days, st.integers(1, 30))
def test_a_holiday_never_shortens(some: Days, day: date, count: int) -> None:
    """One more holiday on the day that was found moves it on."""
    found = after(some, day, count)
    more = Days(some.working, some.holidays | {found})
    assert after(more, day, count) > found


def test_the_last_day_ends_the_search() -> None:
    """Where no working day is left before the last day, there is none."""
    never = Days(frozenset({0}), frozenset({date(2026, 12, 7), date(2026, 12, 14)}))
    assert never.after(date(2026, 12, 1), 1, date(2026, 12, 20)) is None
    assert never.on(date(2026, 12, 1), date(2026, 12, 20)) is None
    assert lead_over(berlin("2026-12-01"), 1, never, Hours(BERLIN), date(2026, 12, 20)) is None


def test_a_lead_time_over_the_29th_of_february_and_new_year() -> None:
    """Leap days are days, and years end without a gap."""
    assert after(WEEK, date(2028, 2, 28), 1) == date(2028, 2, 29)
    assert after(WEEK, date(2027, 2, 26), 1) == date(2027, 3, 1)
    assert after(WEEK, date(2026, 12, 31), 1) == date(2027, 1, 1)
    new_year = Days(WEEK.working, frozenset({date(2027, 1, 1)}))
    assert after(new_year, date(2026, 12, 31), 1) == date(2027, 1, 4)


def test_filing_after_the_hours_is_filing_the_next_day() -> None:
    """A minute before closing counts for the day, closing itself for the next working day."""
    hours, last = Hours(BERLIN, 8 * 60, 18 * 60), date(2027, 6, 1)

    def over(filed: str) -> str:
        found = lead_over(berlin(filed), 1, WEEK, hours, last)
        assert found is not None
        return f"{found.astimezone(BERLIN):%a %d %H:%M}"

    assert over("2026-11-25 07:00") == "Thu 26 18:00"
    assert over("2026-11-25 17:59") == "Thu 26 18:00"
    assert over("2026-11-25 18:00") == "Fri 27 18:00"
    assert over("2026-11-27 18:00") == "Tue 01 18:00"
    assert over("2026-11-28 09:00") == over("2026-11-29 23:00") == "Tue 01 18:00"


def test_days_are_those_of_the_zone() -> None:
    """What is Monday evening in UTC may be Tuesday where people work."""
    filed, last = datetime(2026, 11, 23, 23, 30, tzinfo=UTC), date(2027, 6, 1)
    berlin_ends = lead_over(filed, 1, WEEK, Hours(BERLIN), last)
    utc_ends = lead_over(filed, 1, WEEK, Hours(UTC), last)
    assert berlin_ends == datetime(2026, 11, 25, 23, tzinfo=UTC)
    assert utc_ends == datetime(2026, 11, 25, tzinfo=UTC)


@given(st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)), counts, counts)
def test_a_longer_lead_time_is_never_over_earlier(filed: datetime, one: int, two: int) -> None:
    """More days of lead time end later, none at once."""
    moment, hours = filed.replace(tzinfo=BERLIN), Hours(BERLIN, 8 * 60, 18 * 60)
    ends = [lead_over(moment, n, WEEK, hours, LAST) for n in sorted((one, two))]
    assert ends[0] is not None
    assert ends[1] is not None
    assert moment <= ends[0] <= ends[1]
    assert lead_over(moment, 0, WEEK, hours, LAST) == moment
