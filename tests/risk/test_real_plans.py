"""The laws and the drift filter on plans that real Terraform made."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.risk.small import assess_plan
from tfchange.plan.decode import decode
from tfchange.plan.model import Plan
from tfchange.risk.assessment import Assessment
from tfchange.rulebook.judge import Judge
from tfchange.rulebook.load import load

SCENARIOS = Path(__file__).parents[2] / "fixtures" / "scenarios"
FILES = [pytest.param(f, id=f.parent.name) for f in sorted(SCENARIOS.glob("*/plan.json"))]


@pytest.fixture(scope="module")
def by() -> Judge:
    """Judges by the bundled rules."""
    return Judge(load())


def read(name: str) -> Plan:
    """The plan of a scenario."""
    return decode((SCENARIOS / name / "plan.json").read_bytes())


def drift(name: str, by: Judge) -> tuple[list[tuple[str, str, tuple[str, ...]]], int]:
    """What drifted in a scenario and its status, and how much of it was noise."""
    found: Assessment = assess_plan(read(name), by)
    items = [(i.address, i.status, i.paths) for i in found.drift.items]
    return items, found.drift.suppressed


@pytest.mark.parametrize("file", FILES)
def test_laws(file: Path, by: Judge) -> None:
    """Points sum up, order is irrelevant, each change can be taken back or says that it cannot."""
    plan = decode(file.read_bytes())
    found = assess_plan(plan, by)
    assert sum(c.points for c in found.contributions) == found.score
    assert {s.address for s in found.backout} == {c.address for c in found.changes}
    turned = replace(plan, changes=plan.changes[::-1], drift=plan.drift[::-1])
    assert assess_plan(turned, by) == found


def test_drift_made_by_hand_is_reverted(by: Judge) -> None:
    """Both manual changes are found, and the plan takes them back."""
    assert drift("drift-reverted", by) == (
        [
            ("aws_security_group.endpoints", "reverted", ("ingress",)),
            ("aws_lambda_function.worker", "reverted", ("timeout",)),
        ],
        0,
    )


def test_drift_that_the_plan_ignores_is_kept(by: Judge) -> None:
    """A capacity behind ignore_changes is real drift, and stays."""
    items, _ = drift("drift-kept", by)
    assert items == [("aws_autoscaling_group.web", "kept", ("desired_capacity",))]


def test_what_the_provider_says_is_noise(by: Judge) -> None:
    """After an apply nothing that the provider filled in passes for drift."""
    assert drift("drift-noise", by)[0] == []
    assert drift("drift-noise", by)[1] > 0


def test_real_drift_stands_out_of_noise(by: Judge) -> None:
    """Time stamps of three databases are folded; three things that people did are not."""
    items, suppressed = drift("platform", by)
    assert suppressed == 3
    assert [(address, status) for address, status, _ in items] == [
        ("aws_security_group.alb", "reverted"),
        ('module.service["accounts"].aws_cloudwatch_metric_alarm.unhealthy', "reverted"),
        ('module.service["checkout"].aws_autoscaling_group.this', "irrelevant"),
    ]
