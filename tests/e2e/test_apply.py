"""Gate, apply and closing with real Terraform: failing half way, interrupted, and the wrong log."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.apply.terminal import Terminal
from tests.conftest import ROOT, Run
from tests.e2e.test_life import PLACE, Stack, approve, stack, told

__all__ = ["stack"]

pytestmark = pytest.mark.skipif(not shutil.which("terraform"), reason="terraform is not on PATH")

FAILS = """
resource "terraform_data" "network" {
  input = "10.0.0.0/16"
}
resource "terraform_data" "server" {
  depends_on = [terraform_data.network]
  provisioner "local-exec" {
    command = "echo password=not-a-secret-4711; exit 3"
  }
}
resource "terraform_data" "name" {
  depends_on = [terraform_data.server]
}
"""
WAITS = FAILS.replace(
    "echo password=not-a-secret-4711; exit 3", "echo ready > ready.fifo; exec cat never.fifo"
)
HERE = PLACE[:-2]


@pytest.fixture(autouse=True)
def own_data(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where logs are kept; and the package that is tested, wherever a process is started."""
    data = stack.folder.parent / "data"
    monkeypatch.setenv("XDG_DATA_HOME", str(data))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("CHECKPOINT_DISABLE", "1")
    return data / "tfchange" / "applies"


def filed(tfchange: Run, stack: Stack, configuration: str) -> None:
    """The plan of that configuration is filed and approved."""
    (stack.folder / "main.tf").write_text(configuration)
    plan = stack.plan("p.tfplan")
    approve(tfchange, told(tfchange("change", "open", plan, *PLACE)))


def outcome(tfchange: Run) -> str | None:
    """How the change was closed."""
    (listed,) = json.loads(tfchange("change", "list", "--all", "--format", "json").out)
    found: str | None = listed["result"]
    return found


def history(tfchange: Run) -> str:
    """All that stands in the change."""
    return tfchange("change", "log", "CHG-0001", "--format", "json").out


def test_from_gate_to_close(tfchange: Run, stack: Stack, own_data: Path) -> None:
    """One command: the gate passes, Terraform applies, the change is closed as successful."""
    approve(tfchange, told(tfchange("change", "open", stack.plan("p.tfplan"), *PLACE)))
    done = tfchange("run", "p.tfplan", *HERE, "--", "terraform", "apply", "p.tfplan")
    assert done.code == 0, done.err
    assert "terraform_data.server: Creation complete" in done.out
    assert outcome(tfchange) == "successful"
    assert list(own_data.iterdir()) == []


def test_another_plan_than_the_gated_one(tfchange: Run, stack: Stack) -> None:
    """Nothing is applied, however the words of Terraform are put; neither is anything destroyed."""
    plan = stack.plan("p.tfplan")
    approve(tfchange, told(tfchange("change", "open", plan, *PLACE)))
    (stack.folder / "main.tf").write_text('resource "terraform_data" "evil" {}')
    stack.plan("evil.tfplan")
    for words in (
        ("apply", "-backup", "p.tfplan", "evil.tfplan"),
        ("apply", "-auto-approve", "-backup", "p.tfplan"),
        ("destroy", "-auto-approve"),
    ):
        done = tfchange("run", "p.tfplan", *HERE, "--", "terraform", *words)
        assert done.code == 2, done.err
    assert not (stack.folder / "terraform.tfstate").exists()
    assert told(tfchange("change", "show", *PLACE))["state"] == "approved"


def test_options_with_values(tfchange: Run, stack: Stack) -> None:
    """Terraform takes them in two words; the gated plan is applied, and its folder is another."""
    approve(tfchange, told(tfchange("change", "open", stack.plan("p.tfplan"), *PLACE)))
    words = (f"-chdir={stack.folder}", "apply", "-lock-timeout", "3s", "-parallelism=2", "p.tfplan")
    done = tfchange("run", "p.tfplan", *HERE, "--", "env", "TF_LOG=", "terraform", *words)
    assert done.code == 0, done.err
    assert outcome(tfchange) == "successful"


