"""A run of a CI, in the same words for all of them."""

import re
from datetime import datetime
from enum import StrEnum

import msgspec

from tfchange.change.forge import Place
from tfchange.change.merged import DIGITS

_NUMBER = re.compile(DIGITS)


class Sought(StrEnum):
    """The pull request of a run that only the forge can name for sure."""

    NOTHING = ""
    MERGE = "merge"
    """The one whose merge the commit is, if it is one."""
    HEAD = "head"
    """The open one that has the commit as its head."""


class Run(msgspec.Struct, frozen=True):
    """What a CI knows of the run; empty where it does not say."""

    place: Place | None = None
    sha: str = ""
    """What is reviewed: the head of a pull request, not the merge made to test it."""
    ref: str = ""
    """The full ref."""
    pull_request: int | None = None
    pull_request_url: str = ""
    """Where the CI tells it itself."""
    merged: int | None = None
    """The pull request whose merge this commit is by its message alone."""
    sought: Sought = Sought.NOTHING
    fork: Place | None = None
    """Where the branch of the pull request is, if that is another repository."""
    url: str = ""
    time: int = 0
    """When the commit was made."""
    author: str = ""
    """As `Name <address>`, or what there is of it."""
    login: str = ""
    """The author's name at the forge."""


def number(text: object) -> int | None:
    """The number of a pull request, of at most 18 digits; None for anything else."""
    if isinstance(text, int) and not isinstance(text, bool):
        return text
    return int(text) if isinstance(text, str) and _NUMBER.fullmatch(text) else None


def seconds(text: object) -> int:
    """A time in ISO 8601 as seconds since 1970; 0 for anything else, or without a time zone."""
    try:
        time = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return 0
    return max(0, int(time.timestamp())) if time and time.tzinfo else 0


def branch(name: str) -> str:
    """The full ref of a branch; of what is a full ref already, that."""
    return name if not name or name.startswith("refs/") else f"refs/heads/{name}"


def tag(name: str) -> str:
    """The full ref of a tag."""
    return f"refs/tags/{name}" if name else ""
