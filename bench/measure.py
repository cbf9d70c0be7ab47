"""Measures whole processes: wall time and peak memory, several programs in turn."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

MIB = 1024 * 1024
# ru_maxrss is in KiB on Linux and in bytes on macOS.
RSS_UNIT = 1 if sys.platform == "darwin" else 1024


class Run(NamedTuple):
    """One run: wall time in seconds, peak memory in bytes."""

    seconds: float
    memory: int


def environment() -> dict[str, str]:
    """What the measured programs see: bytecode is kept, as after an installation with pip."""
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def once(
    command: list[str], feed: Path | None = None, *, may_fail: bool = False, cwd: str | None = None
) -> Run:
    """One run of the command, its output thrown away; `feed` is its standard input.

    A command that fails ends the benchmark, unless it may: some fail for what they find.
    """
    begin = time.perf_counter()
    with open(feed or os.devnull, "rb") as stdin:
        process = subprocess.Popen(
            command,
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL if may_fail else None,
            env=environment(),
            cwd=cwd,
        )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode and not may_fail:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Run(seconds, usage.ru_maxrss * RSS_UNIT)


def interleaved(commands: dict[str, list[str]], rounds: int) -> dict[str, Run]:
    """The median of each command over the rounds; see `in_turn`."""
    return in_turn({name: partial(once, each) for name, each in commands.items()}, rounds)


def in_turn(runs: dict[str, Callable[[], Run]], rounds: int) -> dict[str, Run]:
    """The median of each run over the rounds; each round does all, so that all meet the same
    weather on the machine. The first round only warms the caches."""
    found: dict[str, list[Run]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name, run in runs.items():
            measured = run()
            if number:
                found[name].append(measured)
    return {name: _median(each) for name, each in found.items()}


def _median(runs: list[Run]) -> Run:
    seconds = statistics.median(run.seconds for run in runs)
    return Run(seconds, int(statistics.median(run.memory for run in runs)))
