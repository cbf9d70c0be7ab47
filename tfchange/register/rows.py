"""Requests as rows, and rows as tickets."""

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

import msgspec
import sqlalchemy as sa

from tfchange.change.desk import Decision, Finished, State, Ticket, counted
from tfchange.change.request import ChangeRequest, Link, Record
from tfchange.errors import DeskError
from tfchange.register.model import Entry, Listed
from tfchange.register.tables import approvals, audit, changes, files, links, transitions
from tfchange.risk.assessment import Approval, Category, Level

NAME = "register"
AUTHORITY = Approval("change-authority", "nobody else is asked for, and somebody has to approve")
# Built once: building a statement takes SQLAlchemy longer than running it.
_ROW = sa.select(changes).where(changes.c.id == sa.bindparam("id"))
_DECISIONS = (
    sa.select(
        approvals.c.group_name,
        approvals.c.decision,
        approvals.c.decided_by,
        sa.func.coalesce(approvals.c.decided, ""),
    )
    .where(approvals.c.change == sa.bindparam("id"))
    .order_by(approvals.c.position, approvals.c.group_name)
)
_LINKS = (
    sa.select(links.c.relation, links.c.title, links.c.url, links.c.ticket)
    .where(links.c.change == sa.bindparam("id"))
    .order_by(links.c.added, links.c.relation, links.c.target)
)
# As it is stored: SQLite keeps text where bytes should be, if told to.
_BYTES = sa.type_coerce(files.c.data, sa.types.NullType()).label("data")
FILES = sa.select(files.c.change, files.c.name, files.c.sha256, _BYTES)
"""Files with their bytes, for `intact`."""
BEGUN = sa.exists().where(
    transitions.c.change == changes.c.id,
    transitions.c.to_state.in_([str(state) for state in State if state.begun]),
)
"""Whether a change has ever been implemented."""
_NUMBER = re.compile(r"\s*(?:CHG-)?0*([1-9]\d{0,8})\s*", re.IGNORECASE)


def number(id_: int) -> str:
    """What people call the change."""
    return f"CHG-{id_:04}"


def row(connection: sa.Connection, said: str) -> Any:
    """The row of the change with that number, also written `chg-1` or `1`; else `DeskError`."""
    match = _NUMBER.fullmatch(said)
    found = connection.execute(_ROW, {"id": int(match[1])}).one_or_none() if match else None
    if found is None:
        raise DeskError(
            f"there is no change {said} in the register", "List them with: tfchange change list"
        )
    return found


def told(request: ChangeRequest) -> dict[str, object]:
    """The columns that say what the request says."""
    plain = msgspec.structs.replace(request, links=(), attachments=())
    return {
        "key": request.key.digest,
        "repository": clean(request.key.repository),
        "subject": clean(request.key.subject),
        "category": str(request.category),
        "level": str(request.level),
        "title": clean(request.title),
        "fingerprint": clean(request.fingerprint),
        "envelope": request.envelope and clean(request.envelope),
        "author": clean(request.commit.author),
        "record": request.record.to_text(),
        "told": msgspec.json.encode(plain).decode(),
    }


def asked(request: ChangeRequest) -> tuple[Approval, ...]:
    """Who is to approve, each group once; a change that is not standard needs somebody."""
    needed = {clean(each.group).casefold(): each for each in reversed(request.approvals)}
    if not needed and request.category is not Category.STANDARD:
        return (AUTHORITY,)
    return tuple(reversed(needed.values()))


def ticket(connection: sa.Connection, found: Any) -> Ticket:
    """The change as the port shows it."""
    filed = kept(found)
    return Ticket(
        desk=NAME,
        id=found.number,
        number=found.number,
        url="",
        state=State(found.state),
        created=found.created,
        key=found.key,
        record=Record.parse(found.record),
        approvals=decisions(connection, found.id),
        window=filed.window,
        successor_of=found.successor_of,
        authors=filed.authors,
        emergency=filed.emergency,
    )


def decisions(connection: sa.Connection, id_: int) -> tuple[Decision, ...]:
    """What each group has decided, in the order in which they were asked."""
    return tuple(Decision(*each) for each in connection.execute(_DECISIONS, {"id": id_}))


