"""Implementation plan: what to do before, how to apply exactly what was reviewed, and after."""

import shlex
from collections.abc import Iterator

from tfchange.change.blocks import paragraph, steps
from tfchange.change.checks import gone_trait
from tfchange.change.forge import short
from tfchange.change.lines import change_id, lead_text, names, plans
from tfchange.change.request import Commit, Text
from tfchange.plan.model import DESTROYING, Action
from tfchange.risk.assessment import Assessment, Category, Change
from tfchange.words import few, group_name, listing, unique


def implementation_text(assessment: Assessment, commit: Commit) -> Text:
    """The steps in their order; only what this assessment gives a reason for."""
    a = assessment
    if a.category is Category.NONE and not a.changes and not a.summary.outputs:
        return paragraph("Nothing has to be applied.")
    return steps(
        [
            *_permission(a),
            *_before(a),
            _checkout(commit),
            *_apply(a, commit),
            *_expect(a),
            _failing(a),
            _CLOSE,
        ]
    )


_CLOSE = (
    "Keep the log of the apply and close this change with its result: tfchange change close "
    "--result successful --apply-log FILE (or partly, or failed)."
)


def _permission(a: Assessment) -> Iterator[str]:
    groups = listing(unique(group_name(approval.group) for approval in a.approvals))
    if a.emergency:
        approval = (
            f" Ask {groups} for quick approval, or for approval afterwards." if groups else ""
        )
        yield (
            f"This is an emergency for incident {a.emergency.incident}: name it wherever you ask."
            f"{approval} The change is reviewed afterwards."
        )
    elif groups:
        yield f"Wait for approval by {groups}. {lead_text(a)}"
    elif a.category is Category.STANDARD:
        yield f"No approval is needed: the standard change {a.envelope} was approved before."


def _before(a: Assessment) -> Iterator[str]:
    losing = [c for c in a.changes if c.traits.loses_data and c.action in DESTROYING]
    changing = _one_way(a)
    yield from map(_saved, losing)
    for address in changing:
        yield (
            f"Before applying, take a snapshot of {address}: what changes of it cannot be changed "
            "back in place."
        )
    undone = [item.address for item in a.drift.items if item.status == "reverted"]
    if undone:
        yield (
            "Before applying, ask who made these changes outside Terraform, and why; this plan "
            "takes them back: "
            f"{few(undone, 10)}."
        )


def _saved(change: Change) -> str:
    for trait, said in SAVING.items():
        if trait in change.traits.traits:
            return said.format(name=change_id(change))
    guards = ", ".join(change.traits.guards)
    look = f" Look at what protects it: {guards}." if guards else ""
    return (
        f"Before applying, back up {change_id(change)} and check that the backup can be restored; "
        f"without one its data is lost.{look}"
    )


SAVING = {
    "messaging": "Before applying, let {name} run empty or save what is in it; what waits is lost.",
    "encryption-key": (
        "Before applying, make sure that nothing encrypted with {name} is still needed: a key "
        "cannot be backed up."
    ),
    "secret": "Before applying, keep a copy of the secret in {name} where it is safe.",
    "observability": "Before applying, copy what is still needed of {name}; it is lost.",
}
"""Where a backup is not what saves the data, by trait."""


def _one_way(a: Assessment) -> list[str]:
    updated = {c.address for c in a.changes if c.action is Action.UPDATE}
    return [s.address for s in a.backout if not s.reversible and s.address in updated]


def _checkout(commit: Commit) -> str:
    at = f"commit {commit.sha}" if commit.sha else short(commit.ref)
    number = f" (pull request #{commit.pull_request})" if commit.pull_request is not None else ""
    return f"Check out {at} of {commit.repository}{number}."


def _apply(a: Assessment, commit: Commit) -> Iterator[str]:
    chosen = [name for name in commit.workspaces if name != "default"]
    if len(chosen) == 1:
        name = shlex.quote(chosen[0])
        yield f"Work on {chosen[0]}: its own folder, or terraform workspace select {name}"
    elif chosen:
        yield f"Each plan goes into its own workspace: {listing(commit.workspaces)}."
    several = plans(a)
    if len(several) > 1:
        yield f"Apply the plans one after the other, the riskiest first: {few(several, 20)}."
    file = "the plan file that was reviewed and no other: terraform apply PLANFILE"
    held = f" (fingerprint {a.plan.fingerprint})" if a.plan.fingerprint else ""
    again = (
        " If it is gone or stale, plan again and file the new plan with tfchange change open "
        f"before you apply it: what was approved holds only for a plan that does the same{held}."
    )
    yield f"Apply {file}.{again}"


def _expect(a: Assessment) -> Iterator[str]:
    gone = sorted((c for c in a.changes if c.action in DESTROYING), key=lambda c: c.reached)
    first = [c for c in gone if not c.create_before_destroy]
    if len(first) > 1:
        yield (
            "Expect Terraform to destroy what depends on others before them, about in this order: "
            f"{names(first, 20)}."
        )
    replaced = [c for c in first if c.action is Action.REPLACE and _felt(c)]
    if replaced:
        yield (
            f"Expect an interruption from the moment the old is destroyed until the new is ready: "
            f"{names(replaced)}."
        )
    missed = [c for c in gone if c.action is Action.DELETE and _felt(c)]
    if missed:
        yield (
            "Expect an interruption for whatever still uses what is destroyed, unless something "
            f"else has taken its place: {names(missed)}."
        )


def _felt(change: Change) -> bool:
    if change.action is Action.DELETE:
        return bool(gone_trait(change))
    return change.traits.interrupts or change.traits.loses_data


def _failing(a: Assessment) -> str:
    lost = any(not step.reversible for step in a.backout)
    care = " Not everything can be undone: agree beforehand on who decides." if lost else ""
    return (
        "If the apply fails, stop: see what was done, do not simply apply again, and follow the "
        f"backout plan.{care}"
    )
