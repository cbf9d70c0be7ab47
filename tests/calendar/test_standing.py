"""Whether a change may be done at a moment, and what is said about it."""

from typing import Any

import pytest
from msgspec import structs

from tests.calendar.build import berlin, calendar, utc
from tfchange.calendar.load import load
from tfchange.calendar.model import Force
from tfchange.calendar.names import Names
from tfchange.calendar.standing import Standing, standing
from tfchange.risk.assessment import Level

TUESDAYS = {"name": "Tuesdays", "every": {"days": ["tue"], "hours": "20:00-23:00"}}
YEAR_END = {"name": "Year end", "start": "2026-12-19", "end": "2027-01-04T08:00"}
END = 'The freeze "Year end" holds until 2027-01-04 08:00 Europe/Berlin.'
OUTSIDE = "It is outside every change window; the next is "


def at(
    moment: str,
    category: str = "normal",
    environment: str | None = "production",
    approved: tuple[str, ...] = (),
    **table: Any,
) -> Standing:
    """What a calendar of this table says, at that time in Berlin."""
    return standing(calendar(**table), berlin(moment), category, environment, approved)


def test_no_calendar_binds_nothing() -> None:
    """Without a table, or with an empty one, every change may be done at any time."""
    for some in (load(None), load({})):
        for category in ("none", "standard", "normal", "emergency"):
            assert standing(some, utc("2026-12-24"), category, None) == Standing(True)


def test_a_window_holds_from_its_start_and_not_at_its_end() -> None:
    """20:00 is inside, 23:00 is not, and what is said names the next window."""
    assert at("2026-12-01 20:00", windows=[TUESDAYS]) == Standing(True)
    assert at("2026-12-01 22:59", windows=[TUESDAYS]).allowed
    after = at("2026-12-01 23:00", windows=[TUESDAYS])
    assert after.reasons == (f"{OUTSIDE}Tuesday 2026-12-08 20:00 to 23:00 Europe/Berlin.",)
    assert (after.allowed, after.opens) == (False, berlin("2026-12-08 20:00"))


def test_windows_bind_normal_changes_alone() -> None:
    """A standard change is not held to windows, unless they say so."""
    assert at("2026-12-01 12:00", "standard", windows=[TUESDAYS]).allowed
    both = {**TUESDAYS, "categories": ["normal", "standard"]}
    assert not at("2026-12-01 12:00", "standard", windows=[both]).allowed


def test_a_hard_freeze_stops_normal_and_standard_changes() -> None:
    """It says until when, and when the change may be done."""
    for category in ("normal", "standard"):
        found = at("2026-12-24 12:00", category, freezes=[YEAR_END])
        assert found == Standing(
            False,
            (END,),
            opens=berlin("2027-01-04 08:00"),
        )
    assert at("2027-01-04 08:00", freezes=[YEAR_END]) == Standing(True)
    assert at("2026-12-18 23:59", freezes=[YEAR_END]) == Standing(True)


def test_an_approval_lifts_a_freeze() -> None:
    """One of the groups that it names is enough, and the record says whose approval it was."""
    freeze = {**YEAR_END, "except": ["cab", "board"]}
    held = at("2026-12-24 12:00", approved=("peer",), freezes=[freeze])
    assert held.reasons == (
        f"{END[:-1]}; an approval by Board or Change advisory board (CAB) lifts it.",
    )
    lifted = at("2026-12-24 12:00", approved=("peer", "cab"), freezes=[freeze])
    assert lifted == Standing(
        True,
        notes=(
            (
                f"{END.replace('holds until', 'until')[:-1]} is lifted: "
                "Change advisory board (CAB) approved."
            ),
        ),
    )


def test_a_soft_freeze_stops_normal_changes() -> None:
    """It lets standard ones through, and normal ones once one of its groups approved."""
    soft = {**YEAR_END, "strength": "soft"}
    found = at("2026-12-24 12:00", freezes=[soft])
    assert found.reasons == (END.replace("The", "The soft"),)
    assert at("2026-12-24 12:00", "standard", freezes=[soft]) == Standing(True)
    named = {**soft, "except": ["cab"]}
    assert not at("2026-12-24 12:00", freezes=[named]).allowed
    assert at("2026-12-24 12:00", approved=("cab",), freezes=[named]).allowed
    assert at("2026-12-24 12:00", "standard", freezes=[named]) == Standing(True)


@pytest.mark.parametrize(
    ("strength", "category", "level", "allowed"),
    [
        ("soft", "normal", Level.MEDIUM, True),
        ("soft", "normal", Level.HIGH, False),
        ("soft", "standard", Level.HIGH, True),
        ("hard", "standard", Level.LOW, True),
        ("hard", "normal", Level.LOW, False),
    ],
)
def test_the_policy_says_what_freezes_stop(
    strength: str, category: str, level: Level, allowed: bool
) -> None:
    """Categories, and the level from which on, are the policy's; what passes is told of it."""
    forces = {"soft": Force(frozenset({"normal"}), 2), "hard": Force(frozenset({"normal"}))}
    some = structs.replace(calendar(freezes=[{**YEAR_END, "strength": strength}]), **forces)
    found = standing(some, berlin("2026-12-24 12:00"), category, None, level=level)
    assert found.allowed is allowed
    assert bool(found.notes) is (allowed and (strength, category) != ("soft", "standard"))
    listed = [{**YEAR_END, "categories": ["standard"]}]
    some = structs.replace(calendar(freezes=listed), **forces)
    assert not standing(some, berlin("2026-12-24 12:00"), "standard", None).allowed


def test_an_emergency_is_bound_by_nothing() -> None:
    """It is told what it breaks."""
    found = at("2026-12-24 12:00", "emergency", freezes=[YEAR_END], windows=[TUESDAYS])
    assert found == Standing(
        True,
        notes=(
            END,
            "An emergency is bound by no change window and no freeze.",
        ),
    )


