"""The examples that deploy, run step by step with real Terraform and the register as the desk."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.action.job import Job
from tests.action.runner import Runner
from tests.action.workflows import ALL
from tests.conftest import Run
from tests.e2e.test_life import MAIN, approve

pytestmark = pytest.mark.skipif(not shutil.which("terraform"), reason="terraform is not on PATH")

FAILS = """
resource "terraform_data" "shop" {
  provisioner "local-exec" {
    command = "exit 3"
  }
}
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """A machine where the action has installed tfchange."""
    some = Runner(tmp_path_factory.mktemp("machine"), python=True)
    some.use({"mode": "none"})
    return some


@pytest.fixture
def runner(installed: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """That machine with Terraform, where the merge of pull request 12 was pushed."""
    some = Runner(tmp_path, installed.action, python=True)
    some.temp = installed.temp
    terraform = shutil.which("terraform")
    assert terraform
    (tmp_path / "bin" / "terraform").symlink_to(terraform)
    event = tmp_path / "event.json"
    head = {"id": "5ca1ab1e" * 5, "message": "Resize it (#12)", "author": {"name": "Bo"}}
    event.write_text(json.dumps({"after": head["id"], "head_commit": head}))
    some.env |= {
        "CHECKPOINT_DISABLE": "1",
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_SHA": head["id"],
        "RUNNER_TEMP": str(installed.temp),
        "TFCHANGE_REGISTER_URL": str(tmp_path / "register.db"),
    }
    monkeypatch.setenv("TFCHANGE_REGISTER_URL", some.env["TFCHANGE_REGISTER_URL"])
    return some


def example(name: str) -> dict[str, Any]:
    """The workflow of that name, with the register as its desk, and a gate that does not wait."""
    (found,) = (each for each in ALL if each.name == f"example-{name}.yml")
    told: dict[str, Any] = yaml.safe_load(found.text)
    told["env"]["TFCHANGE_DESK"] = "register"
    for step in (step for job in told["jobs"].values() for step in job["steps"]):
        step.get("with", {}).pop("wait", None)
    return told


def change(tfchange: Run) -> dict[str, Any]:
    """The one change that there is."""
    (found,) = json.loads(tfchange("change", "list", "--all", "-f", "json").out)
    return dict(found)


def filed(runner: Runner, told: dict[str, Any], tfchange: Run) -> None:
    """The first job was run, and its change is approved."""
    assert all(code == 0 for _, code in Job(runner, told, "change").run().codes)
    shown = json.loads(tfchange("change", "show", "CHG-0001", "-f", "json").out)
    assert shown["key"].endswith("#12"), "the key of the pull request that was merged"
    approve(tfchange, shown)


def log(tfchange: Run) -> str:
    """All that stands in the change."""
    return tfchange("change", "log", "CHG-0001").out


def test_deploy(runner: Runner, tfchange: Run) -> None:
    """The change of the pull request waits for approval, is applied by one step, and is closed."""
    (runner.workspace / "main.tf").write_text(MAIN)
    told = example("deploy")
    early = Job(runner, told, "change").run()
    assert early.codes[-1] == ("change", 0), early.ran[-1].out
    waiting = Job(runner, told, "apply").run()
    assert waiting.codes[-1] == ("run", 20), waiting.ran[-1].out
    assert not (runner.workspace / "terraform.tfstate").exists()
    filed(runner, told, tfchange)
    done = Job(runner, told, "apply").run()
    assert done.codes[-1] == ("run", 0), done.ran[-1].out
    assert "terraform_data.server: Creation complete" in done.ran[-1].out
    assert (change(tfchange)["state"], change(tfchange)["result"]) == ("closed", "successful")


def test_deploy_what_another_run_has_done(runner: Runner, tfchange: Run) -> None:
    """Its plan changes nothing by then; nothing is closed that this run has not done."""
    (runner.workspace / "main.tf").write_text(MAIN)
    told = example("deploy")
    filed(runner, told, tfchange)
    del told["jobs"]["apply"]["steps"][-1]
    Job(runner, told, "apply").run()
    runner.env["TF_CLI_ARGS_apply"] = "-auto-approve"
    told["jobs"]["apply"]["steps"] = [{"run": "terraform apply p.tfplan"}]
    assert Job(runner, told, "apply").run().ran[-1].code == 0
    del runner.env["TF_CLI_ARGS_apply"]
    again = Job(runner, example("deploy"), "apply").run()
    assert again.codes[-1] == ("run", 0), again.ran[-1].out
    assert change(tfchange)["state"] == "approved"


def stacks(runner: Runner, shop: str = "") -> dict[str, Any]:
    """Two stacks lie there; the workflow that deploys both."""
    for name, text in (("network", MAIN), ("shop", shop or MAIN)):
        (runner.workspace / "stacks" / name).mkdir(parents=True)
        (runner.workspace / "stacks" / name / "main.tf").write_text(text)
    return example("deploy-all-stacks")


def test_deploy_all_stacks(runner: Runner, tfchange: Run) -> None:
    """One change over both, gated, applied and closed by both logs."""
    told = stacks(runner)
    filed(runner, told, tfchange)
    done = Job(runner, told, "apply").run()
    assert done.codes[-3:] == [("gate", 0), ("apply", 0), ("close", 0)], done.ran[-1].out
    assert (change(tfchange)["state"], change(tfchange)["result"]) == ("closed", "successful")


def test_deploy_all_stacks_of_which_one_fails(runner: Runner, tfchange: Run) -> None:
    """The job fails, and the change is closed as done in part, with what was not."""
    told = stacks(runner, FAILS)
    filed(runner, told, tfchange)
    done = Job(runner, told, "apply").run()
    assert done.codes[-3:] == [("gate", 0), ("apply", 1), ("close", 0)], done.ran[-1].out
    assert change(tfchange)["result"] == "partly"
    assert "local-exec provisioner error" in log(tfchange)


def test_deploy_all_stacks_cancelled_before_the_apply(runner: Runner, tfchange: Run) -> None:
    """The gate has passed and nothing was applied: the change is closed as failed, and says so."""
    told = stacks(runner)
    filed(runner, told, tfchange)
    done = Job(runner, told, "apply", cancel="gate").run()
    assert done.codes[-2:] == [("gate", 0), ("close", 0)], done.ran[-1].out
    assert change(tfchange)["result"] == "failed"
    assert "The run was cancelled before anything was applied." in log(tfchange)


def test_deploy_all_stacks_killed_in_the_apply(runner: Runner, tfchange: Run) -> None:
    """A log that is cut closes nothing: the job fails, and the desk hears what is known."""
    told = stacks(runner)
    filed(runner, told, tfchange)
    (apply,) = (step for step in told["jobs"]["apply"]["steps"] if step.get("id") == "apply")
    # What a runner leaves that kills the step: a log without its end.
    apply["run"] = apply["run"].replace('| tee "', '| head -4 > "')
    done = Job(runner, told, "apply").run()
    assert done.codes[-1] == ("close", 1), done.ran[-1].out
    assert change(tfchange)["state"] == "implementing"
    assert "The log of the apply does not tell how it went." in log(tfchange)


def test_deploy_all_stacks_where_nothing_changes(runner: Runner, tfchange: Run) -> None:
    """There is no change then, and none to be closed."""
    told = stacks(runner, "locals {}")
    (runner.workspace / "stacks" / "network" / "main.tf").write_text("locals {}")
    assert all(code == 0 for _, code in Job(runner, told, "change").run().codes)
    done = Job(runner, told, "apply").run()
    assert done.codes[-2:] == [("gate", 0), ("apply", 0)], done.ran[-1].out
    assert json.loads(tfchange("change", "list", "--all", "-f", "json").out) == []
