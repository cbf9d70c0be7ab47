"""Signals are held, and passed on once to a child that has not got them by itself."""

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfchange.apply.signals import GRACE, Passing, Signals

INT, TERM, HUP = signal.SIGINT, signal.SIGTERM, signal.SIGHUP


def passing(*, tells: bool = True, at_terminal: bool = False) -> tuple[Passing, list[int]]:
    """One, and what it has sent."""
    sent: list[int] = []
    return Passing(sent.append, tells, at_terminal), sent


def test_the_child_that_has_it_gets_no_second() -> None:
    """A second one would make Terraform leave at once, so its log is waited for."""
    some, sent = passing()
    some.take(TERM, 0.0)
    some.turn(0, GRACE / 2)
    some.turn(1, GRACE / 2)
    some.turn(1, GRACE * 2)
    assert sent == []


def test_the_child_that_has_not_gets_it() -> None:
    """After a while in which Terraform would have said so; its word counts for that one only."""
    some, sent = passing()
    some.take(TERM, 0.0)
    some.turn(0, GRACE)
    assert sent == [TERM]
    some.turn(1, GRACE)
    some.take(TERM, 10.0)
    some.turn(1, 10.0)
    some.turn(1, 10.0 + GRACE)
    assert sent == [TERM, TERM]


def test_ctrl_c_at_a_terminal_reaches_it_by_itself() -> None:
    """However long it takes to say so; what comes from elsewhere is passed on all the same."""
    some, sent = passing(at_terminal=True)
    some.take(INT, 0.0)
    some.turn(0, 100.0)
    assert sent == []
    some.take(TERM, 100.0)
    some.turn(1, 100.0 + GRACE)
    assert sent == [TERM]


def test_a_child_that_tells_nothing_gets_it_at_once() -> None:
    """A script has no log to look into."""
    some, sent = passing(tells=False)
    some.take(INT, 0.0)
    some.turn(0, 0.0)
    assert sent == [INT]


def test_the_same_at_once_is_one() -> None:
    """`timeout` sends it to its child, and then to the whole group."""
    some, sent = passing()
    some.take(TERM, 0.0)
    some.take(TERM, 0.1)
    some.turn(1, 0.2)
    some.turn(1, 0.1 + GRACE)
    assert sent == []
    some.take(TERM, 10.0)
    some.turn(1, 10.0 + GRACE)
    assert sent == [TERM]


def test_a_hang_up_lets_it_end_in_order() -> None:
    """Terraform would die of it."""
    some, sent = passing()
    some.take(HUP, 0.0)
    some.turn(0, GRACE)
    assert sent == [TERM]


@given(st.lists(st.tuples(st.sampled_from([INT, TERM, HUP]), st.booleans()), max_size=8))
def test_it_gets_each_once(come: list[tuple[int, bool]]) -> None:
    """However signals come, the child has got as many as we have, by itself or from us."""
    some, sent = passing()
    heard = 0
    for at, (number, by_itself) in enumerate(come):
        some.take(number, at * 10.0)
        heard += by_itself
        some.turn(heard, at * 10.0)
        before = len(sent)
        some.turn(heard, at * 10.0 + GRACE)
        heard += len(sent) - before
        assert heard == at + 1


@pytest.fixture
def heeded() -> Iterator[None]:
    """Signals are heeded, also where the tests themselves run in the background."""
    before = [(number, signal.getsignal(number)) for number in (INT, TERM, HUP)]
    for number in (INT, TERM, HUP):
        signal.signal(number, signal.SIG_DFL)
    yield
    for number, handler in before:
        signal.signal(number, handler)


@pytest.mark.usefixtures("heeded")
def test_held_and_given_back() -> None:
    """While they are held none ends the process; afterwards everything is as it was."""
    before = [signal.getsignal(number) for number in (INT, TERM, HUP)]
    with Signals() as signals:
        for number in (INT, TERM, HUP):
            os.kill(os.getpid(), number)
        assert signals.come() == [INT, TERM, HUP]
        assert signals.come() == []
    assert [signal.getsignal(number) for number in (INT, TERM, HUP)] == before


def test_what_is_ignored_stays_so() -> None:
    """As under nohup: the child is to ignore it, too."""
    before = signal.signal(HUP, signal.SIG_IGN)
    try:
        with Signals() as signals:
            assert signal.getsignal(HUP) is signal.SIG_IGN
            os.kill(os.getpid(), HUP)
            assert signals.come() == []
    finally:
        signal.signal(HUP, before)
