"""Waiting at the gate: asked again and again, less and less often, until it opens or time is up."""

from collections.abc import Callable
from datetime import datetime, timedelta

from tfchange.gate.ask import LATER
from tfchange.gate.verdict import Verdict

FIRST, LONGEST = 5.0, 60.0
"""Seconds between two questions: at first, and at most."""

Clock = Callable[[], datetime]
Pause = Callable[[float], None]
Step = Callable[[str], None]


def wait(
    ask: Callable[[], Verdict], timeout: timedelta, *, clock: Clock, pause: Pause, step: Step
) -> Verdict:
    """The first verdict that waiting cannot change, or the last one when the time is up.

    Waiting does not help either where it opens only after that. Whoever cannot be reached is asked
    again as long as there is time; then the error is raised, if there never was a verdict.
    """
    end, delay, last = clock() + timeout, FIRST, None
    while True:
        left = (end - clock()).total_seconds()
        try:
            last = ask()
        except LATER as error:
            if left <= 0:
                if last is None:
                    raise
                return last
            step(f"{error.message}; asking again")
        else:
            if left <= 0 or not last.outcome.may_change or _opens_after(last, end):
                return last
            step(_told(last, left))
        pause(min(delay, left))
        delay = min(delay * 2, LONGEST)


def _opens_after(verdict: Verdict, end: datetime) -> bool:
    return bool(verdict.opens) and datetime.fromisoformat(verdict.opens) > end


def _told(verdict: Verdict, left: float) -> str:
    minutes, seconds = divmod(int(left), 60)
    return f"{verdict.reasons[0]} Waiting for another {minutes}:{seconds:02}"
