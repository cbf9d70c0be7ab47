"""The gate asks the desk what was filed and approved, and whether this is that plan."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from tfchange.change import approved as kept
from tfchange.change.approved import Approved
from tfchange.change.compare import Comparison, compare
from tfchange.change.desk import Desk, State, Ticket
from tfchange.change.request import Key
from tfchange.gate.judge import Facts, Terms, judge
from tfchange.gate.verdict import Obstacle, Outcome, Verdict
from tfchange.risk.assessment import Category

IDLE = "The plan changes nothing, so that nothing has to be approved."


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
    terms: Terms = Terms()


Look = Callable[[Ticket, datetime], Around]


def nothing(ticket: Ticket, now: datetime) -> Around:  # noqa: ARG001
    """There is nothing to say."""
    return Around()


class Surroundings(msgspec.Struct, frozen=True):
    """What is looked at beside the desk."""

    calendar: Look = nothing
    health: Look = nothing
    """Looked at only where all else is well, since it asks other servers."""


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
    found = around.calendar(ticket, now) if ticket.state.live else Around()
    facts = Facts(
        ticket,
        _compared(desk, question.plan, ticket),
        question.category,
        now,
        question.author,
        obstacles=found.obstacles,
        notes=found.notes,
        terms=question.terms,
    )
    verdict = judge(facts)
    if not verdict.passed:
        return verdict
    # Both take many requests, and matter only where all else is well.
    health, conflicts = around.health(ticket, now), desk.conflicts(ticket)
    return judge(
        msgspec.structs.replace(
            facts,
            conflicts=conflicts,
            obstacles=(*found.obstacles, *health.obstacles),
            notes=(*found.notes, *health.notes),
        )
    )


def _compared(desk: Desk, plan: Approved, ticket: Ticket) -> Comparison:
    fingerprint = ticket.record.fingerprint if ticket.record else ""
    if fingerprint == plan.fingerprint:
        return compare(None, fingerprint, plan)
    file = desk.fetch(ticket, kept.NAME)
    return compare(kept.read(file) if file else None, fingerprint, plan)


def _told(verdict: Verdict, question: Question) -> str:
    run = f" {question.run}" if question.run else ""
    said = (*verdict.reasons, *verdict.left_out[:20])
    return f"The gate let the plan {question.plan.fingerprint[:12]} pass.{run} {' '.join(said)}"
