"""What the port asks of the register, each within the turn of one writer."""

from collections.abc import Iterable
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tfchange.change.desk import Decision, State, Written
from tfchange.change.fit import plain
from tfchange.change.request import Attachment, ChangeRequest, Link, Record, Result
from tfchange.errors import DeskError, FrozenError, OvertakenError
from tfchange.register import approvals as deciding
from tfchange.register import rows
from tfchange.register.act import Act, Turn, altered
from tfchange.register.conflicts import under_way
from tfchange.register.tables import changes, files, links
from tfchange.risk.assessment import Category
from tfchange.words import group_name, listing


def open_(turn: Turn, request: ChangeRequest) -> Written:
    """The next number is taken, unless there is a live change with the key."""
    last = turn.connection.execute(sa.select(sa.func.max(changes.c.id))).scalar()
    id_ = (last or 0) + 1
    told = rows.told(request)
    new = {"state": str(State.NEW), "successor_of": request.successor_of}
    try:
        act = turn.make(id_, {**told, **new})
    except IntegrityError:
        raise OvertakenError(
            f"the register has a live change for {request.key} already",
            "Run the same command again; it brings that change up to date.",
        ) from None
    deciding.ask(act, request, afresh=True)
    return act.done("opened", record=told["record"], title=told["title"])


def update(turn: Turn, number: str, request: ChangeRequest, note: str) -> Written:
    """The newest run stands, and what was decided for another plan is asked for again."""
    act = turn.take(number)
    _may_update(act, request)
    request = request.after(rows.kept(act.change).authors)
    other = act.change.fingerprint != rows.clean(request.fingerprint)
    reset = deciding.ask(act, request, afresh=other)
    told = rows.told(request)
    said: dict[str, object] = {"reset": reset} if reset else {}
    if other and act.change.reviewed:
        told["reviewed"], said["reviewed"] = None, ""
    act.write(**told)
    if act.state in (State.WAITING, State.APPROVED, State.REJECTED):
        act.move(deciding.standing(request.category, rows.decisions(act.connection, act.id)))
        said |= _beforehand(act, request.category, request.envelope)
    return act.done("updated", note=rows.clean(note), record=told["record"], **said)


def transition(turn: Turn, number: str, to: State) -> Written:
    """The change stands there, where that is for a program to say; approval is for people."""
    act = turn.take(number)
    if to is act.state:
        return act.left()
    if to in (State.WAITING, State.APPROVED) and act.state in deciding.DECIDABLE:
        return _submit(act, to)
    if act.emergency and (act.state, to) == (State.WAITING, State.IMPLEMENTING):
        return _unapproved(act)
    ways = {
        State.IMPLEMENTING: (State.APPROVED,),
        State.REVIEW: (State.APPROVED, State.IMPLEMENTING),
    }
    if act.state in ways.get(to, ()):
        # Of two that were let pass at the same moment, one comes first.
        first = under_way(act.connection, act.number) if to is State.IMPLEMENTING else ()
        if first and not act.emergency:
            return act.left(*first)
        act.move(to)
        return act.done(str(to))
    return act.left(f"{act.number} is {act.state}, and from there it cannot become {to}.")


def comment(turn: Turn, number: str, text: str) -> Written:
    """The text stands in the trail."""
    return turn.take(number).done("commented", text=rows.clean(text))


def attach(turn: Turn, number: str, attachment: Attachment) -> Written:
    """The file is kept, once, in place of an older one of the same name."""
    act, name = turn.take(number), rows.clean(attachment.name)
    where = (files.c.change == act.id) & (files.c.name == name)
    digest = rows.digest(attachment.data)
    kept = act.connection.execute(sa.select(files.c.sha256).where(where)).scalar()
    if kept == digest:
        return act.left()
    if not all(rows.intact(each) for each in act.connection.execute(rows.FILES.where(where))):
        raise altered(act.number)  # replaced, nothing would tell of it any more
    act.connection.execute(sa.delete(files).where(where))
    row = {"change": act.id, "name": name, "media_type": rows.clean(attachment.media_type)}
    act.connection.execute(sa.insert(files).values(**row, sha256=digest, data=attachment.data))
    return act.done("attached", file=name, sha256=digest, size=len(attachment.data))


