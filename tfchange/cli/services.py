"""How services stand after an apply, for the closing of its change."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from tfchange.change.applied import Applied
from tfchange.change.blocks import headed, items
from tfchange.change.closing import Afterwards
from tfchange.change.request import Text
from tfchange.cli.progress import Progress
from tfchange.errors import HealthError

Pause = Callable[[float], None]
STOPPED = "The watch was interrupted before its end, so what comes later is not in here."


def afterwards(logs: Sequence[Applied], pause: Pause = time.sleep) -> Afterwards | None:
    """What the checks of the settings say since the apply ended; None where there are none.

    It takes as long as the longest of them has to hold. Whoever interrupts it ends the watch, and
    not the closing, if the pause raises `InterruptedError`.
    """
    from tfchange.cli.surroundings import checks, prometheus

    health = checks()
    if health is None or not any("after" in check.when for check in health.checks):
        return None
    from tfchange.health.check import after

    try:
        with Progress() as progress:
            found = after(health, prometheus(health), _ended(logs), pause=pause, step=progress)
    except InterruptedError:
        return Afterwards(True, _text([STOPPED]))
    except HealthError as error:
        return Afterwards(True, _text([f"They could not be asked for: {error.message}."]))
    return Afterwards(found.ok, _text([*(r.sentence for r in found.results), *found.notes]))


def _text(lines: Sequence[str]) -> Text:
    return headed("Services after the apply", items(lines))


def _ended(logs: Sequence[Applied]) -> datetime:
    """When the last of the logs ends, if all say; else now."""
    now, times = datetime.now(UTC), [log.last for log in logs]
    try:
        read = [datetime.fromisoformat(each) for each in times]
    except ValueError:
        return now
    known = [each for each in read if each.tzinfo is not None]
    return min(now, max(known)) if known and len(known) == len(logs) else now
