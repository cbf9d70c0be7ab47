"""What the gate says, for people and for programs."""

from collections.abc import Sequence

from tfchange.change.request import Key
from tfchange.gate.verdict import Outcome, Verdict
from tfchange.report import ticket as page
from tfchange.report.ticket import render
from tfchange.words import plain

__all__ = ["document", "render", "text"]

VERSION = "1.0"
HEADS = {
    Outcome.PASSED: "PASSED",
    Outcome.WAITING: "NOT YET",
    Outcome.REJECTED: "REJECTED",
    Outcome.DIFFERENT: "NOT WHAT WAS APPROVED",
    Outcome.HELD: "NOT NOW",
}
SHOWN = 40


def document(verdict: Verdict, key: Key) -> dict[str, object]:
    """The object of schemas/gate-1.0.json."""
    return {
        "schema_version": VERSION,
        "key": str(key),
        "outcome": str(verdict.outcome),
        "exit_code": verdict.outcome.exit_code,
        "reasons": list(verdict.reasons),
        "notes": list(verdict.notes),
        "likeness": verdict.likeness and str(verdict.likeness),
        "new": list(verdict.new),
        "left_out": list(verdict.left_out),
        "opens": verdict.opens or None,
        "unasked": verdict.open,
        "change": page.document(verdict.ticket, key) if verdict.ticket else None,
    }


def text(verdict: Verdict, key: Key) -> str:
    """The same as lines: the verdict first, then why, then what differs."""
    first, *more = map(plain, verdict.reasons)
    lines = [f"{HEADS[verdict.outcome]}: {first}", *(f"  {each}" for each in more)]
    lines += _listed("Not approved:", verdict.new)
    lines += _listed("Approved, and not done by this plan:", verdict.left_out)
    lines += [f"Opens at {verdict.opens}."] if verdict.opens else []
    lines += [f"Note: {plain(note)}" for note in verdict.notes]
    lines += _change(verdict, key)
    return "\n".join(lines) + "\n"


def markdown(verdict: Verdict, key: Key) -> str:
    """The same for the summary of a job, to the letter: no name in it is read as Markdown."""
    lines = text(verdict, key).splitlines()
    return "\n".join(["## Gate", "", *(f"    {line}" for line in lines)]) + "\n"


def _listed(head: str, some: Sequence[str]) -> list[str]:
    if not some:
        return []
    shown = [f"  - {plain(each)}" for each in some[:SHOWN]]
    rest = len(some) - len(shown)
    return [head, *shown, *([f"  - and {rest:,} more"] if rest else [])]


def _change(verdict: Verdict, key: Key) -> list[str]:
    if verdict.ticket:
        return ["", *page.text(verdict.ticket, key).rstrip("\n").split("\n")]
    waiting = verdict.outcome is Outcome.WAITING
    return ["File it with: tfchange change open PLAN"] if waiting else []
