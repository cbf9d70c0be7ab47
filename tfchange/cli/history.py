"""What the desk knows of earlier changes, asked only where an envelope has to be earned."""

import os
import time
from collections.abc import Callable

from tfchange.change.desk import Desk, Finished
from tfchange.cli.desks import Settings, connect
from tfchange.errors import DeskError
from tfchange.pipeline import History
from tfchange.risk.earned import Run, Runs

Find = Callable[[str, str], tuple[Finished, ...]]


def at(find: Find) -> History:
    """The earlier changes of an envelope, as that desk finds them."""

    def history(envelope: str, days: int) -> Runs | None:
        since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - days * 86_400))
        # What nobody told, or only claimed, counts neither way.
        found = [each for each in find(envelope, since) if each.outcome]
        return Runs(envelope, tuple(Run(f.number, f.outcome == "successful") for f in found))

    return history


def of(settings: Settings) -> History:
    """The same at the desk of the settings, as `tolerant`."""
    name = os.environ.get("TFCHANGE_DESK") or settings.get("desk") or "register"
    # A rehearsal makes no register where there is none.
    return tolerant(lambda: connect(name, settings, os.environ, rehearsal=True).desk)


def tolerant(desk: Callable[[], Desk]) -> History:
    """The same at a desk that may not be there; None then, so that nothing counts as earned."""

    def history(envelope: str, days: int) -> Runs | None:
        try:
            return at(desk().finished)(envelope, days)
        except DeskError:
            return None

    return history
