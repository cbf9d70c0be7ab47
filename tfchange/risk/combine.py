"""Several plans as one change: what one person would file, get approved and apply together."""

from collections.abc import Iterable, Iterator, Sequence

from tfchange.risk import approvals, level, score
from tfchange.risk.assessment import (
    Approval,
    Assessment,
    Blocker,
    Category,
    Counterfactual,
    Level,
    PlanFacts,
    Summary,
)
from tfchange.risk.environment import Named, nearest
from tfchange.risk.findings import ordered
from tfchange.risk.together import blast, drift, prefixed, under
from tfchange.rulebook.judge import Judge
from tfchange.rulebook.rule import Envelope


def combine(assessments: Sequence[Assessment], judge: Judge) -> Assessment:
    """The assessment of all plans as one change, with a section for each, the worst first.

    Addresses are prefixed with their plan's path; the score is the sum of the sections' scores.
    """
    sections = tuple(sorted(assessments, key=_worst_first))
    policy = judge.rulebook.policy
    parts = score.ordered(prefixed(sections, lambda s: s.contributions))
    found = ordered(prefixed(sections, lambda s: s.findings))
    points = score.total(parts)
    impact, likelihood = (
        _highest(s.impact for s in sections),
        _highest(s.likelihood for s in sections),
    )
    base = _highest((score.level_of(points, found, policy), *(s.level for s in sections)))
    held = level.held_together(base, policy, impact, likelihood)
    envelope = _envelope(sections, judge)
    category = _category(sections, envelope)
    place = nearest((_named(s) for s in _busy(sections) or sections), policy)
    whole = Assessment(
        plan=_plan_facts(sections),
        category=category,
        level=held.level,
        score=points,
        impact=impact,
        likelihood=likelihood,
        why=_why(sections, category, envelope),
        summary=_summed(sections),
        policy=(judge.rulebook.name, judge.rulebook.hash),
        environment=place.environment,
        environment_from=place.source,
        level_called=level.called(held.level, policy),
        level_why=held.why or _level_why(sections, held.level),
        envelope=envelope.id if envelope and category is Category.STANDARD else None,
        earning=_earning(sections, category),
        emergency=next((s.emergency for s in sections if s.emergency), None),
        contributions=parts,
        findings=found,
        changes=tuple(prefixed(sections, lambda s: s.changes)),
        blast_radius=blast(sections),
        drift=drift(sections),
        approvals=_approvals(sections, category, held.level, judge),
        lead_time=approvals.lead_time(category, held.level, policy),
        lead_days=max(
            approvals.lead_days(category, each, policy) for each in (held.level, *_levels(sections))
        ),
        counterfactual=_counterfactual(sections, category, judge),
        caveats=tuple(prefixed(sections, lambda s: s.caveats)),
        backout=tuple(prefixed(sections, lambda s: s.backout)),
        sections=sections,
    )
    if all(s.services is None and not s.informed for s in sections):
        return whole
    from tfchange.risk.parties import together

    return together(whole)


def _worst_first(s: Assessment) -> tuple[int, int, int, str]:
    return (-list(Category).index(s.category), -s.level.rank, -s.score, s.plan.path)


def _highest(levels: Iterable[Level]) -> Level:
    return max(levels, key=lambda level: level.rank, default=Level.LOW)


def _named(s: Assessment) -> Named:
    return Named(s.environment, s.environment_from)


def _level_why(sections: Iterable[Assessment], at: Level) -> tuple[str, ...]:
    """What holds up the level of the plans that have it."""
    return tuple(f"{s.plan.path}: {why}" for s in sections if s.level is at for why in s.level_why)


def _levels(sections: Iterable[Assessment]) -> set[Level]:
    return {s.level for s in _busy(sections)}


def _busy(sections: Iterable[Assessment]) -> list[Assessment]:
    return [s for s in sections if s.category is not Category.NONE]


def _category(sections: Sequence[Assessment], envelope: Envelope | None) -> Category:
    busy = _busy(sections)
    if not busy:
        return Category.NONE
    worst = max((s.category for s in busy), key=list(Category).index)
    return Category.NORMAL if worst is Category.STANDARD and not envelope else worst