def test_failing_half_way(tfchange: Run, stack: Stack) -> None:
    """Closed as partly, with what was done, failed and was not begun, and the way back."""
    filed(tfchange, stack, FAILS)
    done = tfchange("run", "p.tfplan", *HERE, "--", "terraform", "apply", "p.tfplan")
    assert done.code == 1
    assert outcome(tfchange) == "partly"
    said = history(tfchange)
    for line in (
        "Of 3 resource changes: 1 done, 1 failed, 1 not started.",
        "terraform_data.server (create): local-exec provisioner error",
        "terraform_data.name: create",
        "terraform_data.network: created",
        "Look first what became of terraform_data.server.",
        "terraform_data.network: Re-apply the previous commit: it destroys what was created.",
    ):
        assert line in said
    assert "not-a-secret" not in said


def test_interrupted(tfchange: Run, stack: Stack, own_data: Path) -> None:
    """A signal to tfchange alone reaches Terraform; the change is closed with what was done."""
    waits(tfchange, stack)
    run = [sys.executable, "-m", "tfchange", "run", "p.tfplan", *HERE, "--"]
    child = subprocess.Popen(
        [*run, "terraform", "apply", "p.tfplan"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    (stack.folder / "ready.fifo").read_text()
    child.send_signal(signal.SIGTERM)
    assert child.wait() == 1
    interrupted(tfchange)
    assert list(own_data.iterdir()) == []


def test_ctrl_c_at_a_terminal(tfchange: Run, stack: Stack) -> None:
    """Terraform ends in order: it is not interrupted a second time by tfchange."""
    waits(tfchange, stack)
    with Terminal("run", "p.tfplan", *HERE, "--", "terraform", "apply", "p.tfplan") as terminal:
        (stack.folder / "ready.fifo").read_text()
        terminal.press_ctrl_c()
        assert terminal.wait() == 1
    assert b"Gracefully shutting down" in terminal.shown
    assert b"Two interrupts" not in terminal.shown
    interrupted(tfchange)


def waits(tfchange: Run, stack: Stack) -> None:
    """A plan is approved whose apply tells when it is under way, and then waits for ever."""
    for name in ("ready.fifo", "never.fifo"):
        os.mkfifo(stack.folder / name)
    filed(tfchange, stack, WAITS)


def interrupted(tfchange: Run) -> None:
    """The record tells the truth."""
    assert outcome(tfchange) == "partly"
    said = history(tfchange)
    assert "It was interrupted." in said
    assert "1 done, 1 failed, 1 not started" in said


def test_killed(tfchange: Run, stack: Stack) -> None:
    """Terraform is killed: nobody knows, so the change stays open until somebody says."""
    waits(tfchange, stack)
    script = stack.folder / "apply.sh"
    script.write_text("terraform apply -json p.tfplan & cat ready.fifo; kill -9 $!; wait $!\n")
    done = tfchange("run", "p.tfplan", *HERE, "--", "sh", "apply.sh")
    assert done.code == 137
    assert "the log ends before the apply was over" in done.err
    assert told(tfchange("change", "show", *PLACE))["state"] == "implementing"
    assert "terraform_data.network: created" in history(tfchange)
    (stack.folder / "never.fifo").write_text("")  # what it had started ends, too


def test_what_is_applied_is_not_what_was_filed(tfchange: Run, stack: Stack) -> None:
    """More was done than was approved: it is told, and no success."""
    filed(tfchange, stack, FAILS.partition('resource "terraform_data" "server"')[0])
    (stack.folder / "main.tf").write_text(FAILS.replace("exit 3", "true"))
    log = stack.folder / "apply.jsonl"
    log.write_text(stack.terraform("apply", "-json", "-auto-approve"))
    assert tfchange("change", "close", "--apply-log", log, *PLACE).code == 22
    assert outcome(tfchange) == "partly"
    assert "Done, and not approved" in history(tfchange)


def test_the_log_of_another_apply(tfchange: Run, stack: Stack, tmp_path: Path) -> None:
    """Is refused, and the change stays as it is."""
    filed(tfchange, stack, FAILS)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    other = Stack(elsewhere)
    (elsewhere / "main.tf").write_text('resource "terraform_data" "other" {}')
    log = elsewhere / "apply.jsonl"
    log.write_text(other.terraform("apply", "-json", "-auto-approve"))
    refused = tfchange("change", "close", "--apply-log", log, *PLACE)
    assert refused.code == 1
    assert "another apply" in refused.err
    assert told(tfchange("change", "show", *PLACE))["state"] == "approved"
