"""What the plan does, counted and listed."""

from collections import Counter
from collections.abc import Iterable, Mapping

from tfchange.plan.model import QUIET, Action, Plan, ResourceChange
from tfchange.plan.paths import path_text
from tfchange.risk.assessment import Change, Finding, PlanFacts, Summary
from tfchange.risk.facts import Facts
from tfchange.risk.findings import Finder
from tfchange.rulebook.rule import TypeTraits

REASONS = {
    "replace_because_tainted": "it is tainted",
    "replace_because_cannot_update": "what changes cannot be changed in place",
    "replace_by_request": "its replacement was asked for",
    "replace_by_triggers": "something in replace_triggered_by changes",
    "delete_because_no_resource_config": "it is no longer in the configuration",
    "delete_because_no_module": "its module is no longer in the configuration",
    "delete_because_no_move_target": "it was moved to where there is no configuration",
    "delete_because_wrong_repetition": "its block gained or lost count or for_each",
    "delete_because_count_index": "its index is beyond count",
    "delete_because_each_key": "its key is no longer in for_each",
    "read_because_config_unknown": "its configuration is known only after apply",
    "read_because_dependency_pending": "it depends on what changes",
    "read_because_check_nested": "a check reads it",
}
_UNKNOWN_TYPE = TypeTraits(traits=())
_URGENCY = [Action.DELETE, Action.REPLACE, Action.FORGET, Action.UPDATE, Action.CREATE]


def summarise(plan: Plan) -> Summary:
    """How many instances of each kind; data sources count only as reads."""
    read, quiet = Action.READ, Action.NO_OP
    counts = Counter(
        [c.action if c.mode == "managed" or c.action is read else quiet for c in plan.changes]
    )
    return Summary(
        create=counts[Action.CREATE],
        update=counts[Action.UPDATE],
        replace=counts[Action.REPLACE],
        delete=counts[Action.DELETE],
        forget=counts[Action.FORGET],
        import_=sum(c.importing is not None for c in plan.changes),
        move=sum(c.moved for c in plan.changes if c.previous_address is not None),
        read=counts[Action.READ],
        no_op=counts[Action.NO_OP],
        outputs=sum(o.action is not Action.NO_OP for o in plan.outputs),
    )


def acts(change: ResourceChange) -> bool:
    """Whether something real happens to a resource; data sources that go away are nothing."""
    return change.acts and change.mode == "managed"


def concerns(change: ResourceChange) -> bool:
    """Whether the change is to be judged: it acts, or brings an object under management."""
    return acts(change) or change.importing is not None


def shown(plan: Plan) -> tuple[ResourceChange, ...]:
    """What acts, moves or is imported, by id: all that a reader is told of one by one."""
    found = [
        c
        for c in plan.changes
        if c.action not in QUIET or c.importing is not None or c.previous_address is not None
    ]
    found = [c for c in found if concerns(c) or c.moved]
    return tuple(sorted(found, key=lambda c: c.id))


def list_changes(
    some: Iterable[ResourceChange],
    facts: Mapping[str, Facts],
    findings: Iterable[Finding],
    finder: Finder,
) -> tuple[Change, ...]:
    """The changes as a report shows them, the worst first."""
    by_id: dict[str, list[Finding]] = {}
    for f in findings:
        by_id.setdefault(f.address, []).append(f)
    found = [
        (_order(c, by_id.get(c.id, []), facts.get(c.id)), _change(c, by_id, facts, finder))
        for c in some
    ]
    found.sort(key=lambda pair: pair[0])
    return tuple(change for _, change in found)


def _change(
    c: ResourceChange,
    by_id: Mapping[str, list[Finding]],
    facts: Mapping[str, Facts],
    finder: Finder,
) -> Change:
    own = facts.get(c.id)
    return Change(
        address=c.address,
        type=c.type,
        action=c.action,
        previous_address=c.previous_address,
        deposed=c.deposed,
        reasons=_reasons(c),
        changed_paths=own.paths if own else (),
        findings=tuple(dict.fromkeys(f.rule for f in by_id.get(c.id, ()))),
        reached=own.reach if own else 0,
        imports=c.importing is not None,
        create_before_destroy=c.create_before_destroy,
        location=finder.location(c.address),
        traits=own.traits if own else _UNKNOWN_TYPE,
        cosmetic=bool(own and own.cosmetic),
    )


def _order(
    c: ResourceChange, findings: list[Finding], facts: Facts | None
) -> tuple[int, int, int, int, str]:
    counted = [f for f in findings if f.waived is None]
    worst = max((f.severity.rank for f in counted), default=-1)
    urgency = _URGENCY.index(c.action) if c.action in _URGENCY else len(_URGENCY)
    reach = facts.reach if facts else 0
    return (-worst, -sum(f.points for f in counted), urgency, -reach, c.id)


def _reasons(c: ResourceChange) -> tuple[str, ...]:
    found = []
    if c.reason:
        found.append(REASONS.get(c.reason, c.reason.replace("_", " ")))
    if c.replace_paths and c.action is Action.REPLACE:
        names = sorted({path_text(p) for p in c.replace_paths})
        force = "force" if len(names) > 1 else "forces"
        found.append(f"{', '.join(names)} {force} a replacement")
    if c.deposed:
        found.append("it was left over when its replacement failed")
    if c.forgets:
        found.append("the configuration says to forget it without destroying it")
    return tuple(found)


def plan_facts(plan: Plan) -> PlanFacts:
    """What a report says of the plan file itself."""
    return PlanFacts(
        path=plan.path,
        terraform_version=plan.terraform_version,
        format_version=plan.format_version,
        timestamp=plan.timestamp,
        complete=plan.complete,
        errored=plan.errored,
    )
