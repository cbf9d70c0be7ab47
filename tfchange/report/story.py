"""What there is to say of an assessment, in the order a reader wants it."""

from tfchange.report import changes, parts
from tfchange.report.page import Caps, Fact, Item, Line, Page, Part
from tfchange.risk.assessment import Assessment, Category
from tfchange.words import (
    capped,
    count,
    environment_from,
    few,
    group_name,
    headline,
    plain,
    plan_name,
    sentence,
    summary_text,
    unique,
)

WHOLE = "tfchange assess PLAN --format html"
"""What makes a report in which nothing is left out."""


def tell(assessment: Assessment, caps: Caps | None = None) -> Page:
    """The page of an assessment; of several plans an overall head and a section for each."""
    caps = caps or Caps()
    if not assessment.sections:
        return _page(assessment, _parts(assessment, caps), caps)
    loud = [s for s in assessment.sections if not _quiet(s)]
    quiet = [plan_name(s.plan.path) for s in assessment.sections if _quiet(s)]
    told, rest = loud[: caps.sections], loud[caps.sections :]
    overall = (_plans(loud, caps.plans), _left_out(rest))
    page = _page(assessment, tuple(p for p in overall if p), caps)
    sections = tuple(_page(s, _parts(s, caps), caps) for s in told)
    name = count(len(assessment.sections), "plan")
    said = f"Nothing changes in {few(quiet, caps.sections)}." if quiet else ""
    return Page(
        name,
        page.category,
        page.level,
        page.headline,
        page.facts,
        page.why,
        page.parts,
        sections,
        said,
    )


def _page(assessment: Assessment, some: tuple[Part, ...], caps: Caps) -> Page:
    why = unique(sentence(reason) for reason in assessment.why)
    if len(why) > caps.why + 1:
        why = [*why[: caps.why], f"… and {count(len(why) - caps.why, 'more reason')}."]
    why += unique(map(sentence, assessment.level_why))
    return Page(
        plan_name(assessment.plan.path),
        assessment.category.value,
        assessment.level.value,
        headline(assessment),
        _facts(assessment),
        tuple(why),
        some,
    )


def _parts(assessment: Assessment, caps: Caps) -> tuple[Part, ...]:
    findings = changes.by_address(assessment)
    told = (
        changes.destroyed(assessment, caps, findings),
        changes.changes(assessment, caps, findings),
        parts.reached(assessment, caps),
        changes.other_findings(assessment, caps, findings),
        parts.drift(assessment, caps),
        *_owning(assessment, caps),
        parts.approvals(assessment, caps),
        parts.counterfactual(assessment, caps),
        parts.backout(assessment, caps),
        parts.caveats(assessment, caps),
        parts.points(assessment, caps),
    )
    return tuple(part for part in told if part)


def _facts(assessment: Assessment) -> tuple[Fact, ...]:
    groups = unique(group_name(a.group) for a in assessment.approvals)
    facts = (
        ("Plan", _plan(assessment)),
        ("Changes", summary_text(assessment.summary)),
        ("Environment", _environment(assessment)),
        ("Risk", _risk(assessment)),
        ("Reaches", _reach(assessment)),
        ("Services", _services(assessment)),
        ("Emergency", _emergency(assessment)),
        ("Envelope", plain(assessment.envelope or "")),
        ("Counts towards", plain(assessment.earning or "")),
        ("Approval", few(groups, 8)),
        ("Informed", few(unique(group_name(i.group) for i in assessment.informed), 8)),
        ("Lead time", plain(assessment.lead_time)),
    )
    return tuple(Fact(name, value) for name, value in facts if value)


def _plan(assessment: Assessment) -> str:
    if assessment.sections:
        return count(len(assessment.sections), "plan")
    version = plain(assessment.plan.terraform_version)
    said = [plan_name(assessment.plan.path), f"Terraform {version}" if version else ""]
    said += ["" if assessment.plan.complete else "incomplete"]
    said += ["errored" if assessment.plan.errored else ""]
    return ", ".join(filter(None, said))


def _environment(assessment: Assessment) -> str:
    known = plain(assessment.environment)
    return f"{known}{environment_from(assessment)}" if known else _UNKNOWN


_UNKNOWN = "not known, so it counts as production"


def _risk(assessment: Assessment) -> str:
    if assessment.category is Category.NONE and not assessment.score:
        return ""
    impact, likelihood = assessment.impact.value, assessment.likelihood.value
    return f"impact {impact}, likelihood {likelihood}"


def _reach(assessment: Assessment) -> str:
    unchanged = sum(not r.changed for r in assessment.blast_radius.reached)
    return count(unchanged, "resource that does not change itself", _DEPENDENT) if unchanged else ""


_DEPENDENT = "resources that do not change themselves"


def _owning(assessment: Assessment, caps: Caps) -> tuple[Part | None, ...]:
    if not (assessment.services or assessment.informed):
        return ()
    from tfchange.report import owning

    return owning.services(assessment, caps), owning.informed(assessment, caps)


def _services(assessment: Assessment) -> str:
    if not assessment.services:
        return ""
    from tfchange.report import owning

    return owning.fact(assessment)


def _emergency(assessment: Assessment) -> str:
    if not assessment.emergency:
        return ""
    due = plain(assessment.emergency.review_due)
    review = f", retrospective review due {due}" if due else ""
    return f"declared for {plain(assessment.emergency.incident)}{review}"


def _quiet(section: Assessment) -> bool:
    silent = not (section.changes or section.findings or section.drift.items or section.caveats)
    return section.category is Category.NONE and silent


def _plans(sections: list[Assessment], most: int) -> Part | None:
    shown, more = capped(sections, most, "plan")
    items = tuple(
        Item(
            plan_name(s.plan.path),
            aside=headline(s).lower(),
            lines=(Line(sentence(summary_text(s.summary))),),
            tone=s.level.value,
        )
        for s in shown
    )
    title, total = "The plans, the worst first", len(sections)
    return Part("plans", title, "", items, more, total=total) if items else None


def _left_out(rest: list[Assessment]) -> Part | None:
    if not rest:
        return None
    few_or_many = "has no section of its" if len(rest) == 1 else "have no section of their"
    lead = f"{count(len(rest), 'plan')} of lower risk {few_or_many} own here."
    return Part("left-out", "Not shown in full", f"{lead} {WHOLE} has everything.")
