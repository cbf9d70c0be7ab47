"""Waiting at the gate, with a clock of its own."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfchange.errors import DeskError, UnreachableError
from tfchange.gate.verdict import Outcome, Verdict
from tfchange.gate.wait import FIRST, LONGEST, wait

START = datetime(2026, 11, 25, 12, tzinfo=UTC)


class Clock:
    """Goes on only when somebody pauses."""

    def __init__(self) -> None:
        self.now, self.pauses, self.said = START, list[float](), list[str]()

    def __call__(self) -> datetime:
        return self.now

    def pause(self, seconds: float) -> None:
        """Time passes."""
        self.pauses.append(seconds)
        self.now += timedelta(seconds=seconds)


def waited(clock: Clock, answers: list[Outcome | Exception], seconds: float) -> Verdict:
    """The verdict after waiting; the last answer is given for ever."""

    def ask() -> Verdict:
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return Verdict(answer, (f"It is {answer}.",))

    timeout = timedelta(seconds=seconds)
    return wait(ask, timeout, clock=clock, pause=clock.pause, step=clock.said.append)


def test_without_waiting_it_is_asked_once() -> None:
    """No time means one question."""
    clock = Clock()
    assert waited(clock, [Outcome.WAITING], 0).outcome is Outcome.WAITING
    assert (clock.pauses, clock.said) == ([], [])


def test_it_opens_while_somebody_waits() -> None:
    """And says what it waits for, and how long it goes on."""
    clock = Clock()
    answers: list[Outcome | Exception] = [Outcome.WAITING, Outcome.HELD, Outcome.PASSED]
    assert waited(clock, answers, 600).passed
    assert clock.pauses == [FIRST, 2 * FIRST]
    assert clock.said[0] == "It is waiting. Waiting for another 10:00"


@pytest.mark.parametrize("outcome", [Outcome.REJECTED, Outcome.DIFFERENT, Outcome.PASSED])
def test_what_waiting_cannot_change_ends_it(outcome: Outcome) -> None:
    """Nobody waits for nothing."""
    clock = Clock()
    assert waited(clock, [outcome], 600).outcome is outcome
    assert clock.pauses == []


@given(seconds=st.floats(min_value=0, max_value=100_000))
def test_it_ends_when_the_time_is_up(seconds: float) -> None:
    """Not before and not after, with ever longer pauses up to a limit."""
    clock = Clock()
    assert waited(clock, [Outcome.WAITING], seconds).outcome is Outcome.WAITING
    assert abs(sum(clock.pauses) - seconds) < 0.001
    assert all(pause <= LONGEST for pause in clock.pauses)


def test_a_desk_that_comes_back_is_asked_again() -> None:
    """One that does not is an error in the end; one that refuses is one at once."""
    clock = Clock()
    gone = UnreachableError("the desk cannot be reached")
    assert waited(clock, [gone, gone, Outcome.PASSED], 600).passed
    assert clock.said[0] == "the desk cannot be reached; asking again"
    with pytest.raises(UnreachableError):
        waited(Clock(), [gone], 30)
    with pytest.raises(DeskError):
        waited(Clock(), [DeskError("no")], 600)


def test_the_last_answer_stands() -> None:
    """A desk that is gone in the end has answered before: that it waits is known."""
    clock = Clock()
    gone = UnreachableError("the desk cannot be reached")
    assert waited(clock, [Outcome.WAITING, gone], 30).outcome is Outcome.WAITING


def test_nobody_waits_for_what_is_too_far() -> None:
    """Where it opens only after the time is up, waiting helps nobody."""
    clock = Clock()
    verdict = Verdict(Outcome.HELD, ("It is frozen.",), opens="2026-11-27T12:00:00Z")
    hours = timedelta(hours=2)
    found = wait(lambda: verdict, hours, clock=clock, pause=clock.pause, step=clock.said.append)
    assert (found, clock.pauses) == (verdict, [])
