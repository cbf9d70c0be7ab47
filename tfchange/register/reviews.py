"""The reviews of emergencies: which are still to be held, and that one has been."""

from typing import Any

import sqlalchemy as sa

from tfchange.change.desk import Review, State, Written
from tfchange.errors import DeskError
from tfchange.register import rows
from tfchange.register.act import Turn
from tfchange.register.approvals import APPROVED, WAITING
from tfchange.register.tables import approvals, changes
from tfchange.risk.assessment import Category, Emergency

_TO_HOLD = (
    sa.select(changes)
    .where(
        changes.c.category == str(Category.EMERGENCY),
        changes.c.reviewed.is_(None),
        sa.or_(changes.c.state != str(State.CANCELLED), rows.BEGUN),
        sa.exists().where(approvals.c.change == changes.c.id, approvals.c.decision != APPROVED),
    )
    .order_by(changes.c.id)
)


def to_hold(connection: sa.Connection) -> tuple[Review, ...]:
    """The emergencies that nobody has reviewed and not everybody has approved, first due first."""
    found = connection.execute(_TO_HOLD).all()
    return tuple(sorted((_review(connection, each) for each in found), key=lambda r: r.due))


def hold(turn: Turn, number: str, text: str) -> Written:
    """The review of the emergency has been held, once, and what was found stands in the trail.

    Raises `DeskError` for a change that is no emergency.
    """
    act = turn.take(number)
    if not act.emergency:
        raise DeskError(
            f"{act.number} is no emergency, so there is no review to hold",
            "See which are to be held with: tfchange change overdue --all",
        )
    begun = sa.select(changes.c.id).where(changes.c.id == act.id, rows.BEGUN)
    if act.state is State.CANCELLED and not act.connection.execute(begun).first():
        said = f"{act.number} was cancelled before it had begun, so there is no review to hold."
        return act.left(said)
    if act.change.reviewed:
        return act.left(f"The review of {act.number} was held already.")
    act.write(reviewed=act.at)
    return act.done("reviewed", text=rows.clean(text), reviewed=act.at)


def _review(connection: sa.Connection, found: Any) -> Review:
    declared = rows.kept(found).emergency or Emergency("")
    decided = rows.decisions(connection, found.id)
    return Review(
        number=found.number,
        url="",
        title=found.title,
        incident=declared.incident,
        due=declared.review_due,
        waiting_for=tuple(each.group for each in decided if each.decision == WAITING),
    )
