"""The category, its reasons, and what keeps a plan from being standard."""

from typing import Any

import pytest

from tests.build import change
from tests.goldens import SCENARIOS
from tests.goldens import assessed as assessed_scenario
from tests.risk.small import ENVELOPES, POLICY, assessed, judge
from tfchange.plan.model import Caveat
from tfchange.risk.assessment import Assessment, Blocker, Category, Emergency, Level
from tfchange.risk.earned import Run, Runs

TAGGED = {"tags": {"Name": "a", "Environment": "prod"}}
RETAGGED = {"tags": {"Name": "b", "Environment": "prod"}}


def tags(name: str, **fields: Any) -> dict[str, Any]:
    """A change of tags alone."""
    return change(name, ["update"], TAGGED, RETAGGED, **fields)


def resized(name: str) -> dict[str, Any]:
    """A change that the small rulebook's envelopes do not cover."""
    return change(name, ["update"], {"size": 1}, {"size": 2})


def reasons(found: Assessment) -> list[str]:
    """What stands in the way, in words."""
    return [b.reason for b in found.counterfactual.blockers]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, "Nothing changes."),
        ({"changes": [change("aws_vpc.x", ["no-op"], {}, {})]}, "Nothing changes."),
        ({"changes": [change("data.aws_vpc.x", ["read"], None, {})]}, "Nothing changes."),
        ({"changes": [change("data.aws_vpc.x", ["delete"], {}, None)]}, "Nothing changes."),
        (
            {"output_changes": {"a": {"actions": ["create"]}, "b": {"actions": ["no-op"]}}},
            "No resource changes, only 1 output value.",
        ),
        (
            {"changes": [change("aws_vpc.x", ["no-op"], {}, {}, previous_address="aws_vpc.w")]},
            "No resource changes: 1 address moves in the state only.",
        ),
    ],
)
def test_none(fields: dict[str, Any], why: str) -> None:
    """No-ops, reads, moves and outputs alone are no change, and the reason says which it was."""
    found = assessed(**fields)
    assert (found.category, found.why, found.approvals) == (Category.NONE, (why,), ())


def test_outputs_count_where_the_policy_says_so() -> None:
    """A policy can make outputs alone a change."""
    from msgspec.structs import replace

    by = judge(policy=replace(POLICY, outputs_are_changes=True))
    found = assessed(by=by, output_changes={"a": {"actions": ["update"]}})
    assert found.category is Category.NORMAL
    assert found.why == ("Only output values change, and the policy counts those as changes.",)


def test_an_errored_plan_is_never_none() -> None:
    """Where planning ended with errors nobody knows that nothing changes."""
    assert assessed(errored=True).category is Category.NORMAL


def test_standard() -> None:
    """A plan wholly inside one envelope is standard, needs no approval, and names its record."""
    found = assessed([tags("aws_vpc.a"), tags("aws_instance.b")])
    assert (found.category, found.envelope) == (Category.STANDARD, "tags-only")
    assert (found.approvals, found.lead_time, found.lead_days) == ((), "", 0)
    assert found.why == (
        "All 2 changes fit the pre-approved envelope tags-only (Tags and descriptions).",
        "Record: Log it with the plan.",
    )


def test_two_envelopes_are_not_one() -> None:
    """Changes that fit different envelopes are normal together."""
    new = change("aws_instance.n", ["create"], None, {"tags": {"env": "dev"}})
    retagged = change(
        "aws_instance.t", ["update"], {"tags": {"env": "dev"}}, {"tags": {"env": "dev", "a": "b"}}
    )
    assert assessed([new]).category is Category.STANDARD
    assert assessed([retagged]).category is Category.STANDARD
    assert assessed([new, retagged]).category is Category.NORMAL


def test_counterfactual() -> None:
    """It names what falls out and why, and what the others would be by themselves."""
    found = assessed([tags("aws_vpc.a"), tags("aws_vpc.b"), resized("aws_instance.c")])
    assert found.category is Category.NORMAL
    assert found.counterfactual.envelope == "tags-only"
    assert found.counterfactual.blockers == (
        Blocker("changes size, which tags-only does not cover", "aws_instance.c"),
    )
    assert found.counterfactual.remainder == (
        "The other 2 changes would be a standard change (tags-only)."
    )
    assert found.why == ("1 of 3 changes falls out of tags-only, the nearest standard change.",)


