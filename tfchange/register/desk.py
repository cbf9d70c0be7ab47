"""The register: the desk that tfchange brings along, in a SQLite file or a PostgreSQL.

Writers come one after the other, and whatever is done to a change is one transaction with its entry
in the audit trail. So a lost answer leaves no half of anything, and nothing is done twice.
"""

import weakref
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TypeVar

import msgspec
import sqlalchemy as sa

from tfchange.change.desk import Finished, Incident, Review, State, Ticket, Written
from tfchange.change.request import Attachment, ChangeRequest, Key, Link, Result
from tfchange.register import approvals as deciding
from tfchange.register import audit as trail
from tfchange.register import file as register_file
from tfchange.register import filing, reviews, rows
from tfchange.register.act import Turn, vouched
from tfchange.register.approvals import Choice
from tfchange.register.conflicts import conflicts
from tfchange.register.database import Database
from tfchange.register.model import Entry, Listed, Verdict
from tfchange.register.schema import bring_up, is_new
from tfchange.register.tables import changes, files
from tfchange.register.verify import verify

T = TypeVar("T")
LIVE = tuple(str(state) for state in State if state.live)


def _now() -> datetime:
    return datetime.now(UTC)


def connect(
    url: str,
    password: str | None = None,
    *,
    now: Callable[[], datetime] = _now,
    actor: str = "",
) -> "Register":
    """The register at that address is there, with the newest tables, and open.

    The address is the path of a file, `sqlite:///PATH` or `postgresql://USER@HOST/DATABASE`; the
    actor is whom the trail names. Raises `DeskError`, and `SettingsError` for any other address.
    """
    database = Database(url, password)
    try:
        bring_up(database)
    except BaseException:
        database.engine.dispose()
        raise
    return Register(database, now, actor)


def look(url: str, password: str | None = None) -> "Register | None":
    """The register at that address, to be read; None where there is none, and none is made.

    Raises `DeskError` where its tables are of an older version, which only `connect` may alter.
    """
    path = register_file.path_of(url)
    if path and not register_file.holds(path):
        return None
    database = Database(url, password, make=False)
    there = False
    try:
        there = is_new(database)
    finally:
        if not there:
            database.engine.dispose()
    return Register(database, _now, "") if there else None


