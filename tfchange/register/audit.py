"""The audit trail: entries that are only added, each with the hash of the one before.

The entry of a change holds a digest of all that the register says of the change afterwards, so the
trail vouches for the other tables as well.
"""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

import msgspec
import sqlalchemy as sa

from tfchange.register.model import Entry
from tfchange.register.tables import CHILDREN, audit, changes, files, head

NOTHING = "0" * 64
_ADD = sa.insert(audit)
_HEAD = sa.update(head).values(seq=sa.bindparam("new_seq"), hash=sa.bindparam("new_hash"))
_NEWEST = (
    sa.select(audit)
    .where(audit.c.change == sa.bindparam("number"))
    .order_by(audit.c.seq.desc())
    .limit(1)
)
_LAST = sa.select(head.c.seq, head.c.hash)


def _said() -> Iterator[tuple[str, str, sa.Select[Any], sa.Select[Any]]]:
    for table in (changes, *CHILDREN):
        owner = changes.c.id if table is changes else table.c.change
        # The bytes of files stand behind their own digest.
        query = sa.select(*(c for c in table.c if c is not files.c.data))
        yield str(table.name), str(owner.name), query, query.where(owner == sa.bindparam("id"))


_SAID = tuple(_said())
"""How all that the register says of changes is found: of all of them, and of one."""


def last(connection: sa.Connection) -> tuple[int, str]:
    """The number and the hash of the last entry."""
    seq, hash_ = connection.execute(_LAST).one()
    return seq, hash_


def anchor(connection: sa.Connection) -> str:
    """The last entry as `number:hash`."""
    return "{}:{}".format(*last(connection))


def append(connection: sa.Connection, draft: Entry) -> None:
    """The trail ends with the entry, sealed; only whoever writes alone may call this."""
    entry = msgspec.structs.replace(draft, hash=sealed(draft))
    connection.execute(_ADD, msgspec.structs.asdict(entry))
    connection.execute(_HEAD, {"new_seq": entry.seq, "new_hash": entry.hash})


def sealed(entry: Entry) -> str:
    """The hash that the entry should have."""
    return sha256(msgspec.json.encode(msgspec.structs.astuple(entry)[:-1])).hexdigest()


def entries(
    connection: sa.Connection, change: str | None = None, newest: int | None = None
) -> tuple[Entry, ...]:
    """The entries of one change or of all, oldest first; only so many of the newest, if asked."""
    query = sa.select(audit).order_by(audit.c.seq.desc()).limit(newest)
    if change is not None:
        query = query.where(audit.c.change == change)
    return select(connection, query)[::-1]


def newest(connection: sa.Connection, change: str) -> Entry | None:
    """The last entry of the change with that number; None where it has none."""
    found = connection.execute(_NEWEST, {"number": change}).one_or_none()
    return Entry(*found) if found else None


def select(connection: sa.Connection, query: sa.Select[Any]) -> tuple[Entry, ...]:
    """The entries that the query finds."""
    return tuple(Entry(*row) for row in connection.execute(query))


def digests(connection: sa.Connection, change: int | None = None) -> dict[int, str]:
    """By the id of each change, the digest of everything the register says of it."""
    said: dict[int, list[bytes]] = {}
    for name, owner, everybody, one in _SAID:
        query = everybody if change is None else one
        for row in connection.execute(query, {} if change is None else {"id": change}).mappings():
            said.setdefault(row[owner], []).append(_line(name, row))
    # Sorted here, since databases sort text by the habits of their country.
    return {id_: sha256(b"\n".join(sorted(lines))).hexdigest() for id_, lines in said.items()}


def details(digest: str, said: Mapping[str, object]) -> str:
    """What an entry says beside its columns, always written the same way."""
    return msgspec.json.encode({"digest": digest, **said}, order="sorted").decode()


def broken(connection: sa.Connection, anchors: Iterable[str] = ()) -> Iterator[str]:
    """Each place where the chain does not hold, as a finished sentence."""
    seq, previous, seen = 0, NOTHING, {f"0:{NOTHING}"}
    for row in connection.execute(sa.select(audit).order_by(audit.c.seq)):
        seq += 1
        entry = _entry(row)
        if entry is None:
            yield f"An entry at or after {seq} of the trail cannot be read."
            continue
        if entry.seq != seq:
            yield f"Of the trail, entries {seq} to {entry.seq - 1} are missing."
        elif entry.previous != previous:
            yield f"Entry {seq} of the trail does not follow the one before it."
        if entry.hash != sealed(entry):
            yield f"Entry {entry.seq} of the trail is not what was written."
        seq, previous = entry.seq, entry.hash
        seen.add(f"{seq}:{previous}")
    if anchor(connection) != f"{seq}:{previous}":
        yield f"The trail ends at entry {seq}, and its head says otherwise."
    for each in anchors:
        if each.strip().lower() not in seen:
            yield f"The trail never had the entry {each.strip()} that was kept elsewhere."


def _entry(row: Any) -> Entry | None:
    try:
        # Strict, since SQLite keeps bytes in a column of texts if told to.
        return msgspec.convert(dict(zip(Entry.__struct_fields__, row, strict=True)), Entry)
    except msgspec.ValidationError:
        return None


def _line(table: str, row: Mapping[Any, object]) -> bytes:
    # Without what is null, so that a column added in a later version alters no digest.
    told = {
        str(name): ["bytes", value.hex()] if isinstance(value, bytes) else value
        for name, value in row.items()
        if value is not None
    }
    return msgspec.json.encode([table, told], order="sorted")
