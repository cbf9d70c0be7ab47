"""The template for GitLab, and the examples for it, for Jenkins, Azure and Bitbucket, are right."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.action.workflows import blocks
from tests.commands import understood
from tests.conftest import ROOT, SCENARIOS, Run
from tfchange.change.request import Key
from tfchange.gate.verdict import Outcome, Verdict
from tfchange.report import gate as page

SHA = "5ca1ab1e" * 5
CHECKER = Path(sys.executable).parent / "check-jsonschema"
TEMPLATE = ROOT / "templates" / "gitlab" / "tfchange.yml"
GITLAB = (ROOT / "docs" / "gitlab.md").read_text(encoding="utf-8")
OTHERS = (ROOT / "docs" / "pipelines.md").read_text(encoding="utf-8")
JENKINS = OTHERS.split("```groovy\n")[1].split("```")[0]
AZURE, BITBUCKET = blocks(OTHERS)
CALL = re.compile(
    r"^\s*(?:- (?:script: )?|sh '|script: '|exec )?(tfchange .+?)(?:'?,?| \|\| code=\$\?)$",
    re.MULTILINE,
)


def valid(text: str, schema: str, folder: Path, *more: str) -> bool:
    """Whether the text has the shape that the vendor has published."""
    file = folder / "file.yml"
    file.write_text(text)
    command = [CHECKER, "--builtin-schema", f"vendor.{schema}", *more]
    return subprocess.run([*command, file], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("text", [TEMPLATE.read_text(encoding="utf-8"), *blocks(GITLAB)])
def test_gitlab(text: str, tmp_path: Path) -> None:
    """GitLab's schema takes it, and refuses what is wrong."""
    more = ("--data-transform", "gitlab-ci")
    assert valid(text, "gitlab-ci", tmp_path, *more)
    assert not valid(text.replace("stage: ", "stages: "), "gitlab-ci", tmp_path, *more)


def test_azure(tmp_path: Path) -> None:
    """The schema of Azure Pipelines takes it, and refuses what is wrong."""
    # The schema has a pattern that is a regular expression in Python, and not in JavaScript.
    more = ("--data-transform", "azure-pipelines", "--regex-variant", "python")
    assert valid(AZURE, "azure-pipelines", tmp_path, *more)
    assert not valid(AZURE.replace("runOnce:", "runTwice:"), "azure-pipelines", tmp_path, *more)


def test_bitbucket(tmp_path: Path) -> None:
    """The schema of Bitbucket Pipelines takes it, and refuses what is wrong."""
    assert valid(BITBUCKET, "bitbucket-pipelines", tmp_path)
    assert not valid(BITBUCKET.replace("time: 240", "time: long"), "bitbucket-pipelines", tmp_path)