class Register:
    """A desk whose changes, approvals and audit trail lie in a database of its own."""

    name = rows.NAME

    def __init__(self, database: Database, now: Callable[[], datetime], actor: str) -> None:
        self._database, self._now, self._actor = database, now, actor
        weakref.finalize(self, database.engine.dispose)

    def find(self, key: Key, near: str | None = None) -> tuple[Ticket, ...]:  # noqa: ARG002
        """In the order of their numbers."""
        query = sa.select(changes).where(changes.c.key == key.digest).order_by(changes.c.id)
        return self._database.read(
            lambda c: tuple(rows.ticket(c, found) for found in c.execute(query).all())
        )

    def open(self, request: ChangeRequest) -> Written:
        """The next number is taken, unless there is a live change with the key."""
        return self._turn(lambda turn: filing.open_(turn, request))

    def update(self, ticket: Ticket, request: ChangeRequest, note: str) -> Written:
        """The newest run stands, and what was decided for another plan is asked for again."""
        return self._turn(lambda turn: filing.update(turn, ticket.id, request, note))

    def read(self, id_: str) -> Ticket:
        """As its rows say; by its number, however it is written."""
        return self._database.read(lambda c: rows.ticket(c, rows.row(c, id_)))

    def transition(self, ticket: Ticket, to: State) -> Written:
        """The change stands there, where that is for a program to say; approval is for people."""
        return self._turn(lambda turn: filing.transition(turn, ticket.id, to))

    def comment(self, ticket: Ticket, text: str) -> Written:
        """The text stands in the trail."""
        return self._turn(lambda turn: filing.comment(turn, ticket.id, text))

    def attach(self, ticket: Ticket, attachment: Attachment) -> Written:
        """The file is kept, once, in place of an older one of the same name."""
        return self._turn(lambda turn: filing.attach(turn, ticket.id, attachment))

    def link(self, ticket: Ticket, link: Link) -> Written:
        """The link is kept, once."""
        return self._turn(lambda turn: filing.link(turn, ticket.id, link))

    def close(self, ticket: Ticket, result: Result) -> Written:
        """A live change is closed with its result; one that is over stays as it is."""
        return self._turn(lambda turn: filing.close(turn, ticket.id, result))

    def cancel(self, ticket: Ticket, reason: str) -> Written:
        """A live change is cancelled; one that is over stays as it is."""
        return self._turn(lambda turn: filing.cancel(turn, ticket.id, reason))

    def fetch(self, ticket: Ticket, name: str) -> bytes | None:
        """The bytes that were attached; `DeskError` where they, or the change, were altered."""

        def work(connection: sa.Connection) -> bytes | None:
            return rows.content(connection, vouched(connection, ticket.id), name)

        return self._database.read(work)

    def finished(self, envelope: str, since: str) -> tuple[Finished, ...]:
        """By the envelope that the last run filed."""
        return self._database.read(lambda c: rows.finished(c, envelope, since))

    def conflicts(self, ticket: Ticket) -> tuple[str, ...]:
        """By workspace, service and CI, as they were filed last."""
        return self._database.read(lambda c: conflicts(c, ticket.id))

    def incident(self, id_: str) -> Incident | None:  # noqa: ARG002
        """None: the register keeps changes only."""
        return None

    def reviews(self) -> tuple[Review, ...]:
        """From decisions and entries, first due first."""
        return self._database.read(reviews.to_hold)

    def review(self, ticket: Ticket, text: str) -> Written:
        """The review was held, once, and the text stands in the trail; approvals stay open."""
        return self._turn(lambda turn: reviews.hold(turn, ticket.id, text))

    def list(
        self, *, live: bool | None = None, state: State | None = None, limit: int = 50
    ) -> tuple[Listed, ...]:
        """The changes, newest first; only those that are live, or over, or in a state, if asked."""
        query = sa.select(changes).order_by(changes.c.id.desc()).limit(limit)
        if live is not None:
            among = changes.c.state.in_(LIVE)
            query = query.where(among if live else ~among)
        if state is not None:
            query = query.where(changes.c.state == str(state))

        def work(connection: sa.Connection) -> tuple[Listed, ...]:
            due = {each.number: each.due for each in reviews.to_hold(connection)}
            return rows.listed(connection, connection.execute(query).all(), due)

        return self._database.read(work)

    def approve(
        self, number: str, group: str, by: str, comment: str = "", *, fingerprint: str = ""
    ) -> Ticket:
        """The group has approved; the change is approved once all groups have.

        With a fingerprint, or its beginning, only if the change is still for that plan. Raises
        `DeskError` for an author, for a group that was not asked, and for what is over.
        """
        return self._decided(number, Choice(group, deciding.APPROVED, by, comment, fingerprint))

    def reject(
        self, number: str, group: str, by: str, comment: str = "", *, fingerprint: str = ""
    ) -> Ticket:
        """The group has rejected, and so the change is rejected; raises like `approve`."""
        return self._decided(number, Choice(group, deciding.REJECTED, by, comment, fingerprint))

    def log(self, number: str | None = None, *, limit: int | None = None) -> tuple[Entry, ...]:
        """What was done, to one change or to all, oldest first; only the newest few, if asked."""

        def work(connection: sa.Connection) -> tuple[Entry, ...]:
            change = number and rows.row(connection, number).number
            return trail.entries(connection, change, limit)

        return self._database.read(work)

    def verify(self, anchors: Iterable[str] = ()) -> Verdict:
        """Whether trail, changes and files hold together, and with heads kept elsewhere."""
        kept = tuple(anchors)
        return self._database.read(lambda c: verify(c, kept))

    def head(self) -> str:
        """The last entry of the trail as `number:hash`, to be kept where nobody can alter both."""
        return self._database.read(trail.anchor)

    def request(self, number: str) -> ChangeRequest:
        """What was filed last, with all texts, links and files."""

        def work(connection: sa.Connection) -> ChangeRequest:
            found = rows.row(connection, number)
            query = sa.select(files.c.name, files.c.media_type, files.c.data)
            kept = connection.execute(query.where(files.c.change == found.id))
            hung = tuple(sorted((Attachment(*each) for each in kept), key=lambda a: a.name))
            return msgspec.structs.replace(rows.request(connection, found), attachments=hung)

        return self._database.read(work)

    def _decided(self, number: str, choice: Choice) -> Ticket:
        def work(turn: Turn) -> Ticket:
            notes = deciding.decide(turn.take(number), choice).notes
            ticket = rows.ticket(turn.connection, rows.row(turn.connection, number))
            return msgspec.structs.replace(ticket, notes=notes)

        return self._turn(work)

    def _turn(self, work: Callable[[Turn], T]) -> T:
        at = self._now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return self._database.write(lambda c: work(Turn(c, at, rows.clean(self._actor))))
