"""iCalendar files: what is read out of them, and what is refused."""

from pathlib import Path

import pytest

from tests.calendar.build import ICS, calendar, event, happens
from tfchange.calendar.model import Calendar
from tfchange.errors import SettingsError


def of(tmp_path: Path, data: bytes, **more: object) -> Calendar:
    """The calendar with that file alone."""
    (tmp_path / "c.ics").write_bytes(data)
    return calendar(tmp_path, files=[{"path": "c.ics", **more}])


def refused(tmp_path: Path, data: bytes, **more: object) -> str:
    """What is said of a file that is refused; it names the file."""
    with pytest.raises(SettingsError) as caught:
        of(tmp_path, data, **more)
    assert all("c.ics" in line for line in caught.value.message.splitlines())
    return caught.value.message


def test_google() -> None:
    """Weekly events with an exception, a cancelled and a moved one, and transparent days count."""
    found = happens(calendar(files=["google.ics"]), "2026-10-20", "2026-12-31")
    assert found == [
        ("Tuesday change window", "10-20 20:00+0200", "10-20 23:00+0200"),
        ("Tuesday change window", "10-27 20:00+0100", "10-27 23:00+0100"),
        ("Tuesday change window", "11-03 20:00+0100", "11-03 23:00+0100"),
        ("Tuesday change window", "11-18 20:00+0100", "11-18 22:00+0100"),
        ("Tuesday change window", "12-01 20:00+0100", "12-01 23:00+0100"),
        ("Tuesday change window", "12-08 20:00+0100", "12-08 23:00+0100"),
        ("Tuesday change window", "12-15 20:00+0100", "12-15 23:00+0100"),
        ("Year end", "12-19 00:00+0100", "01-04 00:00+0100"),
        ("Tuesday change window", "12-22 20:00+0100", "12-22 23:00+0100"),
        ("Tuesday change window", "12-29 20:00+0100", "12-29 23:00+0100"),
    ]
    kinds = {e.name: e.scope.kind for e in calendar(files=["google.ics"]).entries}
    assert kinds == {"Tuesday change window": "window", "Year end": "freeze"}


def test_outlook() -> None:
    """Names of zones as Windows has them, months of different length, nights over midnight."""
    found = happens(calendar(files=["outlook.ics"]), "2028-02-02", "2028-04-01")
    assert found == [
        ("Month end", "02-29 18:00+0100", "03-01 06:00+0100"),
        ("Month end", "03-31 18:00+0200", "04-01 06:00+0200"),
    ]


def test_a_zone_that_the_file_describes() -> None:
    """Its own zone counts; times without one, and days, are of the calendar's zone."""
    found = happens(calendar(files=["custom.ics"]), "2026-07-01", "2026-07-31")
    assert found == [
        ("Summer", "07-01 20:00+0200", "07-01 23:00+0200"),
        ("Wherever you are", "07-02 20:00+0200", "07-02 23:00+0200"),
        ("Wherever you are", "07-04 20:00+0200", "07-04 23:00+0200"),
        ("Wherever you are", "07-06 20:00+0200", "07-06 23:00+0200"),
        ("Sports day", "07-10 00:00+0200", "07-11 00:00+0200"),
    ]
    assert [e.scope.hard for e in calendar(files=["custom.ics"]).entries] == [True, True, False]
    tokyo = calendar(files=["custom.ics"], zone="Asia/Tokyo")
    assert ("Wherever you are", "07-02 13:00+0200", "07-02 16:00+0200") in happens(
        tokyo, "2026-07-01", "2026-07-31"
    )


def test_times_in_utc_recur_in_the_zone_of_the_calendar(tmp_path: Path) -> None:
    """X-WR-TIMEZONE says where a series lives, so that it keeps its local time all year."""
    data = event(
        "DTSTART:20260701T180000Z", "DTEND:20260701T190000Z", "RRULE:FREQ=MONTHLY", kind="WINDOW"
    )
    local = data.replace(b"BEGIN:VEVENT", b"X-WR-TIMEZONE:Europe/Berlin\r\nBEGIN:VEVENT")
    said = happens(of(tmp_path, data), "2026-12-01", "2026-12-05")
    assert said == [("E", "12-01 19:00+0100", "12-01 20:00+0100")]
    said = happens(of(tmp_path, local), "2026-12-01", "2026-12-05")
    assert said == [("E", "12-01 20:00+0100", "12-01 21:00+0100")]


