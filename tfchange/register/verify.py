"""Whether the register is what its trail says, row by row."""

from collections.abc import Iterable, Iterator
from itertools import chain

import sqlalchemy as sa

from tfchange.register import audit as trail
from tfchange.register import rows
from tfchange.register.model import Verdict
from tfchange.register.replay import unlike
from tfchange.register.tables import audit, changes, head


def verify(connection: sa.Connection, anchors: Iterable[str] = ()) -> Verdict:
    """All entries, changes and files were looked at; anchors are heads that were kept elsewhere."""
    found = (trail.broken(connection, anchors), _altered(connection), unlike(connection))
    faults = (*chain.from_iterable(found), *_files(connection))
    return Verdict(
        entries=connection.execute(sa.select(head.c.seq)).scalar_one(),
        changes=connection.execute(sa.select(sa.func.count()).select_from(changes)).scalar_one(),
        head=trail.anchor(connection),
        faults=faults,
    )


def _altered(connection: sa.Connection) -> Iterator[str]:
    """Changes that are not what the last entry about them says."""
    newest = sa.select(sa.func.max(audit.c.seq)).group_by(audit.c.change)
    last = {
        entry.change: entry
        for entry in trail.select(connection, sa.select(audit).where(audit.c.seq.in_(newest)))
    }
    now = {rows.number(id_): digest for id_, digest in trail.digests(connection).items()}
    for number in sorted(last.keys() | now.keys(), key=str):
        if number not in now:
            yield f"{number} is in the trail and not in the register."
        elif number not in last:
            yield f"{number} is in the register and not in the trail."
        elif last[number].told().get("digest") != now[number]:
            seq = last[number].seq
            yield f"{number} was altered behind the trail: it is not what entry {seq} says."


def _files(connection: sa.Connection) -> Iterator[str]:
    for each in connection.execute(rows.FILES):
        if not rows.intact(each):
            where = rows.number(each.change)
            yield f"The file {each.name} of {where} is not the one that was attached."
