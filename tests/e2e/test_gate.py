"""The gate between approval and apply, with real Terraform and the register."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.e2e.test_life import PLACE, Stack, approve, stack, told

__all__ = ["stack"]  # a fixture
pytestmark = pytest.mark.skipif(not shutil.which("terraform"), reason="terraform is not on PATH")
FREEZE = "calendar: {freezes: [{name: Year end, start: 2020-12-20, end: 2999-01-04}]}"


@pytest.fixture(autouse=True)
def salt(monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret, as pipelines have one."""
    monkeypatch.setenv("TFCHANGE_FINGERPRINT_SALT", "a secret of these tests")


def gate(tfchange: Run, plan: Path) -> tuple[int, dict[str, Any]]:
    """The exit code of the gate, and what it prints."""
    done = tfchange("gate", plan, *PLACE)
    return done.code, json.loads(done.out)


def test_from_assessment_to_close(tfchange: Run, stack: Stack) -> None:
    """Assess, open, approve, gate, apply, close: each step finds what the one before left."""
    plan = stack.plan("p.tfplan")
    assessed = json.loads(tfchange("assess", plan, "--format", "json").out)
    opened = told(tfchange("change", "open", plan, *PLACE))
    assert opened["category"] == assessed["category"] == "normal"
    assert gate(tfchange, plan)[0] == 20
    approve(tfchange, opened)
    code, passed = gate(tfchange, plan)
    assert (code, passed["likeness"]) == (0, "identical")
    assert passed["change"]["state"] == "implementing"
    log = stack.folder / "apply.jsonl"
    log.write_text(stack.terraform("apply", "-json", "-input=false", "p.tfplan"))
    closed = told(tfchange("change", "close", "--apply-log", log, *PLACE))
    assert (closed["number"], closed["state"]) == (opened["number"], "closed")
    trail = [entry["action"] for entry in json.loads(tfchange("change", "log", "-f", "json").out)]
    assert [step for step in trail if step in ("opened", "approved", "implementing", "closed")] == [
        "opened", *["approved"] * len(opened["approvals"]), "implementing", "closed",
    ]  # fmt: skip
    assert tfchange("change", "verify").code == 0


def test_the_plan_changed_between_approval_and_gate(tfchange: Run, stack: Stack) -> None:
    """It is refused with what is new, and passes once that was filed and approved."""
    approve(tfchange, told(tfchange("change", "open", stack.plan("p.tfplan"), *PLACE)))
    other = stack.plan("q.tfplan", "-var=size=large")
    code, refused = gate(tfchange, other)
    assert code == 22
    assert refused["new"] == [
        "terraform_data.server is created with other values than were approved."
    ]
    opened = told(tfchange("change", "open", other, *PLACE))
    assert gate(tfchange, other)[0] == 20
    approve(tfchange, opened)
    assert gate(tfchange, other)[0] == 0


def test_less_of_it_passes(tfchange: Run, stack: Stack) -> None:
    """A plan for one of the resources is covered by the approval of all, and says what is left."""
    approve(tfchange, told(tfchange("change", "open", stack.plan("p.tfplan"), *PLACE)))
    code, passed = gate(tfchange, stack.plan("q.tfplan", "-target=terraform_data.network"))
    assert (code, passed["likeness"]) == (0, "weaker")
    assert passed["left_out"] == ["terraform_data.server is not created any more."]


def test_rejected(tfchange: Run, stack: Stack) -> None:
    """One group that rejects is enough."""
    plan = stack.plan("p.tfplan")
    opened = told(tfchange("change", "open", plan, *PLACE))
    group = opened["approvals"][0]["group"]
    tfchange("change", "reject", opened["number"], "--group", group, "--by", "ann")
    assert gate(tfchange, plan)[0] == 21


def test_frozen(tfchange: Run, stack: Stack) -> None:
    """An approved change does not pass a freeze."""
    plan = stack.plan("p.tfplan")
    approve(tfchange, told(tfchange("change", "open", plan, *PLACE)))
    (stack.folder / "tfchange.yaml").write_text(FREEZE)
    code, held = gate(tfchange, plan)
    assert code == 23
    assert "Year end" in held["reasons"][0]


def test_after_the_merge(tfchange: Run, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was approved on the pull request is found by the push that merges it."""
    opened = told(tfchange("change", "open", stack.plan("p.tfplan"), *PLACE))
    approve(tfchange, opened)
    sha = "5ca1ab1e" * 5
    event = stack.folder / "push.json"
    head = {"id": sha, "message": "Make it larger (#12)\n", "author": {"name": "Bo"}}
    event.write_text(json.dumps({"after": sha, "head_commit": head}))
    for name, value in {
        "GITHUB_REPOSITORY": "acme/shop", "GITHUB_EVENT_NAME": "push", "GITHUB_SHA": sha,
        "GITHUB_REF": "refs/heads/main", "GITHUB_EVENT_PATH": str(event), "GITHUB_ACTOR": "bo",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    done = tfchange("gate", stack.plan("q.tfplan"), "--format", "json")
    assert done.code == 0, done.out
    assert json.loads(done.out)["change"]["number"] == opened["number"]


def test_a_provisioner_that_was_changed(tfchange: Run, stack: Stack) -> None:
    """Runs nothing that nobody approved, though no resource differs."""
    run = 'provisioner "local-exec" {{ command = "{}" }}'
    text = 'resource "terraform_data" "job" {{ {} }}'

    def written(command: str) -> Path:
        (stack.folder / "main.tf").write_text(text.format("\n" + run.format(command) + "\n"))
        return stack.plan(f"{len(command)}.tfplan")

    approve(tfchange, told(tfchange("change", "open", written("echo fine"), *PLACE)))
    code, refused = gate(tfchange, written("echo evil; touch it"))
    assert code == 22
    assert refused["new"] == [
        "terraform_data.job: its provisioner runs something else than was approved."
    ]
    assert gate(tfchange, written("echo fine"))[0] == 0


def test_another_workspace_is_another_change(tfchange: Run, stack: Stack) -> None:
    """What was approved for one is not approved for the other, though the plans do the same."""
    opened = told(tfchange("change", "open", stack.plan("p.tfplan"), *PLACE))
    approve(tfchange, opened)
    stack.terraform("workspace", "new", "prod")
    code, refused = gate(tfchange, stack.plan("q.tfplan"))
    assert code == 20
    assert refused["reasons"] == ["Nothing was filed for acme/shop@prod#12."]
