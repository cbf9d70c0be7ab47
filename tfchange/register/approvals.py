"""Who was asked, what they decided, and what follows: approved only when all have approved.

A decision is for the plan it was made for, by its fingerprint, and never by whoever wrote it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from tfchange.change.desk import Decision, State, Written
from tfchange.change.people import alike, any_of, hides
from tfchange.change.request import ChangeRequest
from tfchange.errors import DeskError, UsageError
from tfchange.register import rows
from tfchange.register.act import Act
from tfchange.register.tables import approvals
from tfchange.risk.assessment import Category
from tfchange.words import group_name

WAITING, APPROVED, REJECTED = "waiting", "approved", "rejected"
UNCHECKED = "Who wrote the change is not known, so nobody checked that somebody else decides."
DECIDABLE = (State.NEW, State.WAITING, State.APPROVED, State.REJECTED)
LATE = (*DECIDABLE, State.IMPLEMENTING, State.REVIEW, State.CLOSED)
"""Where an emergency can be decided on: afterwards, too."""
_UNDECIDED: Mapping[str, object] = {
    "decision": WAITING,
    "decided_by": "",
    "comment": "",
    "decided": None,
}


def standing(category: Category, decided: Iterable[Decision]) -> State:
    """Where decisions leave a change; one rejection is enough, approval needs everybody."""
    found = {each.decision for each in decided}
    if REJECTED in found:
        return State.REJECTED
    if category is Category.STANDARD or found == {APPROVED}:
        return State.APPROVED
    return State.WAITING


def ask(act: Act, request: ChangeRequest, *, afresh: bool) -> list[str]:
    """Exactly those are asked whom the request names; the groups whose decision no longer counts.

    Afresh, nobody has decided. Else decisions stay, even of groups that are no longer asked, save
    an approval by an author.
    """
    kept = {each.group_name: each for each in _rows(act)}
    reset = [
        name
        for name, each in kept.items()
        if each.decision != WAITING
        and (afresh or (each.decision == APPROVED and any_of(each.decided_by, request.authors)))
    ]
    wanted = {rows.clean(each.group): each for each in rows.asked(request)}
    for name, each in kept.items():
        if name not in wanted and (each.decision == WAITING or name in reset):
            act.connection.execute(sa.delete(approvals).where(_one(act, name)))
    for position, (name, asked) in enumerate(wanted.items()):
        said = {"position": position, "reason": rows.clean(asked.reason)}
        undecided = _UNDECIDED if name in reset or name not in kept else {}
        _put(act, name, name in kept, {**said, "fingerprint": request.fingerprint, **undecided})
    return reset


class Choice(msgspec.Struct, frozen=True):
    """What somebody decides for a group."""

    group: str
    """May be left out where only one is asked."""
    decision: str
    by: str
    comment: str = ""
    fingerprint: str = ""
    """Of the plan that was looked at, or its beginning; without one, it is the plan filed last."""


def decide(act: Act, choice: Choice) -> Written:
    """The group has decided so, once, and the state follows.

    Raises `DeskError` where it cannot be decided, by this group, or by this person.
    """
    if hides(choice.by):
        raise UsageError(
            "the name of whoever decides holds line breaks or characters that nobody sees",
            "Write it plainly: --by NAME",
        )
    by, comment = rows.clean(choice.by).strip(), rows.said(choice.comment)
    _may_decide(act, by, choice.fingerprint)
    found, now = _asked(act, choice.group), act.change.fingerprint
    notes = _doubts(by, rows.kept(act.change).authors)
    if (found.decision, found.decided_by, found.comment) == (choice.decision, by, comment):
        return act.left(*notes)
    said = {"decision": choice.decision, "decided_by": by, "comment": comment, "decided": act.at}
    _put(act, found.group_name, True, {**said, "fingerprint": now})
    told = {"group": found.group_name, "by": by, "comment": comment, "fingerprint": now}
    if found.decision != WAITING:
        told["before"] = found.decision
    if act.state in DECIDABLE:
        act.move(standing(Category(act.change.category), rows.decisions(act.connection, act.id)))
    else:
        told["afterwards"] = str(act.state)
    act.done(choice.decision, **told)
    return act.left(*notes)


def _doubts(by: str, authors: Sequence[str]) -> tuple[str, ...]:
    if not authors:
        return (UNCHECKED,)
    like = any_of(by, authors, alike)
    return (f"{by} may be {like}, who wrote the commit; nobody checked.",) if like else ()


def _may_decide(act: Act, by: str, seen: str) -> None:
    if not by:
        raise UsageError("whoever decides must be named", "Add: --by NAME")
    if act.state not in (LATE if act.emergency else DECIDABLE):
        raise _too_late(act)
    if not act.change.fingerprint.startswith(rows.clean(seen).strip().lower()):
        raise DeskError(
            f"{act.number} is for another plan by now than the one that was looked at",
            f"Look at it again with: tfchange change log {act.number}",
        )
    if any_of(by, rows.kept(act.change).authors):
        raise DeskError(
            f"{by} wrote the commit of {act.number} and cannot decide on it "
            "(separation of duties: author is not approver)",
            "Let somebody else of the group decide.",
        )


def _too_late(act: Act) -> DeskError:
    if act.state.live:
        return DeskError(
            f"{act.number} is being implemented, so it is too late to decide",
            f"Follow it with: tfchange change log {act.number}",
        )
    return DeskError(
        f"{act.number} is {act.state}, so there is nothing to decide",
        "See what is open with: tfchange change list",
    )


def _asked(act: Act, group: str) -> Any:
    asked, meant = _rows(act), rows.clean(group).strip().casefold()
    found = [a for a in asked if meant in _ways(a.group_name)]
    if not meant and len(asked) == 1:
        found = asked
    if found:
        return found[0]
    if not asked:
        raise DeskError(
            f"{act.number} is a standard change, approved beforehand: nobody is asked",
            f"See it with: tfchange change log {act.number}",
        )
    names = ", ".join(f'"{group_name(a.group_name)}"' for a in asked)
    what = f"{group!r} was not asked about {act.number}" if meant else "which group decides?"
    raise DeskError(what, f"Asked were: {names}. Name one with --group.")


def _ways(group: str) -> tuple[str, str]:
    """A group may be named as rules do, `database`, or as people do, `Database team`."""
    return group.casefold(), group_name(group).casefold()


def _rows(act: Act) -> list[Any]:
    query = sa.select(approvals).where(approvals.c.change == act.id)
    ordered = query.order_by(approvals.c.position, approvals.c.group_name)
    return list(act.connection.execute(ordered))


def _put(act: Act, name: str, there: bool, said: Mapping[str, object]) -> None:
    if there:
        act.connection.execute(sa.update(approvals).where(_one(act, name)).values(**said))
        return
    row = {"change": act.id, "group_name": name, **said}
    act.connection.execute(sa.insert(approvals).values(**row))


def _one(act: Act, name: str) -> sa.ColumnElement[bool]:
    return (approvals.c.change == act.id) & (approvals.c.group_name == name)
