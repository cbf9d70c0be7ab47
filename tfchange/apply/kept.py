"""The log of an apply, kept in a file of its own until the change is closed.

The plan lies beside it while it is applied, so that nobody can put another in its place.
"""

import os
import tempfile
from contextlib import suppress
from hashlib import sha256
from typing import NamedTuple

from tfchange.errors import SourceError

FOLDER = "applies"
_ALONE = "tfchange-"
_PLAN = ".tfplan"
_PIECE = 1 << 20


class Kept(NamedTuple):
    """A file that only its owner can read."""

    path: str
    descriptor: int
    """Open for writing at its end."""


def keep(folder: str) -> Kept:
    """A new file is there in that folder of own data, else in a folder for what is temporary."""
    # A home may be missing, or only to be read.
    with suppress(OSError):
        return _new(os.path.join(folder, FOLDER))
    try:
        return _new(tempfile.mkdtemp(prefix=_ALONE))
    except OSError as error:
        raise SourceError(
            f"the log of the apply can be kept nowhere: {error.strerror}",
            "Nothing was applied. Name a folder that can be written to: XDG_DATA_HOME=DIR",
        ) from None


def copy(plan: str, log: str) -> tuple[str, bytes]:
    """The plan lies beside that log, for its owner alone; returns the path and the SHA-256."""
    path, digest = log + _PLAN, sha256()
    try:
        with open(plan, "rb") as file, open(path, "xb", opener=_own) as own:
            while piece := file.read(_PIECE):
                digest.update(piece)
                own.write(piece)
    except OSError as error:
        raise SourceError(
            f"{plan} cannot be copied to be applied: {error.strerror}", "Nothing was applied."
        ) from None
    return path, digest.digest()


def drop_copy(log: str) -> None:
    """The plan beside that log is gone."""
    with suppress(OSError):
        os.unlink(log + _PLAN)


def drop(path: str) -> None:
    """The file is gone, what lies beside it, and the folder that was made for it alone."""
    drop_copy(path)
    with suppress(OSError):
        os.unlink(path)
        folder = os.path.dirname(path)
        if os.path.basename(folder).startswith(_ALONE):
            os.rmdir(folder)


def is_kept(folder: str, path: str) -> bool:
    """Whether the file is one that was kept there, and nobody's own."""
    return os.path.dirname(os.path.realpath(path)) == os.path.realpath(os.path.join(folder, FOLDER))


def _own(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _new(folder: str) -> Kept:
    os.makedirs(folder, mode=0o700, exist_ok=True)
    made, path = tempfile.mkstemp(suffix=".jsonl", prefix="apply-", dir=folder)
    os.close(made)
    # Appending, whoever has it open writes behind what others wrote.
    return Kept(path, os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC))
