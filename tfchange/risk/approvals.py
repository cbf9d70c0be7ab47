"""Who must approve, and why each of them is asked."""

from collections.abc import Container, Iterable, Iterator

from tfchange.risk.assessment import Approval, Assessment, Category, Finding, Level
from tfchange.risk.facts import Facts
from tfchange.risk.findings import counted
from tfchange.rulebook.rule import Policy

ASKED = frozenset({Category.NORMAL, Category.EMERGENCY})
"""Nothing to approve is in a change that does nothing; a standard one was approved before."""


def approvals(
    category: Category,
    level: Level,
    findings: Iterable[Finding],
    policy: Policy,
    facts: Iterable[Facts] = (),
) -> tuple[Approval, ...]:
    """Each group once: those of the level first, then those that findings and traits ask for.

    An emergency is for those that the policy names for it, since nobody else can be waited for.
    """
    if category not in ASKED:
        return ()
    if category is Category.EMERGENCY and policy.emergency.approvals:
        return tuple(Approval(group, _DECLARED) for group in policy.emergency.approvals)
    reasons: dict[str, list[str]] = {}
    for group in policy.levels[level].approvals if level in policy.levels else ():
        reasons.setdefault(group, []).append(_risk(level))
    for group, rules in _asked(findings).items():
        reasons.setdefault(group, []).append(f"asked for by {', '.join(rules)}")
    for group, traits in _concerned(facts, policy).items():
        reasons.setdefault(group, []).append(f"the policy asks them for {', '.join(traits)}")
    return tuple(Approval(group, " and ".join(said)) for group, said in reasons.items())


def lead_time(category: Category, level: Level, policy: Policy) -> str:
    """How long ahead to file the change; `""` where nobody has to wait."""
    if category is not Category.NORMAL or level not in policy.levels:
        return ""
    return policy.levels[level].lead_time


def lead_days(category: Category, level: Level, policy: Policy) -> int:
    """The same in whole working days; 0 where nobody has to wait."""
    if category is not Category.NORMAL or level not in policy.levels:
        return 0
    return policy.levels[level].lead_days


def merged(asked: Iterable[Iterable[Approval]]) -> tuple[Approval, ...]:
    """The approvals of several plans, each group once with all its reasons."""
    reasons: dict[str, dict[str, None]] = {}
    for approval in (a for some in asked for a in some):
        reasons.setdefault(approval.group, {})[approval.reason] = None
    return tuple(Approval(group, " and ".join(said)) for group, said in reasons.items())


def further(section: Assessment, groups: Container[str]) -> Iterator[Approval]:
    """What one of several plans asks for, besides `groups` for the level of all of them."""
    for approval in section.approvals:
        said = approval.reason.split(" and ")
        if approval.group in groups:
            said = [reason for reason in said if reason != _risk(section.level)]
        if said:
            yield Approval(approval.group, " and ".join(said))


_DECLARED = "it was declared an emergency"


def _risk(level: Level) -> str:
    return f"the risk is {level}"


def _asked(findings: Iterable[Finding]) -> dict[str, list[str]]:
    rules: dict[str, set[str]] = {}
    for f in counted(findings):
        for group in f.approvers:
            rules.setdefault(group, set()).add(f.rule)
    return {group: sorted(rules[group]) for group in sorted(rules)}


def _concerned(facts: Iterable[Facts], policy: Policy) -> dict[str, list[str]]:
    """The traits for which each group is asked, of all that more than tags of changes."""
    there = {trait for f in facts if not f.cosmetic for trait in f.traits.traits}
    found: dict[str, list[str]] = {}
    for trait, groups in policy.approvals_by_trait.items():
        for group in groups if trait in there else ():
            found.setdefault(group, []).append(trait)
    return found
