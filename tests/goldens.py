"""Writes every golden anew: `python -m tests.goldens [SCENARIO...]`. Read what changed.

A golden is what a user sees of a scenario: `report.txt` and `assessment.json`.
"""

import os
import sys
from pathlib import Path

from tfchange.pipeline import Options, assess
from tfchange.report import document, text
from tfchange.risk.assessment import Assessment

ROOT = Path(__file__).parent.parent
SCENARIOS = ROOT / "fixtures" / "scenarios"
TODAY = "2026-11-23"
"""The day waivers are held against, so that goldens do not age."""


def scenarios() -> list[Path]:
    """Every scenario's folder, by name."""
    return sorted(file.parent for file in SCENARIOS.glob("*/plan.json"))


def assessed(folder: Path) -> Assessment:
    """The assessment of a scenario, as seen from the project's root."""
    here = Path.cwd()
    os.chdir(ROOT)
    try:
        name = folder.relative_to(ROOT)
        options = Options(source=str(name / "after"), today=TODAY)
        return assess([str(name / "plan.json")], options)
    finally:
        os.chdir(here)


def rendered(folder: Path) -> dict[str, str]:
    """File name and content of a scenario's goldens."""
    assessment = assessed(folder)
    return {
        "report.txt": text.render(assessment, width=100),
        "assessment.json": document.render(assessment),
    }


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
