"""Findings, points, approvals and levels."""

from typing import Any

import pytest

from tests.build import change, state
from tests.risk.small import POLICY, WHOLE, assessed, judge, rule, waiver
from tfchange.plan.configuration import Bump, Pin, Source, SourceBlock, SourceModule
from tfchange.risk.assessment import Approval, Level, Location, Waived
from tfchange.rulebook.rule import TypeTraits


def replaced(n: int) -> list[object]:
    """So many instances that are replaced."""
    return [
        change(f"aws_instance.x[{i}]", ["delete", "create"], {"a": 1}, {"a": 2}) for i in range(n)
    ]


def test_many_of_one_rule_cost_ever_less() -> None:
    """The n-th finding of a rule costs an n-th of its points, and never less than one."""
    found = assessed(replaced(11))
    points = [c.points for c in found.contributions if c.rule == "compute-replaced"]
    assert points == [9, 4, 3, 2, 1, 1, 1, 1, 1, 1, 1]
    assert [f.points for f in found.findings] == [9] * 11


def test_actions_cost_a_little_up_to_a_cap() -> None:
    """Each action costs by itself, and of one kind only the first ten count."""

    def points(n: int) -> list[tuple[str, int, str]]:
        found = assessed(replaced(n), judge(rules=()))
        return [(c.rule, c.points, c.reason) for c in found.contributions if "action" in c.rule]

    assert points(1) == [("action.replace", 3, "1 resource is replaced.")]
    assert points(10) == [("action.replace", 30, "10 resources are replaced.")]
    assert points(25) == [("action.replace", 30, "25 resources are replaced.")]


def test_severity_is_a_floor() -> None:
    """A finding's severity is the least level, however few its points."""
    found = assessed(replaced(1), judge(rules=(rule("tiny", "critical", 0, actions=("replace",)),)))
    assert (found.level, found.score < POLICY.levels["critical"].at) == (Level.CRITICAL, True)
    assert not any(c.rule == "tiny" for c in found.contributions)


def test_level_by_score() -> None:
    """Without findings the thresholds decide."""
    levels = {assessed(replaced(n), judge(rules=())).level for n in (1, 7)}
    assert levels == {Level.LOW, Level.MEDIUM}


def test_a_waived_finding_stays_visible() -> None:
    """It says who waived it and until when, and stands after those that count."""
    by = judge(waivers=(waiver("compute-replaced", "aws_instance.x[0]"),))
    found = assessed(replaced(2), by).findings
    assert [(f.address, f.waived) for f in found] == [
        ("aws_instance.x[1]", None),
        ("aws_instance.x[0]", Waived("CHG-1", "platform", "2026-12-31")),
    ]


def test_findings_and_changes_know_their_place() -> None:
    """File and line come from the block, for every instance of it."""
    source = Source({"": SourceModule("", {"aws_instance.x": SourceBlock("main.tf", 7)})})
    found = assessed(replaced(1), told={"source": source})
    assert found.findings[0].location == Location("main.tf", 7)
    assert found.changes[0].location == Location("main.tf", 7)
    assert assessed(replaced(1)).findings[0].location is None


def test_approvals_come_from_the_level_and_from_findings() -> None:
    """Each group is asked once, with all the reasons."""
    changes = [
        change("aws_db_instance.a", ["delete"], {}, None),
        change("aws_db_instance.b", ["delete"], {}, None),
    ]
    found = assessed(changes)
    assert found.approvals == (
        Approval("cab", "the risk is critical"),
        Approval("database", "asked for by database-destroyed"),
    )
    assert (found.lead_time, found.lead_days) == ("10 business days", 10)


def test_one_group_for_two_reasons() -> None:
    """A group that the level and a rule both ask for is named once."""
    asks = rule("ask", "medium", 1, ("change-authority",), actions=("replace",))
    found = assessed(replaced(1), judge(rules=(asks,)))
    assert found.approvals == (
        Approval("change-authority", "the risk is medium and asked for by ask"),
    )


