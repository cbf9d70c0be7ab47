"""What calendars and the health of services say at the gate, as obstacles to a change."""

from datetime import UTC

from tfchange.calendar.model import Calendar
from tfchange.calendar.standing import standing
from tfchange.change.desk import Ticket
from tfchange.gate.ask import Around, Moment
from tfchange.gate.verdict import Obstacle, Outcome
from tfchange.health.model import Standing
from tfchange.risk.assessment import Category


def by_calendar(calendar: Calendar, moment: Moment) -> Around:
    """The windows it is outside of, and the freezes that hold, in any of its environments."""
    ticket = moment.ticket
    approved = [each.group for each in ticket.approvals if each.decision == "approved"]
    held: dict[Obstacle, None] = {}
    notes: dict[str, None] = {}
    for environment in moment.environments or ("",):
        found = standing(calendar, moment.now, _category(ticket), environment, approved)
        opens = f"{found.opens.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if found.opens else ""
        held |= {Obstacle(Outcome.HELD, reason, opens): None for reason in found.reasons}
        notes |= dict.fromkeys(found.notes)
    return Around(tuple(held), tuple(notes))


def by_health(found: Standing, ticket: Ticket) -> Around:
    """The checks that fail, and budgets that are spent where those hold up such a change.

    An emergency is held up by neither, since it may well be what mends the service.
    """
    category = _category(ticket)
    failing = [each.sentence for each in found.results if not each.ok]
    spent = [each.sentence for each in found.budgets if each.state != "healthy"]
    if category is Category.EMERGENCY:
        return Around(notes=(*failing, *spent, *found.notes))
    blocked = category in found.blocks
    held = (*failing, *spent) if blocked else tuple(failing)
    left = () if blocked else tuple(spent)
    return Around(tuple(Obstacle(Outcome.HELD, each) for each in held), (*left, *found.notes))


def _category(ticket: Ticket) -> Category:
    return ticket.record.category if ticket.record else Category.NORMAL
