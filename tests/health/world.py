"""The shop's half day for tests: at what times things were so, and how to ask for them."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.health.fake import Fake, serving
from tests.health.seed import START
from tfchange.health.model import Check, Health
from tfchange.health.prometheus import Prometheus, connect

# Read on importing: no variable of ours reaches a test, nor what it runs.
SERVER = os.environ.get("TFCHANGE_TEST_PROMETHEUS", "")
CI = bool(os.environ.get("CI"))


def at(clock: str) -> datetime:
    """That time of the day."""
    hours, minutes = clock.split(":")
    return datetime.fromtimestamp(START, UTC) + timedelta(hours=int(hours), minutes=int(minutes))


def stopped(clock: str) -> Callable[[], datetime]:
    """A clock that stands still."""
    return lambda: at(clock)


class Clock:
    """A clock that only pauses move, and what was paused."""

    def __init__(self, clock: str) -> None:
        self.time, self.pauses = at(clock), []

    def now(self) -> datetime:
        """The time."""
        return self.time

    def pause(self, seconds: float) -> None:
        """The time is later."""
        self.pauses.append(seconds)
        self.time += timedelta(seconds=seconds)


def health(*checks: Check, **given: Any) -> Health:
    """What is looked at."""
    return Health("http://127.0.0.1", checks, **given)


def check(
    query: str = "shop_error_ratio", must: str = "below", limit: float = 0.01, **more: Any
) -> Check:
    """A check of the error rate."""
    return Check("error rate", query, must, limit, **more)


@contextmanager
def asking(fake: Fake, **given: Any) -> Iterator[Prometheus]:
    """Ready to ask the fake; waits without waiting."""
    with serving(fake) as url:
        yield connect(url + fake.prefix, pause=lambda _: None, **given)
