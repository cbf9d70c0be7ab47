"""Measures whole processes: wall time and peak memory, several programs in turn."""

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

MIB = 1024 * 1024
LIMIT = 300.0
"""The seconds after which an attempt is ended."""
LONG = 60.0
"""The seconds from which on a run is not repeated: the first one counts, cold caches or not."""
DONE, FAILED, ENDED = "done", "failed", "ended"
# ru_maxrss is in KiB on Linux and in bytes on macOS.
RSS_UNIT = 1 if sys.platform == "darwin" else 1024


class Run(NamedTuple):
    """One run: wall time in seconds, peak memory in bytes, and how it ended."""

    seconds: float
    memory: int
    end: str = DONE
    """DONE, FAILED (without having done its work) or ENDED (by us, at the limit)."""


def environment() -> dict[str, str]:
    """What the measured programs see: bytecode is kept, as after an installation with pip."""
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


class Attempt(NamedTuple):
    """A command that may fail or take too long, and how to tell that it did its work."""

    command: list[str]
    says: str
    """What it prints when it is done; some end with 0 when they could do nothing."""
    finds: int = 0
    """What it ends with when it has found something; else it ends with 0."""
    feed: Path | None = None
    """Its standard input."""


def attempt(tried: Attempt, *, cwd: str | None = None, limit: float = LIMIT) -> Run:
    """One run of the command, ended after `limit` seconds; what it printed last when it failed."""
    with open(tried.feed or os.devnull, "rb") as stdin, tempfile.TemporaryFile() as output:
        streams = {"stdin": stdin, "stdout": output, "stderr": subprocess.STDOUT}
        run, code = _run(tried.command, limit, cwd=cwd, process_group=0, **streams)
        if run.seconds >= limit:
            return run._replace(end=ENDED)
        output.seek(0)
        printed = output.read().decode(errors="replace")
    if code in (0, tried.finds) and tried.says in printed:
        return run
    print(f"{tried.command[0]} ended with {code}: {printed.strip()[-400:]}", flush=True)
    return run._replace(end=FAILED)


def once(command: list[str], *, cwd: str | None = None) -> Run:
    """One run of the command, its output thrown away. If it fails, the benchmark ends."""
    run, code = _run(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    if code:
        raise SystemExit(f"{' '.join(command)} ended with {code}")
    return run


def _run(command: list[str], limit: float | None = None, **how: Any) -> tuple[Run, int]:
    """The run and its exit code; with a limit it must lead a group of processes."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, env=environment(), **how)
    with nullcontext() if limit is None else _ending(process.pid, limit):
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    return Run(seconds, usage.ru_maxrss * RSS_UNIT), process.returncode


@contextmanager
def _ending(group: int, limit: float) -> Iterator[None]:
    """Ends the group of processes at the limit, and when what waits for it is interrupted."""
    clock = threading.Timer(limit, _end, [group])
    clock.start()
    try:
        yield
    except BaseException:
        _end(group)
        raise
    finally:
        clock.cancel()


def _end(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def interleaved(commands: dict[str, list[str]], rounds: int) -> dict[str, Run]:
    """The median of each command over the rounds; see `in_turn`."""
    return in_turn({name: partial(once, each) for name, each in commands.items()}, rounds)


def in_turn(runs: dict[str, Callable[[], Run]], rounds: int) -> dict[str, Run]:
    """The median of each run over the rounds; each round does all, so that all meet the same
    weather on the machine. A first round only warms the caches, unless it took long or did not do
    its work: then it counts, and there is no other."""
    first = {name: run() for name, run in runs.items()}
    again = [name for name, run in first.items() if run.end == DONE and run.seconds < LONG]
    found = {name: [] if name in again else [run] for name, run in first.items()}
    for _ in range(rounds):
        for name in again:
            found[name].append(runs[name]())
    return {name: _median(each) for name, each in found.items()}


def _median(runs: list[Run]) -> Run:
    undone = next((run for run in runs if run.end != DONE), None)
    if undone:
        return undone
    seconds = statistics.median(run.seconds for run in runs)
    return Run(seconds, int(statistics.median(run.memory for run in runs)))
