"""What `tfchange change` and `tfchange gate` tell the steps after them."""

from pathlib import Path

import pytest

from tests.conftest import SCENARIOS, Run
from tests.review.test_job import outputs

PLAN = SCENARIOS / "tags-only" / "plan.json"
PLACE = ("--repository", "acme/shop", "--pull-request", "12")


@pytest.fixture(autouse=True)
def step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file for outputs of a step, beside that for its summary, and a register."""
    for name in ("GITHUB_REPOSITORY", "GITLAB_CI", "TF_BUILD", "JENKINS_URL", "BITBUCKET_COMMIT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TFCHANGE_REGISTER_URL", str(tmp_path / "register.db"))
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(step: Path) -> dict[str, str]:
    """The outputs since this was last asked."""
    file = step / "output"
    text = file.read_text()
    file.unlink()
    return outputs(text)


def test_every_command_about_a_change_tells_of_it(step: Path, tfchange: Run) -> None:
    """Number, category, level and fingerprint are the same from the opening to the end."""
    assert tfchange("change", "open", PLAN, *PLACE).code == 0
    opened = told(step)
    assert opened["change-number"] == "CHG-0001"
    assert (opened["category"], opened["level"]) == ("standard", "low")
    assert opened.pop("score") == "0"
    assert tfchange("gate", PLAN, *PLACE).code == 0
    gate = told(step)
    assert gate.pop("outcome") == "passed"
    assert gate == opened
    assert tfchange("change", "close", "--result", "successful", *PLACE).code == 0
    assert told(step) == opened
    assert (step / "summary").read_text().startswith("\n## Gate\n\n    PASSED: ")


@pytest.mark.parametrize("command", [("change", "open"), ("gate",)])
def test_a_dry_run_tells_nothing(step: Path, tfchange: Run, command: tuple[str, ...]) -> None:
    """Since nothing was done."""
    tfchange(*command, PLAN, *PLACE, "--dry-run")
    assert not (step / "output").exists()
    assert not (step / "summary").exists()


def test_a_gate_for_what_was_never_filed(step: Path, tfchange: Run) -> None:
    """Its outputs say of the plan what is known, and nothing of a change."""
    assert tfchange("gate", PLAN, *PLACE).code == 20
    gate = told(step)
    assert (gate["outcome"], gate["category"]) == ("waiting", "standard")
    assert (gate["change-number"], gate["level"]) == ("", "")
    assert len(gate["fingerprint"]) == 32


def test_plans_of_the_environment(
    step: Path, tfchange: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They stand one a line, spaces in their names are theirs, and what is given wins over them."""
    folder = step / "two plans"
    folder.mkdir()
    (folder / "plan.json").write_bytes(PLAN.read_bytes())
    monkeypatch.setenv("TFCHANGE_PLAN", f"\n  {folder}/plan.json \n\n")
    assert tfchange("assess", "-f", "json").code == 0
    monkeypatch.setenv("TFCHANGE_PLAN", "missing.json")
    assert tfchange("assess").code == 1
    assert tfchange("assess", PLAN).code == 0
    monkeypatch.setenv("TFCHANGE_PLAN", "")
    assert "Missing argument 'PLAN...'" in tfchange("assess").err