def test_a_weekly_event_over_the_change_of_the_clocks(tmp_path: Path) -> None:
    """It is gone on the night it does not exist, and has both hours where there are two."""
    data = event(
        "DTSTART;TZID=Europe/Berlin:20260104T020000",
        "DTEND;TZID=Europe/Berlin:20260104T030000",
        "RRULE:FREQ=WEEKLY",
        kind="WINDOW",
    )
    some = of(tmp_path, data)
    assert happens(some, "2026-03-25", "2026-04-06") == [
        ("E", "04-05 02:00+0200", "04-05 03:00+0200")
    ]
    assert happens(some, "2026-10-20", "2026-10-27") == [
        ("E", "10-25 02:00+0200", "10-25 03:00+0100")
    ]


def test_a_cancelled_event_does_not_happen(tmp_path: Path) -> None:
    """A calendar may keep what was called off; it binds nobody."""
    data = event(ZONED, UNTIL, "RRULE:FREQ=DAILY", "STATUS:CANCELLED")
    assert happens(of(tmp_path, data), "2026-12-01", "2026-12-09") == []


def test_the_week_of_the_year_end(tmp_path: Path) -> None:
    """Week 53 is there in the years that have one, and reaches into the next."""
    data = event(
        "DTSTART;VALUE=DATE:20201228",
        "DTEND;VALUE=DATE:20210104",
        "RRULE:FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO",
    )
    assert happens(of(tmp_path, data), "2021-01-05", "2028-12-31") == [
        ("E", "12-28 00:00+0100", "01-04 00:00+0100")
    ]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("FREEZE", "freeze"),
        ("Finance,Change Freeze", "freeze"),
        ("Freeze window", "freeze"),
        ("blackouts", "freeze"),
        ("Maintenance windows", "window"),
        ("X\r\nCATEGORIES:change-window", "window"),
        ("Party\r\nX-TFCHANGE-KIND:freeze", "freeze"),
        ("WINDOW\r\nX-TFCHANGE-KIND:freeze", "freeze"),
    ],
)
def test_the_kind_of_an_event(tmp_path: Path, words: str, kind: str) -> None:
    """Its own property counts before its categories, and a freeze window is a freeze."""
    data = event("DTSTART;VALUE=DATE:20261201", kind=words)
    assert [e.scope.kind for e in of(tmp_path, data).entries] == [kind]


def test_the_file_can_say_the_kind(tmp_path: Path) -> None:
    """Then all its events are of it, with the scope that the settings say."""
    data = event("DTSTART;VALUE=DATE:20261201", kind="WINDOW")
    scope = (
        of(
            tmp_path,
            data,
            kind="freeze",
            strength="soft",
            categories=["standard"],
            environments=["test"],
            **{"except": ["cab"]},
        )
        .entries[0]
        .scope
    )
    assert (scope.kind, scope.hard, scope.lifted_by) == ("freeze", False, {"cab"})
    assert (scope.categories, scope.environments) == ({"standard"}, {"test"})


def test_an_event_that_says_nothing(tmp_path: Path) -> None:
    """It is refused by name, unless the settings say what its file holds."""
    data = event("DTSTART;VALUE=DATE:20261201", name="Lunch", kind="Food")
    said = refused(tmp_path, data)
    assert 'the event "Lunch" of 20261201 says neither freeze nor window' in said
    assert len(of(tmp_path, data, kind="freeze").entries) == 1


ZONED = "DTSTART;TZID=Europe/Berlin:20261201T200000"
UNTIL = "DTEND;TZID=Europe/Berlin:20261201T230000"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("DTSTART:2026130120",), "a DTSTART that cannot be read"),
        (("DTSTART;TZID=Nowhere/Land:20261201T200000", "DURATION:PT1H"), "'Nowhere/Land'"),
        ((ZONED, UNTIL, "EXDATE;TZID=Nowhere/Land:20261201T200000"), "EXDATE in the zone"),
        ((), "has no DTSTART"),
        ((ZONED,), "does not end after it starts"),
        ((ZONED, "DTEND;TZID=Europe/Berlin:20261130T200000"), "does not end after it starts"),
        (("DTSTART;VALUE=DATE:16010101",), "the year 1601"),
        ((ZONED, UNTIL, "RRULE:FREQ=WEEKLY;BYDAY=XX"), "a RRULE that cannot be read"),
        ((ZONED, UNTIL, "RRULE:FREQ=WEEKLY;BYDAY=MO;BYSETPOS=0"), "a rule that cannot be read"),
        ((ZONED, UNTIL, "RRULE:RSCALE=CHINESE;FREQ=YEARLY"), "RSCALE"),
        ((ZONED, UNTIL, "RRULE:COUNT=3"), "FREQ"),
        ((ZONED, UNTIL, "EXRULE:FREQ=WEEKLY"), "EXRULE"),
        ((ZONED, UNTIL, "X-TFCHANGE-STRENGTH:medium"), "'medium'"),
    ],
)
def test_events_with_faults(tmp_path: Path, lines: tuple[str, ...], expected: str) -> None:
    """Each is refused and says what is wrong with which event."""
    said = refused(tmp_path, event(*lines))
    assert 'the event "E"' in said
    assert expected in said