@pytest.mark.parametrize(
    ("environment", "stopped"),
    [("production", True), ("", True), (None, True), ("lab", True), ("test", False)],
)
def test_environments(environment: str | None, stopped: bool) -> None:
    """An entry binds the environments it names; one that is not known counts as production."""
    known = {"production": ["prod"], "test": ["tst"]}
    some = calendar(given={"names": Names(known)}, freezes=[{**YEAR_END, "environments": ["PROD"]}])
    assert standing(some, berlin("2026-12-24"), "normal", environment).allowed is not stopped


def test_several_freezes_are_all_named() -> None:
    """Each says its own end; it opens behind the last of those that touch."""
    books = {"name": "Books", "start": "2026-12-20", "end": "2026-12-27"}
    adjacent = {"name": "Audit", "start": "2027-01-04T08:00", "end": "2027-01-08"}
    found = at("2026-12-24 12:00", freezes=[YEAR_END, books, adjacent])
    assert found.reasons == (
        END,
        'The freeze "Books" holds until 2026-12-28 00:00 Europe/Berlin.',
    )
    assert found.opens == berlin("2027-01-09 00:00")


def test_a_freeze_of_days_in_a_row_ends_with_the_last() -> None:
    """Occurrences that touch are one freeze, whose end is said."""
    daily = {"rrule": "FREQ=DAILY;COUNT=9", "start": "2026-12-20", "duration": 24 * 60}
    found = at("2026-12-21 12:00", freezes=[{"name": "Days", "every": daily}])
    assert found.reasons == ('The freeze "Days" holds until 2026-12-29 00:00 Europe/Berlin.',)
    always = {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "hours": "00:00-24:00"}
    assert at("2026-12-21 00:00", windows=[{"name": "W", "every": always}]).allowed


def test_windows_that_are_frozen_are_not_the_next() -> None:
    """What is named is the first window, or part of one, that is not frozen."""
    half = {"name": "Half", "start": "2027-01-05", "end": "2027-01-05T21:30"}
    found = at("2026-12-24 12:00", freezes=[YEAR_END, half], windows=[TUESDAYS])
    assert found.reasons[1] == f"{OUTSIDE}Tuesday 2027-01-05 21:30 to 23:00 Europe/Berlin."
    assert found.opens == berlin("2027-01-05 21:30")


def test_a_window_that_is_frozen_whole() -> None:
    """Inside of it the freeze alone is the reason."""
    found = at("2026-12-22 20:30", freezes=[YEAR_END], windows=[TUESDAYS])
    assert len(found.reasons) == 1
    assert found.opens == berlin("2027-01-05 20:00")


def test_a_freeze_longer_than_the_search() -> None:
    """It says its end, and that nothing opens within two years."""
    long = {"name": "Retired", "start": "2020-01-01", "end": "2099-12-31"}
    found = at("2026-12-24 12:00", freezes=[long], windows=[TUESDAYS])
    assert found.reasons == (
        'The freeze "Retired" holds until 2100-01-01 00:00 Europe/Berlin.',
        "It is outside every change window, and none is open within two years.",
    )
    assert found.opens is None


def test_windows_that_are_all_past() -> None:
    """Windows that never come again keep a change out, and that is said."""
    past = {"name": "Once", "start": "2020-01-01", "end": "2020-01-01"}
    assert at("2026-12-24 12:00", windows=[past]).reasons == (
        "It is outside every change window, and none is open within two years.",
    )


def test_a_window_far_ahead_is_found() -> None:
    """The search goes on where the next two months hold nothing."""
    far = {"name": "Summer", "start": "2028-07-01T10:00", "end": "2028-07-01T12:00"}
    assert at("2026-12-24 12:00", windows=[far]).opens == berlin("2028-07-01 10:00")


def test_the_night_of_the_change_of_the_clocks() -> None:
    """A window holds through both hours that are called 02:00, and not on a night without one."""
    nights = {"name": "Nights", "every": {"days": ["sun"], "hours": "02:00-03:00"}}
    some = calendar(windows=[nights])
    for fold in (0, 1):
        assert standing(some, berlin("2026-10-25 02:30", fold), "normal", None).allowed
    assert not standing(some, utc("2026-03-29T01:00"), "normal", None).allowed
    assert standing(some, utc("2026-03-28T12:00"), "normal", None).opens == berlin(
        "2026-04-05 02:00"
    )


def test_a_night_over_the_new_year() -> None:
    """Hours over midnight belong to the day they begin on, also where a year ends."""
    nights = {"name": "Nights", "every": {"days": ["thu"], "hours": "22:00-02:00"}}
    some = calendar(windows=[nights])
    assert standing(some, berlin("2027-01-01 01:59"), "normal", None).allowed
    assert not standing(some, berlin("2027-01-01 02:00"), "normal", None).allowed


def test_weekly_windows_stay_at_local_time() -> None:
    """Before and after the change of the clocks they open at the same local hour."""
    summer = at("2026-10-20 12:00", windows=[TUESDAYS])
    winter = at("2026-10-27 12:00", windows=[TUESDAYS])
    assert (summer.opens, winter.opens) == (utc("2026-10-20T18:00"), utc("2026-10-27T19:00"))


def test_what_was_noted_on_loading_is_said(tmp_path: Any) -> None:
    """A calendar without entries is named in every answer."""
    (tmp_path / "empty.yaml").write_text("freezes: []\n")
    found = standing(
        calendar(tmp_path, files=["empty.yaml"]), berlin("2026-12-24"), "normal", "production"
    )
    assert found.notes == ("The calendar empty.yaml holds neither a window nor a freeze.",)
