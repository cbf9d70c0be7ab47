"""An assessment as JSON of schema 1.0: for programs, with everything in it and nothing capped."""

import msgspec

from tfchange import __version__
from tfchange.plan.model import Caveat
from tfchange.risk.assessment import (
    AffectedService,
    Assessment,
    BackoutStep,
    BlastRadius,
    Change,
    Contribution,
    Counterfactual,
    Drift,
    Emergency,
    Finding,
    Location,
    PlanFacts,
    Summary,
    Waived,
)
from tfchange.words import json_text, plain

SCHEMA_VERSION = "1.0"
Object = dict[str, object]


def document(assessment: Assessment) -> Object:
    """The assessment in the shape of schemas/assessment-1.0.json, of plain dicts and lists."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "tfchange", "version": __version__},
        **_content(assessment),
        "sections": [_content(section) for section in assessment.sections],
    }


def render(assessment: Assessment) -> str:
    """The document as indented JSON; what a terminal would act on is escaped inside strings."""
    return json_text(_encoded(document(assessment))) + "\n"


def _encoded(tree: Object) -> bytes:
    # A broken surrogate (from the name of a file, say) cannot be encoded; it is made visible.
    try:
        return msgspec.json.encode(tree)
    except UnicodeEncodeError:
        return msgspec.json.encode(_repaired(tree))


def _repaired(tree: object) -> object:
    if isinstance(tree, dict):
        return {_repaired(key): _repaired(value) for key, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [_repaired(value) for value in tree]
    if isinstance(tree, str) and any("\ud800" <= c <= "\udfff" for c in tree):
        return plain(tree)
    return tree


def _content(assessment: Assessment) -> Object:
    a = assessment
    return _judged(a) | _owning(a)


def _owning(a: Assessment) -> Object:
    """The services of a catalogue, where there is one, and who is told."""
    services = None if a.services is None else [_service(s) for s in a.services]
    informed = [{"group": i.group, "reason": i.reason} for i in a.informed]
    told = {"services": services, "informed": informed or (None if services is None else [])}
    return {name: value for name, value in told.items() if value is not None}


def _service(s: AffectedService) -> Object:
    return {
        "name": s.name,
        "tier": s.tier,
        "owner": s.owner or None,
        "ci": s.ci or None,
        "changed": s.changed,
        "reached": s.reached,
    }


def _judged(a: Assessment) -> Object:
    return {
        "policy": {"name": a.policy[0], "hash": a.policy[1]},
        "plan": _plan(a.plan),
        "summary": _summary(a.summary),
        "category": a.category.value,
        "level": a.level.value,
        "level_called": a.level_called or None,
        "level_why": list(a.level_why),
        "score": a.score,
        "impact": a.impact.value,
        "likelihood": a.likelihood.value,
        "why": list(a.why),
        "environment": a.environment or None,
        "environment_from": a.environment_from or None,
        "envelope": a.envelope,
        "earning": a.earning,
        "emergency": _emergency(a.emergency),
        "contributions": [_contribution(c) for c in a.contributions],
        "findings": [_finding(f) for f in a.findings],
        "changes": [_change(c) for c in a.changes],
        "blast_radius": _blast_radius(a.blast_radius),
        "drift": _drift(a.drift),
        "approvals": [{"group": p.group, "reason": p.reason} for p in a.approvals],
        "lead_time": a.lead_time,
        "lead_days": a.lead_days,
        "counterfactual": _counterfactual(a.counterfactual),
        "caveats": [_caveat(c) for c in a.caveats],
        "backout": [_backout(s) for s in a.backout],
    }


def _contribution(given: Contribution) -> Object:
    return {
        "points": given.points,
        "rule": given.rule,
        "address": given.address,
        "path": given.path,
        "reason": given.reason,
    }


def _caveat(caveat: Caveat) -> Object:
    return {
        "kind": caveat.kind,
        "message": caveat.message,
        "address": caveat.address,
        "blocks_standard": caveat.blocks_standard,
    }


def _backout(step: BackoutStep) -> Object:
    return {"address": step.address, "step": step.step, "reversible": step.reversible}


def _plan(plan: PlanFacts) -> Object:
    return {
        "path": plan.path,
        "terraform_version": plan.terraform_version,
        "format_version": plan.format_version,
        "fingerprint": plan.fingerprint,
        "complete": plan.complete,
        "errored": plan.errored,
    }


def _summary(summary: Summary) -> Object:
    return {
        "create": summary.create,
        "update": summary.update,
        "replace": summary.replace,
        "delete": summary.delete,
        "forget": summary.forget,
        "import": summary.import_,
        "move": summary.move,
        "read": summary.read,
        "no_op": summary.no_op,
        "outputs": summary.outputs,
    }


def _emergency(declared: Emergency | None) -> Object | None:
    if not declared:
        return None
    return {"incident": declared.incident, "review_due": declared.review_due}


def _finding(finding: Finding) -> Object:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "points": finding.points,
        "address": finding.address,
        "path": finding.path,
        "message": finding.message,
        "approvers": list(finding.approvers),
        "location": _location(finding.location),
        "waived": _waived(finding.waived),
    }


def _waived(waived: Waived | None) -> Object | None:
    if not waived:
        return None
    return {"ticket": waived.ticket, "owner": waived.owner, "expires": waived.expires}


def _location(location: Location | None) -> Object | None:
    return {"file": location.file, "line": location.line} if location else None


def _change(change: Change) -> Object:
    return {
        "address": change.address,
        "previous_address": change.previous_address,
        "deposed": change.deposed,
        "type": change.type,
        "action": change.action.value,
        "create_before_destroy": change.create_before_destroy,
        "imports": change.imports,
        "reasons": list(change.reasons),
        "changed_paths": list(change.changed_paths),
        "findings": list(change.findings),
        "reached": change.reached,
        "location": _location(change.location),
    }


def _blast_radius(radius: BlastRadius) -> Object:
    reached = [
        {
            "address": r.address,
            "type": r.type,
            "distance": r.distance,
            "changed": r.changed,
            "inferred": r.inferred,
            "chain": [{"address": hop.address, "via": hop.via} for hop in r.chain],
        }
        for r in radius.reached
    ]
    return {
        "score": radius.score,
        "changed": radius.changed,
        "reached": reached,
        "services": [{"service": name, "reached": number} for name, number in radius.services],
        "counts": dict(sorted(radius.counts.items())),
    }


def _drift(drift: Drift) -> Object:
    items = [
        {
            "address": i.address,
            "type": i.type,
            "kind": i.kind,
            "paths": list(i.paths),
            "status": i.status,
            "noise": i.noise,
        }
        for i in drift.items
    ]
    return {"score": drift.score, "items": items, "suppressed": drift.suppressed}


def _counterfactual(found: Counterfactual) -> Object:
    return {
        "blockers": [{"address": b.address, "reason": b.reason} for b in found.blockers],
        "remainder": found.remainder,
        "envelope": found.envelope,
    }
