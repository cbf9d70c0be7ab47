"""Fuzzes the parsers, one after the other: `python fuzz/run.py [--seconds N] [NAME ...]`.

What is found between two runs is kept in `fuzz/found/`, which is not committed; what is committed,
in `fuzz/corpus/`, is replayed by the tests. `--shrink` renews that from what was found. An input
that fails is written to `fuzz/corpus/NAME/`: commit it with the repair.
"""

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

from fuzz.targets import TARGETS  # noqa: E402

MOST_BYTES = 12_000
"""Of all inputs of one target that are committed together."""
LIMITS = ("-timeout=20", "-rss_limit_mb=3000", "-max_len=16384", "-print_final_stats=1")


def fuzz(name: str, seconds: int) -> bool:
    """Whether no input made the target fail."""
    found, corpus = HERE / "found" / name, HERE / "corpus" / name
    found.mkdir(parents=True, exist_ok=True)
    options = (*LIMITS, f"-max_total_time={seconds}", f"-artifact_prefix={corpus}/")
    print(f"== {name}: {seconds} seconds", flush=True)
    return _libfuzzer(name, *options, str(found), str(corpus)) == 0


def shrink(name: str) -> None:
    """The corpus holds the smallest inputs that reach what all that were found reach, if few."""
    corpus, seen = HERE / "corpus" / name, set[object]()
    left = MOST_BYTES - sum(file.stat().st_size for file in corpus.iterdir())
    found = [*corpus.iterdir(), *(HERE / "found" / name).glob("*")]
    for file in sorted(found, key=lambda file: (file.parent != corpus, file.stat().st_size)):
        reached, data = reach(name, file.read_bytes()), file.read_bytes()
        if file.parent != corpus and not reached <= seen and len(data) <= left:
            (corpus / file.name[:12]).write_bytes(data)
            left -= len(data)
        seen |= reached


def reach(name: str, data: bytes) -> set[object]:
    """The steps from line to line of tfchange that the input makes."""
    reached: set[object] = set()

    def trace(frame: Any, _event: str, _: object) -> Any:
        code = frame.f_code
        if "/tfchange/" not in code.co_filename:
            return None
        reached.add((code, frame.f_lineno))
        return trace

    sys.settrace(trace)
    try:
        TARGETS[name](data)
    finally:
        sys.settrace(None)
    return reached


def _libfuzzer(name: str, *arguments: str) -> int:
    command = [sys.executable, "-m", "fuzz.one", name, *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def main() -> int:
    """The exit code: 1 where an input was found that fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=int, default=60, help="for each parser")
    parser.add_argument("--shrink", action="store_true")
    given = parser.parse_args()
    names = given.names or list(TARGETS)
    if given.shrink:
        for name in names:
            shrink(name)
        return 0
    failed = [name for name in names if not fuzz(name, given.seconds)]
    print(f"failed: {', '.join(failed)}" if failed else "nothing was found", flush=True)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
