"""What calendars and the health of services say at the gate, as obstacles to a change."""

from datetime import UTC, datetime
from functools import partial

from tfchange.calendar.lead import lead
from tfchange.calendar.model import Calendar
from tfchange.calendar.standing import standing
from tfchange.change.desk import Ticket
from tfchange.gate.ask import Around, Moment
from tfchange.gate.verdict import Obstacle, Outcome
from tfchange.health.model import Standing
from tfchange.risk.assessment import Category, Level

_NEVER = datetime.max.replace(tzinfo=UTC)


def by_calendar(calendar: Calendar, moment: Moment) -> Around:
    """The windows it is outside of, and the freezes that hold, in any of its environments."""
    ticket = moment.ticket
    approved, level = _approved(ticket), _level(ticket)
    held: dict[Obstacle, None] = {}
    notes: dict[str, None] = {}
    for environment in moment.environments or ("",):
        found = standing(
            calendar, moment.now, _category(ticket), environment, approved, level=level
        )
        opens = _iso(found.opens) if found.opens else ""
        held |= {Obstacle(Outcome.HELD, reason, opens): None for reason in found.reasons}
        notes |= dict.fromkeys(found.notes)
    return Around(tuple(held), tuple(notes))


def by_lead_time(calendar: Calendar, moment: Moment, days: int) -> Around:
    """The lead time of a normal change, in working days since its filing, where it is not over.

    A window that begins later holds up the change by itself, and nothing is said twice.
    """
    ticket, now = moment.ticket, moment.now
    if _category(ticket) is not Category.NORMAL:
        return Around()
    filed = datetime.fromisoformat(ticket.created) if ticket.created else now
    approved, where = _approved(ticket), moment.environments or ("",)
    asked = partial(lead, calendar, filed, now, days=days, approved=approved, level=_level(ticket))
    told = (asked(environment=each) for each in where)
    found = max(
        (each for each in told if each), key=lambda each: each.start or _NEVER, default=None
    )
    start = _iso(found.start) if found and found.start else ""
    window = ticket.window.start if ticket.window else ""
    if found is None or (start and _iso(now) < window and start <= window):
        return Around()
    if not calendar.enforced:
        return Around(notes=(f"{found.reason} The calendar advises it, and holds up nothing.",))
    return Around((Obstacle(Outcome.HELD, found.reason, start),))


def dated(calendar: Calendar, moment: Moment, days: int) -> Around:
    """Both of these: windows and freezes, and the lead time."""
    one, other = by_calendar(calendar, moment), by_lead_time(calendar, moment, days)
    return Around((*one.obstacles, *other.obstacles), (*one.notes, *other.notes))


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


def _level(ticket: Ticket) -> Level:
    return ticket.record.level if ticket.record else Level.CRITICAL


def _approved(ticket: Ticket) -> list[str]:
    return [each.group for each in ticket.approvals if each.decision == "approved"]


def _iso(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
