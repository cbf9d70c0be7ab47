"""What keeps a plan from being applied, by everything that was found out; nothing is asked here.

Every rule is one function. An emergency is bound by no window, no freeze and no approval, since its
approval may come afterwards; that nobody has rejected it, and that the plan is the one that was
declared, is asked of it as well.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from tfchange.change.compare import Comparison, Likeness
from tfchange.change.desk import Decision, State, Ticket
from tfchange.change.people import alike, any_of, same_person, together
from tfchange.gate.verdict import Obstacle, Outcome, Verdict, gravest, opens
from tfchange.risk.assessment import Category
from tfchange.words import group_name, listing, unique


class Terms(msgspec.Struct, frozen=True):
    """What an organisation asks of a change beside its approval."""

    approval_days: int = 30
    """How long an approval holds."""


class Facts(msgspec.Struct, frozen=True):
    """Everything that is known when the gate is asked."""

    ticket: Ticket
    comparison: Comparison
    category: Category
    """Of the plan as it is now, by the rules of now."""
    now: datetime
    author: str = ""
    """Who wrote the commit, where the desk does not say for whose it was filed."""
    conflicts: tuple[str, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    """What calendars and health say."""
    notes: tuple[str, ...] = ()
    terms: Terms = Terms()

    @property
    def emergency(self) -> bool:
        """Whether it was filed as one."""
        record = self.ticket.record
        return record is not None and record.category is Category.EMERGENCY

    @property
    def approvals(self) -> tuple[Decision, ...]:
        """Those that were given."""
        return tuple(each for each in self.ticket.approvals if each.decision == "approved")

    @property
    def writers(self) -> tuple[str, ...]:
        """Whose change it is."""
        return self.ticket.authors or together(self.author)


def judge(facts: Facts) -> Verdict:
    """Whether the plan may be applied now, with every reason against it."""
    found = (
        *_over(facts),
        *_different(facts),
        *_unapproved(facts),
        *_own(facts),
        *_expired(facts),
        *_reclassified(facts),
        *_window(facts),
        *_held(facts),
    )
    outcome, comparison = gravest(found), facts.comparison
    ordered = sorted(found, key=lambda each: each.outcome is not outcome)
    return Verdict(
        outcome,
        tuple(each.reason for each in ordered) or tuple(_why(facts)),
        (*_doubts(facts), *facts.notes),
        facts.ticket,
        comparison.likeness,
        comparison.new,
        comparison.left_out,
        opens(found) if outcome is Outcome.HELD else "",
    )


def _over(facts: Facts) -> Iterator[Obstacle]:
    number, state = facts.ticket.number, facts.ticket.state
    if state is State.REJECTED:
        who = listing([_who(d) for d in facts.ticket.approvals if d.decision == "rejected"])
        yield Obstacle(Outcome.REJECTED, f"{number} was rejected{f' by {who}' if who else ''}.")
    elif state is State.CANCELLED:
        yield Obstacle(Outcome.REJECTED, f"{number} was cancelled.")
    elif state in (State.CLOSED, State.REVIEW):
        said = "closed" if state is State.CLOSED else "done, and under review"
        yield Obstacle(
            Outcome.WAITING,
            f"{number} is {said} already; plan again and file that, and a new change follows it.",
        )


def _different(facts: Facts) -> Iterator[Obstacle]:
    if facts.comparison.likeness is Likeness.STRONGER:
        number = facts.ticket.number
        yield Obstacle(
            Outcome.DIFFERENT,
            f"The plan is not the one that {number} is for; file it, and have it approved.",
        )


def _unapproved(facts: Facts) -> Iterator[Obstacle]:
    ticket = facts.ticket
    if ticket.state not in (State.NEW, State.WAITING) or facts.emergency:
        return
    asked = [group_name(d.group) for d in ticket.approvals if d.decision == "waiting"]
    for_ = f" by {listing(asked)}" if asked else ""
    yield Obstacle(Outcome.WAITING, f"{ticket.number} waits for approval{for_}.")


def _own(facts: Facts) -> Iterator[Obstacle]:
    for each in facts.approvals:
        if any_of(each.by, facts.writers):
            yield Obstacle(
                Outcome.WAITING,
                f"{each.by} approved a change of their own as {group_name(each.group)}; somebody "
                "else has to (separation of duties: author is not approver).",
            )


def _expired(facts: Facts) -> Iterator[Obstacle]:
    days = facts.terms.approval_days
    for each in () if facts.emergency else facts.approvals:
        if each.at and facts.now - datetime.fromisoformat(each.at) > timedelta(days=days):
            yield Obstacle(
                Outcome.WAITING,
                f"The approval by {_who(each)} is of {each.at[:10]}, and approvals hold for {days} "
                "days; it has to be given again.",
            )


def _reclassified(facts: Facts) -> Iterator[Obstacle]:
    """A standard change is approved by the rules alone, so they are asked again."""
    record = facts.ticket.record
    beforehand = record is not None and record.category is Category.STANDARD
    if beforehand and facts.category not in (Category.STANDARD, Category.NONE):
        yield Obstacle(
            Outcome.WAITING,
            f"{facts.ticket.number} was filed as a standard change, and by the rules of now it is "
            f"a {facts.category} one; file it again, and have it approved.",
        )


def _window(facts: Facts) -> Iterator[Obstacle]:
    window = facts.ticket.window
    if not window or facts.emergency:
        return
    planned = f"planned for {window.start} to {window.end}"
    if facts.now < datetime.fromisoformat(window.start):
        yield Obstacle(Outcome.HELD, f"{facts.ticket.number} is {planned}.", window.start)
    elif facts.now >= datetime.fromisoformat(window.end) and not window.proposed:
        yield Obstacle(
            Outcome.HELD, f"{facts.ticket.number} was {planned}; agree on another window."
        )


def _held(facts: Facts) -> Iterator[Obstacle]:
    yield from facts.obstacles
    if not facts.emergency:
        yield from (Obstacle(Outcome.HELD, said) for said in facts.conflicts)


def _why(facts: Facts) -> Iterator[str]:
    """What speaks for a plan that passes."""
    ticket, record = facts.ticket, facts.ticket.record
    if facts.emergency and ticket.emergency:
        due = ticket.emergency.review_due
        yield (
            f"{ticket.number} is an emergency for {ticket.emergency.incident}; it is to be "
            f"reviewed until {due}."
        )
    if record and record.category is Category.STANDARD:
        yield f"{ticket.number} is a standard change, approved beforehand and recorded."
    elif facts.approvals:
        yield f"{ticket.number} was approved by {listing([_who(d) for d in facts.approvals])}."
    elif not facts.emergency:
        yield f"{ticket.number} is {ticket.state}."
    if facts.comparison.likeness is Likeness.IDENTICAL:
        yield "The plan is the one that was filed."
    else:
        yield "The plan does less than what was filed, and nothing else."


def _doubts(facts: Facts) -> Iterator[str]:
    ticket = facts.ticket
    if ticket.state is State.IMPLEMENTING:
        yield f"{ticket.number} is being implemented already: the gate was passed before."
    if facts.emergency and ticket.state.undecided and ticket.state is not State.REJECTED:
        asked = [group_name(d.group) for d in ticket.approvals if d.decision == "waiting"]
        yield f"Approval is outstanding{f' by {listing(asked)}' if asked else ''}."
    if facts.emergency:
        yield from (f"Although it is an emergency, mind: {said}" for said in facts.conflicts)
    unknown = facts.approvals and not facts.writers
    if unknown:
        yield "Who wrote the change is not known, so nobody checked that somebody else approved it."
    for each in facts.approvals:
        like = any_of(each.by, facts.writers, alike)
        if like and not any_of(each.by, facts.writers):
            yield f"{each.by} may be {like}, who wrote the commit; nobody checked."
    yield from _several(facts)


def _several(facts: Facts) -> Iterator[str]:
    """Each person who approved for more than one group."""
    known: list[Decision] = []
    for each in facts.approvals:
        if not any(same_person(each.by, other.by) for other in known):
            known.append(each)
            theirs = [d.group for d in facts.approvals if same_person(d.by, each.by)]
            groups = unique(map(group_name, theirs))
            if len(groups) > 1:
                yield f"One person, {each.by}, approved as {listing(groups)}."


def _who(decision: Decision) -> str:
    group = group_name(decision.group)
    return f"{decision.by} ({group})" if decision.by else group
