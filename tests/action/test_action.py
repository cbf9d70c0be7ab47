"""action.yml, run step by step as a runner does it, against the register and a fake GitHub."""

import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.action.expression import fill
from tests.action.runner import BASH, LOCK, Runner, Used, clone
from tests.action.workflows import ALL
from tests.conftest import ROOT, SCENARIOS, Run
from tests.review.fake import TOKEN, GitHubFake, serve

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
PLAN = str(SCENARIOS / "database-replaced" / "plan.json")
TAGS = str(SCENARIOS / "tags-only" / "plan.json")
SHA = "5ca1ab1e" * 5
RUN = "Run tfchange"
HOSTILE = "\"; touch pwned; echo $(touch pwned) `touch pwned` ' \\ ${{ x }} %0A ::error::"


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """A job for pull request 12, on a machine without Python; tfchange is installed once."""
    folder = tmp_path_factory.mktemp("job")
    runner = Runner(folder)
    event = folder / "event.json"
    event.write_text(
        json.dumps({"pull_request": {"number": 12, "head": {"sha": SHA, "ref": "resize"}}})
    )
    runner.env |= {
        "GITHUB_ACTOR": "ann",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_REF": "refs/pull/12/merge",
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_RUN_ID": "99",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_SHA": "0ddba115" * 5,
        "JOB_TOKEN": TOKEN,
        "TFCHANGE_REGISTER_URL": str(folder / "register.db"),
    }
    return runner


@pytest.fixture
def fake(job: Runner) -> Iterator[GitHubFake]:
    """GitHub, as a server of an enterprise."""
    some = GitHubFake()
    with serve(some, "/api/v3") as url:
        job.env["GITHUB_API_URL"] = url
        yield some
    assert some.breaches == []


def passed(used: Used) -> dict[str, str]:
    """The outputs of a use that went well and left the rest of the job alone."""
    assert used.code == 0, used.out
    assert (used.files["GITHUB_ENV"], used.files["GITHUB_PATH"]) == ("", "")
    return used.outputs


def test_review(job: Runner, fake: GitHubFake) -> None:
    """Without a mode the pull request hears of the plan: a comment, labels, a check, a report."""
    used = job.use({"plan": PLAN})
    told = passed(used)
    assert (told["category"], told["level"]) == ("normal", "critical")
    assert int(told["score"]) > 0
    assert len(told["fingerprint"]) == 32
    assert told["comment-url"] == fake.notes[0]["html_url"]
    assert Path(told["report"]).read_text().startswith("<!DOCTYPE html>")
    assert "change:normal" in fake.worn
    assert len(fake.runs) == 1
    assert "Normal change" in used.files["GITHUB_STEP_SUMMARY"]
    assert TOKEN not in used.out


def test_review_for_a_fork(job: Runner, fake: GitHubFake) -> None:
    """A token that only reads is no failure: the summary says it all."""
    fake.may.clear()
    used = job.use({"plan": PLAN})
    assert passed(used)["comment-url"] == ""
    assert "Normal change" in used.files["GITHUB_STEP_SUMMARY"]


def test_review_as_it_is_wished(job: Runner, fake: GitHubFake) -> None:
    """Labels and check can be left out, the change named, several plans be one, a level fail it."""
    used = job.use(
        {
            "plan": f"{PLAN}\n\n  {TAGS}\n",
            "label": "false",
            "check": "false",
            "change": "CHG0030001",
            "change-url": "https://desk.test/CHG0030001",
            "fail-on": "high",
        }
    )
    assert used.code == 10
    assert (fake.worn, fake.runs) == ([], [])
    assert "[CHG0030001](https://desk.test/CHG0030001)" in fake.notes[0]["body"]
    assert all(name in fake.notes[0]["body"] for name in ("database-replaced", "tags-only"))
    assert used.outputs["change-number"] == "CHG0030001"


