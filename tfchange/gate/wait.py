"""Waiting at the gate: asked again and again, less and less often, until it opens or time is up."""

from collections.abc import Callable
from datetime import datetime, timedelta

from tfchange.errors import CalendarError, UnansweredError, UnreachableError
from tfchange.gate.verdict import Verdict

FIRST, LONGEST = 5.0, 60.0
"""Seconds between two questions: at first, and at most."""

LATER = (UnreachableError, CalendarError, UnansweredError)
"""Where somebody could not be asked, who may well answer later."""

Clock = Callable[[], datetime]
Pause = Callable[[float], None]
Step = Callable[[str], None]


def wait(
    ask: Callable[[], Verdict], timeout: timedelta, *, clock: Clock, pause: Pause, step: Step
) -> Verdict:
    """The first verdict that waiting cannot change, or the last one when the time is up.

    Whoever cannot be reached is asked again as long as there is time; then the error is raised.
    """
    end, delay = clock() + timeout, FIRST
    while True:
        left = (end - clock()).total_seconds()
        try:
            verdict = ask()
        except LATER as error:
            if left <= 0:
                raise
            step(f"{error.message}; asking again")
        else:
            if left <= 0 or not verdict.outcome.may_change:
                return verdict
            step(_told(verdict, left))
        pause(min(delay, left))
        delay = min(delay * 2, LONGEST)


def _told(verdict: Verdict, left: float) -> str:
    minutes, seconds = divmod(int(left), 60)
    return f"{verdict.reasons[0]} Waiting for another {minutes}:{seconds:02}"
