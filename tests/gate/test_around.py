"""What the calendar says at the gate."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from tests.calendar.build import calendar
from tests.gate.test_judge import ticket
from tfchange.calendar.model import Force
from tfchange.change.request import Window
from tfchange.gate.around import by_calendar, by_lead_time
from tfchange.gate.ask import Moment
from tfchange.gate.verdict import Outcome
from tfchange.risk.assessment import Category, Level

FILED = "2026-11-23T10:00:00Z"
NOW = datetime(2026, 11, 23, 11, tzinfo=UTC)
OVER = "2026-11-27T23:00:00Z"
"""Four working days later at midnight in Berlin."""


def around(category: Category = Category.NORMAL, **given: Any) -> Any:
    """What is in the way of a change with four days of lead time, an hour after its filing."""
    some = ticket(created=FILED, window=given.pop("window", None))
    assert some.record
    record = msgspec.structs.replace(some.record, category=category)
    some = msgspec.structs.replace(some, record=record)
    return by_lead_time(calendar(**given), Moment(some, NOW, ("production",)), 4)


def test_a_lead_time_holds() -> None:
    """Until the earliest lawful start, counted from the filing."""
    (held,) = around().obstacles
    assert (held.outcome, held.until) == (Outcome.HELD, OVER)
    assert "4 working days from 2026-11-23 11:00 Europe/Berlin" in held.reason


def test_it_may_only_advise() -> None:
    """Where the settings say so."""
    found = around(lead_times="advise")
    assert found.obstacles == ()
    assert "holds up nothing" in found.notes[0]
    assert around(lead_times="enforce").obstacles


@pytest.mark.parametrize("category", [Category.STANDARD, Category.EMERGENCY])
def test_who_has_no_lead_time(category: Category) -> None:
    """Standard changes and emergencies wait for nothing, whatever the rules of now say."""
    assert around(category) == around(category, lead_times="advise")
    assert not around(category).obstacles


@pytest.mark.parametrize(("start", "times"), [(OVER, 0), ("2026-11-27T22:59:00Z", 1), (FILED, 1)])
def test_a_window_behind_it_holds_by_itself(start: str, times: int) -> None:
    """What was proposed is held once; a start that is too early is no way around it."""
    window = Window(start, "2026-11-30T00:00:00Z")
    assert len(around(window=window).obstacles) == times


def test_a_freeze_asks_for_the_level_that_was_filed() -> None:
    """One that the policy has begin at a level lets lower ones pass, and says so."""
    freeze = {"name": "Year end", "start": "2026-11-20", "end": "2027-01-04", "strength": "soft"}
    some = calendar(freezes=[freeze])
    for least, held in ((Level.LOW, 1), (Level.CRITICAL, 0)):
        soft = msgspec.structs.replace(some, soft=Force(frozenset({"normal"}), least.rank))
        found = by_calendar(soft, Moment(ticket(), NOW, ("production",)))
        assert (len(found.obstacles), len(found.notes)) == (held, 1 - held)
