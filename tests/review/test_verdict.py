"""The check of a commit: how it ends, and what stands at which line."""

import msgspec
import pytest

from tests.contracts.host import assessed
from tests.report import samples
from tfchange.review.host import Conclusion
from tfchange.review.labels import CATEGORIES, LEVELS, OURS, wanted
from tfchange.review.verdict import MOST, check
from tfchange.risk.assessment import Category, Level, Location


@pytest.mark.parametrize(
    ("category", "level", "fail_on", "conclusion"),
    [
        (Category.NONE, Level.LOW, None, Conclusion.SUCCESS),
        (Category.STANDARD, Level.LOW, None, Conclusion.SUCCESS),
        (Category.NORMAL, Level.LOW, None, Conclusion.NEUTRAL),
        (Category.NORMAL, Level.CRITICAL, None, Conclusion.NEUTRAL),
        (Category.EMERGENCY, Level.HIGH, None, Conclusion.NEUTRAL),
        (Category.NORMAL, Level.HIGH, Level.HIGH, Conclusion.FAILURE),
        (Category.NORMAL, Level.MEDIUM, Level.HIGH, Conclusion.NEUTRAL),
        (Category.STANDARD, Level.LOW, Level.LOW, Conclusion.FAILURE),
    ],
)
def test_only_what_is_asked_for_fails(
    category: Category, level: Level, fail_on: Level | None, conclusion: Conclusion
) -> None:
    """Risk alone is no failure: who may approve it is for the gate to ask."""
    assert check(assessed(category, level), "5ca1", "*", fail_on=fail_on).conclusion is conclusion


def test_findings_stand_at_their_lines() -> None:
    """The gravest first; what is waived or in no file is not among them."""
    told = check(samples.rich(), "5ca1", "*Why*")
    assert [(a.path, a.line, a.severity, a.title) for a in told.annotations] == [
        ("modules/data/rds.tf", 12, "critical", "database-replaced"),
        ("network.tf", 40, "high", "ingress-opened"),
    ]
    assert told.annotations[0].message == samples.LOST
    assert told.title == "Normal change, critical risk, 118 points"


@pytest.mark.parametrize(
    ("file", "base", "path"),
    [
        ("main.tf", "", "main.tf"),
        ("main.tf", "infra", "infra/main.tf"),
        ("./a/../main.tf", "infra", "infra/main.tf"),
        ("../modules/main.tf", "infra", "modules/main.tf"),
        ("../../elsewhere/main.tf", "infra", None),
        ("/elsewhere/main.tf", "infra", None),
        ("a\\main.tf", "", "a/main.tf"),
    ],
)
def test_files_are_named_from_the_root(file: str, base: str, path: str | None) -> None:
    """Whatever folder the run is in; files outside of the repository have no lines in it."""
    rich = samples.rich()
    found = msgspec.structs.replace(rich.findings[0], location=Location(file, 3))
    one = msgspec.structs.replace(rich, findings=(found,))
    assert [a.path for a in check(one, "5ca1", "", base=base).annotations] == (
        [path] if path else []
    )


def test_instances_of_a_block_are_one_annotation() -> None:
    """Fifty instances at one line are not fifty sentences beside it; nobody reads thousands."""
    rich = samples.rich()
    same = rich.findings[:1] * 50
    (only,) = check(msgspec.structs.replace(rich, findings=same), "5ca1", "").annotations
    assert only.message == f"{samples.LOST} And 49 more of the same block."
    many = tuple(
        msgspec.structs.replace(rich.findings[0], location=Location("main.tf", n + 1))
        for n in range(MOST + 100)
    )
    assert len(check(msgspec.structs.replace(rich, findings=many), "5ca1", "").annotations) == MOST


def test_labels_are_what_github_takes() -> None:
    """Names, colours and descriptions keep its limits, and no two labels share a name."""
    every = [*CATEGORIES.values(), *LEVELS.values()]
    assert len(OURS) == len(every) == len(Category) + len(Level)
    for label in every:
        assert len(label.name) <= 50
        assert len(label.description) <= 100
        assert len(label.colour) == 6
        assert int(label.colour, 16) >= 0
    names = [label.name for label in wanted(assessed(Category.EMERGENCY, Level.HIGH))]
    assert names == ["change:emergency", "risk:high"]
