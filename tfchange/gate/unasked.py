"""What passed without being asked, kept until it can be told to the desk."""

import os
from collections.abc import Callable

import msgspec

from tfchange.change.desk import Desk, Ticket
from tfchange.errors import SourceError

FILE = "passed-unasked.jsonl"


class Unasked(msgspec.Struct, frozen=True):
    """One plan that was let pass since nobody could be asked."""

    at: str
    """ISO 8601 in UTC."""
    key: str
    """The digest of the key of its change."""
    fingerprint: str
    why: str
    actor: str = ""
    run: str = ""


def keep(folder: str, some: Unasked) -> str:
    """It is kept in the folder; returns the path of the file."""
    line = msgspec.json.encode(some) + b"\n"
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        path = os.path.join(folder, FILE)
        with open(path, "ab") as file:
            file.write(line)
    except OSError as error:
        raise SourceError(
            f"what passes without being asked cannot be recorded in {folder}: {error.strerror}",
            "Name a folder that can be written to: XDG_DATA_HOME",
        ) from None
    return path


def tell(folder: str, desk: Desk, ticket: Ticket) -> tuple[str, ...]:
    """What passed unasked for this change stands in its history, and is kept no more."""
    mine = [each for each in _kept(folder) if each.key == ticket.key]
    said = tuple(map(_sentence, mine))
    for each in said:
        desk.comment(ticket, each)
    if mine:
        _leave(folder, lambda each: each not in mine)
    return said


def _kept(folder: str) -> list[Unasked]:
    try:
        with open(os.path.join(folder, FILE), "rb") as file:
            return [found for line in file if (found := _read(line))]
    except FileNotFoundError:
        return []


def _read(line: bytes) -> Unasked | None:
    # A line that was cut off in the middle of writing tells nothing.
    try:
        return msgspec.json.decode(line, type=Unasked)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _leave(folder: str, stays: Callable[[Unasked], bool]) -> None:
    path, draft = os.path.join(folder, FILE), os.path.join(folder, f"{FILE}.{os.getpid()}.part")
    left = [each for each in _kept(folder) if stays(each)]
    with open(draft, "wb") as file:
        file.writelines(msgspec.json.encode(each) + b"\n" for each in left)
    os.replace(draft, path)


def _sentence(some: Unasked) -> str:
    by = f" by {some.actor}" if some.actor else ""
    run = f" ({some.run})" if some.run else ""
    return (
        f"At {some.at} the plan {some.fingerprint[:12]} was let pass{by} without asking the desk, "
        f"as --fail-open allows{run}: {some.why}."
    )