def link(turn: Turn, number: str, to: Link) -> Written:
    """The link is kept, once."""
    act = turn.take(number)
    relation, title, url, ticket = map(rows.clean, msgspec.structs.astuple(to))
    row = {"change": act.id, "relation": relation, "target": ticket or url or title}
    where = sa.and_(*(links.c[name] == value for name, value in row.items()))
    if act.connection.execute(sa.select(links.c.added).where(where)).first():
        return act.left()
    said = {"title": title, "url": url, "ticket": ticket}
    act.connection.execute(sa.insert(links).values(**row, **said, added=act.seq))
    return act.done("linked", relation=relation, **said)


def close(turn: Turn, number: str, result: Result) -> Written:
    """A live change is closed with its result; one that is over stays as it is."""
    act = turn.take(number)
    if not act.state.live:
        return act.left(f"{act.number} is {act.state} already.")
    notes = msgspec.json.encode(result.notes).decode()
    act.write(closed=act.at, result=rows.clean(result.outcome), result_notes=notes)
    act.move(State.CLOSED)
    said = {"result": rows.clean(result.outcome), "proven": result.proven}
    return act.done("closed", **said, text=plain(result.notes))


def cancel(turn: Turn, number: str, reason: str) -> Written:
    """A live change is cancelled; one that is over stays as it is."""
    act = turn.take(number)
    if not act.state.live:
        return act.left(f"{act.number} is {act.state} already.")
    act.write(closed=act.at)
    act.move(State.CANCELLED)
    return act.done("cancelled", text=rows.clean(reason))


def _may_update(act: Act, request: ChangeRequest) -> None:
    kept: Any = Record.parse(act.change.record)
    if kept and request.stamp.older_than(kept.stamp):
        raise OvertakenError(
            f"a newer run has written {act.number} in the meantime",
            "Nothing needs to be done; the newer run stands.",
        )
    other = act.change.fingerprint != rows.clean(request.fingerprint)
    if not act.state.live or (other and act.state.begun):
        raise FrozenError(
            f"{act.number} is {act.state} by now and is no longer edited",
            "Run the same command again; a new change follows it.",
        )
    if act.state.begun and act.emergency and request.category is not Category.EMERGENCY:
        raise DeskError(
            f"{act.number} was begun as an emergency and stays one",
            "File it as one: add --emergency --incident ID",
        )


def _unapproved(act: Act) -> Written:
    """An emergency is begun before all have approved; the trail names those who have not."""
    decided = rows.decisions(act.connection, act.id)
    outstanding = [each.group for each in decided if each.decision == deciding.WAITING]
    act.move(State.IMPLEMENTING)
    return act.done(str(State.IMPLEMENTING), outstanding=outstanding)


def _submit(act: Act, to: State) -> Written:
    decided = rows.decisions(act.connection, act.id)
    category = Category(act.change.category)
    stands = deciding.standing(category, decided)
    notes = []
    if stands is State.REJECTED:
        who = _groups(decided, deciding.REJECTED)
        notes = [f"{act.number} stays rejected by {who} until they change it, or the plan changes."]
    elif to is State.APPROVED and stands is State.WAITING:
        notes = [f"{act.number} waits for {_groups(decided, deciding.WAITING)}."]
    if stands is act.state:
        return act.left(*notes)
    act.move(stands)
    done = act.done("submitted", **_beforehand(act, category, act.change.envelope))
    return msgspec.structs.replace(done, notes=tuple(notes))


def _groups(decided: Iterable[Decision], decision: str) -> str:
    return listing([group_name(each.group) for each in decided if each.decision == decision])


def _beforehand(act: Act, category: Category, envelope: str | None) -> dict[str, object]:
    """What the trail says of a change that nobody was asked about."""
    if category is not Category.STANDARD or act.state is not State.APPROVED:
        return {}
    return {"beforehand": rows.clean(envelope or "")}
