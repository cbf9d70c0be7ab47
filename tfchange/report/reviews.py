"""The reviews of emergencies that are still to be held, for people."""

from collections.abc import Sequence
from datetime import date

from tfchange.change.desk import Review
from tfchange.report.text import wrap
from tfchange.words import count, few, group_name, plain

INDENT = " " * 10
NOTHING = "No review of an emergency is due.\n"
TO_COME = "No review of an emergency is due. Those to come: tfchange change overdue --all\n"


def due(reviews: Sequence[Review], today: date) -> tuple[Review, ...]:
    """Those due on that day or before; a day that is missing was yesterday."""
    return tuple(each for each in reviews if each.due <= today.isoformat())


def text(reviews: Sequence[Review], today: date, *, width: int = 100) -> str:
    """The reviews one a line, in their order: number, day, incident, who has not decided, title."""
    lines = [line for each in reviews for line in _review(each, today, width)]
    return "\n".join(lines) + "\n" if lines else NOTHING


def _review(review: Review, today: date, width: int) -> list[str]:
    waiting = few([group_name(group) for group in review.waiting_for], 2)
    facts = (
        plain(review.number),
        f"due {plain(review.due) or 'on no known day'}{_distance(review.due, today)}",
        plain(review.incident),
        f"waits for {waiting}" if waiting else "",
    )
    head = "  ".join(filter(None, facts)) + "  "
    said = f"{plain(review.title)} {plain(review.url)}"
    return [line.rstrip() for line in wrap(said, width, head, INDENT)]


def _distance(due: str, today: date) -> str:
    try:
        days = (date.fromisoformat(due) - today).days
    except ValueError:
        return ""
    if days == 0:
        return " (today)"
    return f" (in {count(days, 'day')})" if days > 0 else f" ({count(-days, 'day')} ago)"
