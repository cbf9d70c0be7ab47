"""What the benchmarks say of programs that find, fail or take too long."""

import sys
from functools import partial

import pytest

from bench import page, producer
from bench.measure import DONE, ENDED, FAILED, LONG, Attempt, Run, attempt, in_turn

FOREVER = "import signal; signal.pause()"


def python(program: str) -> Attempt:
    """A Python program that prints "done" when it is, and ends with 3 when it finds something."""
    return Attempt([sys.executable, "-c", program], says="done", finds=3)


@pytest.mark.parametrize(
    ("program", "end"),
    [
        ("print('done')", DONE),
        ("print('done'); raise SystemExit(3)", DONE),
        ("print('nothing to do here')", FAILED),
        ("raise SystemExit(3)", FAILED),
        ("print('done'); raise MemoryError", FAILED),
    ],
)
def test_findings_are_told_from_failures(program: str, end: str) -> None:
    """A run is done when it said so and ended well or with findings; all else has failed."""
    assert attempt(python(program)).end == end


def test_a_run_is_ended_at_the_limit() -> None:
    """What would run forever is ended at the limit."""
    assert attempt(python(FOREVER), limit=0.01).end == ENDED


@pytest.mark.parametrize(
    ("run", "times"),
    [(Run(1, 1), 4), (Run(LONG, 1), 1), (Run(1, 1, FAILED), 1), (Run(1, 1, ENDED), 1)],
)
def test_what_takes_long_or_fails_is_run_once(run: Run, times: int) -> None:
    """A short run is repeated after one that warms the caches; a long or vain one is not."""
    runs: list[Run] = []

    def each() -> Run:
        runs.append(run)
        return run

    assert in_turn({"it": each}, 3) == {"it": run}
    assert len(runs) == times


def test_one_failure_among_the_rounds_is_told() -> None:
    """A program that failed in one of the rounds is said to have failed."""
    ends = iter([DONE, DONE, FAILED, DONE])
    assert in_turn({"it": lambda: Run(1, 1, next(ends))}, 3)["it"].end == FAILED


def test_no_time_is_told_of_what_did_no_work() -> None:
    """A cell tells a time only of a run that did its work."""
    cell = partial(page._cell, ours=Run(1, 1))
    assert cell(Run(2, 1024 * 1024)) == "2,000 ms, 1 MiB (2.0x)"
    assert cell(Run(2, 1024 * 1024, FAILED)) == "failed"
    assert cell(Run(300.5, 1024 * 1024, ENDED)) == "more than 300 s, 1 MiB"
    assert cell(None) == "not run"


@pytest.mark.parametrize("hosts", producer.SIZES.values())
def test_blocks_have_all_hosts_once(hosts: int) -> None:
    """The hosts of a plan are split into blocks that are small and leave none out."""
    blocks = producer._blocks(hosts)
    assert [n for block in blocks for n in block] == list(range(hosts))
    assert max(map(len, blocks)) <= producer.BLOCK
