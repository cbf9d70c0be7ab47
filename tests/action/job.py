"""Runs a job of a workflow step by step: ours, and those of a shell; those of others not at all."""

import subprocess
from collections.abc import Mapping
from typing import Any, NamedTuple

from tests.action.expression import fill, value
from tests.action.runner import BASH, Runner, Texts, read
from tests.action.workflows import HERE, OURS

SH = ("bash", "--noprofile", "--norc", "-e")
"""As the runner calls it where no shell is named; it has no pipefail."""


class Ran(NamedTuple):
    """What came of one step."""

    name: str
    """Its id, else its mode, else its first line."""
    code: int
    out: str


class Job:
    """One job on that machine; `cancel` names the last step before somebody cancels it."""

    def __init__(
        self, runner: Runner, told: Mapping[str, Any], name: str, *, cancel: str = ""
    ) -> None:
        self._runner, self._job, self._cancel = runner, told["jobs"][name], cancel
        self._env = {**told.get("env", {}), **self._job.get("env", {})}
        self.ran: list[Ran] = []
        self._contexts: dict[str, Any] = {
            "env": {**runner.env, **self._env},
            "github": {"token": "", "event": {}},
            "inputs": {"emergency": "", "incident": ""},
            "job": {"status": "success"},
            "runner": {"temp": str(runner.temp)},
            "secrets": {"JIRA_TOKEN": "x", "SERVICENOW_API_KEY": "x"},
            "steps": {},
            "vars": {"JIRA_USER": "x"},
        }

    def run(self) -> "Job":
        """Itself, once all steps were run whose conditions hold."""
        for step in self._job["steps"]:
            name = self._name(step)
            if not self._due(step):
                self._keep(step, "skipped", {})
                continue
            code, out, outputs = self._step(step)
            self.ran.append(Ran(name, code, out))
            self._keep(step, "failure" if code else "success", outputs)
            if code:
                self._contexts["job"]["status"] = "failure"
            if name == self._cancel:
                self._contexts["job"]["status"] = "cancelled"
        return self

    @property
    def codes(self) -> list[tuple[str, int]]:
        """The steps that were run, with their exit codes."""
        return [(each.name, each.code) for each in self.ran]

    def _name(self, step: Mapping[str, Any]) -> str:
        mode = step.get("with", {}).get("mode", "")
        first = step.get("name") or step.get("run", step.get("uses", "")).splitlines()[0]
        return str(step.get("id") or mode or first)

    def _due(self, step: Mapping[str, Any]) -> bool:
        condition = step.get("if", "'true'")
        well = self._contexts["job"]["status"] == "success"
        return (well or "always()" in condition) and bool(value(condition, self._contexts))

    def _keep(self, step: Mapping[str, Any], outcome: str, outputs: Texts) -> None:
        self._contexts["steps"][step.get("id", "")] = {"outcome": outcome, "outputs": outputs}

    def _step(self, step: Mapping[str, Any]) -> tuple[int, str, Texts]:
        own = {k: fill(str(v), self._contexts) for k, v in step.get("env", {}).items()}
        if step.get("uses") in (OURS, HERE):
            given = {k: fill(str(v), self._contexts) for k, v in step.get("with", {}).items()}
            used = self._runner.use(given, **self._env, **own)
            return used.code, used.out, used.outputs
        if "uses" in step:
            return 0, "", {}
        output = self._runner.folder / "step-output"
        output.write_text("")
        script = self._runner.folder / "step-script"
        script.write_text(fill(step["run"], self._contexts))
        done = subprocess.run(
            [*(BASH if step.get("shell") == "bash" else SH), script],
            env={**self._contexts["env"], **own, "GITHUB_OUTPUT": str(output)},
            cwd=self._runner.workspace,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, read(output.read_text())
