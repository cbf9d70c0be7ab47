"""The labels that say on a list of pull requests which kind of change each is, and how risky."""

from tfchange.review.host import Host, Label
from tfchange.risk.assessment import Assessment, Category, Level

CATEGORIES = {
    Category.NONE: Label("change:none", "ededed", "Nothing changes in the infrastructure"),
    Category.STANDARD: Label("change:standard", "0e8a16", "Standard change: approved beforehand"),
    Category.NORMAL: Label("change:normal", "1d76db", "Normal change: to be approved"),
    Category.EMERGENCY: Label(
        "change:emergency", "b60205", "Emergency change: reviewed afterwards"
    ),
}
LEVELS = {
    Level.LOW: Label("risk:low", "c2e0c6", "Low risk by the rulebook of changes"),
    Level.MEDIUM: Label("risk:medium", "fbca04", "Medium risk by the rulebook of changes"),
    Level.HIGH: Label("risk:high", "d93f0b", "High risk by the rulebook of changes"),
    Level.CRITICAL: Label("risk:critical", "b60205", "Critical risk by the rulebook of changes"),
}
OURS = frozenset(label.name for label in (*CATEGORIES.values(), *LEVELS.values()))
"""All labels that are put on or taken off; no other label is touched, whatever it begins with."""


def wanted(assessment: Assessment) -> tuple[Label, ...]:
    """The labels of a pull request with this assessment: its category and its level."""
    return CATEGORIES[assessment.category], LEVELS[assessment.level]


def label(host: Host, assessment: Assessment) -> bool:
    """Of our labels the pull request has those of the assessment alone; whether any had to change.

    Forges take names that differ in case alone for the same; some know no labels.
    """
    if not host.labelled:
        return False
    labels = wanted(assessment)
    there = {name.lower(): name for name in host.labels()}
    stale = [name for low, name in there.items() if low in OURS - {each.name for each in labels}]
    missing = [each for each in labels if each.name not in there]
    for name in stale:
        host.unlabel(name)
    for each in missing:
        host.label(each)
    return bool(stale or missing)
