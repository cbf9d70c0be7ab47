"""Plans that real Terraform makes again, and how they compare with the one that was approved."""

import os
import subprocess
from pathlib import Path

from tfchange.change.approved import Approved, PlanItems, approved
from tfchange.change.compare import Comparison, compare
from tfchange.pipeline import assess
from tfchange.reading import Options, Reading

SALT = "a secret of these tests"


class Work:
    """A folder in which Terraform runs, with a configuration that can change."""

    def __init__(self, folder: Path, main: str, env: dict[str, str] | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self._env = folder, {**(env or os.environ), "CHECKPOINT_DISABLE": "1"}
        self.write(main)
        self.terraform("init", "-input=false")

    def write(self, main: str) -> None:
        """The configuration is this one."""
        (self.folder / "main.tf").write_text(main)

    def terraform(self, *arguments: str) -> str:
        """What Terraform prints."""
        done = subprocess.run(
            ["terraform", *arguments, "-no-color"],
            cwd=self.folder, capture_output=True, text=True, check=False, env=self._env,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def apply(self, *flags: str) -> None:
        """What the configuration says is there."""
        self.terraform("apply", "-auto-approve", "-input=false", *flags)

    def plan(self, *flags: str) -> Approved:
        """What a plan made now does."""
        self.terraform("plan", "-input=false", "-out=p.tfplan", *flags)
        (self.folder / "p.json").write_text(self.terraform("show", "-json", "p.tfplan"))
        kept: list[PlanItems] = []

        def keep(reading: Reading) -> None:
            kept.append(PlanItems("p.json", reading.items or ()))

        assess([str(self.folder / "p.json")], Options(salt=SALT, jobs=1), keep=keep)
        return approved(kept, SALT, secret=True)


def held(was: Approved, now: Approved) -> Comparison:
    """How the plan of now compares with the one that was approved."""
    return compare(was, was.fingerprint, now)
