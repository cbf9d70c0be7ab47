"""The ITIL category: what kind of change it is, why, and what keeps it from being standard."""

from collections.abc import Mapping, Sequence

import msgspec

from tfchange.plan.model import Action, Plan
from tfchange.risk.assessment import Category, Counterfactual, Emergency, Finding, Level
from tfchange.risk.envelopes import Fitting
from tfchange.risk.facts import Facts
from tfchange.risk.judged import Judged
from tfchange.rulebook.rule import Envelope, Policy

_SHOWN = 3


class Verdict(msgspec.Struct, frozen=True):
    """A category with its reasons."""

    category: Category
    why: tuple[str, ...]
    envelope: str | None = None
    earning: str | None = None
    counterfactual: Counterfactual = Counterfactual()


def decide(
    plan: Plan, whole: Judged, fitting: Fitting, emergency: Emergency | None, level: Level
) -> Verdict:
    """The category of the whole plan; an emergency is declared, never inferred."""
    idle = nothing_happens(plan, whole.facts, fitting.policy)
    if idle:
        said = (idle, _EMPTY_EMERGENCY) if emergency else (idle,)
        return Verdict(Category.NONE, said)
    envelope = fitting.envelope_for(whole)
    if emergency:
        return _emergency(emergency, whole, fitting, envelope, level)
    if envelope:
        why = (*_fits(envelope, whole.facts), fitting.evidence(envelope))
        return Verdict(Category.STANDARD, tuple(filter(None, why)), envelope.id)
    counterfactual, earning = fitting.counterfactual(whole), fitting.earning(whole)
    why = _why_normal(whole, counterfactual, fitting)
    return Verdict(Category.NORMAL, why, None, earning.id if earning else None, counterfactual)


def nothing_happens(plan: Plan, facts: Sequence[Facts], policy: Policy) -> str:
    """A sentence saying that nothing changes; `""` where something does or may."""
    if facts or plan.deferred or plan.actions or plan.errored:
        return ""
    outputs = sum(o.action is not Action.NO_OP for o in plan.outputs)
    if outputs and policy.outputs_are_changes:
        return ""
    moves = sum(c.moved for c in plan.changes)
    if moves:
        return f"No resource changes: {_count(moves, 'address')} in the state only."
    if outputs:
        return f"No resource changes, only {_things(outputs, 'output value')}."
    return "Nothing changes."


def _count(n: int, what: str) -> str:
    return f"{n} {what} moves" if n == 1 else f"{n} {what}es move"


def _things(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


_OUTPUTS = "Only output values change, and the policy counts those as changes."
_EMPTY_EMERGENCY = "An emergency was declared, but there is nothing to apply."


def _fits(envelope: Envelope, facts: Sequence[Facts]) -> tuple[str, ...]:
    n = len(facts)
    all_ = "The only change fits" if n == 1 else f"All {n} changes fit"
    fits = f"{all_} the pre-approved envelope {envelope.id} ({envelope.title})."
    record = _sentence(envelope.record) if envelope.record else ""
    return (fits, f"Record: {record}") if record else (fits,)


def _emergency(
    emergency: Emergency,
    whole: Judged,
    fitting: Fitting,
    envelope: Envelope | None,
    level: Level,
) -> Verdict:
    declared = f"It was declared an emergency for incident {emergency.incident}."
    if envelope:
        usual = f"Otherwise it would be a standard change ({envelope.id})."
        return Verdict(Category.EMERGENCY, (declared, usual))
    counterfactual = fitting.counterfactual(whole)
    usual = f"Otherwise it would be a normal change of {level} risk."
    why = (declared, usual, *_why_normal(whole, counterfactual, fitting))
    return Verdict(Category.EMERGENCY, why, counterfactual=counterfactual)


def _why_normal(whole: Judged, counterfactual: Counterfactual, fitting: Fitting) -> tuple[str, ...]:
    findings = [f for f in whole.findings if f.waived is None and f.severity.rank >= _GRAVE]
    reach = {f.id: f.reach for f in whole.facts}
    said = [_sentence(f.message) for f in _widest_of_each(findings, reach)[:_SHOWN]]
    own = [b.reason for b in counterfactual.blockers if b.address is None]
    theirs = [b for b in counterfactual.blockers if b.address is not None]
    said += [_sentence(reason) for reason in own]
    if counterfactual.envelope and theirs:
        said.append(_falls(len({b.address for b in theirs}), len(whole.facts), counterfactual))
    elif whole.facts:
        said += _uncovered(whole.facts, fitting)
    said = said or [_sentence(f"{b.address} {b.reason}") for b in theirs[:_SHOWN]]
    return tuple(dict.fromkeys(said)) or (_OUTPUTS,)


def _falls(n: int, of: int, counterfactual: Counterfactual) -> str:
    fall = "falls" if n == 1 else "fall"
    return (
        f"{n} of {of} changes {fall} out of {counterfactual.envelope}, the nearest standard change."
    )


def _uncovered(facts: Sequence[Facts], fitting: Fitting) -> list[str]:
    n = sum(not fitting.covers(f) for f in facts)
    if n == len(facts):
        return ["No pre-approved envelope covers any of the changes."]
    return [f"No pre-approved envelope covers {n} of {len(facts)} changes."] if n else []


_GRAVE = Level.HIGH.rank


def _widest_of_each(findings: Sequence[Finding], reach: Mapping[str, int]) -> list[Finding]:
    """For each rule the finding on which most depends, the weightiest rule first."""
    widest: dict[str, Finding] = {}
    for f in findings:
        known = widest.setdefault(f.rule, f)
        if reach.get(f.address, 0) > reach.get(known.address, 0):
            widest[f.rule] = f
    return list(widest.values())


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."
