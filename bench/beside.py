"""tfchange beside programs that others use, and beside the program that makes its plans."""

import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench import peers, plans, producer
from bench.measure import Run, attempt, in_turn, once

SMALL = plans.ROOT / "fixtures" / "scenarios" / "greenfield" / "plan.json"
"""A real plan of 43 KB."""
BATCH = 1_000
TFCHANGE = "tfchange assess"
ORJSON = "python + orjson.loads"
Table = dict[str, dict[str, Run]]


_LOADS = "import orjson, sys; orjson.loads(open(sys.argv[1], 'rb').read())"


def assess(plan: Path | str, *more: str) -> list[str]:
    """The command that is measured: the one that is installed beside this Python."""
    return [str(Path(sys.executable).with_name("tfchange")), "assess", str(plan), *more]


def loads(plan: Path) -> list[str]:
    """What merely decodes the file."""
    return [sys.executable, "-c", _LOADS, str(plan)]


def others(available: dict[str, Path], rounds: int) -> Table:
    """Whole runs of all peers on the same plans, by size."""
    found = peers.installed()
    sizes = {"40 KB": SMALL} | {s: f for s, f in available.items() if s != "150"}
    return {size: _beside(size, plan, found, rounds) for size, plan in sizes.items()}


def produced(rounds: int) -> tuple[Table, dict[str, int]]:
    """`terraform show -json` of a plan and tfchange on what it printed, and how large that is."""
    if producer.terraform() is None:
        return {}, {}
    table, sizes = {}, {}
    for size in producer.SIZES:
        made = producer.produced(size)
        print(f"measuring what makes a plan of {size}", flush=True)
        runs = {peers.TERRAFORM: producer.show(made), TFCHANGE: assess(made.plan)}
        table[size] = in_turn({name: partial(once, run) for name, run in runs.items()}, rounds)
        sizes[size] = made.plan.stat().st_size
    return table, sizes


def batch(rounds: int) -> dict[str, Run]:
    """So many plans of 43 KB in one run, in one process and in one per core."""
    with tempfile.TemporaryDirectory() as folder:
        data = SMALL.read_bytes()
        for number in range(BATCH):
            (Path(folder) / f"{number:04}.json").write_bytes(data)
        command = assess(folder, "--format", "json")
        runs = {
            "one process": [*command, "--jobs", "1"],
            "one process per core": command,
        }
        return in_turn({name: partial(once, run) for name, run in runs.items()}, rounds)


def _beside(size: str, plan: Path, found: dict[peers.Peer, Path], rounds: int) -> dict[str, Run]:
    number = int(size.replace(",", "")) if size[0].isdigit() and "KB" not in size else 0
    print(f"measuring programs at {size}", flush=True)
    # Some look for *.tf files below the folder they run in; there are none beside these plans.
    with tempfile.TemporaryDirectory() as cwd:
        ours = {TFCHANGE: assess(plan), ORJSON: loads(plan)}
        runs: dict[str, Callable[[], Run]] = {
            name: partial(once, command, cwd=cwd) for name, command in ours.items()
        }
        runs |= {
            peer.name: partial(attempt, peer.on(plan, programs), cwd=cwd)
            for peer, programs in found.items()
            if number <= peer.most
        }
        return in_turn(runs, 1 if number > 10_000 else rounds)
