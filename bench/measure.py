"""Measures whole processes: wall time and peak memory, several programs in turn."""

import os
import statistics
import subprocess
import sys
import time
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


def once(command: list[str]) -> Run:
    """One run of the command, its output thrown away; a command that fails ends the benchmark."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment())
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Run(seconds, usage.ru_maxrss * RSS_UNIT)


def interleaved(commands: dict[str, list[str]], rounds: int) -> dict[str, Run]:
    """The median of each command over the rounds; each round runs all, so that all meet the same
    weather on the machine. The first round only warms the caches."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            run = once(command)
            if number:
                runs[name].append(run)
    return {name: _median(each) for name, each in runs.items()}


def _median(runs: list[Run]) -> Run:
    seconds = statistics.median(run.seconds for run in runs)
    return Run(seconds, int(statistics.median(run.memory for run in runs)))
