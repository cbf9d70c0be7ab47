"""The gate asks the desk, and what passes is being implemented from then on."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from tests.build import change
from tests.change.memory import MemoryWorld
from tests.change.requests import request
from tests.change.test_fingerprint import GONE, NEW, plan, update
from tests.contracts.desk import never, put
from tfchange.change import approved as kept
from tfchange.change.approved import Approved, PlanItems
from tfchange.change.desk import State, Ticket
from tfchange.change.ending import cancel
from tfchange.change.file import file
from tfchange.change.fingerprint import items
from tfchange.errors import CalendarError
from tfchange.gate.ask import Around, Moment, Question, Surroundings, ask, enter
from tfchange.gate.verdict import Obstacle, Outcome
from tfchange.risk.assessment import Category, Emergency

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SALT = "s"


def does(*changes: dict[str, Any]) -> Approved:
    """What a plan of these changes does."""
    return kept.approved([PlanItems("p.json", items(plan(*changes), SALT))], SALT, secret=True)


def filed(world: MemoryWorld, some: Approved, **given: Any) -> Ticket:
    """A change for that plan, with its items kept."""
    file_ = kept.attachment(some)
    return put(world, fingerprint=some.fingerprint, attachments=(file_,), **given)


def question(some: Approved, category: Category = Category.NORMAL) -> Question:
    """What the gate is asked for."""
    return Question(request().key, some, category, run="https://ci.example.com/7")


@pytest.fixture
def world() -> MemoryWorld:
    """A fresh desk."""
    return MemoryWorld()


def test_what_was_not_filed_waits(world: MemoryWorld) -> None:
    """Unless there is nothing to apply."""
    verdict = ask(world.desk, question(does(NEW)), NOW)
    assert verdict.outcome is Outcome.WAITING
    assert "acme/shop" in verdict.reasons[0]
    assert ask(world.desk, question(does(), Category.NONE), NOW).passed


def test_the_life_of_a_change(world: MemoryWorld) -> None:
    """Waiting, then approved; passing makes it implementing, and the history tells of the run."""
    asked = question(does(update(), NEW))
    ticket = filed(world, asked.plan)
    assert ask(world.desk, asked, NOW).outcome is Outcome.WAITING
    world.approve(ticket)
    verdict = ask(world.desk, asked, NOW)
    assert verdict.passed
    assert world.desk.read(ticket.id).state is State.APPROVED
    entered = enter(world.desk, asked, verdict, NOW)
    assert entered.passed
    assert entered.ticket
    assert entered.ticket.state is State.IMPLEMENTING
    assert "https://ci.example.com/7" in world.texts(ticket)
    assert ask(world.desk, asked, NOW).passed


def test_a_refusal_writes_nothing(world: MemoryWorld) -> None:
    """The desk is only read."""
    asked = question(does(NEW))
    ticket = filed(world, asked.plan)
    before = world.texts(ticket)
    verdict = ask(world.desk, asked, NOW)
    assert enter(world.desk, asked, verdict, NOW) is verdict
    assert world.texts(ticket) == before


def test_a_plan_is_held_against_what_was_filed(world: MemoryWorld) -> None:
    """Less passes, more does not and is listed."""
    ticket = filed(world, does(update(), NEW))
    world.approve(ticket)
    less = ask(world.desk, question(does(NEW)), NOW)
    assert less.passed
    assert less.left_out == ("aws_db.a is not updated any more.",)
    more = ask(world.desk, question(does(NEW, GONE)), NOW)
    assert more.outcome is Outcome.DIFFERENT
    assert more.new == ("aws_x.gone is destroyed, which was not approved.",)


def test_a_record_that_was_removed_covers_nothing(world: MemoryWorld) -> None:
    """Whoever removes it at the desk removes the approval with it."""
    ticket = filed(world, does(NEW))
    world.approve(ticket)
    world.desk._set(ticket.id, record=None)
    assert ask(world.desk, question(does(NEW)), NOW).outcome is Outcome.DIFFERENT


def test_the_live_one_counts(world: MemoryWorld) -> None:
    """A cancelled change is rejected until another follows it."""
    asked = question(does(NEW))
    filed(world, asked.plan)
    cancel(world.desk, request().key, "Not now.")
    assert ask(world.desk, asked, NOW).outcome is Outcome.REJECTED
    world.approve(filed(world, asked.plan, at=1_763_000_900))
    assert ask(world.desk, asked, NOW).passed


def test_what_is_around_is_asked(world: MemoryWorld) -> None:
    """A freeze holds it, and is asked of the ticket and the moment."""
    asked = question(does(NEW))
    world.approve(filed(world, asked.plan))

    def frozen(moment: Moment) -> Around:
        said = f"{moment.ticket.number} is frozen at {moment.now:%H:%M}."
        return Around((Obstacle(Outcome.HELD, said),), ("Mind the gap.",))

    verdict = ask(world.desk, asked, NOW, Surroundings(calendar=frozen))
    assert verdict.outcome is Outcome.HELD
    assert verdict.reasons == ("MEM-1 is frozen at 12:00.",)
    assert verdict.notes[-1] == "Mind the gap."


def test_health_is_looked_at_last(world: MemoryWorld) -> None:
    """Only where all else is well, since it asks other servers."""
    asked, looks = question(does(NEW)), list[str]()

    def ill(moment: Moment) -> Around:
        looks.append(moment.ticket.number)
        return Around((Obstacle(Outcome.HELD, "The error rate is high."),))

    ticket = filed(world, asked.plan)
    around = Surroundings(health=ill)
    assert ask(world.desk, asked, NOW, around).outcome is Outcome.WAITING
    assert looks == []
    world.approve(ticket)
    assert ask(world.desk, asked, NOW, around).reasons == ("The error rate is high.",)
    assert looks == [ticket.number]


def test_another_change_in_the_way(world: MemoryWorld) -> None:
    """What is being implemented for the same service is a conflict."""
    asked = question(does(NEW))
    world.approve(filed(world, asked.plan))
    other = request(commit=msgspec.structs.replace(request().commit, pull_request=99))
    blocking = file(world.desk, other, pause=never).ticket
    assert blocking
    world.desk.transition(blocking, State.IMPLEMENTING)
    verdict = ask(world.desk, asked, NOW)
    assert verdict.outcome is Outcome.HELD
    assert blocking.number in verdict.reasons[0]


def test_what_happens_between_question_and_entry_counts(world: MemoryWorld) -> None:
    """A change filed anew after the question does not let the old plan pass."""
    asked = question(does(NEW))
    ticket = filed(world, asked.plan)
    world.approve(ticket)
    verdict = ask(world.desk, asked, NOW)
    filed(world, does(GONE), at=1_763_000_900)
    again = enter(world.desk, asked, verdict, NOW)
    assert again.outcome is Outcome.DIFFERENT
    assert "gate let" not in world.texts(ticket)


def test_nothing_but_a_known_change_is_different() -> None:
    """The helper builds plans that do differ, so that the tests above prove something."""
    marks = {does(update()).fingerprint, does(NEW).fingerprint, does(GONE).fingerprint}
    assert len(marks | {does(change("aws_x.q", ["no-op"], {}, {})).fingerprint}) == 4


def lost(_: Moment) -> Around:
    """Nobody answers."""
    raise CalendarError("the calendar gives nothing")


def test_who_cannot_be_asked_keeps_it_closed(world: MemoryWorld) -> None:
    """Where all else is well; with --fail-open it passes, and the history says so."""
    asked, open_ = question(does(NEW)), Surroundings(calendar=lost, open=True)
    ticket = filed(world, asked.plan)
    assert ask(world.desk, asked, NOW, Surroundings(calendar=lost)).outcome is Outcome.WAITING
    world.approve(ticket)
    with pytest.raises(CalendarError):
        ask(world.desk, asked, NOW, Surroundings(calendar=lost))
    verdict = ask(world.desk, asked, NOW, open_)
    assert (verdict.passed, verdict.open) == (True, True)
    enter(world.desk, asked, verdict, NOW)
    assert "--fail-open let it pass" in world.texts(ticket)


def test_a_desk_that_refuses_was_asked(world: MemoryWorld) -> None:
    """Whatever else cannot be reached, neither a rejected nor another plan passes open."""
    asked, open_ = question(does(NEW)), Surroundings(lost, lost, open=True)
    ticket = filed(world, asked.plan)
    world.approve(ticket)
    other = ask(world.desk, question(does(GONE)), NOW, open_)
    assert (other.outcome, other.open) == (Outcome.DIFFERENT, False)
    world.reject(ticket)
    assert ask(world.desk, asked, NOW, open_).outcome is Outcome.REJECTED


def test_an_emergency_waits_for_nobody(world: MemoryWorld) -> None:
    """A calendar or a server that does not answer may be what it mends; it is noted."""
    asked = question(does(NEW))
    urgent = {"category": Category.EMERGENCY, "emergency": Emergency("INC1", "2026-11-30")}
    filed(world, asked.plan, **urgent)
    verdict = ask(world.desk, asked, NOW, Surroundings(lost, lost))
    assert (verdict.passed, verdict.open) == (True, False)
    assert any("the calendar gives nothing" in note for note in verdict.notes)


def test_both_environments_count(world: MemoryWorld) -> None:
    """What it was filed for, and what somebody says at the gate that it is for."""
    seen = list[tuple[str, ...]]()

    def look(moment: Moment) -> Around:
        seen.append(moment.environments)
        return Around()

    was = kept.approved(does(NEW).plans, SALT, secret=True, environment="production")
    now = kept.approved(does(NEW).plans, SALT, secret=True, environment="development")
    world.approve(filed(world, was))
    assert ask(world.desk, question(now), NOW, Surroundings(look)).passed
    assert seen == [("development", "production")]
