"""Writes every golden anew: `python -m tests.goldens [SCENARIO...]`. Read what changed.

A golden is what a user sees of a scenario: `report.txt`, `assessment.json` and, for some,
`request.txt`, which is all that a service desk is told.
"""

import os
import sys
from pathlib import Path

import msgspec

from tests.change.requests import commit
from tfchange.change.fit import plain
from tfchange.change.request import ChangeRequest
from tfchange.pipeline import assess
from tfchange.publish import request
from tfchange.reading import Options
from tfchange.report import document, text
from tfchange.risk.assessment import Assessment

ROOT = Path(__file__).parent.parent
SCENARIOS = ROOT / "fixtures" / "scenarios"
TODAY = "2026-11-23"
"""The day waivers are held against, so that goldens do not age."""


REQUESTED = frozenset(
    {
        "bucket-replaced",
        "capacity-up",
        "database-replaced",
        "deleted-outside",
        "dns-record-changed",
        "iam-widened",
        "import",
        "kms-key-deleted",
        "load-balancing-removed",
        "moved",
        "outputs-only",
        "platform",
        "removed-without-destroy",
        "route-removed",
        "security-group-opened",
        "tags-only",
    }
)
"""The scenarios whose whole change request is kept, one of each kind that reads differently."""


def scenarios() -> list[Path]:
    """Every scenario's folder, by name."""
    return sorted(file.parent for file in SCENARIOS.glob("*/plan.json"))


def assessed(folder: Path, salt: str | None = None) -> Assessment:
    """The assessment of a scenario, as seen from the project's root."""
    here = Path.cwd()
    os.chdir(ROOT)
    try:
        name = folder.relative_to(ROOT)
        options = Options(source=str(name / "after"), today=TODAY, salt=salt)
        return assess([str(name / "plan.json")], options)
    finally:
        os.chdir(here)


def rendered(folder: Path) -> dict[str, str]:
    """File name and content of a scenario's goldens."""
    assessment = assessed(folder)
    goldens = {
        "report.txt": text.render(assessment, width=100),
        "assessment.json": document.render(assessment),
    }
    if folder.name in REQUESTED:
        goldens["request.txt"] = told(request(assessed(folder, salt="golden"), commit(), now=0))
    return goldens


def told(filed: ChangeRequest) -> str:
    """A change request as one text, with everything in it that people read."""
    facts = {
        "Title": filed.title,
        "Change": f"{filed.category}, {filed.level} risk, score {filed.score}",
        "Impact and likelihood": f"{filed.impact}, {filed.likelihood}",
        "Environment": filed.environment or "not known",
        "Fingerprint": filed.fingerprint,
        "Links": ", ".join(f"{link.relation} {link.title}" for link in filed.links),
        "Attachments": ", ".join(file.name for file in filed.attachments),
    }
    lines = [f"{name}: {value}" for name, value in facts.items()]
    for name, blocks in msgspec.structs.asdict(filed.texts).items():
        lines += ["", "", name.upper(), "", plain(blocks)]
    return "\n".join(lines) + "\n"


def main(names: list[str]) -> None:
    """Writes the goldens of the named scenarios, or of all."""
    for folder in scenarios():
        if not names or folder.name in names:
            golden = folder / "golden"
            golden.mkdir(exist_ok=True)
            for name, content in rendered(folder).items():
                (golden / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