def test_rules_know_what_goes_with_the_whole() -> None:
    """A part that goes along with its whole, by id or ARN, can be told from one that is lost."""
    lost = rule(
        "part-lost",
        "high",
        9,
        types=("aws_s3_bucket_versioning",),
        expression="!(before.bucket in change.gone)",
    )
    part = change("aws_s3_bucket_versioning.v", ["delete"], {"bucket": "logs"}, None)
    whole = change("aws_s3_bucket.b", ["delete"], {"id": "logs"}, None)
    by_arn = change("aws_s3_bucket.b", ["delete"], {"id": "b", "arn": "logs"}, None)
    rest = change("aws_s3_bucket.b", ["no-op"], {"id": "logs"}, {"id": "logs"})
    state_ = state(**{"aws_s3_bucket.b": [], "aws_s3_bucket_versioning.v": ["aws_s3_bucket.b"]})
    by = judge(rules=(lost,))
    assert assessed([part, whole], by, state=state_).findings == ()
    assert assessed([part, by_arn], by, state=state_).findings == ()
    assert len(assessed([part, rest], by, state=state_).findings) == 1


def test_a_type_that_is_not_known_costs_uncertainty() -> None:
    """Unknown and guessed types cost a point each and say which of the two they are."""
    types = ("acme_wheel", "acme_subnet", "aws_vpc")
    by = judge(patterns=(("*_subnet", TypeTraits(("network",))),))
    found = assessed([change(f"{type_}.a", ["create"], None, {"a": 1}) for type_ in types], by)
    assert {c.reason for c in found.contributions if c.rule == "uncertainty"} == {
        "Nothing is known about resources of type acme_wheel.",
        "What is known about resources of type acme_subnet is guessed from its name.",
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([("aws_vpc.a", ["delete"]), ("aws_vpc.b", ["delete"])], 2),
        ([("aws_vpc.a", ["delete"]), ("aws_vpc.b", ["forget"])], None),
        ([("aws_vpc.a", ["delete"]), ("aws_vpc.b", ["delete", "create"])], None),
        ([("aws_vpc.a", ["delete"]), ("aws_instance.b", ["create", "delete"])], 2),
        ([("aws_vpc.a", ["delete"]), ("aws_unheard_of.b", ["delete", "create"])], 2),
        ([(f"aws_db_instance.x[{i}]", ["delete"]) for i in range(7)], 7),
    ],
)
def test_a_plan_that_takes_much_away_is_one_finding(changes: Any, expected: int | None) -> None:
    """What goes counts, and what is replaced so that it is felt; the address is the plan's."""
    entries = [
        change(a, actions, {"a": 1}, {"a": 2} if "create" in actions else None)
        for a, actions in changes
    ]
    found = [f for f in assessed(entries, judge(rules=WHOLE)).findings if f.address == "plan"]
    said = [f"The plan destroys or replaces {expected} resources."] if expected else []
    assert [f.message for f in found] == said


def test_a_version_that_changes_is_a_finding_of_its_own() -> None:
    """It stands where the version does, whatever else the plan does, and can be waived."""
    bump = Bump("module.net", Pin("acme/net/aws", "5.1.0"), Pin("acme/net/aws", "6.0.0"), "n.tf", 3)
    told = {"bumps": (bump,), "source": Source(root="infra")}
    (finding,) = assessed([], judge(rules=WHOLE), told=told).findings
    assert (finding.rule, finding.address) == ("module-bumped", "module.net")
    assert finding.location == Location("infra/n.tf", 3)
    waived = judge(rules=WHOLE, waivers=(waiver("module-bumped", "module.*"),))
    assert assessed([], waived, told=told).score == 0


@pytest.mark.parametrize(
    ("address", "actions", "provisioner", "expected"),
    [
        ("aws_instance.x", ["create"], "local-exec", True),
        ("aws_instance.x[0]", ["delete", "create"], "local-exec", True),
        ("aws_instance.x", ["update"], "local-exec", False),
        ("aws_instance.x", ["create"], "remote-exec", False),
        ('module.a["b"].aws_instance.x', ["create"], "local-exec", True),
        ('module.a["b"].aws_instance.y', ["create"], "local-exec", False),
    ],
)
def test_a_provisioner_is_found_at_its_block(
    address: str, actions: list[str], provisioner: str, expected: bool
) -> None:
    """Of every instance, in every module."""
    block = {"address": "aws_instance.x", "type": "aws_instance", "name": "x",
             "provisioners": [{"type": provisioner}]}  # fmt: skip
    module = {"resources": [block]}
    configuration = {"root_module": {**module, "module_calls": {"a": {"module": module}}}}
    entry = change(address, actions, {"a": 1}, {"a": 2})
    found = assessed([entry], judge(rules=WHOLE), configuration=configuration).findings
    assert [f.address for f in found] == ([address] if expected else [])
