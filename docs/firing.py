"""Counts how often each rule hits: `python docs/firing.py` renews docs/rules/firing.json.

Counted are the plans of fixtures/scenarios and, where the folder is at hand, published plans of
others (`TFCHANGE_WILD`, else `../shared/wild`); without that folder its last count stays.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from tfchange.errors import PlanError
from tfchange.pipeline import Options, judge
from tfchange.plan.decode import decode
from tfchange.risk.examples import shown

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "docs" / "rules" / "firing.json"
SCENARIOS = ROOT / "fixtures" / "scenarios"
WILD = Path(os.environ.get("TFCHANGE_WILD") or ROOT.parent / "shared" / "wild")


def scenarios() -> list[Path]:
    """The plans of all scenarios."""
    return sorted(SCENARIOS.glob("*/plan.json"))


def published() -> list[Path]:
    """The published plans, without those that are odd on purpose; none where there are none."""
    return sorted(f for f in WILD.glob("*/*.json") if f.parent.name != "odd")


def count(files: Iterable[Path]) -> dict[str, object]:
    """How many plans there are, and for each rule that hits at all in how many it does."""
    by = judge(Options(today="2026-11-23"))
    plans, found = 0, Counter[str]()
    for hits in _hits(files, by):
        plans += 1
        found.update(hits)
    return {"plans": plans, "rules": dict(sorted(found.items()))}


def counts() -> dict[str, object]:
    """What the file has to say."""
    kept = json.loads(FILE.read_text()).get("published") if FILE.exists() else None
    files = published()
    return {"scenarios": count(scenarios()), "published": count(files) if files else kept}


def _hits(files: Iterable[Path], by: object) -> Iterator[set[str]]:
    for file in files:
        try:
            plan = decode(file.read_bytes(), file.name)
        except PlanError:
            continue
        yield {rule for rule, _ in shown(plan, by).hits}


if __name__ == "__main__":
    FILE.write_text(json.dumps(counts(), indent=1) + "\n")
