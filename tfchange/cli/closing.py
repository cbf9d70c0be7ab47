"""What `tfchange change close` and `tfchange run` have in common: the end of a change."""

import os
import shlex
import time
from collections.abc import Iterable

import msgspec

from tfchange.apply.kept import drop, is_kept
from tfchange.change.applied import Applied
from tfchange.change.closing import Closed, Heard, close_by
from tfchange.change.ending import show
from tfchange.change.outcome import so_far as known
from tfchange.cli import options
from tfchange.cli.changing import Asked
from tfchange.cli.desks import data_folder
from tfchange.cli.services import Pause, afterwards
from tfchange.errors import TfchangeError
from tfchange.gate import unasked
from tfchange.gate.verdict import Outcome


def finish(asked: Asked, heard: Heard, pause: Pause = time.sleep) -> Closed:
    """The change is closed, once services have been watched for as long as the settings ask.

    What the gate let pass without asking stands in its history.
    """
    folder = data_folder(os.environ)
    if not asked.dry_run and _succeeded(heard):
        heard = msgspec.structs.replace(heard, afterwards=afterwards(heard.logs, pause))
    if not asked.dry_run and os.path.exists(os.path.join(folder, unasked.FILE)):
        unasked.tell(folder, asked.desk, show(asked.desk, asked.key))
    return close_by(asked.desk, asked.key, heard, rehearsal=asked.dry_run)


def so_far(asked: Asked, log: Applied) -> str:
    """What is known of an apply stands in the history of the change; returns why it does not."""
    try:
        asked.desk.comment(show(asked.desk, asked.key), known(log))
    except TfchangeError as error:
        return f"the desk was not told of it: {error.message}"
    return ""


def exit_code(closed: Closed) -> int:
    """That of the gate for what was not approved, where such was done."""
    return Outcome.DIFFERENT.exit_code if closed.unapproved else 0


def _succeeded(heard: Heard) -> bool:
    outcomes = [heard.claimed] if heard.claimed else [log.outcome for log in heard.logs]
    return set(outcomes) == {"successful"}


def tidy(asked: Asked, logs: Iterable[str]) -> None:
    """Those of the logs that `tfchange run` has kept are gone, now that the change is closed."""
    folder = data_folder(os.environ)
    for path in () if asked.dry_run else logs:
        if is_kept(folder, path):
            drop(path)


def by_hand(asked: Asked, *how: str) -> str:
    """The command that closes this very change so, from wherever it is run."""
    commit = asked.commit
    place = ["--desk", asked.name, "--repository", commit.repository]
    if commit.pull_request is not None:
        place += ["--pull-request", str(commit.pull_request)]
    else:
        place += ["--ref", commit.ref]
    place += [word for name in commit.workspaces for word in ("--workspace", name)]
    config = options.file()
    place += ["--config", os.path.abspath(config)] if config else []
    return shlex.join(["tfchange", "change", "close", *how, *place])
