"""Measures tfchange beside its yardsticks and renews docs/performance.md: `python bench/run.py`.

--rounds N     runs of each program per plan (default 7; 3 from 100,000 resources on)
--only SIZE    only this size, such as 10,000; prints, and leaves the page as it is
"""

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import page, plans
from bench.measure import Run, environment, interleaved, once

BARE = "python -c pass"
ORJSON = "python + orjson.loads"
TEXT = "tfchange assess"
JSON = "tfchange assess --format json"
LOADS = "import orjson, sys; orjson.loads(open(sys.argv[1], 'rb').read())"
BATCH = 200


def commands(plan: Path) -> dict[str, list[str]]:
    """What is run on a plan, side by side."""
    tfchange = [sys.executable, "-m", "tfchange", "assess", str(plan)]
    return {
        BARE: [sys.executable, "-c", "pass"],
        ORJSON: [sys.executable, "-c", LOADS, str(plan)],
        TEXT: tfchange,
        JSON: [*tfchange, "--format", "json"],
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


def batch(plan: Path) -> dict[str, Run]:
    """Many plans in one run, in one process and in one per core."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(BATCH):
            (Path(folder) / f"{number:04}.json").symlink_to(plan.resolve())
        command = [sys.executable, "-m", "tfchange", "assess", folder, "--format", "json"]
        return {
            "one process": once([*command, "--jobs", "1"]),
            "one process per core": once(command),
        }


def main() -> None:
    """The table is printed, and on a full run docs/performance.md says the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only")
    asked = parser.parse_args()
    available = plans.plans()
    chosen = {size: file for size, file in available.items() if asked.only in (None, size)}
    results, parts = {}, {}
    for size, file in chosen.items():
        rounds = min(asked.rounds, 3) if file.stat().st_size > 200_000_000 else asked.rounds
        print(f"measuring {size} ({file.stat().st_size / 1e6:.1f} MB), {rounds} rounds")
        results[size] = (file.stat().st_size, interleaved(commands(file), rounds))
        parts[size] = where_time_goes(file, 3)
    many = None if asked.only else (batch(next(iter(available.values()))), BATCH)
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    text = page.write(results, parts, many, machine)
    print(text)
    if asked.only is None and len(available) > 1:
        (plans.ROOT / "docs" / "performance.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