def test_no_promise_where_the_rest_would_not_be_standard() -> None:
    """Where a limit of the envelope still stands in the way, nothing is promised."""
    from msgspec.structs import replace

    tight = judge(envelopes=tuple(replace(e, max_changes=1) for e in ENVELOPES))
    found = assessed([tags("aws_vpc.a"), tags("aws_vpc.b"), resized("aws_instance.c")], tight)
    assert found.counterfactual.remainder == ""
    assert "There are 2 other changes, and tags-only allows 1." in reasons(found)


def test_nothing_fits() -> None:
    """Where no envelope covers any change, each says so."""
    found = assessed([change("aws_vpc.a", ["delete"], {}, None)])
    assert found.counterfactual.envelope is None
    assert reasons(found) == ["is destroyed, which no envelope allows for aws_vpc"]
    assert found.why == ("No pre-approved envelope covers any of the changes.",)


def test_without_envelopes() -> None:
    """A rulebook without envelopes knows no standard change."""
    found = assessed([tags("aws_vpc.a")], judge(envelopes=()))
    assert found.category is Category.NORMAL
    assert reasons(found) == ["is updated, which no envelope allows for aws_vpc"]


@pytest.mark.parametrize("environment", ["prod", "", "moon"])
def test_unknown_environments_count_as_production(environment: str) -> None:
    """An envelope for development holds nothing where the environment is not known."""
    new = [change("aws_vpc.a", ["create"], None, {})]
    found = assessed(new, told={"environment": environment})
    assert found.category is Category.NORMAL
    assert assessed(new, told={"environment": "dev"}).category is Category.STANDARD


def test_limits() -> None:
    """Count, score and having to be earned are limits of the whole plan."""
    many = [change(f"aws_vpc.n{i}", ["create"], None, {}) for i in range(6)]
    found = assessed(many, told={"environment": "test"})
    assert reasons(found) == ["There are 6 changes, and new-in-nonproduction allows 5."]
    found = assessed([resized("aws_instance.c")])
    assert reasons(found) == [
        "capacity-up must be earned by clean runs, and no register shows them."
    ]


def ran(*clean: bool) -> dict[str, Runs]:
    """Earlier runs of capacity-up, the newest first."""
    runs = (Run(f"CHG-{n}", each) for n, each in enumerate(clean, 1))
    return {"capacity-up": Runs("capacity-up", tuple(runs))}


def test_an_envelope_is_earned() -> None:
    """By enough clean runs, which the change names; until then the plan counts towards it."""
    bigger = [resized("aws_instance.c")]
    found = assessed(bigger, told={"runs": ran(True, True, True)})
    assert (found.category, found.envelope, found.earning) == (
        Category.STANDARD, "capacity-up", None,
    )  # fmt: skip
    assert found.why[-1] == (
        "The envelope was earned: 3 changes in the last 90 days went well (CHG-1, CHG-2, CHG-3), "
        "and none did not."
    )
    found = assessed(bigger, told={"runs": ran(True, True)})
    assert (found.category, found.envelope, found.earning) == (
        Category.NORMAL, None, "capacity-up",
    )  # fmt: skip
    assert reasons(found) == [
        "capacity-up is earned by 3 changes in 90 days that went well, and there are 2."
    ]


def test_an_envelope_is_lost() -> None:
    """By a failure, whatever went well before."""
    found = assessed([resized("aws_instance.c")], told={"runs": ran(False, True, True, True)})
    assert (found.category, found.earning) == (Category.NORMAL, "capacity-up")
    (reason,) = reasons(found)
    assert "1 change in the last 90 days did not go well (CHG-1), and 1 takes it away" in reason


def test_nothing_is_earned_by_what_does_not_fit() -> None:
    """A plan that something else keeps from the envelope does not count towards it."""
    both = [resized("aws_instance.c"), change("aws_vpc.a", ["create"], None, {})]
    assert assessed(both, told={"runs": ran(True)}).earning is None
    assert assessed([resized("aws_instance.c")], complete=False).earning is None


