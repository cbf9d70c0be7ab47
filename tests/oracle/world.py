"""Terraform, run on one configuration in a folder of its own."""

import json
import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tfchange.plan.decode import decode
from tfchange.plan.model import Plan


class RefusedError(Exception):
    """Terraform did not take a configuration; the message holds what it said."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A plan and the graph that Terraform draws for it."""

    plan: Plan
    dot: str


class World:
    """A folder with a configuration and its state."""

    def __init__(self, folder: Path, env: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self._env = {**(os.environ if env is None else env), "CHECKPOINT_DISABLE": "1"}

    def write(self, files: Mapping[str, str], *, init: bool = True) -> None:
        """The configuration is this one; `init` where its modules are not known yet."""
        for old in self.folder.rglob("*.tf"):
            if ".terraform" not in old.parts:
                old.unlink()
        for name, text in files.items():
            file = self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        if init:
            self.terraform("init", "-input=false")

    def terraform(self, *arguments: str) -> str:
        """What Terraform prints; `RefusedError` where it fails."""
        done = subprocess.run(
            ["terraform", *arguments, "-no-color"],
            cwd=self.folder, capture_output=True, text=True, check=False, env=self._env,
        )  # fmt: skip
        if done.returncode:
            raise RefusedError(f"terraform {' '.join(arguments)}: {done.stderr or done.stdout}")
        return done.stdout

    def drawn(self) -> Drawn:
        """What a plan made now does, and its graph; the plan is kept for `apply`."""
        self.terraform("plan", "-input=false", "-out=p.tfplan")
        plan = decode(self.terraform("show", "-json", "p.tfplan").encode())
        return Drawn(plan, self.terraform("graph", "-type=plan", "-plan=p.tfplan"))

    def apply(self) -> None:
        """What the last plan says is there."""
        self.terraform("apply", "-input=false", "p.tfplan")

    def destroyed(self, targets: Iterable[str]) -> frozenset[str]:
        """The instances that destroying these would take away."""
        return self._changed("-destroy", *(f"-target={target}" for target in targets))

    def changed(self) -> frozenset[str]:
        """The instances that a plan made now changes."""
        return self._changed()

    def _changed(self, *flags: str) -> frozenset[str]:
        said = self.terraform("plan", "-input=false", "-json", *flags)
        events = [json.loads(line) for line in said.splitlines()]
        changes = [event["change"] for event in events if event["type"] == "planned_change"]
        return frozenset(
            change["resource"]["addr"] for change in changes if change["action"] != "noop"
        )
