"""The gate asks the desk what was filed and approved, and whether this is that plan."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from tfchange.change import approved as kept
from tfchange.change.approved import Approved
from tfchange.change.compare import compare
from tfchange.change.desk import Desk, State, Ticket
from tfchange.change.request import Key
from tfchange.errors import CalendarError, HealthError, UnansweredError, UnreachableError
from tfchange.gate.judge import Facts, Terms, judge
from tfchange.gate.verdict import Obstacle, Outcome, Verdict
from tfchange.risk.assessment import Category

IDLE = "The plan changes no resource, so that nothing has to be approved."
LOUD = "Not everybody could be asked, and --fail-open let it pass all the same."
LATER = (UnreachableError, CalendarError, UnansweredError)
"""Where somebody could not be asked, who may well answer later."""


class Around(msgspec.Struct, frozen=True):
    """What calendars and health say at a moment."""

    obstacles: tuple[Obstacle, ...] = ()
    notes: tuple[str, ...] = ()


class Question(msgspec.Struct, frozen=True):
    """What is to be applied, and by which terms."""

    key: Key
    plan: Approved
    """What it does now."""
    category: Category
    """By the rules of now."""
    author: str = ""
    run: str = ""
    """Where the run can be watched."""
    notes: tuple[str, ...] = ()
    """What is to be known of the plan, as finished sentences."""
    terms: Terms = Terms()


class Moment(msgspec.Struct, frozen=True):
    """What calendars and services are asked about."""

    ticket: Ticket
    now: datetime
    environments: tuple[str, ...] = ()
    """The one that it was filed for, and the one that it is for now."""


Look = Callable[[Moment], Around]


def nothing(moment: Moment) -> Around:  # noqa: ARG001
    """There is nothing to say."""
    return Around()


class Surroundings(msgspec.Struct, frozen=True):
    """What is looked at beside the desk."""

    calendar: Look = nothing
    health: Look = nothing
    """Looked at only where all else is well, since it asks other servers."""
    open: bool = False
    """Whether the plan passes where they cannot be asked."""


NONE = Surroundings()


def ask(desk: Desk, question: Question, now: datetime, around: Surroundings = NONE) -> Verdict:
    """Whether the plan may be applied now; nothing is written. Raises `DeskError`."""
    if question.category is Category.NONE:
        return Verdict(Outcome.PASSED, (IDLE,))
    tickets = desk.find(question.key)
    if not tickets:
        return Verdict(Outcome.WAITING, (f"Nothing was filed for {question.key}.",))
    ticket = next((each for each in tickets if each.state.live), tickets[-1])
    return _judged(desk, question, ticket, now, around)


def enter(desk: Desk, question: Question, verdict: Verdict, now: datetime) -> Verdict:
    """The change is being implemented, and its history says that the gate let this run pass.

    The desk is asked once more afterwards, since somebody may have decided or filed meanwhile.
    """
    ticket = verdict.ticket
    if not verdict.passed or ticket is None:
        return verdict
    notes = desk.transition(ticket, State.IMPLEMENTING).notes
    again = _judged(desk, question, desk.read(ticket.id), now, NONE)
    if not again.passed:
        return again
    desk.comment(ticket, _told(verdict, question))
    told = tuple(dict.fromkeys((*verdict.notes, *notes)))
    return msgspec.structs.replace(verdict, ticket=again.ticket, notes=told)


def _judged(
    desk: Desk, question: Question, ticket: Ticket, now: datetime, around: Surroundings
) -> Verdict:
    filed = _filed(desk, ticket) if ticket.state.live else None
    facts = Facts(
        ticket,
        compare(filed, ticket.record.fingerprint if ticket.record else "", question.plan),
        question.category,
        now,
        question.author,
        notes=question.notes,
        terms=question.terms,
    )
    environments = {each.environment for each in (filed, question.plan) if each}
    moment = Moment(ticket, now, tuple(sorted(environments)))
    facts, unasked = _looked(facts, around.calendar, moment, around.open)
    verdict = judge(facts)
    if verdict.passed:
        # Both take many requests, and matter only where all else is well.
        facts, more = _looked(facts, around.health, moment, around.open)
        facts = msgspec.structs.replace(facts, conflicts=desk.conflicts(ticket))
        verdict, unasked = judge(facts), unasked or more
    return msgspec.structs.replace(verdict, open=unasked and verdict.passed)


def _filed(desk: Desk, ticket: Ticket) -> Approved | None:
    file = desk.fetch(ticket, kept.NAME)
    return kept.read(file) if file else None


def _looked(facts: Facts, look: Look, moment: Moment, open_: bool) -> tuple[Facts, bool]:
    """The facts with what is seen, and whether something could not be seen that would have counted.

    It does not count where the plan is refused anyway, nor for an emergency.
    """
    try:
        found = look(moment) if moment.ticket.state.live else Around()
    except (*LATER, HealthError) as error:
        may_wait = isinstance(error, LATER)
        if judge(facts).passed and not (facts.emergency or (open_ and may_wait)):
            raise
        found = Around(notes=(f"Not everything could be asked: {error.message}.",))
        unasked = open_ and not facts.emergency
    else:
        unasked = False
    added = msgspec.structs.replace(
        facts,
        obstacles=(*facts.obstacles, *found.obstacles),
        notes=(*facts.notes, *found.notes),
    )
    return added, unasked


def _told(verdict: Verdict, question: Question) -> str:
    run = f" {question.run}" if question.run else ""
    loud = (LOUD,) if verdict.open else ()
    said = (*loud, *verdict.reasons, *verdict.left_out[:20], *(verdict.notes if loud else ()))
    return f"The gate let the plan {question.plan.fingerprint[:12]} pass.{run} {' '.join(said)}"