@pytest.mark.parametrize(
    "told",
    [
        {"complete": False},
        {"errored": True},
        {"told": {"caveats": (Caveat("targeted", "Only a part was planned.", None, True),)}},
        {"deferred_changes": [{"reason": "x", "resource_change": resized("aws_vpc.z")}]},
    ],
)
def test_doubts_forbid_standard(told: dict[str, Any]) -> None:
    """What could not be known keeps a plan from being standard, costs points and is a blocker."""
    found = assessed([tags("aws_vpc.a")], **told)
    assert found.category is Category.NORMAL
    assert any(c.rule == "uncertainty" for c in found.contributions)
    assert found.counterfactual.blockers


def test_other_caveats_are_told_and_cost_nothing() -> None:
    """A caveat that does not forbid a standard change is shown, and that is all."""
    told = {"caveats": (Caveat("version", "A newer format."),)}
    found = assessed([tags("aws_vpc.a")], told=told)
    assert (found.category, found.score) == (Category.STANDARD, 0)
    assert [c.kind for c in found.caveats] == ["version"]


def test_a_doubt_about_one_change_leaves_with_it() -> None:
    """What is in doubt about a change does not keep the others from being standard."""
    doubt = Caveat("construct", "An unknown action.", "aws_instance.c", True)
    changes = [tags("aws_vpc.a"), resized("aws_instance.c")]
    found = assessed(changes, told={"caveats": (doubt,)})
    assert found.counterfactual.remainder == (
        "The other change would be a standard change (tags-only)."
    )


def test_unknown_values_where_they_matter_forbid_standard() -> None:
    """A value known only after apply forbids standard on sensitive paths, and nowhere else."""

    def created(**unknown: bool) -> Assessment:
        new = change("aws_instance.a", ["create"], None, {}, after_unknown=unknown)
        return assessed([new], told={"environment": "dev"})

    assert created(private_ip=True).category is Category.STANDARD
    found = created(user_data=True)
    assert found.category is Category.NORMAL
    assert [(c.address, c.path) for c in found.contributions if c.rule == "uncertainty"] == [
        ("aws_instance.a", "user_data")
    ]


def test_grave_findings_forbid_standard_unless_waived() -> None:
    """A finding of high severity forbids standard; one that is waived does not."""
    from tests.risk.small import rule, waiver

    retagging = rule("retagged", "high", 1, actions=("update",))
    found = assessed([tags("aws_vpc.a")], judge(rules=(retagging,)))
    assert found.category is Category.NORMAL
    assert reasons(found) == ["has a finding of high severity (retagged)"]
    assert found.why == ("aws_vpc.a is hit by retagged.",)
    waived = judge(rules=(retagging,), waivers=(waiver("retagged", "aws_vpc.*"),))
    assert assessed([tags("aws_vpc.a")], waived).category is Category.STANDARD


def test_forget_and_import_are_changes() -> None:
    """What enters or leaves Terraform's care changes hands, so it is normal."""
    forgotten = change("aws_vpc.a", ["forget"], {}, None)
    imported = change("aws_vpc.b", ["no-op"], {}, {}, importing={"id": "vpc-1"})
    for entry in (forgotten, imported):
        assert assessed([entry]).category is Category.NORMAL
    assert reasons(assessed([imported])) == ["is imported, which no envelope allows for aws_vpc"]


def test_emergency_is_declared_and_still_computed() -> None:
    """A declared emergency is one, with the risk computed all the same."""
    gone = [change("aws_db_instance.a", ["delete"], {}, None)]
    calm = assessed(gone)
    found = assessed(gone, told={"emergency": Emergency("INC1")})
    assert found.category is Category.EMERGENCY
    assert (found.level, found.score) == (Level.CRITICAL, calm.score)
    assert found.why[:2] == (
        "It was declared an emergency for incident INC1.",
        "Otherwise it would be a normal change of critical risk.",
    )
    assert {a.group for a in found.approvals} == {"cab", "database"}
    small = assessed([tags("aws_vpc.a")], told={"emergency": Emergency("INC1")})
    assert small.why[1] == "Otherwise it would be a standard change (tags-only)."
    nothing = assessed(told={"emergency": Emergency("INC1")})
    assert nothing.category is Category.NONE


def test_the_headline_names_what_most_depends_on() -> None:
    """Where a rule hits a network and its parts, the network comes first."""
    found = assessed_scenario(SCENARIOS / "vpc-replaced")
    assert found.why[0].startswith("module.network.aws_vpc.this is replaced")
