"""The three ends of a run."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run
from tfchange import __version__


def test_version(process: Run) -> None:
    """The version is printed, and nothing else."""
    assert process("--version") == (0, f"tfchange {__version__}\n", "")


def test_help_names_every_command_and_exit_code(tfchange: Run) -> None:
    """The help of the program lists all commands, examples and exit codes."""
    code, out, _ = tfchange("--help")
    assert code == 0
    for word in ("assess", "explain", "graph", "rules", "Examples:", "Exit codes:", "130"):
        assert word in out


@pytest.mark.parametrize("command", ["assess", "explain", "graph", "rules"])
def test_every_command_has_help_with_examples(tfchange: Run, command: str) -> None:
    """Each command explains itself by example."""
    code, out, _ = tfchange(command, "--help")
    assert code == 0
    assert f"tfchange {command}" in out.split("Examples:")[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["asses"], "No such command 'asses'"),
        (["assess"], "Missing argument 'PLAN...'"),
        (["assess", "--format", "pdf", "x"], "'pdf' is not one of"),
        (["assess", "--emergency", "x"], "--emergency needs --incident"),
        (["assess", "--incident", "INC1", "x"], "--incident is for --emergency"),
        (["assess", "--fail-on", "bad", "x"], "'bad' is not one of"),
        (["rules", "no-such-rule"], "there is no rule"),
    ],
)
def test_a_wrong_request_is_exit_2(tfchange: Run, arguments: list[str], said: str) -> None:
    """A request that cannot be understood ends with 2 and says what is wrong with it."""
    code, out, err = tfchange(*arguments)
    assert (code, out) == (2, "")
    assert said in err


def test_what_cannot_be_done_is_exit_1_with_advice(tfchange: Run, tmp_path: Path) -> None:
    """A file that is not there ends with 1, a message and advice, and no traceback."""
    code, out, err = tfchange("assess", tmp_path / "gone.json")
    assert (code, out) == (1, "")
    message, advice = err.strip().split("\n", 1)
    assert "gone.json" in message
    assert advice
    assert "Traceback" not in err


def test_a_bug_is_exit_70_and_quotes_no_value(
    tfchange: Run, platform: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug is reported with its type and our own lines, never with its message."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("hunter2")

    monkeypatch.setattr("tfchange.reading.decode", broken)
    code, out, err = tfchange("assess", platform)
    assert (code, out) == (70, "")
    assert "ZeroDivisionError" in err
    assert "tfchange/reading.py:" in err
    assert "hunter2" not in err
    assert str(platform) not in err


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("yaml", (1, "needs the module yaml, which is not installed\nInstall tfchange with all")),
        ("_sqlite3", (1, "needs the module _sqlite3, which is not installed\nUse a Python that")),
        ("tfchange.gone", (70, "this is a bug in tfchange")),
    ],
)
def test_a_module_that_is_missing_is_named(
    tfchange: Run, platform: Path, monkeypatch: pytest.MonkeyPatch, name: str, told: tuple[int, str]
) -> None:
    """One of ours is a bug, others are what the installation or Python lacks."""

    def lacking(*_: object, **__: object) -> None:
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr("tfchange.reading.decode", lacking)
    done = tfchange("assess", platform)
    assert (done.code, done.out) == (told[0], "")
    assert told[1] in done.err


def test_an_interrupt_is_exit_130(
    tfchange: Run, platform: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C ends with 130 and without a traceback."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tfchange.reading.decode", interrupted)
    code, out, err = tfchange("assess", platform)
    assert (code, out) == (130, "")
    assert "interrupted" in err
    assert "Traceback" not in err


def test_a_reader_that_leaves_is_no_reason_to_complain(platform: Path) -> None:
    """When whoever reads the output goes away, as `head` does, nothing is said about it."""
    with subprocess.Popen(
        [sys.executable, "-m", "tfchange", "assess", str(platform), "--format", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.close()
        said = run.stderr.read()
        run.wait()
    assert said == b""
    assert run.returncode == 1
