"""What services say at the gate: their health, as obstacles to a change."""

from tfchange.change.desk import Ticket
from tfchange.gate.verdict import Obstacle, Outcome
from tfchange.health.model import Standing
from tfchange.risk.assessment import Category


def of_health(ticket: Ticket, standing: Standing) -> tuple[tuple[Obstacle, ...], tuple[str, ...]]:
    """What keeps the change from being done now, and what else is to be known.

    An emergency is held up by none of it, since it may well be what mends the service.
    """
    category = ticket.record.category if ticket.record else Category.NORMAL
    failing = [result.sentence for result in standing.results if not result.ok]
    spent = [b.sentence for b in standing.budgets if b.state != "healthy"]
    held = [*failing, *(spent if category in standing.blocks else [])]
    said = tuple(sentence for sentence in (*failing, *spent) if sentence not in held)
    if category is Category.EMERGENCY:
        return (), (*failing, *spent, *standing.notes)
    return tuple(Obstacle(Outcome.HELD, each) for each in held), (*said, *standing.notes)
