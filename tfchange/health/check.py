"""The standing of services before an apply, and after it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tfchange.duration import words
from tfchange.errors import UnansweredError
from tfchange.health.budget import budgets
from tfchange.health.judge import failing, gaps, judged
from tfchange.health.model import Check, Health, Result, Standing
from tfchange.health.prometheus import Prometheus
from tfchange.health.reply import Answer
from tfchange.words import count, plain, unique

EVERY = 15.0
"""Seconds between two looks after an apply."""
BACK = timedelta(minutes=5)
"""How far such a look goes back; samples can come late. The last one sees everything."""


def _now() -> datetime:
    return datetime.now(UTC)


def before(
    health: Health, prometheus: Prometheus, *, now: Callable[[], datetime] = _now
) -> Standing:
    """How services stand now: checks over the time that has just passed, and error budgets.

    Raises `HealthError` where the server cannot be asked or refuses a query.
    """
    moment, results, notes = now(), [], []
    for check in _due(health, "before"):
        start = moment - timedelta(seconds=check.seconds)
        answer = _look(prometheus, check, start, moment)
        results.append(judged(check, answer, moment))
        notes += gaps(check, answer, start, moment)
    left, remarks = budgets(health.slos, prometheus, moment)
    bad = {"spent", "unknown"} if health.none == "fail" else {"spent"}
    blocks = health.blocks if any(budget.state in bad for budget in left) else ()
    return Standing(tuple(results), left, blocks, tuple(unique([*notes, *remarks])))


def after(  # noqa: PLR0913  # clock, pause and progress are for tests and terminals
    health: Health,
    prometheus: Prometheus,
    since: datetime,
    *,
    now: Callable[[], datetime] = _now,
    pause: Callable[[float], None] = time.sleep,
    step: Callable[[str], None] = lambda _: None,
) -> Standing:
    """How services stand after an apply that ended at `since`, once every check has had its time.

    The first check that fails ends the watch; those whose time had not passed are told in a note. A
    server that does not answer for a while is asked again; raises `HealthError` where it does not
    answer at the end, or refuses a query.
    """
    watch = _Watch(prometheus, since, now)
    waiting = watch.look(_due(health, "after"))
    while waiting and all(result.ok for result in watch.results):
        step(watch.trouble or watch.progress(waiting))
        pause(watch.rest(waiting))
        waiting = watch.look(waiting)
    unseen = [
        f"{plain(check.name)} was not watched to its end, since another check failed."
        for check in waiting
    ]
    return Standing(tuple(watch.results), notes=tuple(unique([*watch.notes, *unseen])))


class _Watch:
    """What has been seen since an apply."""

    def __init__(
        self, prometheus: Prometheus, since: datetime, now: Callable[[], datetime]
    ) -> None:
        self._prometheus, self._since, self._now = prometheus, since, now
        self.results: list[Result] = []
        self.notes: list[str] = []
        self.trouble = ""

    def look(self, checks: list[Check]) -> list[Check]:
        """The checks that are not decided yet."""
        moment, self.trouble = self._now(), ""
        return [check for check in checks if not self._decided(check, moment)]

    def progress(self, waiting: list[Check]) -> str:
        """How far the watch is, in words."""
        passed = words(max(0.0, (self._now() - self._since).total_seconds()))
        longest = words(max(check.seconds for check in waiting))
        return f"watching {count(len(waiting), 'check')}: {passed} of {longest}"

    def rest(self, waiting: list[Check]) -> float:
        """The seconds until the next look: at the next end, if that is soon."""
        end = self._since + timedelta(seconds=min(check.seconds for check in waiting))
        return max(1.0, min(EVERY, (end - self._now()).total_seconds()))

    def _decided(self, check: Check, moment: datetime) -> bool:
        end = self._since + timedelta(seconds=check.seconds)
        over = moment >= end
        until = max(self._since, min(moment, end)) if check.seconds else moment
        start = self._since if over else max(self._since, until - BACK)
        try:
            answer = _look(self._prometheus, check, start, until)
        except UnansweredError as error:
            if over:
                raise
            self.trouble = error.message
            return False
        result = judged(check, answer, until) if over else failing(check, answer, until)
        if result:
            self.results.append(result)
            self.notes += gaps(check, answer, start, until)
        return result is not None


def _look(prometheus: Prometheus, check: Check, start: datetime, end: datetime) -> Answer:
    if not check.seconds:
        return prometheus.at(check.name, check.query, end)
    return prometheus.over(check.name, check.query, start, end)


def _due(health: Health, when: str) -> list[Check]:
    return [check for check in health.checks if when in check.when]
