"""`tfchange change` as pipelines and people use it, with the embedded register."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.build import change, plan_json
from tests.conftest import ROOT, Outcome, Run
from tfchange.schema import faults

PLACE = ("--repository", "acme/shop", "--pull-request", "12")


@pytest.fixture(autouse=True)
def register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A register of its own, in a folder that is no repository, outside of any CI."""
    for name in ("GITHUB_REPOSITORY", "GITLAB_CI", "TF_BUILD", "JENKINS_URL", "BITBUCKET_COMMIT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "data" / "register.db"
    monkeypatch.setenv("TFCHANGE_REGISTER_URL", str(file))
    return file


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A database that gets another class."""
    return write(tmp_path / "plan.json", "db.m5.large")


def write(file: Path, size: str, at: str = "2026-11-23T10:00:00Z") -> Path:
    """A plan, made at that time, that gives a database that class."""
    before = {"id": "db-1", "instance_class": "db.t3.small"}
    after = {"id": "db-1", "instance_class": size}
    actions = ["update"] if before != after else ["no-op"]
    changes = [change("aws_db_instance.main", actions, before, after)]
    file.write_bytes(plan_json(changes, timestamp=at))
    return file


def told(outcome: Outcome) -> dict[str, Any]:
    """The object that was printed, which fits its schema."""
    assert outcome.code == 0, outcome.err
    found: dict[str, Any] = json.loads(outcome.out)
    assert faults(found, "change-1.0") == []
    return found


def approve(tfchange: Run, number: str = "CHG-0001") -> None:
    """All who are asked approve."""
    for each in told(tfchange("change", "show", number, "-f", "json"))["approvals"]:
        group = each["group"]
        done = tfchange("change", "approve", number, "--group", group, "--by", "zoe@example.com")
        assert done.code == 0, done.err


def test_opened_once(tfchange: Run, plan: Path) -> None:
    """The first run opens a change, the second finds it and has nothing to do."""
    first = tfchange("change", "open", plan, *PLACE)
    assert first.code == 0, first.err
    assert first.out.startswith("Opened CHG-0001: normal change, medium risk, waiting\n")
    assert "Database team (waiting)" in first.out
    again = tfchange("change", "open", plan, *PLACE)
    assert again.out.startswith("Nothing new for CHG-0001: ")


def test_for_programs(tfchange: Run, plan: Path) -> None:
    """The object tells number, state, what was filed and who is asked; show tells the same."""
    opened = told(tfchange("change", "open", plan, *PLACE, "--format", "json"))
    assert opened["key"] == "acme/shop@default#12"
    assert (opened["desk"], opened["number"], opened["state"]) == (
        "register",
        "CHG-0001",
        "waiting",
    )
    assert len(opened["fingerprint"]) == 32
    assert {"group": "database", "decision": "waiting"} in opened["approvals"]
    assert told(tfchange("change", "show", *PLACE, "--format", "json")) == opened


def test_workspaces_are_changes_of_their_own(tfchange: Run, plan: Path) -> None:
    """Another workspace is another key; several workspaces together are one, in any order."""
    for number, workspaces in enumerate([("a",), ("b",), ("a", "b"), ("b", "a")], 1):
        flags = [flag for name in workspaces for flag in ("--workspace", name)]
        opened = told(tfchange("change", "open", plan, *PLACE, *flags, "-f", "json"))
        assert opened["number"] == f"CHG-000{min(number, 3)}"


def test_what_is_approved_is_approved_for_that_plan(tfchange: Run, plan: Path) -> None:
    """Approvals are for a fingerprint: another value asks for them again."""
    groups = told(tfchange("change", "open", plan, *PLACE, "-f", "json"))["approvals"]
    for each in groups:
        decided = tfchange("change", "approve", "CHG-0001", "--group", each["group"], "--by", "ann")
        assert decided.code == 0, decided.err
    assert told(tfchange("change", "show", *PLACE, "-f", "json"))["state"] == "approved"
    assert told(tfchange("change", "open", plan, *PLACE, "-f", "json"))["state"] == "approved"
    write(plan, "db.m5.24xlarge", "2026-11-23T11:00:00Z")
    assert told(tfchange("change", "open", plan, *PLACE, "-f", "json"))["state"] == "waiting"


def test_names_of_groups_as_reports_show_them(tfchange: Run, plan: Path) -> None:
    """A group can be named as reports name it, and who was not asked is told who was."""
    tfchange("change", "open", plan, *PLACE)
    shown = tfchange("change", "reject", "CHG-0001", "--group", "database team", "--by", "ann")
    assert "Database team (rejected by ann)" in shown.out
    assert "rejected\n" in shown.out.splitlines(keepends=True)[0]
    refused = tfchange("change", "approve", "CHG-0001", "--group", "gardeners", "--by", "ann")
    assert refused.code == 1
    assert "Database team" in refused.err


def test_approvers_read_all_of_it(tfchange: Run, plan: Path) -> None:
    """`show NUMBER` tells what was filed, so that people know what they approve."""
    tfchange("change", "open", plan, *PLACE)
    text = tfchange("change", "show", "CHG-0001").out
    for title in ("Risk and impact", "Implementation", "Test", "Backout"):
        assert title in text
    assert "instance_class" in text
    assert told(tfchange("change", "show", "CHG-0001", "-f", "json"))["number"] == "CHG-0001"


def test_a_dry_run_leaves_no_trace(tfchange: Run, plan: Path, register: Path) -> None:
    """What would be written is printed; not even the register is made."""
    outcome = tfchange("change", "open", plan, *PLACE, "--dry-run")
    assert outcome.code == 0, outcome.err
    assert "Open a change:\n" in outcome.out
    assert "aws_db_instance.main" in outcome.out
    assert not register.exists()
    calls = json.loads(tfchange("change", "open", plan, *PLACE, "--dry-run", "-f", "json").out)
    assert calls[0]["call"] == "open (new)"


def test_an_empty_plan_opens_nothing(tfchange: Run, plan: Path) -> None:
    """Where nothing changes no change is opened; one that waits for approval is cancelled."""
    write(plan, "db.t3.small")
    nothing = told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    assert (nothing["number"], nothing["state"]) == (None, "none")
    assert tfchange("change", "open", plan, *PLACE).out.startswith("Nothing to open")
    tfchange("change", "open", write(plan, "db.m5.large"), *PLACE)
    gone = tfchange("change", "open", write(plan, "db.t3.small"), *PLACE)
    assert gone.out.startswith("Cancelled CHG-0001: ")


def test_closing_and_what_follows(tfchange: Run, plan: Path) -> None:
    """A closed change stays closed; what is filed next is its successor."""
    tfchange("change", "open", plan, *PLACE)
    early = tfchange("change", "close", *PLACE, "--result", "successful")
    assert early.code == 1
    assert "not approved" in early.err
    approve(tfchange)
    done = tfchange("change", "close", *PLACE, "--result", "partly", "--notes", "Quota reached.")
    assert done.out.startswith("CHG-0001: ")
    assert "closed" in done.out
    assert tfchange("change", "open", plan, *PLACE).out.startswith("Nothing new for CHG-0001: ")
    write(plan, "db.m5.xlarge", "2026-11-23T12:00:00Z")
    again = told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    assert (again["number"], again["successor_of"]) == ("CHG-0002", "CHG-0001")
    cancelled = tfchange("change", "cancel", *PLACE, "--reason", "Not now.")
    assert "CHG-0002" in cancelled.out
    listed = json.loads(tfchange("change", "list", "--all", "-f", "json").out)
    states = {each["number"]: each["state"] for each in listed}
    assert states == {"CHG-0001": "closed", "CHG-0002": "cancelled"}
    assert json.loads(tfchange("change", "list", "-f", "json").out) == []


def test_the_trail(tfchange: Run, plan: Path) -> None:
    """The log tells what was done in order, and verify that nothing of it was altered."""
    tfchange("change", "open", plan, *PLACE)
    tfchange("change", "cancel", *PLACE)
    actions = [e["action"] for e in json.loads(tfchange("change", "log", "-f", "json").out)]
    assert (actions[0], actions[-1]) == ("opened", "cancelled")
    assert "CHG-0001" in tfchange("change", "log", "CHG-0001").out
    sound = tfchange("change", "verify", "-f", "json")
    assert (sound.code, json.loads(sound.out)["faults"]) == (0, [])
    head = json.loads(sound.out)["head"]
    assert tfchange("change", "verify", "--anchor", head).code == 0
    assert tfchange("change", "verify", "--anchor", f"1:{'0' * 64}").code == 1


def test_a_window(tfchange: Run, plan: Path) -> None:
    """The planned window is told in UTC, whatever zone it was given in."""
    times = ("--start", "2026-11-25T21:00:00+01:00", "--end", "2026-11-25T22:00:00Z")
    opened = told(tfchange("change", "open", plan, *PLACE, *times, "-f", "json"))
    assert opened["window"] == {"start": "2026-11-25T20:00:00Z", "end": "2026-11-25T22:00:00Z"}


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("open", "PLAN", *PLACE, "--start", "2026-11-25T21:00:00Z"), "belong together"),
        (("open", "PLAN", *PLACE, "--start", "now", "--end", "then"), "not a time"),
        (("open", "PLAN", *PLACE, "--start", "2026-01-01", "--end", "2026-01-02"), "which zone"),
        (("open", "PLAN", *PLACE, "--start", "2026-01-02T00:00Z", "--end", "2026-01-01T00:00Z"),
         "not before"),
        (("open", "PLAN", *PLACE, "--emergency"), "needs --incident"),
        (("open", "PLAN"), "--repository"),
        (("open", "PLAN", "--repository", "acme/shop"), "--pull-request"),
        (("close", *PLACE), "--apply-log"),
        (("close", *PLACE, "--apply-log", "-", "--apply-log", "-"), "once"),
        (("open", "PLAN", *PLACE, "--commit", "main"), "hex digits"),
        (("open", "PLAN", *PLACE, "--start", "0001-01-01T00:00+14:00", "--end", "x"), "not a time"),
        (("approve", "CHG-0001"), "--group"),
    ],
)  # fmt: skip
def test_requests_that_are_wrong(
    tfchange: Run, plan: Path, register: Path, flags: tuple[str, ...], said: str
) -> None:
    """What was asked wrongly is said before anything is opened, with exit code 2."""
    outcome = tfchange("change", *(str(plan) if f == "PLAN" else f for f in flags))
    assert outcome.code == 2
    assert said in outcome.err
    assert not register.exists()


def test_what_is_not_there(tfchange: Run) -> None:
    """Showing what was never opened says how to open it, with exit code 1."""
    outcome = tfchange("change", "show", *PLACE)
    assert outcome.code == 1
    assert "there is no change for acme/shop@default#12" in outcome.err
    assert "tfchange change open" in outcome.err


def test_no_such_plan(tfchange: Run, register: Path) -> None:
    """A plan that cannot be read opens nothing."""
    outcome = tfchange("change", "open", "no.json", *PLACE)
    assert outcome.code == 1
    assert not register.exists() or json.loads(tfchange("change", "list", "-f", "json").out) == []


def test_an_emergency(tfchange: Run, plan: Path) -> None:
    """A declared emergency is filed as such, with the incident it is for."""
    flags = (*PLACE, "--emergency", "--incident", "INC0012345")
    opened = told(tfchange("change", "open", plan, *flags, "-f", "json"))
    assert opened["category"] == "emergency"
    assert "INC0012345" in tfchange("change", "show", "CHG-0001").out


APPLIES = ROOT / "fixtures" / "applies"


def log_of(file: Path, *names: str) -> Path:
    """A plan that creates what the logs of the fixtures tell of."""
    changes = [change(f"terraform_data.{name}", ["create"], None, {"input": "x"}) for name in names]
    file.write_bytes(plan_json(changes, timestamp="2026-11-23T10:00:00Z"))
    return file


def test_closing_by_the_log(tfchange: Run, plan: Path) -> None:
    """The log of the apply tells the result; a better one cannot be claimed."""
    log = APPLIES / "failed.jsonl"
    tfchange("change", "open", log_of(plan, "fails", "after"), *PLACE)
    claimed = tfchange("change", "close", *PLACE, "--apply-log", log, "--result", "successful")
    assert claimed.code == 2
    assert "better than what the log tells: failed" in claimed.err
    closed = told(tfchange("change", "close", *PLACE, "--apply-log", log, "-f", "json"))
    assert closed["state"] == "closed"
    assert "failed" in tfchange("change", "log", "CHG-0001").out
    assert "failed" in tfchange("change", "list", "--all").out


def test_closing_while_it_is_applied(tfchange: Run, plan: Path) -> None:
    """Through a pipe each line is heard as it comes, and how far it is stands on stderr."""
    tfchange("change", "open", log_of(plan, "first", "second", "third"), *PLACE)
    approve(tfchange)
    log = (APPLIES / "created.jsonl").read_bytes().splitlines(keepends=True)
    child = subprocess.Popen(
        [sys.executable, "-m", "tfchange", "change", "close", *PLACE, "--apply-log", "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert child.stdin
    assert child.stderr
    for number, name in enumerate(("first", "second", "third")):
        at = 6 + 2 * number
        child.stdin.write(b"".join(log[at - 2 : at] if number else log[:at]))
        child.stdin.flush()
        said = child.stderr.readline()
        assert said == f"{number + 1} of 3 done, terraform_data.{name}: created\n".encode()
    out, _ = child.communicate(b"".join(log[10:]))
    assert (child.returncode, b"closed\n" in out) == (0, True)


def test_a_log_that_is_cut_closes_nothing(tfchange: Run, plan: Path) -> None:
    """It says so and what to do, also at the desk; a person who knows may name the result, even a
    good one."""
    tfchange("change", "open", log_of(plan, "first", "waits", "after"), *PLACE)
    approve(tfchange)
    close = ("change", "close", *PLACE, "--apply-log", APPLIES / "killed.jsonl")
    cut = tfchange(*close)
    assert cut.code == 1
    assert "the log ends before the apply was over" in cut.err
    assert "--result" in cut.err
    assert told(tfchange("change", "show", *PLACE, "-f", "json"))["state"] == "approved"
    heard = tfchange("change", "log", "CHG-0001").out
    assert "The log of the apply does not tell how it went." in heard
    assert "Started, and nobody knows how it ended" in heard
    assert told(tfchange(*close, "--result", "successful", "-f", "json"))["state"] == "closed"
    said = tfchange("change", "log", "CHG-0001", "-f", "json").out
    assert "The log ends before the apply was over." in said


def test_the_log_of_another_apply_is_refused(tfchange: Run, plan: Path) -> None:
    """It shares no resource with what was approved; with --result it is closed, and told."""
    tfchange("change", "open", plan, *PLACE)
    approve(tfchange)
    close = ("change", "close", *PLACE, "--apply-log", APPLIES / "created.jsonl")
    other = tfchange(*close)
    assert other.code == 1
    assert "another apply" in other.err
    assert tfchange(*close, "--result", "partly").code == 22
    assert told(tfchange("change", "show", *PLACE, "-f", "json"))["state"] == "closed"
    assert "terraform_data.first: created" in tfchange("change", "log", "CHG-0001").out


@pytest.mark.parametrize("claimed", [(), ("--result", "successful")])
def test_more_was_done_than_was_approved(
    tfchange: Run, plan: Path, claimed: tuple[str, ...]
) -> None:
    """Closed, and told with exit code 22, whatever result is named."""
    tfchange("change", "open", log_of(plan, "first", "second"), *PLACE)
    approve(tfchange)
    log = APPLIES / "created.jsonl"
    done = tfchange("change", "close", *PLACE, "--apply-log", log, *claimed)
    assert done.code == 22
    assert "More was done than was approved." in done.out
    assert told(tfchange("change", "show", *PLACE, "-f", "json"))["state"] == "closed"


def test_a_dry_run_of_closing(tfchange: Run, plan: Path) -> None:
    """What would be told is printed, compared as in earnest, and the change stays open."""
    tfchange("change", "open", log_of(plan, "first", "second"), *PLACE)
    approve(tfchange)
    close = ("change", "close", *PLACE, "--apply-log", APPLIES / "created.jsonl", "--dry-run")
    said = tfchange(*close, "-f", "json")
    people = tfchange(*close).out
    assert "Close CHG-0001:\n  outcome: partly\n  notes:\n    More was done than" in people
    assert '"kind"' not in people
    (call,) = json.loads(said.out)
    assert (call["call"], call["body"]["outcome"]) == ("close CHG-0001", "partly")
    assert "terraform_data.third: created" in said.out
    assert told(tfchange("change", "show", *PLACE, "-f", "json"))["state"] == "approved"


def test_a_log_that_is_not_there(tfchange: Run) -> None:
    """It closes nothing, and says what cannot be known and what to do."""
    outcome = tfchange("change", "close", *PLACE, "--apply-log", "none.jsonl")
    assert outcome.code == 1
    assert "there is no log none.jsonl, so nothing tells how the apply went" in outcome.err
    assert "terraform apply -json" in outcome.err
    assert "--result failed" in outcome.err


def test_a_close_without_a_log_says_what_is_not_known(tfchange: Run, plan: Path) -> None:
    """The result is what somebody has named, and the notes say that nothing else is known."""
    tfchange("change", "open", plan, *PLACE)
    approve(tfchange)
    closed = tfchange(
        "change", "close", *PLACE, "--result", "failed", "--notes", "It was cancelled."
    )
    assert closed.code == 0
    said = tfchange("change", "log", "CHG-0001").out
    assert "so only the result is known, and not what was done.\n" in said
    assert "It was cancelled.\n" in said