def test_a_change_from_its_opening_to_its_end(
    job: Runner, tfchange: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is opened once, the gate waits for approval, opens, and it is closed with its result."""
    opened = passed(job.use({"mode": "change", "plan": PLAN}))
    number = opened["change-number"]
    assert number == "CHG-0001"
    assert (opened["category"], opened["level"]) == ("normal", "critical")
    assert int(opened["score"]) > 0
    assert passed(job.use({"mode": "change", "plan": PLAN})) == opened

    waiting = job.use({"mode": "gate", "plan": PLAN})
    assert waiting.code == 20
    assert waiting.outputs["outcome"] == "waiting"
    assert waiting.outputs["change-number"] == number
    assert waiting.files["GITHUB_STEP_SUMMARY"].startswith("\n## Gate\n\n    NOT YET: ")

    monkeypatch.setenv("TFCHANGE_REGISTER_URL", job.env["TFCHANGE_REGISTER_URL"])
    shown = json.loads(tfchange("change", "show", number, "-f", "json").out)
    for each in shown["approvals"]:
        done = tfchange("change", "approve", number, "--group", each["group"], "--by", "zoe")
        assert done.code == 0, done.err
    other = job.use({"mode": "gate", "plan": str(SCENARIOS / "platform" / "plan.json")})
    assert (other.code, other.outputs["outcome"]) == (22, "different")
    gate = passed(job.use({"mode": "gate", "plan": PLAN}))
    assert gate["outcome"] == "passed"
    assert gate["fingerprint"] == opened["fingerprint"]

    closed = passed(job.use({"mode": "close", "result": "successful", "notes": "All well."}))
    assert closed["change-number"] == number
    assert json.loads(tfchange("change", "show", number, "-f", "json").out)["state"] == "closed"


@pytest.mark.parametrize(
    ("command", "result"), [("touch a;b $(c)", "successful"), ("false", "failed")]
)
def test_a_run(
    job: Runner, tfchange: Run, monkeypatch: pytest.MonkeyPatch, command: str, result: str
) -> None:
    """Gate, apply and close in one; no shell reads the command, and its exit code is the step's."""
    where = {"plan": f"{TAGS}\n", "workspace": result}
    opened = passed(job.use({"mode": "change", **where}))
    used = job.use({"mode": "run", "command": command, **where})
    assert used.code == (0 if result == "successful" else 1), used.out
    assert used.outputs["outcome"] == "passed"
    assert used.outputs["change-number"] == opened["change-number"]
    assert used.outputs["fingerprint"] == opened["fingerprint"]
    assert used.files["GITHUB_STEP_SUMMARY"].startswith("\n## Gate\n\n    PASSED: ")
    monkeypatch.setenv("TFCHANGE_REGISTER_URL", job.env["TFCHANGE_REGISTER_URL"])
    listed = json.loads(tfchange("change", "list", "--all", "-f", "json").out)
    (found,) = (each for each in listed if each["number"] == opened["change-number"])
    assert (found["state"], found["result"]) == ("closed", result)
    assert all((job.workspace / name).exists() for name in command.split()[1:])


def test_a_run_that_may_not_be(job: Runner) -> None:
    """Where the gate stays closed nothing is run, and its exit code is the step's."""
    plan = {"plan": PLAN, "workspace": "closed"}
    passed(job.use({"mode": "change", **plan}))
    used = job.use({"mode": "run", "command": "touch never", **plan})
    assert (used.code, used.outputs["outcome"]) == (20, "waiting")
    assert not (job.workspace / "never").exists()


@pytest.mark.parametrize("way", ["job", "input", "variable"])
def test_what_applies_is_not_given_the_token_that_asks(
    job: Runner, fake: GitHubFake, way: str
) -> None:
    """A run after a merge is of the pull request that GitHub names, asked with the token of the job
    or one that is given; the command sees that only where the step has it as GITHUB_TOKEN.
    """
    merged = {
        "number": 12, "merged_at": "2026-11-23T20:00:00Z", "merge_commit_sha": SHA,
        "base": {"ref": "main", "repo": {"full_name": "acme/shop"}},
    }  # fmt: skip
    fake.pulls[SHA] = [merged]
    event = job.folder / "push.json"
    event.write_text(json.dumps({"ref": "refs/heads/main", "after": SHA}))
    push = {
        "GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": str(event),
        "GITHUB_REF": "refs/heads/main", "GITHUB_SHA": SHA,
    }  # fmt: skip
    where = {"plan": TAGS, "workspace": f"token-{way}"}
    opened = passed(job.use({"mode": "change", **where}))
    given = {"github-token": TOKEN} if way == "input" else {}
    env = {"GITHUB_TOKEN": TOKEN} if way == "variable" else {}
    own, job.env["JOB_TOKEN"] = job.env["JOB_TOKEN"], TOKEN if way == "job" else "wrong"
    try:
        used = job.use({"mode": "run", "command": "env --null", **where, **given}, **push, **env)
    finally:
        job.env["JOB_TOKEN"] = own
    assert passed(used)["change-number"] == opened["change-number"]
    assert [call for call in fake.calls if call.endswith(f"/commits/{SHA}/pulls")]
    seen = {
        name
        for name, _, text in (each.partition("=") for each in used.out.split("\0"))
        if text == TOKEN
    }
    assert seen - {"JOB_TOKEN"} == ({"GITHUB_TOKEN"} if way == "variable" else set())
    assert f"GITHUB_SHA={SHA}\0" in used.out, "else nothing was seen"


def test_an_emergency(job: Runner, fake: GitHubFake) -> None:
    """It is declared with its incident, shown on the pull request, and done at once."""
    urgent = {"emergency": "true", "incident": "INC0012345", "plan": PLAN, "workspace": "urgent"}
    assert passed(job.use(urgent))["category"] == "emergency"
    assert "INC0012345" in fake.notes[0]["body"]
    assert passed(job.use({"mode": "change", **urgent}))["category"] == "emergency"
    del urgent["emergency"], urgent["incident"]
    assert passed(job.use({"mode": "gate", **urgent}))["outcome"] == "passed"
    nameless = job.use({"mode": "change", "plan": PLAN, "emergency": "true"})
    assert (nameless.code, "--incident" in nameless.out) == (2, True)


def test_a_plan_that_changes_nothing(job: Runner) -> None:
    """There is no change request then, and the outputs say which kind of change it is."""
    told = passed(job.use({"mode": "change", "plan": str(SCENARIOS / "no-change" / "plan.json")}))
    assert (told["category"], told["change-number"], told["change-url"]) == ("none", "", "")


def test_the_environment_is_asked_where_no_input_is_given(job: Runner) -> None:
    """An input wins over the variable of the job that is named with it."""
    env = {"TFCHANGE_PLAN": PLAN, "TFCHANGE_ACTION_MODE": "change", "TFCHANGE_WORKSPACE": "west"}
    first = passed(job.use(**env))
    second = passed(job.use({"workspace": "east"}, **env))
    assert first["change-number"] != second["change-number"]


def test_installed_once_a_job_and_then_cached(tmp_path: Path, job: Runner) -> None:
    """A second use takes what is there; a new machine takes it from the cache."""
    job.use({"mode": "none"})
    again = job.use({"mode": "none"})
    assert again.steps == ["Look for Python", "Set up Python", "Find the place of tfchange", RUN]
    other = Runner(tmp_path, python=True)
    other.cached = job.cached
    fresh = other.use({"mode": "none"})
    assert fresh.steps == [
        "Look for Python", "Find the place of tfchange", "Restore tfchange", RUN
    ]  # fmt: skip


def _key(folder: Path, action: Path) -> str:
    """The key in the cache of an action that lies there, found without installing anything."""
    folder.mkdir()
    runner = Runner(folder, action, python=True)
    runner.cached = _Everything()
    runner.use({"mode": "none"})
    (key,) = runner.cached
    return key


def test_on_windows_programs_lie_elsewhere(tmp_path: Path) -> None:
    """Where RUNNER_OS says so, those of the installed folder are in Scripts."""
    runner = Runner(tmp_path, python=True)
    runner.env["RUNNER_OS"], runner.cached = "Windows", _Everything()
    runner.use({"mode": "none"})
    (key,) = runner.cached
    place = runner.temp / f"tfchange-{'-'.join(key.split('-')[-2:])}" / "Scripts"
    place.mkdir(parents=True)
    (place / "tfchange").write_text('#!/bin/sh\necho "Scripts: $*"\n')
    (place / "tfchange").chmod(0o755)
    used = runner.use({"mode": "gate"})
    assert (used.code, used.out) == (0, "Scripts: gate\n")
    assert "Install tfchange" not in used.steps


class _Everything(set[str]):
    """A cache that has whatever it is asked for, and remembers that."""

    def __contains__(self, _: object) -> bool:
        return True


def test_other_code_is_another_key(tmp_path: Path) -> None:
    """Of all that is installed: code, rules and the lock; a compiled file is none of it."""
    action = clone(tmp_path / "action")
    first = _key(tmp_path / "1", action)
    assert first == _key(tmp_path / "2", action)
    (action / "tfchange" / "x.pyc").write_text("x")
    assert first == _key(tmp_path / "3", action)
    seen = {first}
    changed = ("tfchange/words.py", "rules/README.md", "pyproject.toml", str(LOCK))
    for number, name in enumerate(changed):
        with (action / name).open("a") as file:
            file.write("\n# more\n")
        seen.add(_key(tmp_path / f"more-{number}", action))
    assert len(seen) == 5


@pytest.mark.parametrize("mode", ["review", "change", "run", "gate", "close", HOSTILE])
def test_no_input_reaches_a_shell(job: Runner, tmp_path: Path, mode: str) -> None:
    """Quotes, commands and line ends in inputs arrive as they are, in variables of the program."""
    job.use({"mode": "none"})
    (folder,) = job.temp.glob("tfchange-*/bin")
    program, real = folder / "tfchange", folder / "real"
    program.rename(real)
    told = tmp_path / "told"
    program.write_text(f"#!/bin/sh\nenv -0 > '{told}'\n")
    program.chmod(0o755)
    inputs = {name: f"{HOSTILE}\n{name}" for name in ACTION["inputs"]} | {"mode": mode}
    try:
        used = job.use(inputs)
    finally:
        real.replace(program)
    assert not list(job.folder.rglob("pwned"))
    assert not list(ROOT.glob("pwned"))
    if mode == HOSTILE:
        assert (used.code, told.exists(), HOSTILE in used.out) == (2, False, False)
        return
    assert used.code == 0, used.out
    found = dict(each.split("=", 1) for each in told.read_text().split("\0") if each)
    assert {found[variable] for variable in VARIABLES.values()} == set(inputs.values())


@pytest.mark.parametrize("mode", ["review", "change", "run", "gate", "close"])
def test_a_cancelled_job_signals_tfchange_itself(tmp_path: Path, mode: str) -> None:
    """The process that a runner starts and signals is tfchange by then, and no shell before it."""
    program, script = tmp_path / "tfchange", tmp_path / "step.sh"
    program.write_text("#!/bin/sh\necho $$\n")
    program.chmod(0o755)
    script.write_text(STEP["run"])
    env = {"PATH": os.environ["PATH"], "PROGRAM": str(program), "TFCHANGE_ACTION_MODE": mode}
    with subprocess.Popen([*BASH, script], env=env, stdout=subprocess.PIPE) as started:
        said, _ = started.communicate()
    assert int(said) == started.pid


def test_the_second_half_for_a_fork_runs_nothing(job: Runner, fake: GitHubFake) -> None:
    """Where the artifact is JSON the pull request hears of it; a saved plan in its place is
    refused, with Terraform on PATH and a provider of the fork beside it.
    """
    (workflow,) = (each for each in ALL if each.name == "example-comment.yml")
    (step,) = workflow.uses
    folder = job.temp / "plan"
    contexts = {"runner": {"temp": str(job.temp)}}
    given = {name: fill(text, contexts) for name, text in step["with"].items()}
    provider = folder / ".terraform" / "providers" / "x"
    provider.mkdir(parents=True)
    program = job.folder / "bin" / "terraform"
    program.write_text('#!/bin/sh\ntouch "$HOME/ran"\n')
    program.chmod(0o755)
    with zipfile.ZipFile(folder / "plan.json", "w") as archive:
        archive.writestr("tfplan", b"x")
    refused = job.use(given)
    assert (refused.code, "/dev/null" in refused.out) == (1, True)
    assert not (job.folder / "home" / "ran").exists()
    assert fake.notes == []
    assert job.use(given | {"terraform": ""}).code == 1
    assert (job.folder / "home" / "ran").exists(), "else nothing was proven"
    program.unlink()
    shutil.copy(PLAN, folder / "plan.json")
    assert passed(job.use(given))["category"] == "normal"
    assert len(fake.notes) == 1


STEP = next(step for step in ACTION["runs"]["steps"] if step["name"] == RUN)
VARIABLES = {
    name: next(
        variable
        for variable, text in STEP["env"].items()
        if text.startswith(f"${{{{ inputs.{name} ")
    )
    for name in ACTION["inputs"]
}


@pytest.mark.parametrize("name", ACTION["inputs"])
def test_every_input_is_a_variable_that_its_description_names(name: str) -> None:
    """And the same variable of the environment is asked where the input is not given."""
    variable = VARIABLES[name]
    assert ACTION["inputs"][name]["description"].split()[-1] == variable
    assert STEP["env"][variable].startswith(f"${{{{ inputs.{name} || env.{variable} ")


def test_no_script_is_made_of_expressions() -> None:
    """What stands in `run` is the same whatever the inputs are."""
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
