"""Local times over the change of the clocks, and spans of time."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.calendar.build import BERLIN, berlin, utc
from tfchange.calendar.times import (
    Span,
    first_start,
    instant,
    local_span,
    merged,
    span_worded,
    whole_minute,
    without,
    worded,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
spans = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(
        lambda both: Span(*(START + n * MINUTE for n in sorted(both)))
    ),
    max_size=8,
)
moments = [START + n * MINUTE for n in range(61)]


def inside(some: list[Span]) -> list[bool]:
    """For each minute, whether it is in any of the spans."""
    return [any(span.holds(m) for span in some) for m in moments]


@given(spans)
def test_merging_changes_no_moment(some: list[Span]) -> None:
    """What is in any span is in the merged ones, which are in order and do not touch."""
    found = merged(some)
    assert inside(found) == inside(some)
    assert all(a.end < b.start for a, b in pairwise(found))
    assert merged(found) == found


@given(spans, spans)
def test_holes_are_cut_out(some: list[Span], holes: list[Span]) -> None:
    """What is left is what is in the spans and in no hole."""
    expected = [a and not b for a, b in zip(inside(some), inside(holes), strict=True)]
    assert inside(without(some, holes)) == expected
    assert without(some, some) == []


@given(spans, spans, st.integers(0, 60), st.integers(1, 30))
def test_the_first_start_is_the_first(
    room: list[Span], starts: list[Span], after: int, length: int
) -> None:
    """No earlier minute would do, and the one that is found does."""
    room, starts = merged(room), merged(starts)
    duration = length * MINUTE
    fits = [
        moment
        for moment in moments[after:]
        if any(s.holds(moment) for s in starts)
        and any(s.start <= moment and moment + duration <= s.end for s in room)
    ]
    assert first_start(room, starts, moments[after], duration) == (fits[0] if fits else None)


def test_a_time_that_exists_twice() -> None:
    """A start is the first of the two, an end the second, so that both hours are covered."""
    wall = datetime(2026, 10, 25, 2, 30)
    assert instant(wall, BERLIN) == utc("2026-10-25T00:30")
    assert instant(wall, BERLIN, last=True) == utc("2026-10-25T01:30")
    both = local_span(datetime(2026, 10, 25, 2), datetime(2026, 10, 25, 3), BERLIN)
    assert both.end - both.start == timedelta(hours=2)


def test_a_time_that_does_not_exist() -> None:
    """It is read by the offset before the leap, at either end."""
    wall = datetime(2026, 3, 29, 2, 30)
    for last in (False, True):
        assert instant(wall, BERLIN, last=last) == utc("2026-03-29T01:30")
    gone = local_span(datetime(2026, 3, 29, 2), datetime(2026, 3, 29, 3), BERLIN)
    assert gone.start == gone.end


def test_words() -> None:
    """Times are in the calendar's zone and name it; a day is named once where one is enough."""
    assert worded(utc("2027-01-04T07:00"), BERLIN) == "2027-01-04 08:00 Europe/Berlin"
    evening = Span(berlin("2026-12-01 20:00"), berlin("2026-12-01 23:00"))
    assert span_worded(evening, BERLIN) == "Tuesday 2026-12-01 20:00 to 23:00 Europe/Berlin"
    night = Span(berlin("2026-12-31 22:00"), berlin("2027-01-01 02:00"))
    assert span_worded(night, BERLIN) == (
        "Thursday 2026-12-31 22:00 to Friday 2027-01-01 02:00 Europe/Berlin"
    )
    assert span_worded(evening, UTC) == "Tuesday 2026-12-01 19:00 to 22:00 UTC"


def test_whole_minutes() -> None:
    """A minute that has begun is over."""
    assert whole_minute(utc("2026-01-01T10:00")) == utc("2026-01-01T10:00")
    assert whole_minute(utc("2026-01-01T10:00:59.999999")) == utc("2026-01-01T10:00")
