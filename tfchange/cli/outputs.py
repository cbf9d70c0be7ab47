"""What a step of GitHub Actions tells the steps after it; elsewhere nothing is told."""

import os
from typing import TYPE_CHECKING

from tfchange.change.desk import Ticket
from tfchange.change.request import Key
from tfchange.review import job

if TYPE_CHECKING:
    from tfchange.gate.ask import Question
    from tfchange.gate.verdict import Verdict
    from tfchange.risk.assessment import Assessment

Outputs = dict[str, str]


def of_change(ticket: Ticket | None, assessment: "Assessment | None" = None) -> None:
    """The outputs tell of the change request, and of what was filed where that is known."""
    told = _ticket(ticket)
    if assessment:
        told |= {
            "category": assessment.category.value,
            "level": assessment.level.value,
            "score": str(assessment.score),
            "fingerprint": assessment.plan.fingerprint,
        }
    job.tell(os.environ, told.items())


def of_gate(question: "Question", verdict: "Verdict", key: Key) -> None:
    """The outputs and the summary tell what the gate says, and of which plan."""
    from tfchange.report.gate import markdown

    told = _ticket(verdict.ticket) | {
        "category": question.category.value,
        "fingerprint": question.plan.fingerprint,
        "outcome": verdict.outcome.value,
    }
    job.tell(os.environ, told.items())
    job.summarise(os.environ, lambda _: markdown(verdict, key))


def _ticket(ticket: Ticket | None) -> Outputs:
    record = ticket.record if ticket else None
    return {
        "category": record.category.value if record else "",
        "level": record.level.value if record else "",
        "change-number": ticket.number if ticket else "",
        "change-url": ticket.url if ticket else "",
        "fingerprint": record.fingerprint if record else "",
    }
