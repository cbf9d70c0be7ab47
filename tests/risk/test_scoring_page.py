"""docs/scoring.md says what the code does: every number, the levels, and the worked example."""

import re
from pathlib import Path

from tests.risk.small import assess_plan
from tfchange.plan.decode import decode
from tfchange.risk.blast import FORCES, NEAR
from tfchange.risk.drift import GRAVE, WEIGHTS
from tfchange.rulebook.judge import Judge
from tfchange.rulebook.load import load
from tfchange.rulebook.weights import DEFAULTS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "scoring.md").read_text(encoding="utf-8")


def test_every_number_is_on_the_page() -> None:
    """The table of numbers holds all of them and no others."""
    said = {n: int(v) for n, v in re.findall(r"^\| `([\w.-]+)` \| (\d+) \|", PAGE, re.MULTILINE)}
    assert said == {
        **DEFAULTS,
        **{f"force.{action}": force for action, force in FORCES.items()},
        "blast.near": NEAR,
        **{f"drift.{name}": n for name, n in WEIGHTS.items()},
        "drift.grave": GRAVE,
    }


def test_the_levels_are_those_of_the_default_policy() -> None:
    """Thresholds, approvals and lead times are the policy's."""
    rows = re.findall(r"^\| (\w+) \| (\d+) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)
    levels = load().policy.levels
    assert rows == [
        (name, str(p.at), ", ".join(p.approvals), p.lead_time) for name, p in levels.items()
    ]


def test_the_worked_example_is_real() -> None:
    """The example's table is what the scenario scores, row by row, and so are its words."""
    plan = decode((ROOT / "fixtures/scenarios/drift-reverted/plan.json").read_bytes())
    found = assess_plan(plan, Judge(load()))
    rows = [f"| {c.points} | `{c.rule}` | {c.reason} |" for c in found.contributions]
    total = f"| **{found.score}** | | **{found.level}** |"
    table = "\n".join(("| points | rule | reason |", "|---:|---|---|", *rows, total))
    assert table in PAGE, f"write this into docs/scoring.md and read the text below it:\n{table}"
    assert (found.drift.score, found.blast_radius.score) == (31, 3)
