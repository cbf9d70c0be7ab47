"""The plans to measure with: made in any size where there is a generator, else the real one."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
DATA = Path(__file__).parent / "data"
REAL = ROOT / "fixtures" / "scenarios" / "platform" / "plan.json"
SIZES = (150, 1_000, 10_000, 100_000)


def generator() -> Path | None:
    """The program that scales a real plan up: `PROGRAM COUNT FILE`; None where there is none."""
    named = os.environ.get("TFCHANGE_BENCH_GENERATOR")
    beside = ROOT.parent / "shared" / "bench" / "gen_plan.py"
    if named and not Path(named).is_file():
        raise SystemExit(f"TFCHANGE_BENCH_GENERATOR names {named}, which is not there")
    found = Path(named) if named else beside
    return found if found.is_file() else None


def plans() -> dict[str, Path]:
    """The plans by the name of their size, smallest first."""
    program = generator()
    if program is None:
        print(
            "No generator of plans (TFCHANGE_BENCH_GENERATOR): only the platform plan is measured."
        )
        return {"platform": REAL}
    return {f"{size:,}": _made(program, size) for size in SIZES}


def _made(program: Path, size: int) -> Path:
    DATA.mkdir(exist_ok=True)
    file = DATA / f"{size}.json"
    if not file.exists():
        print(f"making a plan of {size:,} resources")
        draft = file.with_suffix(".part")
        subprocess.run([sys.executable, str(program), str(size), str(draft)], check=True)
        draft.rename(file)
    return file
