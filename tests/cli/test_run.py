"""`tfchange run`: gate, apply and closing in one, whatever happens in between."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.apply.terminal import Terminal
from tests.build import change, plan_json
from tests.cli.test_change import PLACE, approve, told
from tests.conftest import ROOT, Outcome, Run
from tfchange.change.desk import Ticket, Written
from tfchange.change.request import Key
from tfchange.errors import UnreachableError
from tfchange.register.desk import Register

APPLIES = ROOT / "fixtures" / "applies"
PLAYER = ROOT / "tests" / "apply" / "player.py"


def _heeding() -> None:
    """Signals are heeded, also where the tests themselves run under nohup or in the background."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


_TERRAFORM = """\
[ "$1" = show ] && exec cat "{folder}/p.json"
for last; do :; done
echo "$*" > "{folder}/words"
[ -f "$last" ] && cp -p "$last" "{folder}/applied"
"""
"""Shows the plan, and keeps what it was told to apply."""


class Stage:
    """A folder with a plan, a register, and a program that plays Terraform."""

    def __init__(self, folder: Path, tfchange: Run) -> None:
        self.folder, self._tfchange = folder, tfchange
        self.kept = folder / "data" / "tfchange" / "applies"
        bin_ = folder / "bin"
        bin_.mkdir()
        play = f'exec "{sys.executable}" "{PLAYER}"\n'
        for name, does in (("terraform", _TERRAFORM.format(folder=folder) + play), ("play", play)):
            program = bin_ / name
            program.write_text(f"#!/bin/sh\n{does}")
            program.chmod(0o755)
        for name in ("ready", "go", "again"):
            os.mkfifo(folder / name)

    def file(self, *names: str, approved: bool = True) -> None:
        """A change that creates resources of these names is filed, and approved."""
        some = [change(f"terraform_data.{n}", ["create"], None, {"input": "x"}) for n in names]
        self.plan(plan_json(some, timestamp="2026-11-23T10:00:00Z"))
        assert self._tfchange("change", "open", "p.json", *PLACE).code == 0
        if approved:
            approve(self._tfchange)

    def plan(self, json_: bytes) -> None:
        """A plan is there, as JSON and saved."""
        (self.folder / "p.json").write_bytes(json_)
        with zipfile.ZipFile(self.folder / "p", "w") as archive:
            archive.writestr("tfplan", json_)

    def script(self, *lines: str) -> None:
        """What the program plays."""
        (self.folder / "script").write_text("".join(f"{line}\n" for line in lines))

    def run(self, *words: str) -> Outcome:
        """`tfchange run` in this process."""
        words = words or ("terraform", "apply", "p")
        plan = "p" if words[0] == "terraform" else "p.json"
        return self._tfchange("run", plan, *PLACE, "--", *words)

    def start(self) -> "subprocess.Popen[bytes]":
        """`tfchange run` in a process of its own, away from any terminal."""
        return subprocess.Popen(
            [sys.executable, "-m", "tfchange", "run", "p", *PLACE, "--",
             "terraform", "apply", "p"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
            preexec_fn=_heeding,  # noqa: PLW1509  # this process has one thread
        )  # fmt: skip

    @property
    def ticket(self) -> dict[str, Any]:
        """The change as it stands."""
        return told(self._tfchange("change", "show", *PLACE, "-f", "json"))

    @property
    def result(self) -> str | None:
        """How it was closed."""
        (listed,) = json.loads(self._tfchange("change", "list", "--all", "-f", "json").out)
        found: str | None = listed["result"]
        return found

    @property
    def history(self) -> str:
        """All that stands in the change, on one line."""
        found = self._tfchange("change", "log", "CHG-0001", "-f", "json").out
        return re.sub(r"(\\+n|\s)+", " ", found)

    @property
    def logs(self) -> list[Path]:
        """The logs that are kept."""
        return list(self.kept.iterdir()) if self.kept.exists() else []

    def await_(self, fifo: str) -> None:
        """The program is so far."""
        (self.folder / fifo).read_text()


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tfchange: Run) -> Stage:
    """A stage outside of any CI and repository."""
    for name in ("GITHUB_REPOSITORY", "GITLAB_CI", "TF_BUILD", "JENKINS_URL", "BITBUCKET_COMMIT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    # The package that is tested is that of this folder, wherever a process is started.
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return Stage(tmp_path, tfchange)


CREATED = ("first", "second", "third")
WAITS = ("first", "waits", "after")


def test_applied_and_closed(stage: Stage) -> None:
    """The change is closed with what happened, people read the text, and no log is left."""
    stage.file(*CREATED)
    stage.script(f"say {APPLIES}/created.jsonl 0 99", "exit 0")
    done = stage.run()
    assert done.code == 0, done.err
    assert "terraform_data.first: Creation complete after 0s" in done.out
    assert "@level" not in done.out
    assert (stage.ticket["state"], stage.result) == ("closed", "successful")
    assert "CHG-0001: " in done.err
    assert "Closed as successful. The change was successful. Of 3 resource" in done.err
    assert stage.logs == []


def test_failed_half_way(stage: Stage) -> None:
    """The exit code is that of the apply, the errors are shown, and the right ones are named."""
    stage.file(*CREATED, "fails", "after")
    stage.script(f"say {APPLIES}/partly.jsonl 0 99", "exit 1")
    done = stage.run()
    assert done.code == 1
    assert "Error: local-exec provisioner error\n\nError running command" in done.out
    assert stage.result == "partly"
    assert "terraform_data.fails (create): local-exec provisioner error" in stage.history
    assert "To take back what was done" in stage.history
    assert stage.logs == []


def test_a_log_of_ones_own_passes_untouched(stage: Stage) -> None:
    """With -json the program's standard output is that of tfchange, byte for byte."""
    stage.file(*CREATED)
    stage.script("text hello", f"say {APPLIES}/created.jsonl 0 99", "exit 0")
    done = stage.run("terraform", "apply", "-json", "p")
    assert done.out == "hello\n" + (APPLIES / "created.jsonl").read_text()
    assert stage.result == "successful"


@pytest.mark.parametrize(("code", "result"), [(0, "successful"), (3, "failed")])
def test_a_script_without_a_log(stage: Stage, code: int, result: str) -> None:
    """The outcome follows the exit code, and the notes say that no log told more."""
    stage.file(*CREATED)
    stage.script("text applying", f"exit {code}")
    done = stage.run("play")
    assert (done.code, done.out) == (code, "applying\n")
    assert stage.result == result
    assert f"The command ended with exit code {code}." in stage.history
    assert "no log of terraform apply -json" in stage.history


def test_a_script_that_writes_a_log_is_heard(stage: Stage) -> None:
    """Also where its exit code says something else, which is told."""
    stage.file(*CREATED)
    stage.script("text first", f"say {APPLIES}/created.jsonl 0 99", "text tests fail", "exit 4")
    done = stage.run("play")
    assert done.code == 4
    assert done.out.startswith("first\n{")
    assert stage.result == "successful"
    assert "The command ended with exit code 4." in stage.history


def test_what_was_not_approved_is_not_applied(stage: Stage) -> None:
    """The gate's exit code is that of the run, and the command was not run."""
    stage.file(*CREATED, approved=False)
    stage.script("move script gone")
    done = stage.run()
    assert done.code == 20
    assert "waits for approval" in done.err
    assert (stage.folder / "script").exists()
    assert stage.ticket["state"] == "waiting"


@pytest.mark.parametrize(
    ("plan", "words", "said"),
    [
        ("p.json", ("no-such-program",), "no program that can be run"),
        ("q.tfplan", ("terraform", "apply", "p"), "Gate the saved plan itself"),
        ("p.json", ("terraform", "apply", "p"), "Gate the saved plan itself: tfchange run p -- "),
        ("p", ("terraform", "apply"), "nobody has approved"),
        ("p", ("terraform", "destroy", "-auto-approve"), "not the apply of a saved plan"),
        ("p", ("terraform", "apply", "-backup", "p", "q.tfplan"), "Gate the saved plan itself"),
    ],
)
def test_requests_that_are_wrong(
    stage: Stage, tfchange: Run, plan: str, words: tuple[str, ...], said: str
) -> None:
    """What cannot be right is said before anybody is asked."""
    stage.file(*CREATED)
    stage.script("move script gone")
    (stage.folder / "q.tfplan").write_bytes(b"PK\x03\x04")
    done = tfchange("run", plan, *PLACE, "--", *words)
    assert done.code == 2
    assert said in done.err
    assert stage.ticket["state"] == "approved"
    assert (stage.folder / "script").exists()


def test_nothing_was_done(stage: Stage) -> None:
    """As where the state is locked: the change stays open, and the same command can run again."""
    stage.file(*CREATED)
    stage.script(f"say {APPLIES}/stale.jsonl 0 99", "exit 1")
    done = stage.run()
    assert done.code == 1
    assert "Saved plan is stale" in done.err
    assert "Run the same command again." in done.err
    assert stage.ticket["state"] == "implementing"
    assert stage.logs == []
    stage.script(f"say {APPLIES}/created.jsonl 0 99", "exit 0")
    assert stage.run().code == 0
    assert stage.result == "successful"


def by_hand(said: str) -> list[str]:
    """The command that stderr names, without its first word."""
    line = next(line for line in said.splitlines() if line.startswith("  tfchange change close"))
    return shlex.split(line)[1:]


def test_applied_and_not_closed(
    stage: Stage, tfchange: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 1, the log is kept for its owner alone, and the command that is told closes it."""

    def away(*_: object) -> Written:
        raise UnreachableError("the desk is away", "Try again later.")

    stage.file(*CREATED)
    stage.script(f"say {APPLIES}/created.jsonl 0 99", "exit 0")
    with monkeypatch.context() as patched:
        patched.setattr(Register, "close", away)
        done = stage.run()
    assert done.code == 1
    assert "the change was not closed: the desk is away\nTry again later.\n" in done.err
    (log,) = stage.logs
    assert (log.stat().st_mode & 0o777, stage.kept.stat().st_mode & 0o777) == (0o600, 0o700)
    assert str(log) in by_hand(done.err)
    assert tfchange(*by_hand(done.err)).code == 0
    assert stage.result == "successful"
    assert stage.logs == []


def test_failed_and_not_closed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit code is that of the apply."""

    def away(*_: object) -> Written:
        raise UnreachableError("the desk is away", "Try again later.")

    stage.file(*CREATED, "fails", "after")
    stage.script(f"say {APPLIES}/partly.jsonl 0 99", "exit 7")
    monkeypatch.setattr(Register, "close", away)
    assert stage.run().code == 7
    assert len(stage.logs) == 1


def test_a_script_without_a_log_and_not_closed(
    stage: Stage, tfchange: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is nothing to keep; the command that is told names the result."""

    def away(*_: object) -> Written:
        raise UnreachableError("the desk is away", "Try again later.")

    stage.file(*CREATED)
    stage.script("exit 3")
    with monkeypatch.context() as patched:
        patched.setattr(Register, "close", away)
        done = stage.run("play")
    assert (done.code, stage.logs) == (3, [])
    assert tfchange(*by_hand(done.err)).code == 0
    assert stage.result == "failed"


def test_a_change_over_several_plans(stage: Stage, tfchange: Run) -> None:
    """One run would close it with the others undone, so nothing is applied."""
    stage.file(*CREATED)
    (stage.folder / "q.json").write_bytes((stage.folder / "p.json").read_bytes())
    assert tfchange("change", "open", "p.json", "q.json", *PLACE).code == 0
    approve(tfchange)
    stage.script("move script gone")
    done = stage.run()
    assert done.code == 2
    assert "is over 2 plans" in done.err
    assert (stage.folder / "script").exists()
    assert stage.ticket["state"] == "approved"
    assert "let the plan" not in stage.history
    log = APPLIES / "created.jsonl"
    assert tfchange("change", "close", "--apply-log", log, "--apply-log", log, *PLACE).code == 0
    assert stage.result == "successful"


def test_the_log_of_something_else(stage: Stage) -> None:
    """What was applied is not what was approved: exit code 1, and the change stays open."""
    stage.file("other")
    stage.script(f"say {APPLIES}/created.jsonl 0 99", "exit 0")
    done = stage.run()
    assert done.code == 1
    assert "another apply" in done.err
    assert by_hand(done.err)[-2:] == ["--result", "successful|partly|failed"]
    assert stage.ticket["state"] == "implementing"
    assert "terraform_data.first: created" in stage.history


def test_a_plan_that_does_nothing(stage: Stage, tfchange: Run) -> None:
    """Needs no change, and so there is none to close."""
    stage.plan(plan_json([]))
    stage.script(f"say {APPLIES}/nothing.jsonl 0 99", "exit 0")
    assert stage.run().code == 0
    assert json.loads(tfchange("change", "list", "--all", "-f", "json").out) == []
    assert stage.logs == []


@pytest.mark.parametrize("words", [(), ("play",)])
def test_a_plan_written_anew_meanwhile(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """What was gated would not be what is applied, so nothing is, and the change is as it was."""
    find = Register.find

    def slow(register: Register, key: Key, near: str | None = None) -> tuple[Ticket, ...]:
        (stage.folder / ("p.json" if words else "p")).write_text("evil")
        return find(register, key, near)

    stage.file(*CREATED)
    stage.script("move script gone")
    with monkeypatch.context() as patched:
        patched.setattr(Register, "find", slow)
        done = stage.run(*words)
    assert done.code == 1
    assert "was written anew" in done.err
    assert (stage.folder / "script").exists()
    assert stage.ticket["state"] == "approved"


def test_a_plan_written_anew_at_the_last_moment(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the gate and the apply, too, nothing is applied, and nothing is left behind."""
    from tfchange.apply import kept

    keep = kept.keep

    def slow(folder: str) -> kept.Kept:
        (stage.folder / "p").write_text("evil")
        return keep(folder)

    stage.file(*CREATED)
    stage.script("move script gone")
    monkeypatch.setattr(kept, "keep", slow)
    done = stage.run()
    assert done.code == 1
    assert "p was written anew" in done.err
    assert (stage.folder / "script").exists()
    assert stage.logs == []


def test_a_copy_of_the_plan_is_applied(stage: Stage) -> None:
    """Of its owner alone, so that a plan written anew while Terraform starts harms nobody."""
    stage.file(*CREATED)
    stage.script(f"say {APPLIES}/created.jsonl 0 99", "exit 0")
    stage.run("terraform", "apply", "-lock=false", "p")
    *words, plan = (stage.folder / "words").read_text().split()
    assert words == ["apply", "-json", "-lock=false", "--"]
    assert Path(plan).parent == stage.kept
    applied = stage.folder / "applied"
    assert applied.read_bytes() == (stage.folder / "p").read_bytes()
    assert applied.stat().st_mode & 0o777 == 0o600
    assert stage.logs == []


@pytest.mark.parametrize("code", [0, 5])
def test_more_was_done_than_was_approved(stage: Stage, code: int) -> None:
    """By a script, say: exit code 22 unless it has one of its own, and the output says why."""
    stage.file("first")
    stage.script(f"say {APPLIES}/created.jsonl 0 99", f"exit {code}")
    done = stage.run("play")
    assert done.code == (code or 22)
    why = "Closed as partly. More was done than was approved. Of 3 resource changes: 3 done."
    assert why in done.err
    assert "done in part" not in stage.history
    assert stage.result == "partly"


def test_a_program_that_cannot_be_started(stage: Stage) -> None:
    """Nothing was applied, no log is left, and the change can be implemented all the same."""
    stage.file(*CREATED)
    (stage.folder / "bin" / "play").write_bytes(b"\0")
    done = stage.run("play")
    assert done.code == 1
    assert "cannot run play" in done.err
    assert stage.logs == []


def test_without_a_home(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where own data can be kept nowhere, the log is kept with what is temporary, and goes."""
    stage.file(*CREATED)
    temporary = stage.folder / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    stage.kept.write_text("in the way")
    stage.script(f"say {APPLIES}/created.jsonl 0 99", "exit 0")
    done = stage.run()
    assert done.code == 0
    assert str(temporary) in done.err
    assert list(temporary.iterdir()) == []


def test_a_register_and_a_change_that_passed_unasked(
    stage: Stage, tfchange: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --fail-open it is applied, and the closing tells the change so."""

    def away(*_: object) -> tuple[Ticket, ...]:
        raise UnreachableError("the desk is away")

    stage.file(*CREATED)
    stage.script(f"say {APPLIES}/created.jsonl 0 99", "exit 0")
    words = ("p", *PLACE, "--fail-open", "--", "terraform", "apply", "p")
    with monkeypatch.context() as patched:
        patched.setattr(Register, "find", away)
        done = tfchange("run", *words)
    assert done.code == 1
    assert tfchange(*by_hand(done.err)).code == 0
    assert stage.result == "successful"
    assert "without asking the desk" in stage.history


@pytest.mark.parametrize("code", [0, 7])
def test_a_desk_that_is_away_all_the_time(
    stage: Stage, tfchange: Run, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """The exit code stays that of the command, and the command that closes is told nonetheless."""
    stage.file(*CREATED)
    stage.script(f"exit {code}")
    with monkeypatch.context() as patched:
        patched.setenv("TFCHANGE_REGISTER_URL", "postgresql://127.0.0.1:9/x")
        done = tfchange("run", "p.json", *PLACE, "--fail-open", "--", "play")
    assert done.code == (code or 1)
    assert "the change was not closed" in done.err
    assert tfchange(*by_hand(done.err)).code == 0
    assert stage.result == ("failed" if code else "successful")


def test_nobody_reads(stage: Stage) -> None:
    """Where standard output and error are closed, the apply goes on and is closed all the same."""
    stage.file(*CREATED)
    stage.script("ready ready", f"say {APPLIES}/created.jsonl 0 99", "exit 0")
    child = stage.start()
    assert child.stdout
    assert child.stderr
    child.stdout.close()
    child.stderr.close()
    stage.await_("ready")
    child.wait()
    assert stage.result == "successful"


INTERRUPTED = (f"say {APPLIES}/interrupted.jsonl 0 9", "ready ready", "wait")
LAST = (f"say {APPLIES}/interrupted.jsonl 10 99", "exit 1")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_tfchange_alone(stage: Stage, number: int) -> None:
    """It is passed on, Terraform ends in order, and the change is closed with what was done."""
    stage.file(*WAITS)
    stage.script(*INTERRUPTED, *LAST)
    child = stage.start()
    stage.await_("ready")
    child.send_signal(number)
    _, said = child.communicate()
    assert child.returncode == 1, said
    assert (stage.ticket["state"], stage.result) == ("closed", "partly")
    assert "It was interrupted." in stage.history
    assert "terraform_data.after: create" in stage.history
    assert stage.logs == []


def test_a_signal_to_all(stage: Stage) -> None:
    """As a CI sends it to a group of processes: Terraform gets it once, not once more from us."""
    stage.file(*WAITS)
    stage.script(*INTERRUPTED, *LAST)
    child = stage.start()
    stage.await_("ready")
    os.killpg(child.pid, signal.SIGTERM)
    child.communicate()
    assert child.returncode == 1
    assert stage.result == "partly"


def test_ctrl_c_at_a_terminal(stage: Stage) -> None:
    """Both get it from the terminal, and Terraform no second time from us."""
    stage.file(*WAITS)
    stage.script(*INTERRUPTED, *LAST)
    with Terminal("run", "p", *PLACE, "--", "terraform", "apply", "p") as terminal:
        stage.await_("ready")
        terminal.press_ctrl_c()
        assert terminal.wait() == 1
    assert stage.result == "partly"
    assert "It was interrupted." in stage.history


def test_two_signals(stage: Stage, tfchange: Run) -> None:
    """The second is passed on too; what is cut stays open, says what is known, and how to close."""
    stage.file(*WAITS)
    stage.script(*INTERRUPTED, "ready again", "go go", "exit 0")
    child = stage.start()
    stage.await_("ready")
    child.send_signal(signal.SIGTERM)
    stage.await_("again")
    child.send_signal(signal.SIGINT)
    _, err = child.communicate()
    said = err.decode()
    assert child.returncode == 1
    assert "the log ends before the apply was over" in said
    assert stage.ticket["state"] == "implementing"
    assert "nobody knows how it ended - terraform_data.waits: create" in stage.history
    *command, _ = by_hand(said)
    assert tfchange(*command, "partly").code == 0
    assert stage.result == "partly"


def test_tfchange_is_killed(stage: Stage, tfchange: Run) -> None:
    """The apply goes on to its end, its log is whole, and the change can be closed by it."""
    stage.file(*CREATED)
    log = f"{APPLIES}/created.jsonl"
    stage.script(
        f"say {log} 0 6", "ready ready", "go go", f"say {log} 6 99", "ready again", "exit 0"
    )
    child = stage.start()
    stage.await_("ready")
    child.kill()
    child.wait()
    (stage.folder / "go").write_text("")
    stage.await_("again")
    _, err = child.communicate()
    assert stage.ticket["state"] == "implementing"
    kept, copy = sorted(stage.logs)
    assert copy.name == f"{kept.name}.tfplan"
    assert str(kept) in err.decode()
    assert tfchange("change", "close", "--apply-log", kept, *PLACE).code == 0
    assert stage.result == "successful"
    assert stage.logs == []


@pytest.mark.parametrize(("plan", "code"), [("\n  p.json \n", 0), ("p.json\nq.json", 2), ("", 2)])
def test_variables_name_the_plan_and_the_command(
    stage: Stage, tfchange: Run, monkeypatch: pytest.MonkeyPatch, plan: str, code: int
) -> None:
    """One plan, with empty lines around it or none; the command's words are parted by spaces."""
    stage.file("a")
    monkeypatch.setenv("TFCHANGE_PLAN", plan)
    monkeypatch.setenv("TFCHANGE_RUN_COMMAND", " touch  a;b $(c)\n")
    assert tfchange("run", *PLACE).code == code
    made = [(stage.folder / name).exists() for name in ("a;b", "$(c)")]
    assert made == [code == 0] * 2
