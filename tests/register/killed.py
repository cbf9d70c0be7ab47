"""Runs as a program of its own: opens a register and kills itself (-9) when a statement comes.

`python -m tests.register.killed URL PART` dies after the first statement that has PART in it.
"""

import os
import signal
import sys

from sqlalchemy import event

from tfchange.register.database import Database
from tfchange.register.schema import bring_up


def main(url: str, part: str) -> None:
    """Says so if it is still there afterwards."""

    def look(_: object, __: object, statement: str, given: object, *___: object) -> None:
        if part in f"{statement} {given}":
            os.kill(os.getpid(), signal.SIGKILL)

    database = Database(url)
    event.listen(database.engine, "after_cursor_execute", look)
    bring_up(database)
    sys.stdout.write("not killed")


if __name__ == "__main__":
    main(*sys.argv[1:])
