"""What the desk knows of earlier changes, asked only where an envelope has to be earned."""

import os
import time
from collections.abc import Callable

from tfchange.change.desk import Finished
from tfchange.cli.desks import Settings, connect
from tfchange.errors import DeskError
from tfchange.risk.earned import Run, Runs

Find = Callable[[str, str], tuple[Finished, ...]]


def at(find: Find) -> Callable[[str, int], Runs | None]:
    """The earlier changes of an envelope, as that desk finds them."""

    def history(envelope: str, days: int) -> Runs | None:
        since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - days * 86_400))
        found = find(envelope, since)
        return Runs(envelope, tuple(Run(f.number, f.outcome == "successful") for f in found))

    return history


def of(settings: Settings) -> Callable[[str, int], Runs | None]:
    """The same at the desk of the settings; None where it cannot be asked, so that nothing counts
    as earned."""

    def history(envelope: str, days: int) -> Runs | None:
        name = os.environ.get("TFCHANGE_DESK") or settings.get("desk") or "register"
        try:
            # A rehearsal makes no register where there is none.
            desk = connect(name, settings, os.environ, rehearsal=True).desk
            return at(desk.finished)(envelope, days)
        except DeskError:
            return None

    return history
