"""What the entries of each change lead to, one after the other, and whether its rows say the same.

A digest tells only that rows are as some entry left them; this tells that entries made them so.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
import sqlalchemy as sa

from tfchange.change.desk import State
from tfchange.register import audit as trail
from tfchange.register import rows
from tfchange.register.model import Entry
from tfchange.register.tables import approvals, changes, files

Decided = tuple[str, str, str]
"""What was decided, by whom, and what was said about it."""


class _Said(msgspec.Struct, frozen=True):
    """What the details of an entry say, as far as it counts here."""

    to: str = ""
    group: str = ""
    by: str = ""
    comment: str = ""
    reset: tuple[str, ...] = ()
    record: str = ""
    file: str = ""
    sha256: str = ""
    reviewed: str | None = None


class Story(msgspec.Struct):
    """Where a change should be."""

    state: str = str(State.NEW)
    record: str = ""
    reviewed: str = ""
    decided: dict[str, Decided] = {}
    files: dict[str, str] = {}

    def add(self, entry: Entry) -> None:
        """The entry has happened, too."""
        try:
            said = msgspec.json.decode(entry.details, type=_Said)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return  # not what was written; the chain tells so
        self.state = said.to or self.state
        self.record = said.record or self.record
        self.reviewed = self.reviewed if said.reviewed is None else said.reviewed
        for group in said.reset:
            self.decided.pop(group, None)
        if said.group:
            self.decided[said.group] = (entry.action, said.by, said.comment)
        if said.file:
            self.files[said.file] = said.sha256


def unlike(connection: sa.Connection) -> Iterator[str]:
    """Each thing that a change is and that its entries do not lead to, as a finished sentence."""
    stories: dict[str, Story] = {}
    for entry in trail.entries(connection):
        stories.setdefault(entry.change, Story()).add(entry)
    decided, kept = _decided(connection), _kept(connection)
    columns = (changes.c.id, changes.c.state, changes.c.record, changes.c.reviewed)
    for id_, state, record, reviewed in connection.execute(
        sa.select(*columns).order_by(changes.c.id)
    ):
        number = rows.number(id_)
        story = stories.get(number)
        if story is None:
            continue  # said of the whole change already
        if state != story.state:
            yield f"{number} is {state}, and its entries lead to {story.state}."
        if record != story.record:
            yield f"The record of {number} is not the one that its entries tell of."
        if (reviewed or "") != story.reviewed:
            yield f"The review of {number} is not as its entries tell."
        for group in _different(decided.get(id_, {}), story.decided):
            yield f"What {group} decided on {number} is not what its entries tell."
        for name in _different(kept.get(id_, {}), story.files):
            yield f"The file {name} of {number} is not the one that its entries tell of."


def _decided(connection: sa.Connection) -> dict[int, dict[str, Decided]]:
    columns = ("change", "group_name", "decision", "decided_by", "comment")
    query = sa.select(*(approvals.c[name] for name in columns))
    found: dict[int, dict[str, Decided]] = {}
    for change, group, *said in connection.execute(query.where(approvals.c.decision != "waiting")):
        found.setdefault(change, {})[group] = (said[0], said[1], said[2])
    return found


def _kept(connection: sa.Connection) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for change, name, digest in connection.execute(
        sa.select(files.c.change, files.c.name, files.c.sha256)
    ):
        found.setdefault(change, {})[name] = digest
    return found


def _different(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
