"""Taking changes back: honest, and in an order that works."""

from itertools import pairwise
from typing import Any

from tests.build import change
from tests.goldens import SCENARIOS
from tests.goldens import assessed as assessed_scenario
from tests.risk.small import assessed
from tfchange.risk.assessment import BackoutStep


def step(entry: dict[str, Any]) -> BackoutStep:
    """How one change is taken back."""
    (found,) = assessed([entry]).backout
    return found


def test_what_holds_data_does_not_come_back_by_itself() -> None:
    """A destroyed or replaced data store says what is lost and which guards to look at."""
    for actions in (["delete"], ["delete", "create"]):
        after = None if actions == ["delete"] else {"size": 2}
        found = step(change("aws_db_instance.a", actions, {"size": 1}, after))
        assert not found.reversible
        assert "snapshot or backup taken before; without one it is lost" in found.step
        assert "deletion_protection, skip_final_snapshot" in found.step


def test_one_way_updates() -> None:
    """A version or size of a data store that went up cannot go down again in place."""
    found = step(
        change("aws_db_instance.a", ["update"], {"engine_version": "15"}, {"engine_version": "16"})
    )
    assert not found.reversible
    assert "The new engine_version cannot go back in place" in found.step
    assert step(change("aws_db_instance.a", ["update"], {"size": 1}, {"size": 2})).reversible


def test_each_action() -> None:
    """Each kind of change has its own way back, with the command where there is one."""
    key = 'aws_vpc.a["it\'s"]'
    quoted = "'aws_vpc.a[\"it'\\''s\"]'"
    assert "destroys what was created" in step(change(key, ["create"], None, {})).step
    assert "anew, with new identifiers" in step(change(key, ["delete"], {}, None)).step
    assert f"terraform import {quoted} ID" in step(change(key, ["forget"], {}, None)).step
    left = change("aws_vpc.a", ["delete"], {}, None, deposed="00000000")
    assert step(left).step.startswith("Nothing to take back")


def test_an_import_is_out_of_the_state_before_a_commit_without_it_is_applied() -> None:
    """That commit would destroy the real resource; an update that came with it goes by hand."""
    entries = [
        change("aws_vpc.gone", ["delete"], {}, None),
        change("aws_vpc.old", ["no-op"], {}, {}, importing={"id": "vpc-1"}),
        change("aws_vpc.too", ["update"], {"a": 1}, {"a": 2}, importing={"id": "vpc-2"}),
        change("aws_vpc.anew", ["delete", "create"], {"a": 1}, {"a": 2}, importing={"id": "3"}),
    ]
    steps = assessed(entries).backout
    assert [s.address for s in steps] == [
        "aws_vpc.anew",
        "aws_vpc.old",
        "aws_vpc.too",
        "aws_vpc.anew",
        "aws_vpc.gone",
        "aws_vpc.too",
    ]
    assert steps[1].step == (
        "Before the previous commit is applied, take it out of the state: terraform state rm "
        "'aws_vpc.old'; otherwise Terraform would destroy it, for that commit does not have it."
    )
    assert "state rm 'aws_vpc.too'" in steps[2].step
    assert "no commit creates it again" in steps[3].step
    assert not steps[3].reversible
    assert steps[4].step.startswith("Re-apply the previous commit")
    assert steps[5].step.startswith("Only by hand: take back what was updated (a); no commit holds")
    sized = change("aws_db_instance.a", ["update"], {"engine_version": "1"}, {}, importing={})
    assert not assessed([sized]).backout[-1].reversible


def test_an_imported_bucket_in_production_is_not_destroyed() -> None:
    """Both resources of the scenario leave the state first, and no step applies the commit."""
    steps = assessed_scenario(SCENARIOS / "import").backout
    assert ["terraform state rm" in s.step for s in steps] == [True, True, False, False]
    assert not any("Re-apply" in s.step for s in steps)


