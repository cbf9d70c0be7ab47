"""A small rulebook with round numbers, and an assessment made with it."""

from typing import Any

import msgspec

from tests.build import plan
from tfchange.graph.build import build
from tfchange.plan.model import Plan
from tfchange.risk.assess import assess
from tfchange.risk.assessment import Assessment
from tfchange.rulebook.judge import Judge
from tfchange.rulebook.merged import apart
from tfchange.rulebook.rule import (
    Envelope,
    LevelPolicy,
    Limits,
    Policy,
    Rule,
    Rulebook,
    TypeTraits,
    Waiver,
    When,
)

TRAITS = {
    "aws_db_instance": TypeTraits(
        ("database",),
        stateful=True,
        loses_data=True,
        guards=("deletion_protection", "skip_final_snapshot"),
        sensitive=("publicly_accessible",),
    ),
    "aws_instance": TypeTraits(("compute",), interrupts=True, sensitive=("user_data",)),
    "aws_lambda_function": TypeTraits(("function",), cosmetic=("last_modified",)),
    "aws_security_group": TypeTraits(("security-group",), sensitive=("ingress.**",)),
    "aws_iam_role": TypeTraits(("identity",), sensitive=("assume_role_policy",)),
    "aws_vpc": TypeTraits(("network-path",)),
}

FACTS, FAMILIES = apart(TRAITS)


def rule(
    id_: str, severity: str, points: int, approvers: tuple[str, ...] = (), **when: Any
) -> Rule:
    """A rule that says its id and the address."""
    return Rule(
        id=id_,
        title=id_,
        severity=severity,
        points=points,
        when=When(**when),
        message="{address} is hit by " + id_ + ".",
        why="",
        references=(),
        approvers=approvers,
    )


RULES = (
    rule("compute-replaced", "medium", 9, traits=("compute",), actions=("replace", "delete")),
    rule(
        "database-destroyed",
        "critical",
        40,
        ("database",),
        traits=("database",),
        actions=("delete", "replace"),
    ),
    rule("deleted-outside", "medium", 8, drift=("deleted",)),
    rule(
        "identity-changed",
        "high",
        20,
        ("identity",),
        traits=("identity",),
        changed=("assume_role_policy",),
    ),
    rule("security-drift", "high", 15, ("security",), traits=("security-group",), drifted=True),
    rule("wide-reach", "low", 5, reach=3),
)

WHOLE = (
    msgspec.structs.replace(
        rule("much-destroyed", "medium", 6, destroyed=2),
        message="The plan destroys or replaces {count} resources.",
    ),
    rule("module-bumped", "medium", 7, bumped=("module:major",)),
    rule("opened", "high", 12, drift=("opened",)),
    rule("scripted", "medium", 4, provisioners=("local-*",), actions=("create", "replace")),
)
"""Rules about the whole plan, versions, provisioners and what drift opened."""

ENVELOPES = (
    Envelope(
        "capacity-up",
        "More of the same",
        "",
        (Limits(("update",), traits=("compute",), paths=("size",)),),
        earned={"runs": 3, "days": 90, "failures": 1},
    ),
    Envelope(
        "new-in-nonproduction",
        "New things where nobody gets hurt",
        "",
        (Limits(("create",)),),
        environments=("development",),
        max_changes=5,
    ),
    Envelope(
        "tags-only",
        "Tags and descriptions",
        "",
        (Limits(("update",), paths=("tags", "tags_all", "description")),),
        max_score=20,
        record="Log it with the plan",
    ),
)

POLICY = Policy(
    name="small",
    levels={
        "low": LevelPolicy(0, ("peer",), "none"),
        "medium": LevelPolicy(20, ("change-authority",), "1 business day", 1),
        "high": LevelPolicy(50, ("change-authority", "cab"), "5 business days", 5),
        "critical": LevelPolicy(100, ("cab",), "10 business days", 10),
    },
    groups={},
    environments={
        "production": ("prod", "live"),
        "staging": ("stage",),
        "development": ("dev", "test"),
    },
    environment_tags=("Environment", "env"),
    environment_variables=("environment", "stage"),
)


def judge(**fields: Any) -> Judge:
    """Judges by the small rulebook, with any part of it replaced."""
    parts: dict[str, Any] = {
        "name": "small",
        "hash": "0",
        "rules": RULES,
        "facts": FACTS,
        "families": FAMILIES,
        "patterns": (),
        "envelopes": ENVELOPES,
        "policy": POLICY,
    }
    return Judge(Rulebook(**{**parts, **fields}), "2026-01-15")


def assessed(changes: Any = None, by: Judge | None = None, **fields: Any) -> Assessment:
    """The assessment of a small plan; `told` holds what else to tell `assess`."""
    told = fields.pop("told", {})
    return assess_plan(plan(changes, **fields), by, **told)


def assess_plan(some: Plan, by: Judge | None = None, **told: Any) -> Assessment:
    """The assessment of a decoded plan with its own graph."""
    graph, gaps = build(some)
    caveats = (*gaps, *told.pop("caveats", ()))
    return assess(some, graph, by or judge(), caveats=caveats, **told)


def waiver(rule_: str, *addresses: str) -> Waiver:
    """Waives a rule until after the day of the tests."""
    return Waiver(rule_, addresses, "CHG-1", "platform", "2026-12-31")