def request(connection: sa.Connection, found: Any) -> ChangeRequest:
    """The request as it was filed last, with the links; files are asked for by themselves."""
    found_links = tuple(Link(*each) for each in connection.execute(_LINKS, {"id": found.id}))
    return msgspec.structs.replace(kept(found), links=found_links)


def listed(
    connection: sa.Connection, found: Sequence[Any], due: Mapping[str, str]
) -> tuple[Listed, ...]:
    """The changes as a list shows them; `due` tells by number when a review is to be held."""
    query = (
        sa.select(approvals.c.change, approvals.c.group_name)
        .where(approvals.c.decision == "waiting", approvals.c.change.in_([f.id for f in found]))
        .order_by(approvals.c.position, approvals.c.group_name)
    )
    waiting: dict[int, list[str]] = {}
    for change, group in connection.execute(query):
        waiting.setdefault(change, []).append(group)
    return tuple(_listed(f, waiting.get(f.id, ()), due.get(f.number)) for f in found)


def clean(text: str) -> str:
    """The text without what a database cannot keep: NUL, and halves of characters."""
    return text.encode(errors="replace").decode().replace("\0", "\ufffd")


def said(text: str) -> str:
    """What somebody says, in one line and without what a terminal acts on."""
    line = " ".join(clean(text).split())
    return "".join(each if each.isprintable() else "\ufffd" for each in line)


def digest(data: bytes) -> str:
    """64 hex digits of the content of a file."""
    return sha256(data).hexdigest()


def content(connection: sa.Connection, found: Any, name: str) -> bytes | None:
    """The bytes of the file of that name at a change; `DeskError` where they were altered."""
    query = FILES.where(files.c.change == found.id, files.c.name == clean(name))
    file = connection.execute(query).one_or_none()
    if file is None:
        return None
    if not intact(file):
        raise DeskError(
            f"the file {name} of {found.number} is not the one that was attached",
            "See what was altered with: tfchange change verify",
        )
    return bytes(file.data)


def finished(connection: sa.Connection, envelope: str, since: str) -> tuple[Finished, ...]:
    """The changes of that envelope that were closed since then, the newest first."""
    query = (
        sa.select(
            changes.c.number,
            changes.c.closed,
            sa.func.coalesce(changes.c.result, ""),
            sa.select(sa.func.max(audit.c.details))
            .where(audit.c.change == changes.c.number, audit.c.action == "closed")
            .scalar_subquery(),
            BEGUN,
        )
        .where(changes.c.envelope == clean(envelope), changes.c.closed >= since)
        .where(changes.c.state == str(State.CLOSED))
        .order_by(changes.c.closed.desc(), changes.c.id.desc())
    )
    return tuple(_finished(*each) for each in connection.execute(query))


def _finished(number_: str, closed: str, result: str, details: str | None, begun: bool) -> Finished:
    told = Entry("", "", "", "", details or "").told()
    proven = begun or told.get("proven") is True
    return Finished(number_, closed, counted(result, proven=proven))


def intact(file: Any) -> bool:
    """Whether a row of `FILES` has the bytes that were attached."""
    return isinstance(file.data, bytes) and digest(file.data) == file.sha256


def kept(found: Any) -> ChangeRequest:
    """The request of a row of `changes` as it was filed last, without links and files."""
    try:
        return msgspec.json.decode(found.told, type=ChangeRequest)
    except msgspec.DecodeError:
        raise DeskError(
            f"what the register keeps of {found.number} cannot be read",
            "See what happened to it with: tfchange change verify",
        ) from None


def _listed(found: Any, waiting: Iterable[str], due: str | None) -> Listed:
    state = State(found.state)
    return Listed(
        number=found.number,
        state=state,
        category=Category(found.category),
        level=Level(found.level),
        title=found.title,
        repository=found.repository,
        subject=found.subject,
        created=found.created,
        updated=found.updated,
        waiting_for=tuple(waiting) if state.live or due else (),
        result=found.result,
        review_due=due,
    )