def test_a_move_goes_back_before_the_commit_with_the_old_address_is_applied() -> None:
    """Otherwise it would be destroyed and created; what no longer is in the state is not moved."""
    entries = [
        change("aws_vpc.both", ["update"], {"a": 1}, {"a": 2}, previous_address="aws_vpc.was"),
        change("aws_vpc.gone", ["delete"], {}, None, previous_address="aws_vpc.there"),
        change("aws_vpc.z", ["no-op"], {}, {}, previous_address="aws_vpc.y"),
    ]
    steps = assessed(entries).backout
    assert [s.address for s in steps] == [
        "aws_vpc.both",
        "aws_vpc.z",
        "aws_vpc.gone",
        "aws_vpc.both",
    ]
    assert steps[1].step == (
        "Before the previous commit is applied, move it back: terraform state mv 'aws_vpc.z' "
        "'aws_vpc.y'; otherwise Terraform would destroy it and create another."
    )
    assert steps[3].step == "Re-apply the previous commit."


def test_moves_in_a_row_go_back_as_their_old_addresses_become_free() -> None:
    """An address that another one still has cannot be moved to; up or down the row."""
    for row in (("a", "b", "c", "d"), ("d", "c", "b", "a")):
        moves = [
            change(f"aws_vpc.{new}", ["no-op"], {}, {}, previous_address=f"aws_vpc.{old}")
            for old, new in pairwise(row)
        ]
        assert [s.address for s in assessed(moves).backout] == [f"aws_vpc.{n}" for n in row[1:]]


def test_what_still_exists_is_imported_before_the_previous_commit_is_applied() -> None:
    """Otherwise it would create another: of what was forgotten, and of a key that can be kept."""
    entries = [
        change("aws_vpc.gone", ["delete"], {}, None),
        change("aws_vpc.kept", ["forget"], {}, None),
    ]
    first, second = assessed(entries).backout
    assert first.address == "aws_vpc.kept"
    assert first.step.startswith("Before the previous commit is applied")
    assert "otherwise Terraform would create another" in first.step
    assert second.address == "aws_vpc.gone"
    key, *_ = assessed_scenario(SCENARIOS / "kms-key-deleted").backout
    assert key.step.startswith("Before the previous commit is applied, cancel the deletion")


def test_order() -> None:
    """What was destroyed comes back from the ground up; what was created goes from the top down."""

    def resource(name: str, *targets: str) -> dict[str, Any]:
        kind, _, short = name.partition(".")
        uses = {"uses": {"references": [f"{t}.id" for t in targets]}}
        return {
            "address": name,
            "mode": "managed",
            "type": kind,
            "name": short,
            "expressions": uses,
        }

    resources = [
        resource("aws_vpc.new"),
        resource("aws_instance.new", "aws_vpc.new"),
        resource("aws_vpc.old"),
        resource("aws_instance.old", "aws_vpc.old"),
        resource("aws_instance.kept", "aws_vpc.old", "aws_vpc.new"),
    ]
    found = assessed(
        [
            change("aws_instance.new", ["create"], None, {}),
            change("aws_vpc.new", ["create"], None, {}),
            change("aws_instance.old", ["delete"], {}, None),
            change("aws_vpc.old", ["delete"], {}, None),
            change("aws_instance.kept", ["update"], {"a": 1}, {"a": 2}),
        ],
        configuration={"root_module": {"resources": resources}},
    )
    assert [s.address for s in found.backout] == [
        "aws_vpc.old",
        "aws_instance.old",
        "aws_instance.kept",
        "aws_instance.new",
        "aws_vpc.new",
    ]


def test_drift_is_not_taken_back_by_a_commit() -> None:
    """What was changed or deleted by hand was in no commit, and the steps say so."""
    steps = _steps("deleted-outside")
    assert (
        "terraform destroy -target='aws_dynamodb_table.index'" in steps["aws_dynamodb_table.index"]
    )
    steps = _steps("drift-reverted")
    assert steps["aws_lambda_function.worker"].endswith("comes back only by hand.")
    assert steps["aws_cloudwatch_metric_alarm.dead"] == "Re-apply the previous commit."


def _steps(scenario: str) -> dict[str, str]:
    return {step.address: step.step for step in assessed_scenario(SCENARIOS / scenario).backout}