def _envelope(sections: Sequence[Assessment], judge: Judge) -> Envelope | None:
    """The one envelope that holds all plans together, its limits for the sum of them."""
    names = {s.envelope for s in _busy(sections)}
    envelope = next((e for e in judge.rulebook.envelopes if names == {e.id}), None)
    return envelope if envelope and not list(_limits(sections, envelope, judge)) else None


def _earning(sections: Sequence[Assessment], category: Category) -> str | None:
    """The one envelope that each of the plans would fit into, had it been earned."""
    names = {s.envelope or s.earning for s in _busy(sections)}
    return names.pop() if category is Category.NORMAL and len(names) == 1 else None


def _limits(sections: Sequence[Assessment], envelope: Envelope, judge: Judge) -> Iterator[str]:
    changes = sum(s.blast_radius.changed + s.summary.import_ for s in sections)
    points = sum(s.score for s in sections)
    most = envelope.max_changes
    if most is not None and changes > most:
        yield f"Together there are {changes} changes, and {envelope.id} allows {most}."
    if envelope.max_score is not None and points > envelope.max_score:
        yield f"Together they score {points}, and {envelope.id} allows {envelope.max_score}."
    sides = _highest(s.impact for s in sections), _highest(s.likelihood for s in sections)
    for least in level.matrix(judge.rulebook.policy, *sides):
        if least.level.rank >= Level.HIGH.rank:
            yield least.why


def _why(
    sections: Sequence[Assessment], category: Category, envelope: Envelope | None
) -> tuple[str, ...]:
    busy = _busy(sections)
    if not busy:
        return ("Nothing changes in any of the plans.",)
    if category is Category.STANDARD and envelope:
        return (f"All plans fit the pre-approved envelope {envelope.id} ({envelope.title}).",)
    deciding = [s for s in busy if s.category is category]
    if not deciding:
        return ("Each plan is a standard change, but no one envelope holds them together.",)
    first = deciding[0]
    return tuple(f"{first.plan.path}: {reason}" for reason in first.why)


def _counterfactual(
    sections: Sequence[Assessment], category: Category, judge: Judge
) -> Counterfactual:
    if category not in approvals.ASKED:
        return Counterfactual()
    busy = _busy(sections)
    asking = [s for s in busy if s.category in approvals.ASKED]
    blockers = tuple(
        Blocker(b.reason if b.address else f"{s.plan.path}: {b.reason}", under(s, b.address))
        for s in asking
        for b in s.counterfactual.blockers
    )
    others = [s for s in busy if s not in asking]
    envelope = _envelope(others, judge) if others else None
    if not asking:
        names = sorted({s.envelope or "" for s in busy})
        together = Blocker(
            f"The plans need several envelopes or too much of one: {', '.join(names)}."
        )
        return Counterfactual((together,))
    if not envelope:
        return Counterfactual(blockers)
    rest = "The other plan" if len(others) == 1 else f"The other {len(others)} plans"
    said = f"{rest} would be a standard change ({envelope.id})."
    return Counterfactual(blockers, said, envelope.id)


def _approvals(
    sections: Sequence[Assessment], category: Category, level: Level, judge: Judge
) -> tuple[Approval, ...]:
    own = approvals.approvals(category, level, (), judge.rulebook.policy)
    groups = {approval.group for approval in own}
    return approvals.merged((own, *(approvals.further(s, groups) for s in sections)))


def _plan_facts(sections: Sequence[Assessment]) -> PlanFacts:
    versions = {s.plan.terraform_version for s in sections}
    formats = {s.plan.format_version for s in sections}
    return PlanFacts(
        path=f"{len(sections)} plans",
        terraform_version=versions.pop() if len(versions) == 1 else "",
        format_version=formats.pop() if len(formats) == 1 else "",
        complete=all(s.plan.complete for s in sections),
        errored=any(s.plan.errored for s in sections),
    )


def _summed(sections: Sequence[Assessment]) -> Summary:
    names = Summary.__struct_fields__
    return Summary(**{n: sum(getattr(s.summary, n) for s in sections) for n in names})
