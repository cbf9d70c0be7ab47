"""The template for GitLab, and the examples for it, for Jenkins and for Azure, are right."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.action.workflows import blocks
from tests.commands import understood
from tests.conftest import ROOT

CHECKER = Path(sys.executable).parent / "check-jsonschema"
TEMPLATE = ROOT / "templates" / "gitlab" / "tfchange.yml"
GITLAB = (ROOT / "docs" / "gitlab.md").read_text(encoding="utf-8")
OTHERS = (ROOT / "docs" / "pipelines.md").read_text(encoding="utf-8")
JENKINS = OTHERS.split("```groovy\n")[1].split("```")[0]
CALL = re.compile(r"^\s*(?:- (?:script: )?|sh ')?(tfchange .+?)'?$", re.MULTILINE)


def valid(text: str, schema: str, folder: Path, *more: str) -> bool:
    """Whether the text has the shape that the vendor has published."""
    file = folder / "file.yml"
    file.write_text(text)
    command = [CHECKER, "--builtin-schema", f"vendor.{schema}", "--data-transform", schema, *more]
    return subprocess.run([*command, file], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("text", [TEMPLATE.read_text(encoding="utf-8"), *blocks(GITLAB)])
def test_gitlab(text: str, tmp_path: Path) -> None:
    """GitLab's schema takes it, and refuses what is wrong."""
    assert valid(text, "gitlab-ci", tmp_path)
    assert not valid(text.replace("stage: ", "stages: "), "gitlab-ci", tmp_path)


def test_azure(tmp_path: Path) -> None:
    """The schema of Azure Pipelines takes it, and refuses what is wrong."""
    (text,) = blocks(OTHERS)
    # The schema has a pattern that is a regular expression in Python, and not in JavaScript.
    assert valid(text, "azure-pipelines", tmp_path, "--regex-variant", "python")
    wrong = text.replace("runOnce:", "runTwice:")
    assert not valid(wrong, "azure-pipelines", tmp_path, "--regex-variant", "python")


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


def _jobs(text: str) -> dict[str, dict[str, object]]:
    told = yaml.safe_load(text)
    return {name: job for name, job in told.items() if name not in ("include", "variables")}


def calls() -> Iterator[tuple[str, str]]:
    """Each command line of tfchange, and where it stands."""
    template = TEMPLATE.read_text(encoding="utf-8")
    (azure,) = blocks(OTHERS)
    for where, text in (("template", template), ("azure", azure), ("jenkins", JENKINS)):
        found = [call for call in CALL.findall(text) if not call.endswith(":")]
        assert len(found) >= 3
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
    given = understood(shlex.split(call)).params
    if "plans" in given:
        assert given["plans"] == (("plan.json",) if where == "template" else ("p.tfplan",))
    if "apply_log" in given:
        assert "apply.jsonl" in given["apply_log"]
    if "wait" in given:
        assert given["wait"] == "2h"
    if "words" in given:
        assert given["plan"] in given["words"]
