"""A change from the plan to its close, with real Terraform or OpenTofu, and the register."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run

PROGRAMS = pytest.mark.parametrize(
    "stack",
    [
        pytest.param(
            "terraform",
            marks=pytest.mark.skipif(
                not shutil.which("terraform"), reason="terraform is not on PATH"
            ),
        ),
        pytest.param(
            "tofu",
            marks=pytest.mark.skipif(not shutil.which("tofu"), reason="tofu is not on PATH"),
        ),
    ],
    indirect=True,
)
MAIN = """
variable "size" {
  default = "small"
}
resource "terraform_data" "network" {
  input = "10.0.0.0/16"
}
resource "terraform_data" "server" {
  input            = var.size
  triggers_replace = terraform_data.network.id
}
"""
PLACE = ("--repository", "acme/shop", "--pull-request", "12", "--format", "json")


class Stack:
    """A folder with a configuration, and Terraform (or OpenTofu) run in it."""

    def __init__(self, folder: Path, program: str = "terraform") -> None:
        self.folder, self._program = folder, program
        (folder / "main.tf").write_text(MAIN)
        self.terraform("init", "-input=false")

    def terraform(self, *arguments: str) -> str:
        """What Terraform prints."""
        done = subprocess.run(
            [self._program, *arguments], cwd=self.folder, capture_output=True, text=True,
            check=False, env={**os.environ, "CHECKPOINT_DISABLE": "1"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def plan(self, name: str, *flags: str) -> Path:
        """A binary plan."""
        self.terraform("plan", "-input=false", f"-out={name}", *flags)
        return self.folder / name


@pytest.fixture
def stack(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A fresh stack beside a fresh register."""
    monkeypatch.setenv("TFCHANGE_REGISTER_URL", str(tmp_path / "register.db"))
    folder = tmp_path / "stack"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return Stack(folder, getattr(request, "param", "terraform"))


def told(outcome: Any) -> dict[str, Any]:
    """The object that was printed."""
    assert outcome.code == 0, outcome.err
    found: dict[str, Any] = json.loads(outcome.out)
    return found


def approve(tfchange: Run, ticket: dict[str, Any]) -> None:
    """All groups that were asked approve."""
    for each in ticket["approvals"]:
        done = tfchange(
            "change", "approve", ticket["number"], "--group", each["group"], "--by", "ann"
        )
        assert done.code == 0, done.err


@PROGRAMS
def test_from_plan_to_close(tfchange: Run, stack: Stack) -> None:
    """Plan, open, approve, apply, close by the log: the register tells the truth at each step."""
    plan = stack.plan("p.tfplan")
    opened = told(tfchange("change", "open", plan, *PLACE))
    approve(tfchange, opened)
    assert told(tfchange("change", "show", *PLACE))["state"] == "approved"
    log = stack.folder / "apply.jsonl"
    log.write_text(stack.terraform("apply", "-json", "-input=false", "p.tfplan"))
    closed = told(tfchange("change", "close", "--apply-log", log, *PLACE))
    assert (closed["number"], closed["state"]) == (opened["number"], "closed")
    (listed,) = json.loads(tfchange("change", "list", "--all", "--format", "json").out)
    assert listed["result"] == "successful"
    assert tfchange("change", "verify").code == 0


@PROGRAMS
def test_the_same_plan_made_again_stays_approved(tfchange: Run, stack: Stack) -> None:
    """Planning again gives the same fingerprint; another value gives another."""
    opened = told(tfchange("change", "open", stack.plan("a.tfplan"), *PLACE))
    approve(tfchange, opened)
    again = told(tfchange("change", "open", stack.plan("b.tfplan"), *PLACE))
    assert (again["fingerprint"], again["state"]) == (opened["fingerprint"], "approved")
    other = told(tfchange("change", "open", stack.plan("c.tfplan", "-var=size=large"), *PLACE))
    assert other["fingerprint"] != opened["fingerprint"]
    assert other["state"] == "waiting"


@PROGRAMS
def test_after_the_apply_nothing_is_left(tfchange: Run, stack: Stack) -> None:
    """A plan after the apply is empty: what still waits is cancelled, nothing is opened."""
    told(tfchange("change", "open", stack.plan("p.tfplan"), *PLACE))
    stack.terraform("apply", "-input=false", "p.tfplan")
    empty = stack.plan("e.tfplan")
    assert told(tfchange("change", "open", empty, *PLACE))["state"] == "cancelled"
    assert told(tfchange("change", "open", empty, *PLACE))["state"] == "none"
