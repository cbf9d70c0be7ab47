"""`tfchange gate` as pipelines use it, with the embedded register."""

import json
import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.build import change, plan_json
from tests.cli.test_change import PLACE, approve, plan, register, told, write
from tests.conftest import Outcome, Run
from tfchange.schema import faults

__all__ = ["plan", "register"]  # fixtures
SALT = "a secret of these tests"


def answered(outcome: Outcome) -> dict[str, Any]:
    """The object that was printed, which fits its schema and the exit code."""
    found: dict[str, Any] = json.loads(outcome.out)
    assert faults(found, "gate-1.0") == []
    assert found["exit_code"] == outcome.code
    return found


def one_line(text: str) -> str:
    """The text without its line breaks."""
    return " ".join(text.split())


def gate(tfchange: Run, file: Path, *more: str) -> dict[str, Any]:
    """What the gate says of the plan."""
    return answered(tfchange("gate", file, *PLACE, *more, "--format", "json"))


def test_what_was_not_filed(tfchange: Run, plan: Path) -> None:
    """Waits, and the output says how to file it."""
    done = tfchange("gate", plan, *PLACE)
    assert done.code == 20
    assert "NOT YET: Nothing was filed for acme/shop@default#12." in done.out
    assert "tfchange change open" in done.out
    assert gate(tfchange, plan)["change"] is None


def test_from_waiting_to_passed(tfchange: Run, plan: Path) -> None:
    """It waits, is approved, passes, and is being implemented from then on."""
    told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    waiting = gate(tfchange, plan)
    assert (waiting["outcome"], waiting["exit_code"]) == ("waiting", 20)
    approve(tfchange)
    rehearsed = gate(tfchange, plan, "--dry-run")
    assert (rehearsed["outcome"], rehearsed["change"]["state"]) == ("passed", "approved")
    passed = gate(tfchange, plan)
    assert (passed["likeness"], passed["change"]["state"]) == ("identical", "implementing")
    assert "approved by zoe@example.com" in passed["reasons"][0]
    again = gate(tfchange, plan)
    assert again["outcome"] == "passed"
    assert any("being implemented already" in note for note in again["notes"])
    log = tfchange("change", "log", "CHG-0001").out
    assert log.count("The gate let the plan") == 2


def test_rejected(tfchange: Run, plan: Path) -> None:
    """One rejection is enough, and names who."""
    told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    tfchange("change", "reject", "CHG-0001", "--group", "database", "--by", "zoe", "--comment", "x")
    found = gate(tfchange, plan)
    assert found["exit_code"] == 21
    assert found["reasons"] == ["CHG-0001 was rejected by zoe (Database team)."]