def test_azure_hands_over_its_token_and_heeds_the_exit_code(tmp_path: Path) -> None:
    """The level of --fail-on makes a warning of it, any other trouble fails the step."""
    (job,) = yaml.safe_load(AZURE)["stages"][0]["jobs"]
    (step,) = (each for each in job["steps"] if "tfchange comment" in each.get("bash", ""))
    assert step["env"] == {"SYSTEM_ACCESSTOKEN": "$(System.AccessToken)"}
    assert "'PullRequest'" in step["condition"]
    for code, ended in ((0, 0), (10, 0), (1, 1)):
        (tmp_path / "tfchange").write_text(f"#!/bin/sh\nexit {code}\n")
        (tmp_path / "tfchange").chmod(0o755)
        done = subprocess.run(
            ["bash", "-e", "-c", step["bash"]],
            env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == ended
        assert ("result=SucceededWithIssues" in done.stdout) is (code == 10)


def test_jenkins() -> None:
    """Its brackets and quotes are closed, since nothing here can read Groovy."""
    for opened, closed in ("{}", "()"):
        assert JENKINS.count(opened) == JENKINS.count(closed)
    assert all(line.count("'") % 2 == 0 for line in JENKINS.splitlines())


def test_gitlab_knows_all_jobs_that_are_needed() -> None:
    """Those of the template, and the two that a pipeline has, as the page shows."""
    jobs = _jobs(TEMPLATE.read_text(encoding="utf-8"))
    own = _jobs(blocks(GITLAB)[0])
    assert own.keys() >= {"plan", "apply"}
    for name, job in (jobs | own).items():
        assert set(job.get("needs", ())) <= jobs.keys() | own.keys(), name
        assert name.startswith(".") or job["rules"]
    assert {f"tfchange:{name}" for name in ("review", "change", "gate", "close")} < jobs.keys()
    assert all(f"`{name}`" in GITLAB for name in jobs if not name.startswith("."))


PLACE = {"TFCHANGE_REPOSITORY": "acme/shop", "TFCHANGE_REF": "refs/heads/main"}


@pytest.mark.parametrize(
    "case",
    [
        ("tags-only", 0, 1, "there is no log apply.jsonl"),
        ("database-replaced", 20, 0, "Nothing was applied."),
        ("no-change", 0, 0, "there is no change request"),
    ],
)
def test_gitlab_where_there_is_no_log(
    tmp_path: Path,
    tfchange: Run,
    monkeypatch: pytest.MonkeyPatch,
    case: tuple[str, int, int, str],
) -> None:
    """Before the gate nothing was applied; behind it nobody knows, and the job says so, unless
    there was nothing to apply.
    """
    plan, gate, close, said = case
    file = str(SCENARIOS / plan / "plan.json")
    environ = {**PLACE, "TFCHANGE_REGISTER_URL": str(tmp_path / "register.db")}
    for name, text in environ.items():
        monkeypatch.setenv(name, text)
    monkeypatch.chdir(tmp_path)
    assert tfchange("change", "open", file).code == 0
    ours = f'PYTHONPATH="{ROOT}" exec "{sys.executable}" -m tfchange "$@"'
    asked = _script("tfchange:gate", ours, tmp_path, environ | {"TFCHANGE_PLAN": file})
    assert (asked.returncode, '"reasons": [' in asked.stdout) == (gate, True)
    log = {"TFCHANGE_CHANGE_CLOSE_APPLY_LOG": "apply.jsonl"}
    done = _script("tfchange:close", ours, tmp_path, environ | log)
    assert done.returncode == close, done.stderr
    assert said in done.stdout + done.stderr


def test_gitlab_where_the_gate_could_not_be_asked(tmp_path: Path) -> None:
    """Nothing was applied; where --fail-open has let it pass all the same, it is closed."""
    failed = _script("tfchange:gate", "exit 1", tmp_path, {})
    assert failed.returncode == 1
    assert "Nothing was applied." in _script("tfchange:close", "exit 9", tmp_path, {}).stdout
    unasked = Verdict(Outcome.PASSED, ("Nobody was asked.",), open=True)
    key = Key("acme/shop", ("default",), "refs/heads/main")
    (tmp_path / "gate.json").write_text(page.render(page.document(unasked, key)))
    assert _script("tfchange:close", "exit 9", tmp_path, {}).returncode == 9


@pytest.mark.parametrize("token", ["", "GITLAB_TOKEN", "TFCHANGE_GITLAB_TOKEN"])
def test_gitlab_tells_all_of_a_review_that_fails(tmp_path: Path, token: str) -> None:
    """Report, code quality and note are there also where the level of --fail-on is reached."""
    given = {token: "x"} if token else {}
    done = _script("tfchange:review", 'echo "$*"; exit 10', tmp_path, given)
    said = done.stdout.splitlines()
    assert (done.returncode, len(said)) == (10, 4 if token else 3)
    assert ("comment" in said) is bool(token)


@pytest.mark.parametrize("lock", ["", "tfchange.txt"])
def test_gitlab_installs_by_hash_where_there_is_a_lock(tmp_path: Path, lock: str) -> None:
    """Else the package that is named, with whatever it needs."""
    (tmp_path / "pip").write_text('#!/bin/sh\necho "$*"\n')
    (tmp_path / "pip").chmod(0o755)
    (script,) = _jobs(TEMPLATE.read_text(encoding="utf-8"))[".tfchange"]["before_script"]
    given = {"TFCHANGE_PACKAGE": "tfchange==1.0.0", "TFCHANGE_LOCK": lock}
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script], capture_output=True, text=True, check=True,
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", **given},
    )  # fmt: skip
    assert done.stdout == (
        "install --quiet --require-hashes --only-binary :all: -r tfchange.txt\n"
        if lock
        else "install --quiet tfchange==1.0.0\n"
    )


def _script(
    job: str, does: str, folder: Path, environ: dict[str, str]
) -> "subprocess.CompletedProcess[str]":
    """The script of that job, run as GitLab does, with a tfchange that does this."""
    (folder / "tfchange").write_text(f"#!/bin/sh\n{does}\n")
    (folder / "tfchange").chmod(0o755)
    lines: list[str] = _jobs(TEMPLATE.read_text(encoding="utf-8"))[job]["script"]
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", "\n".join(lines)],
        cwd=folder, capture_output=True, text=True, check=False,
        env={"PATH": f"{folder}:/usr/bin:/bin", "HOME": str(folder), **environ},
    )  # fmt: skip


def _jobs(text: str) -> dict[str, dict[str, Any]]:
    told = yaml.safe_load(text)
    return {name: job for name, job in told.items() if name not in ("include", "variables")}


def calls() -> Iterator[tuple[str, str]]:
    """Each command line of tfchange, and where it stands."""
    template = TEMPLATE.read_text(encoding="utf-8")
    others = {"azure": AZURE, "bitbucket": BITBUCKET, "jenkins": JENKINS}
    for where, text in {"template": template, **others}.items():
        found = [call for call in CALL.findall(text) if not call.endswith(":")]
        assert {call.split()[1] for call in found} >= {"assess", "change"}, where
        assert "tfchange comment" in text, where
        assert any(call.split()[1] in ("gate", "run") for call in found), where
        yield from ((where, call) for call in found)


@pytest.mark.parametrize(("where", "call"), list(calls()))
def test_every_command_line_is_understood(
    where: str, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the variables of the template; a plan or a log is never missing."""
    variables = yaml.safe_load(TEMPLATE.read_text(encoding="utf-8"))["variables"]
    if where == "template":
        for name, text in variables.items():
            monkeypatch.setenv(name, text)
    given = understood(
        shlex.split(call.replace("$CHANGE_ID", "12").replace("$GIT_COMMIT", SHA))
    ).params
    if "plans" in given:
        assert given["plans"] == (("plan.json",) if where == "template" else ("p.tfplan",))
    if "apply_log" in given:
        assert "apply.jsonl" in given["apply_log"]
    if "wait" in given:
        assert given["wait"] == "2h"
    if "words" in given:
        assert given["plan"] in given["words"]
