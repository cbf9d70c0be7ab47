"""The workflows there are: our own, and the examples in the documentation."""

import re
from typing import Any, NamedTuple

import yaml

from tests.conftest import ROOT

PAGE = ROOT / "docs" / "github-action.md"
OURS = "owner/tfchange@v1"
"""How the examples name the action, and how a clone of it does."""
HERE = "./"
_BLOCK = re.compile(r"```yaml\n(.*?)```", re.DOTALL)


class Workflow(NamedTuple):
    """One workflow."""

    name: str
    """As of a file."""
    text: str

    @property
    def steps(self) -> list[dict[str, Any]]:
        """Of all its jobs."""
        jobs = yaml.safe_load(self.text)["jobs"].values()
        return [step for job in jobs for step in job["steps"]]

    @property
    def uses(self) -> list[dict[str, Any]]:
        """The steps that use the action."""
        return [step for step in self.steps if step.get("uses") in (OURS, HERE)]


def blocks(page: str) -> list[str]:
    """What stands between fences of YAML."""
    return _BLOCK.findall(page)


def _examples() -> list[Workflow]:
    found = [text for text in blocks(PAGE.read_text(encoding="utf-8")) if "\njobs:\n" in text]
    names = [yaml.safe_load(text)["name"].lower().replace(" ", "-") for text in found]
    assert len(set(names)) == len(names)
    return [Workflow(f"example-{name}.yml", text) for name, text in zip(names, found, strict=True)]


OWN = [
    Workflow(file.name, file.read_text(encoding="utf-8"))
    for file in sorted((ROOT / ".github" / "workflows").glob("*.yml"))
]
ALL = [*OWN, *_examples()]
