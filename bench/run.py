"""Measures tfchange beside its yardsticks and renews docs/performance.md: `python bench/run.py`.

--rounds N     runs of each program per plan (default 7; at most 3 beside other programs and from
               100,000 resources on, and 1 for both together or where one takes a minute)
--only SIZE    only this size, such as 10,000; prints, and leaves the page as it is
--part PART    only this part of the page: whole, others, produced or batch; the rest stays
"""

import argparse
import json
import platform
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import beside, page, plans
from bench.measure import Run, environment, interleaved

BARE = "python -c pass"
JSON = "tfchange assess --format json"
PARTS = ("whole", "others", "produced", "batch")
KEPT = plans.DATA / "results.json"


def commands(plan: Path) -> dict[str, list[str]]:
    """What is run on a plan, side by side."""
    return {
        BARE: [sys.executable, "-c", "pass"],
        beside.ORJSON: beside.loads(plan),
        beside.TFCHANGE: beside.assess(plan),
        JSON: beside.assess(plan, "--format", "json"),
    }


def where_time_goes(plan: Path, rounds: int) -> dict[str, float]:
    """The median milliseconds of each phase."""
    runs = []
    for _ in range(rounds):
        done = subprocess.run(
            [sys.executable, "-m", "bench.phases", str(plan)],
            capture_output=True,
            check=True,
            cwd=plans.ROOT,
            env=environment(),
        )
        runs.append(json.loads(done.stdout))
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def whole(available: dict[str, Path], rounds: int) -> dict[str, object]:
    """tfchange and its yardsticks at each size, and where the time goes."""
    results, parts = {}, {}
    for size, file in available.items():
        some = min(rounds, 3) if file.stat().st_size > 200_000_000 else rounds
        print(f"measuring {size} ({file.stat().st_size / 1e6:.1f} MB), {some} rounds", flush=True)
        results[size] = (file.stat().st_size, interleaved(commands(file), some))
        parts[size] = where_time_goes(file, 3)
    return {"results": results, "parts": parts}


def measured(part: str, available: dict[str, Path], rounds: int) -> dict[str, object]:
    """What one part of the page says."""
    if part == "whole":
        return whole(available, rounds)
    if part == "others":
        return {"others": beside.others(available, min(rounds, 3))}
    if part == "produced":
        table, sizes = beside.produced(min(rounds, 3))
        return {"produced": table, "sizes": sizes}
    return {"batch": beside.batch(min(rounds, 3))}


def main() -> None:
    """Each part is printed and kept, and docs/performance.md says what all of them say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only")
    parser.add_argument("--part", action="append", choices=PARTS)
    asked = parser.parse_args()
    available = plans.plans()
    chosen = {size: file for size, file in available.items() if asked.only in (None, size)}
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    for part in asked.part or PARTS:
        found = measured(part, chosen, asked.rounds)
        print(json.dumps(found, indent=1), flush=True)
        kept |= found | {"machine": machine}
        if asked.only is None:
            KEPT.write_text(json.dumps(kept))
    if asked.only is None and len(available) > 1 and set(page.Measured._fields) <= set(kept):
        said = page.Measured(**{name: runs_of(kept[name]) for name in page.Measured._fields})
        (plans.ROOT / "docs" / "performance.md").write_text(page.write(said), encoding="utf-8")


def runs_of(kept: Any) -> Any:
    """What was kept as JSON, with its runs: pairs of numbers are some."""
    if isinstance(kept, dict):
        return {name: runs_of(value) for name, value in kept.items()}
    if isinstance(kept, list):
        return Run(*kept) if not isinstance(kept[1], dict) else (kept[0], runs_of(kept[1]))
    return kept


if __name__ == "__main__":
    main()
