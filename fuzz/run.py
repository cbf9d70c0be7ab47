"""Fuzzes the parsers, one after the other: `python fuzz/run.py [--seconds N] [NAME ...]`.

What is found between two runs is kept in `fuzz/found/`, which is not committed; what is committed,
in `fuzz/corpus/`, is replayed by the tests. `--shrink` renews that from what was found. An input
that fails is written to `fuzz/corpus/NAME/`: commit it with the repair.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

from fuzz.targets import TARGETS

MOST_BYTES = 6_000
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
    """The corpus holds the fewest inputs that reach what all that were found reach."""
    corpus = HERE / "corpus" / name
    with tempfile.TemporaryDirectory() as fewest:
        _libfuzzer(name, *LIMITS, "-merge=1", fewest, str(HERE / "found" / name), str(corpus))
        kept = sorted(Path(fewest).iterdir(), key=lambda file: (file.stat().st_size, file.name))
        left = MOST_BYTES
        for file in kept:
            left -= file.stat().st_size
            if left >= 0:
                (corpus / file.name[:12]).write_bytes(file.read_bytes())


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
