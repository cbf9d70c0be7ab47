"""Plans that real Terraform printed, and files that are not quite plans."""

import json
from collections import Counter
from pathlib import Path

import pytest

from fixtures.malformed import nested, nested_value
from tests.build import seen
from tfchange.errors import PlanError
from tfchange.plan.decode import decode
from tfchange.plan.model import Action, Plan

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
MALFORMED = json.loads((FIXTURES / "malformed" / "expected.json").read_text(encoding="utf-8"))
REAL = sorted((FIXTURES / "plans").glob("*.json")) + sorted(
    (FIXTURES / "graphs").rglob("plan.json")
)


def _plan(name: str) -> Plan:
    return decode((FIXTURES / "plans" / f"{name}.json").read_bytes(), name)


def _actions(plan: Plan) -> Counter[str]:
    return Counter(str(change.action) for change in plan.changes if change.acts)


@pytest.mark.parametrize("name", sorted(n for n in MALFORMED if n != "no-plans"))
def test_each_wrong_file_is_named_and_the_right_command_given(name: str) -> None:
    """What can be read is read; what cannot says what it is and what to run."""
    expected, data = MALFORMED[name], (FIXTURES / "malformed" / name).read_bytes()
    if expected["ok"]:
        decode(data, name)
        return
    with pytest.raises(PlanError) as caught:
        decode(data, name)
    said = caught.value.message.lower()
    assert all(words.lower() in said for words in expected["says"]), said
    assert (expected["command"] or "") in caught.value.advice


@pytest.mark.parametrize("data", [nested(), nested_value()], ids=["top", "value"])
def test_a_hundred_thousand_brackets_are_refused(data: bytes) -> None:
    """Hostile nesting neither crashes nor hangs the decoder."""
    with pytest.raises(PlanError):
        decode(data)


@pytest.mark.parametrize("file", REAL, ids=lambda f: str(f.relative_to(FIXTURES)))
def test_every_real_plan_is_read_without_doubt(file: Path) -> None:
    """What Terraform writes is understood whole: no unknown construct, no marker of a secret."""
    plan = decode(file.read_bytes(), file.name)
    values = [seen(change) for change in (*plan.changes, *plan.drift)]
    assert {"construct", "unknown-format", "version"}.isdisjoint(c.kind for c in plan.caveats)
    assert "MARKER" not in repr((plan, values))


@pytest.mark.parametrize(
    ("name", "actions"),
    [
        ("replace-delete-first", {"replace": 1, "update": 1}),
        ("replace-create-first", {"replace": 2}),
        ("destroy", {"delete": 4}),
        ("deposed-alone", {"delete": 1}),
        ("no-changes", {}),
        ("outputs-only", {}),
        ("empty", {}),
    ],
)
def test_the_actions_are_those_terraform_planned(name: str, actions: dict[str, int]) -> None:
    """Counted by kind, without no-ops and reads."""
    assert _actions(_plan(name)) == actions


def test_replacement_orders_and_reasons() -> None:
    """Both orders, on request, by triggers and when tainted."""
    first = [c for c in _plan("replace-create-first").changes if c.action is Action.REPLACE]
    assert all(c.create_before_destroy for c in first)
    reasons = {
        name: {c.reason for c in _plan(name).changes if c.action is Action.REPLACE}
        for name in ("replace-by-request", "replace-by-triggers", "replace-tainted")
    }
    assert reasons == {
        "replace-by-request": {"replace_by_request"},
        "replace-by-triggers": {"replace_by_triggers"},
        "replace-tainted": {"replace_because_tainted"},
    }


def test_deposed_objects_stand_beside_the_current_one() -> None:
    """The same address twice, told apart by the deposed key."""
    twice = Counter(change.address for change in _plan("deposed").changes)
    assert max(twice.values()) == 2
    assert len({change.id for change in _plan("deposed").changes}) == sum(twice.values())


def test_forgotten_moved_and_imported() -> None:
    """Removed without destroying, moved to new addresses, imported by id and by identity."""
    assert sum(c.action is Action.FORGET for c in _plan("forget").changes) >= 3
    assert sum(c.moved for c in _plan("moved").changes) >= 4
    assert all(c.importing.id for c in _plan("import").changes if c.importing)
    assert any(c.importing for c in _plan("import").changes)
    assert any(c.generated for c in _plan("import-generated").changes)
    constructed = _plan("constructed/import-by-identity").changes
    assert any(c.importing and c.importing.identity for c in constructed)


def test_unfinished_plans_say_so() -> None:
    """Targets, errors and deferred changes forbid a standard change."""
    for name in ("targeted", "errored", "constructed/deferred", "constructed/actions"):
        assert any(c.blocks_standard for c in _plan(name).caveats), name


def test_checks_tell_what_fails() -> None:
    """Each failing check is a caveat; passing and unknown ones are not."""
    plan = _plan("checks")
    assert {"pass", "fail", "unknown"} <= {check.status for check in plan.checks}
    failing = [check.address for check in plan.checks if check.status == "fail"]
    assert [c.address for c in plan.caveats if c.kind == "checks"] == failing


def test_drift_of_a_refresh_only_plan() -> None:
    """One attribute changed and one resource deleted outside Terraform."""
    assert {change.action for change in _plan("refresh-only").drift} == {
        Action.UPDATE,
        Action.DELETE,
    }


def test_every_digit_and_letter_survives() -> None:
    """Numbers beyond 64 bit and names outside ASCII are kept as they are."""
    numbers = repr([seen(change) for change in _plan("numbers").changes])
    assert "12345678901234567890123" in numbers
    assert "9007199254740993" in numbers
    assert any(not change.address.isascii() for change in _plan("non-ascii").changes)


@pytest.mark.parametrize(
    "name",
    [
        "format-0.1",
        "format-0.1-deposed-bool",
        "format-0.2-drift-without-address",
        "replace-create-forget",
    ],
)
def test_old_and_rare_shapes_are_read(name: str) -> None:
    """Shapes that Terraform 1.11 does not write any more, or not yet."""
    plan = _plan(f"constructed/{name}")
    assert all(change.address for change in (*plan.changes, *plan.drift))
    assert plan.changes or plan.drift