def test_all_faults_of_a_file_at_once(tmp_path: Path) -> None:
    """Two bad events are two lines."""
    one, two = event(name="One").decode(), event(name="Two").decode()
    both = one.replace("END:VCALENDAR\r\n", "") + two[two.index("BEGIN:VEVENT") :]
    assert len(refused(tmp_path, both.encode()).splitlines()) == 2


GOOD = event(ZONED, UNTIL)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "no BEGIN:VCALENDAR"),
        (b"<html><body>Please log in</body></html>", "no BEGIN:VCALENDAR"),
        (GOOD[:-20], "breaks off"),
        (GOOD.replace(b"END:VEVENT\r\n", b""), "breaks off"),
        (GOOD.replace(b"BEGIN:VEVENT", b"BEGIN:VEVENTS"), "END:VEVENT"),
        (GOOD.replace(b"END:VEVENT", b"END:VEVENTS"), "END:VEVENTS"),
        (GOOD + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", "something beside"),
        (GOOD.replace(b"SUMMARY:E", b"SUMMARY:\xff"), "line 7 is not UTF-8"),
        (GOOD.replace(b"SUMMARY:E", b"nothing"), "a line that cannot be read"),
        (GOOD + GOOD[17:], "breaks off"),
        (GOOD.replace(b"PRODID", b"X-WR-TIMEZONE:Nowhere/Land\r\nPRODID"), "Nowhere/Land"),
    ],
)
def test_what_is_no_calendar(tmp_path: Path, data: bytes, expected: str) -> None:
    """Whatever is not whole and iCalendar is refused, never taken for an empty calendar."""
    assert expected in refused(tmp_path, data)


def test_a_calendar_without_events_is_said(tmp_path: Path) -> None:
    """It is no fault, since a year has to begin somehow, and it is not passed over in silence."""
    empty = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"
    assert of(tmp_path, empty).notes == ("The calendar c.ics holds neither a window nor a freeze.",)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=SECONDLY", "more often than daily"),
        ("FREQ=MINUTELY;COUNT=1000000000", "more often than daily"),
        ("INTERVAL=2;FREQ=HOURLY", "more often than daily"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "never happens"),
        ("FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=31;UNTIL=20270101T000000Z", "never happens"),
        (f"FREQ=DAILY;BYMINUTE={','.join(map(str, range(60)))}", "60 times a day"),
    ],
)
def test_rules_that_would_never_end(tmp_path: Path, rule: str, expected: str) -> None:
    """A rule that makes work without end is refused, wherever in the file it stands."""
    assert expected in refused(tmp_path, event(ZONED, UNTIL, f"RRULE:{rule}"))


def test_a_zone_that_would_never_end(tmp_path: Path) -> None:
    """Nor may the description of a zone, not even where the line is folded."""
    text = (ICS / "custom.ics").read_text()
    folded = text.replace("RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "RRULE:FREQ=SEC\n ONDLY")
    assert "more often than daily" in refused(tmp_path, folded.encode())


def test_a_huge_count_costs_nothing(tmp_path: Path) -> None:
    """Only what is asked for is worked out."""
    data = event(ZONED, UNTIL, "RRULE:FREQ=DAILY;COUNT=999999999")
    assert len(happens(of(tmp_path, data), "2027-12-01", "2027-12-03")) == 2


def test_too_many_events(tmp_path: Path) -> None:
    """More events than any calendar of changes has are refused."""
    one = GOOD[GOOD.index(b"BEGIN:VEVENT") : GOOD.index(b"END:VCALENDAR")]
    many = GOOD.replace(one, b"".join(one.replace(b"UID:E", b"UID:%d" % n) for n in range(5_001)))
    assert "more than 5,000 events" in refused(tmp_path, many)


def test_names_are_one_line(tmp_path: Path) -> None:
    """Line ends and control characters in a summary do not reach a sentence."""
    name = "Year\\nend " + "\x1b[31m" + "x" * 200
    found = of(tmp_path, event("DTSTART;VALUE=DATE:20261201", name=name)).entries[0].name
    assert found.startswith("Year end [31mxxx")
    assert len(found) == 80
