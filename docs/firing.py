"""Counts how often each rule hits: `python docs/firing.py` renews docs/rules/firing.json.

Counted are the plans of fixtures/scenarios and, where the folder is at hand, published plans of
others (`TFCHANGE_WILD`, else `../shared/wild`); without that folder its last count stays. In
collections of changes, made to show rules, the resources that each rule hits are counted.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from tfchange.errors import PlanError
from tfchange.pipeline import judge
from tfchange.plan.decode import decode
from tfchange.reading import Options
from tfchange.risk.examples import shown

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "docs" / "rules" / "firing.json"
FIXTURES = ROOT / "fixtures"
WILD = Path(os.environ.get("TFCHANGE_WILD") or ROOT.parent / "shared" / "wild")


def scenarios() -> list[Path]:
    """The plans of all scenarios."""
    return sorted(FIXTURES.glob("scenarios/*/plan.json"))


def collections() -> list[Path]:
    """The plans that were made to show what rules hit and just miss, and those of incidents."""
    return [*FIXTURES.glob("changes/*/plan.json"), *FIXTURES.glob("incidents/*/plan.json")]


def published() -> list[Path]:
    """The published plans, without those that are odd on purpose; none where there are none."""
    return sorted(f for f in WILD.glob("*/*.json") if f.parent.name != "odd")


def count(files: Iterable[Path]) -> dict[str, object]:
    """How many plans there are, and for each rule that hits at all in how many it does."""
    hits = [{rule for rule, _ in some} for some in _hits(files)]
    return {"plans": len(hits), "rules": _sorted(Counter(chain.from_iterable(hits)))}


def resources(files: Iterable[Path]) -> dict[str, object]:
    """How many plans there are, and for each rule that hits at all how many resources it does."""
    hits = list(_hits(files))
    return {
        "plans": len(hits),
        "rules": _sorted(Counter(rule for some in hits for rule, _ in some)),
    }


def counts() -> dict[str, object]:
    """What the file has to say."""
    kept = json.loads(FILE.read_text()).get("published") if FILE.exists() else None
    files = published()
    return {
        "scenarios": count(scenarios()),
        "collections": resources(collections()),
        "published": count(files) if files else kept,
    }


def _sorted(found: Counter[str]) -> dict[str, int]:
    return dict(sorted(found.items()))


def _hits(files: Iterable[Path]) -> Iterator[frozenset[tuple[str, str]]]:
    by = judge(Options(today="2026-11-23"))
    for file in files:
        try:
            plan = decode(file.read_bytes(), file.name)
        except PlanError:
            continue
        yield shown(plan, by).hits


if __name__ == "__main__":
    FILE.write_text(json.dumps(counts(), indent=1) + "\n")
