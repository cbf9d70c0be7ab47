"""Runs action.yml as a runner does: expressions, steps in bash, variables and files of GitHub."""

import re
import shutil
import subprocess
import sys
import sysconfig
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.action.expression import fill, value
from tests.conftest import ROOT

Texts = dict[str, str]
LOCK = Path("requirements", "action.txt")
_PIN = re.compile(r"^([\w.-]+)==[^\s;]+", re.MULTILINE)
FILES = ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH")
BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail")
"""As the runner calls it for `shell: bash`."""
OFFLINE = {
    # pip builds and installs tfchange; what that needs is there already, and nothing is fetched.
    "PIP_NO_CACHE_DIR": "1",
    "PIP_NO_INDEX": "1",
    "PYTHONPATH": sysconfig.get_path("purelib"),
}


class Used(NamedTuple):
    """What came of one `uses: ./`."""

    code: int
    out: str
    """All that its steps have printed."""
    outputs: Texts
    steps: list[str]
    """The names of the steps that were run."""
    files: Texts
    """What they have written for the runner, by the variable that names the file."""


class Runner:
    """One job on a machine of its own, with no Python that is new enough unless `python` is set."""

    def __init__(
        self,
        folder: Path,
        action: Path | None = None,
        *,
        python: bool = False,
        workspace: Path | None = None,
    ) -> None:
        self.action = action or clone(folder / "action")
        self.folder, self.temp = folder, folder / "temp"
        self.workspace = workspace or folder / "workspace"
        for name in ("workspace", "temp", "home", "bin"):
            (folder / name).mkdir()
        (folder / "bin" / "python3").symlink_to(sys.executable if python else "/bin/false")
        self.env: Texts = {
            **OFFLINE,
            "PATH": f"{folder / 'bin'}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(folder / "home"),
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temp),
        }
        self.cached: set[str] = set()
        """The keys that are in the cache."""

    def use(self, inputs: Texts | None = None, **env: str) -> Used:
        """One use of the action in this job, up to the first step that fails."""
        told = yaml.safe_load((self.action / "action.yml").read_text(encoding="utf-8"))
        given = {name: each["default"] for name, each in told["inputs"].items()} | (inputs or {})
        assert given.keys() == told["inputs"].keys(), "a runner only warns of an unknown input"
        contexts = {
            "inputs": given,
            "env": {**self.env, **env},
            "steps": {},
            "github": {"token": self.env.get("JOB_TOKEN", "")},
        }
        code, out, ran, files = 0, "", [], dict.fromkeys(FILES, "")
        for step in told["runs"]["steps"]:
            if code or not value(step.get("if", "'true'"), contexts):
                continue
            ran.append(step["name"])
            code, said, outputs = self._step(step, contexts, files)
            out += said
            contexts["steps"][step.get("id", "")] = {"outputs": outputs}
        found = {name: fill(each["value"], contexts) for name, each in told["outputs"].items()}
        return Used(code, out, found, ran, files)

    def _step(self, step: Any, contexts: Any, files: Texts) -> tuple[int, str, Texts]:
        if "uses" in step:
            given = {name: fill(str(each), contexts) for name, each in step["with"].items()}
            return 0, "", self._other(step["uses"], given)
        assert step["shell"] == "bash"
        places = {name: self.folder / name.lower() for name in FILES}
        for place in places.values():
            place.write_text("")
        own = {name: fill(each, contexts) for name, each in step.get("env", {}).items()}
        script = self.folder / "step.sh"
        script.write_text(fill(step["run"], contexts))
        done = subprocess.run(
            [*BASH, script],
            env={
                **contexts["env"],
                **{name: str(place) for name, place in places.items()},
                "GITHUB_ACTION_PATH": str(self.action),
                **own,
            },
            cwd=self.workspace,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        for name, place in places.items():
            files[name] += place.read_text()
        return done.returncode, done.stdout.decode(), read(places["GITHUB_OUTPUT"].read_text())

    def _other(self, name: str, given: Texts) -> Texts:
        """The outputs of an action of others, which is not run."""
        if name.startswith("actions/setup-python@"):
            return {"python-path": sys.executable}
        assert name.startswith("actions/cache@")
        hit = given["key"] in self.cached
        self.cached.add(given["key"])
        return {"cache-hit": "true" if hit else "false"}


def clone(folder: Path) -> Path:
    """The action as a runner has it, with a lock of the versions that are installed here.

    Those of a contributor can be newer, and pip would want to fetch the ones that are pinned.
    """
    for name in ("tfchange", "rules"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("action.yml", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    lock = (ROOT / LOCK).read_text(encoding="utf-8")
    (folder / LOCK).parent.mkdir()
    (folder / LOCK).write_text(_PIN.sub(_installed, lock), encoding="utf-8")
    return folder


def _installed(pin: re.Match[str]) -> str:
    with suppress(PackageNotFoundError):
        return f"{pin[1]}=={version(pin[1])}"
    return pin[0]


def read(text: str) -> Texts:
    """The outputs in the file of a step, as the runner reads them."""
    found, lines = {}, iter(text.splitlines())
    for line in lines:
        name, mark, end = line.partition("<<")
        if mark and "=" not in name:
            body = []
            while (each := next(lines)) != end:
                body.append(each)
            found[name] = "\n".join(body)
        else:
            name, _, found[name] = line.partition("=")
    return found
