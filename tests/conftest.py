"""What all tests share: a clean environment, caches of their own, and ways to run the program."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import settings

from tfchange.__main__ import run

ROOT = Path(__file__).parent.parent
SCENARIOS = ROOT / "fixtures" / "scenarios"

# Machines differ in speed; a slow one is no reason to fail.
settings.register_profile("tfchange", deadline=None, derandomize=True)
settings.load_profile("tfchange")


@pytest.fixture(scope="session", autouse=True)
def _environment(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No setting of the developer reaches a test, and no test the developer's caches."""
    for name in [n for n in os.environ if n.startswith("TFCHANGE_") and n != "TFCHANGE_TF_MIRROR"]:
        del os.environ[name]
    os.environ["TFCHANGE_CACHE_DIR"] = str(tmp_path_factory.mktemp("cache"))
    os.environ["COLUMNS"] = "100"
    os.environ.pop("NO_COLOR", None)


@pytest.fixture
def platform() -> Path:
    """The plan of a whole platform that `make demo` shows."""
    return SCENARIOS / "platform" / "plan.json"


class Outcome(NamedTuple):
    """How a run ended and what it said."""

    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def tfchange(capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line in this process."""

    def call(*arguments: str | Path) -> Outcome:
        code = run([str(argument) for argument in arguments])
        sys.stdout.flush()
        return Outcome(code, *capfd.readouterr())

    return call


@pytest.fixture
def process() -> Run:
    """Runs a command line in a process of its own, with bytes on its standard input."""

    def call(*arguments: str | Path, stdin: bytes = b"", **environment: str) -> Outcome:
        done = subprocess.run(
            [sys.executable, "-m", "tfchange", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            env={**os.environ, **environment},
            check=False,
        )
        return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())

    return call


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked again is asked again at once."""
    from tfchange.http.patience import Patience

    made = Patience.__init__

    def make(self: Patience, inner: Any, is_read: Any, check: Any, _: Any, *more: Any) -> None:
        made(self, inner, is_read, check, lambda _: None, *more)

    monkeypatch.setattr(Patience, "__init__", make)