def test_another_plan(
    tfchange: Run, plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was not approved is listed, by address and attribute and without any value."""
    monkeypatch.setenv("TFCHANGE_FINGERPRINT_SALT", SALT)
    told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    approve(tfchange)
    done = tfchange("gate", write(tmp_path / "other.json", "db.m5.24xlarge"), *PLACE)
    assert done.code == 22
    assert "NOT WHAT WAS APPROVED: The plan is not the one that CHG-0001 is for" in done.out
    assert "aws_db_instance.main: instance_class changes from or to another value" in done.out
    assert "24xlarge" not in done.out


def test_less_than_was_approved(
    tfchange: Run, plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Passes, and what is left out is told."""
    monkeypatch.setenv("TFCHANGE_FINGERPRINT_SALT", SALT)
    both = [
        *json.loads(plan.read_bytes())["resource_changes"],
        change("aws_sns_topic.a", ["create"], None, {"name": "a"}),
    ]
    more = tmp_path / "more.json"
    more.write_bytes(plan_json(both, timestamp="2026-11-23T10:00:00Z"))
    told(tfchange("change", "open", more, *PLACE, "-f", "json"))
    approve(tfchange)
    found = gate(tfchange, plan)
    assert (found["outcome"], found["likeness"]) == ("passed", "weaker")
    assert found["left_out"] == ["aws_sns_topic.a is not created any more."]


def test_another_salt_says_so(
    tfchange: Run, plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job without the secret is told that, and not that everything is new."""
    monkeypatch.setenv("TFCHANGE_FINGERPRINT_SALT", SALT)
    told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    monkeypatch.delenv("TFCHANGE_FINGERPRINT_SALT")
    assert "another TFCHANGE_FINGERPRINT_SALT" in gate(tfchange, plan)["new"][0]


def test_a_window_ahead(tfchange: Run, plan: Path) -> None:
    """It is held until the window opens, and the output says when."""
    start, end = "2999-11-23T20:00:00Z", "2999-11-23T22:00:00Z"
    told(tfchange("change", "open", plan, *PLACE, "--start", start, "--end", end, "-f", "json"))
    approve(tfchange)
    found = gate(tfchange, plan)
    assert (found["exit_code"], found["opens"]) == (23, start)


def test_nothing_to_apply(tfchange: Run, tmp_path: Path) -> None:
    """Passes without any change."""
    idle = write(tmp_path / "idle.json", "db.t3.small")
    assert gate(tfchange, idle)["outcome"] == "passed"


def test_an_emergency(tfchange: Run, plan: Path) -> None:
    """Passes before anybody has approved it, with its incident and the day of its review."""
    opened = tfchange(
        "change", "open", plan, *PLACE, "--emergency", "--incident", "INC1", "-f", "json"
    )
    assert [each["group"] for each in told(opened)["approvals"]] == ["emergency"]
    found = gate(tfchange, plan)
    assert found["outcome"] == "passed"
    assert "emergency for INC1; it is to be reviewed until" in found["reasons"][0]
    assert any("Approval is outstanding" in note for note in found["notes"])
    assert found["change"]["state"] == "implementing"


def test_a_desk_that_cannot_be_reached(
    tfchange: Run, plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keeps the gate closed, unless told otherwise; then it is loud, and told afterwards."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "own"))
    told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    approve(tfchange)
    reached = os.environ["TFCHANGE_REGISTER_URL"]
    monkeypatch.setenv("TFCHANGE_REGISTER_URL", "postgresql://nobody@127.0.0.1:9/none")
    assert tfchange("gate", plan, *PLACE).code == 1
    assert gate(tfchange, plan, "--fail-open", "--dry-run")["unasked"] is True
    assert not (tmp_path / "own" / "tfchange" / "passed-unasked.jsonl").exists()
    done = tfchange("gate", plan, *PLACE, "--fail-open", "--format", "json")
    assert answered(done)["unasked"] is True
    assert done.err.count("!" * 40) >= 2
    assert "--fail-open lets the plan pass" in done.err
    monkeypatch.setenv("TFCHANGE_REGISTER_URL", reached)
    assert gate(tfchange, plan)["outcome"] == "passed"
    assert "without asking the desk, as --fail-open allows" in one_line(
        tfchange("change", "log").out
    )


@pytest.mark.parametrize("time", ["soon", "5", "-3m", "1.5h", "2 h", "9999999d", "999999d"])
def test_a_wait_that_is_no_time(tfchange: Run, plan: Path, time: str) -> None:
    """Is a usage error, as is one that no clock reaches."""
    assert tfchange("gate", plan, *PLACE, f"--wait={time}").code == 2


CALENDAR = """
calendar:
  zone: Europe/Berlin
  freezes:
    - name: Year end
      start: 2020-12-20
      end: 2999-01-04T08:00
"""


def test_a_freeze(tfchange: Run, plan: Path, tmp_path: Path) -> None:
    """Holds what is approved, by name and with its end; an emergency passes, and hears of it."""
    told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    approve(tfchange)
    (tmp_path / "tfchange.yaml").write_text(CALENDAR)
    found = gate(tfchange, plan)
    assert found["exit_code"] == 23
    assert 'The freeze "Year end" holds until' in found["reasons"][0]
    other = ("--repository", "acme/shop", "--pull-request", "13", "--workspace", "other")
    urgent = ("--emergency", "--incident", "INC1", "-f", "json")
    told(tfchange("change", "open", plan, *other, *urgent))
    passed = answered(tfchange("gate", plan, *other, "-f", "json"))
    assert passed["outcome"] == "passed"
    assert any("Year end" in note for note in passed["notes"])


def test_a_soft_freeze(tfchange: Run, plan: Path, tmp_path: Path) -> None:
    """Stops what the policy says: any normal change by default, none for a startup."""
    told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    approve(tfchange)
    soft = "      strength: soft\n"
    (tmp_path / "tfchange.yaml").write_text(f"{CALENDAR}{soft}  lead_times: advise\n")
    found = gate(tfchange, plan, "--policy", "default")
    assert found["exit_code"] == 23
    assert 'The soft freeze "Year end" holds until' in found["reasons"][0]
    passed = gate(tfchange, plan, "--policy", "startup")
    assert passed["outcome"] == "passed"
    assert any("by the policy it does not stop this change" in note for note in passed["notes"])


def test_a_start_is_proposed(tfchange: Run, plan: Path, tmp_path: Path) -> None:
    """The earliest that is lawful, once; filing again keeps it, and the gate holds until then."""
    (tmp_path / "tfchange.yaml").write_text("calendar: {working_days: [mon, tue, wed, thu, fri]}")
    opened = told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    assert opened["window"]
    assert any("Proposed to start at" in note for note in opened["notes"])
    again = told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    assert again["window"] == opened["window"]
    approve(tfchange)
    found = gate(tfchange, plan)
    assert (found["exit_code"], found["opens"]) == (23, opened["window"]["start"])


@pytest.mark.usefixtures("impatient")
def test_a_calendar_that_cannot_be_read(tfchange: Run, plan: Path, tmp_path: Path) -> None:
    """Keeps the gate closed: an address without an answer binds nothing nowhere."""
    told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    approve(tfchange)
    (tmp_path / "tfchange.yaml").write_text("calendar: {files: ['http://127.0.0.1:9/c.ics']}")
    assert tfchange("gate", plan, *PLACE).code == 1
    assert gate(tfchange, plan, "--fail-open")["unasked"] is True


def test_an_emergency_by_trailer(
    tfchange: Run, plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trailer of the commit declares one if the settings say so, and not otherwise."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    who = ("-c", "user.name=Bo", "-c", "user.email=bo@example.com")
    for words in (["init", "-q"], [*who, "commit", "-qm", MENDED, "--allow-empty"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    assert told(tfchange("change", "open", plan, *PLACE, "-f", "json"))["category"] == "normal"
    (tmp_path / "tfchange.yaml").write_text("emergency: {trailer: Emergency}")
    found = told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    assert found["category"] == "emergency"
    assert any("Nobody checked INC0012345" in note for note in found["notes"])


MENDED = "Make the pool larger\n\nIt was full.\n\nEmergency: INC0012345"


def test_an_emergency_by_label(
    tfchange: Run, plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A label of the pull request does as well, and one without an incident is refused."""
    (tmp_path / "tfchange.yaml").write_text("emergency: {label: emergency}")
    event = tmp_path / "event.json"
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
    event.write_text('{"pull_request": {"labels": [{"name": "emergency: INC7"}]}}')
    found = told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    assert found["category"] == "emergency"
    event.write_text('{"pull_request": {"labels": [{"name": "emergency"}]}}')
    refused = tfchange("change", "open", plan, *PLACE)
    assert refused.code == 2
    assert "names no incident" in refused.err


def test_approvals_hold_as_long_as_the_settings_say(
    tfchange: Run, plan: Path, tmp_path: Path
) -> None:
    """A setting that is no number of days is refused; the days themselves are the judge's."""
    told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    approve(tfchange)
    (tmp_path / "tfchange.yaml").write_text("gate: {approval_days: 1}")
    assert gate(tfchange, plan, "--dry-run")["outcome"] == "passed"
    (tmp_path / "tfchange.yaml").write_text("gate: {approval_days: 0}")
    assert tfchange("gate", plan, *PLACE).code == 2


def test_another_environment_at_the_gate(tfchange: Run, plan: Path, tmp_path: Path) -> None:
    """Does not get around a freeze of the one that it was filed for."""
    frozen = "calendar: {freezes: [{name: Year end, start: 2020-12-20, end: 2999-01-04, "
    (tmp_path / "tfchange.yaml").write_text(frozen + "environments: [production]}]}")
    told(tfchange("change", "open", plan, *PLACE, "--environment", "production", "-f", "json"))
    approve(tfchange)
    assert gate(tfchange, plan, "--environment", "development")["exit_code"] == 23


def test_waiting_is_told_where_there_is_no_terminal(tfchange: Run, plan: Path) -> None:
    """One line for each answer, so that the log of a job shows what it waits for."""
    told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    done = tfchange("gate", plan, *PLACE, "--wait", "1s")
    assert done.code == 20
    assert done.err.count("waits for approval") == 1


def test_a_start_before_the_lead_time(tfchange: Run, plan: Path, tmp_path: Path) -> None:
    """Whoever names one is told the earliest lawful start, and the gate holds until then; where
    the settings only advise, it passes and says so."""
    settings = tmp_path / "tfchange.yaml"
    settings.write_text("calendar: {zone: UTC}")
    now = datetime.now(UTC)
    times = (f"{now + timedelta(hours=n):%Y-%m-%dT%H:%M:%SZ}" for n in (-1, 1))
    planned = [word for pair in zip(("--start", "--end"), times, strict=True) for word in pair]
    for _ in ("opened", "unchanged"):
        opened = told(tfchange("change", "open", plan, *PLACE, *planned, "-f", "json"))
        (note,) = (note for note in opened["notes"] if "the earliest lawful start is" in note)
        assert note.startswith(
            f"At its planned start, {planned[1]}: Its lead time is 1 working day"
        )
    approve(tfchange)
    held = gate(tfchange, plan)
    assert held["exit_code"] == 23
    assert datetime.fromisoformat(held["opens"]) > now + timedelta(hours=23)
    assert held["opens"][:10] in held["reasons"][0]
    settings.write_text("calendar: {zone: UTC, lead_times: advise}")
    passed = gate(tfchange, plan)
    assert passed["exit_code"] == 0
    assert any("the earliest lawful start is" in note for note in passed["notes"])
