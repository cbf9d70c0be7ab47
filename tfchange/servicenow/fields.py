"""Which field of a change request says what.

Approvers without a role on changes see 14 fields only, so the verdict stands first in those of
them that can be written.
"""

import re
from collections.abc import Iterable, Sequence

from tfchange.change.fit import fit, one_line, plain
from tfchange.change.request import Block, ChangeRequest, Link, Result, Text
from tfchange.risk.assessment import Category
from tfchange.servicenow.rows import stamp_of

LINE, LONG = 160, 4000
"""Characters that the base system keeps of a short description, and of a text."""
REASONS = 1200
"""Characters of the risk analysis that stand in the justification too, as its top reasons."""
PREFIX = "tfchange:"
"""Before the digest of the key in `correlation_id`."""
DUPLICATE = "tfchange duplicate of "
"""Before the number of the winner in `correlation_display`, instead of a record."""
OF_TEMPLATE = frozenset({"description", "implementation_plan", "test_plan", "backout_plan"})
"""What a standard change has from its template, and nobody else may write."""


def kind(request: ChangeRequest) -> str:
    """The type of change; what changes nothing is recorded as a normal one."""
    return "normal" if request.category is Category.NONE else str(request.category)


def told(request: ChangeRequest) -> dict[str, str]:
    """The texts and times of a request, by field, each within its limit."""
    texts = request.texts
    window = request.window
    return {
        "short_description": one_line(f"[{_risk(request)}] {request.title}", LINE),
        "description": _under(described(request), texts.description),
        "justification": _under(_justified(request), fit(texts.risk, plain, REASONS)),
        "risk_impact_analysis": _under(verdict(request), texts.risk),
        "implementation_plan": _fitted(texts.implementation),
        "test_plan": _fitted(texts.test),
        "backout_plan": _fitted(texts.backout),
        **(
            {"start_date": stamp_of(window.start), "end_date": stamp_of(window.end)}
            if window
            else {}
        ),
    }


def verdict(request: ChangeRequest) -> str:
    """Category, level and score in a sentence, with what they came from."""
    parts = [
        f"{kind(request).capitalize()} change, {_risk(request)}, {request.score} points.",
        f"Impact {request.impact}, likelihood {request.likelihood}.",
    ]
    if request.environment:
        parts.append(f"Environment: {request.environment}.")
    if request.emergency:
        parts.append(f"Declared an emergency for incident {request.emergency.incident}.")
    if request.envelope:
        standard = kind(request) == "standard"
        how = "Pre-approved as" if standard else "Counts towards the standard change"
        parts.append(f"{how} {request.envelope}.")
    return " ".join(parts)


def described(request: ChangeRequest) -> str:
    """The verdict with everything the change refers to."""
    links = [line(link) for link in request.links if link.url and not link.ticket]
    return "\n".join([verdict(request), *links])


def line(link: Link) -> str:
    """A link as a line; the address stands apart, so that it can be recognised."""
    return f"{link.relation.capitalize()}: {link.title} {link.url}"


def first_note(request: ChangeRequest, all_of_it: bool) -> str:
    """The first entry of the history; for standard changes the only place for all texts."""
    if not all_of_it:
        return f"Filed by tfchange: {verdict(request)}"
    return journal(_under(f"Filed by tfchange: {described(request)}", _whole(request)))


def update_note(note: str, request: ChangeRequest, all_of_it: bool) -> str:
    """The entry of an update, with all texts where nothing else can hold them."""
    return journal(_under(f"{note}\n{verdict(request)}", _whole(request)) if all_of_it else note)


def close_notes(result: Result) -> str:
    """What was done, within the limit; a change cannot be closed without."""
    return _fitted(result.notes) or f"Applied by Terraform: {result.outcome}."


def journal(text: str) -> str:
    """The text for a journal, which would take what stands between code marks for HTML."""
    return re.sub(r"\[(/?code)\]", r"[ \1 ]", text, flags=re.IGNORECASE)[:LONG]


def words(texts: Iterable[str]) -> set[str]:
    """What stands in texts between white space, to look for addresses."""
    return {word for text in texts for word in text.split()}


def missed_notes(names: Sequence[str]) -> tuple[str, ...]:
    """What is said of fields that do not say what was sent."""
    if not names:
        return ()
    return (f"ServiceNow did not take, or changed: {', '.join(names)}.",)


def _risk(request: ChangeRequest) -> str:
    return f"{request.level} risk"


def _justified(request: ChangeRequest) -> str:
    lines = [verdict(request)]
    lines += [f"{a.group} is asked: {a.reason.rstrip('.')}." for a in request.approvals]
    if request.lead_time:
        lines.append(f"Lead time: {request.lead_time}.")
    subject = request.commit.pull_request_url or request.commit.commit_url
    return "\n".join([*lines, f"Source: {subject}"] if subject else lines)


def _whole(request: ChangeRequest) -> Text:
    texts = request.texts
    plans = {
        "Implementation": texts.implementation,
        "Test": texts.test,
        "Backout": texts.backout,
    }
    headed = (
        block
        for name, text in plans.items()
        if text
        for block in (Block("heading", (name,)), *text)
    )
    return (*texts.description, *headed)


def _under(head: str, text: Text) -> str:
    head = head[:LONG]
    rest = _fitted(text, LONG - len(head) - 2)
    return f"{head}\n\n{rest}" if rest else head


def _fitted(text: Text, limit: int = LONG) -> str:
    return plain(fit(text, plain, limit)) if limit > 0 else ""
