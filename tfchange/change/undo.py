"""Backout plan: how each change is taken back, and what cannot be."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from tfchange.change.blocks import headed, paragraph, steps
from tfchange.change.forge import short
from tfchange.change.request import Commit, Text
from tfchange.plan.model import Action
from tfchange.risk.assessment import Assessment, BackoutStep, Category, Change
from tfchange.risk.backout import BEFORE
from tfchange.risk.blast import LOAD_BEARING
from tfchange.words import count, few, plan_name, sentence, unique


def backout_text(assessment: Assessment, commit: Commit) -> Text:
    """The steps in the order to do them, after a word on what cannot be undone."""
    if not assessment.backout:
        return paragraph("Nothing has to be taken back.")
    return (
        *paragraph(_lead(assessment)),
        *paragraph(_order(assessment, commit)),
        *_told(assessment),
    )


def step_lines(backout: Iterable[BackoutStep]) -> Iterator[str]:
    """A line for each step; addresses that share one stand together."""
    for (step, reversible), run in groupby(backout, key=lambda s: (s.step, s.reversible)):
        lost = "" if reversible else " (cannot be undone)"
        yield f"{few([s.address for s in run], 8)}{lost}: {sentence(step)}"


def _told(a: Assessment) -> Text:
    if not a.sections:
        return steps(step_lines(a.backout))
    told = (
        headed(plan_name(s.plan.path), steps(step_lines(s.backout))) for s in reversed(a.sections)
    )
    return tuple(block for text in told for block in text)


def _lead(a: Assessment) -> str:
    lost = [step.address for step in a.backout if not step.reversible]
    by_hand = _by_hand(a)
    said = []
    if lost:
        of = f"{len(lost):,} of {count(len({step.address for step in a.backout}), 'change')}"
        said.append(f"{of} cannot be undone by Terraform alone: {few(lost, 10)}.")
    if by_hand:
        said.append(f"All or part of these goes back only by hand: {few(by_hand, 10)}.")
    if not _harmless(a):
        what = "the rest" if said else "all of it"
        said.append(f"Terraform can take back {what}; {_MEANWHILE}")
    return " ".join(said) or "Everything can be undone."


_MEANWHILE = "what was exposed, lost or interrupted meanwhile, it cannot."


def _by_hand(a: Assessment) -> list[str]:
    imported = [c.address for c in a.changes if c.imports and c.action is Action.UPDATE]
    drifted = [d.address for d in a.drift.items if d.kind == "changed" and d.status == "reverted"]
    gone = {step.address for step in a.backout if not step.reversible}
    return [each for each in unique([*imported, *drifted]) if each not in gone]


def _harmless(a: Assessment) -> bool:
    """Whether nothing was opened, lost or cut that a later apply cannot make good."""
    usual = a.category is Category.STANDARD
    return not a.findings and all(
        c.cosmetic
        or c.action in _GENTLE
        or (c.action is Action.UPDATE and _stands_alone(c) and (usual or not c.traits.interrupts))
        for c in a.changes
    )


_GENTLE = frozenset({Action.NO_OP, Action.READ, Action.CREATE, Action.FORGET})


def _stands_alone(change: Change) -> bool:
    return LOAD_BEARING.isdisjoint(change.traits.traits)


def _order(a: Assessment, commit: Commit) -> str:
    at = f"commit {commit.sha[:12]}" if commit.sha else short(commit.ref)
    previous = f"the previous commit, the one applied before {at}, is re-applied once for all steps"
    how = "revert the change in the repository, plan, have that plan reviewed, and apply it."
    if not any(step.step.startswith(_FIRST) for step in a.backout):
        return f"The steps are in the order to do them. Where they say so, {previous}: {how}"
    return (
        "The steps are in the order to do them. Those on the state come first: without them the "
        "previous commit destroys or duplicates what is there. Let no other run of Terraform in "
        f"between. After them {previous}: {how}"
    )


_FIRST = BEFORE[:1].upper() + BEFORE[1:]
