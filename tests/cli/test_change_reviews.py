"""`tfchange change overdue` and `review`: emergencies that are to be reviewed, and that were."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_change import PLACE, plan, register, told, write
from tests.conftest import Run

__all__ = ("plan", "register")

URGENT = ("--emergency", "--incident", "INC0010001")
WELL = ("--notes", "The runbook was followed.", "--by", "Zoe Ray")


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> str:
    """Emergencies were declared a week ago, and their review was due two days ago; the day."""
    today = datetime.now(UTC).date()
    monkeypatch.setattr("tfchange.pipeline._today", lambda _: str(today - timedelta(days=7)))
    return str(today - timedelta(days=2))


def opened(tfchange: Run, plan: Path) -> None:
    """An emergency, done and closed before anybody approved it."""
    told(tfchange("change", "open", plan, *PLACE, *URGENT, "-f", "json"))
    told(tfchange("change", "close", *PLACE, "--result", "successful", "-f", "json"))


def overdue(tfchange: Run, *flags: str) -> list[dict[str, Any]]:
    """What is listed for programs."""
    outcome = tfchange("change", "overdue", *flags, "-f", "json")
    assert outcome.code == 0, outcome.err
    found: list[dict[str, Any]] = json.loads(outcome.out)
    return found


def test_what_is_overdue(tfchange: Run, plan: Path, late: str) -> None:
    """A closed emergency that nobody has approved stands in the list with its day, until then."""
    opened(tfchange, plan)
    outcome = tfchange("change", "overdue")
    assert outcome.code == 0
    line = " ".join(outcome.out.split())
    assert line.startswith(f"CHG-0001 due {late} (2 days ago) INC0010001 waits for ")
    (each,) = overdue(tfchange)
    assert (each["number"], each["incident"], each["due"]) == ("CHG-0001", "INC0010001", late)
    assert f"review due {late}" in " ".join(tfchange("change", "list", "--all").out.split())
    for group in each["waiting_for"]:
        done = tfchange("change", "approve", "CHG-0001", "--group", group, "--by", "zoe")
        assert done.code == 0, done.err
    assert tfchange("change", "overdue", "--all").out == "No review of an emergency is due.\n"


def test_what_is_due_later(tfchange: Run, plan: Path) -> None:
    """Without --all only what is due by now is listed, and it is said that there are others."""
    assert tfchange("change", "overdue").out == "No review of an emergency is due.\n"
    opened(tfchange, plan)
    assert "tfchange change overdue --all" in tfchange("change", "overdue").out
    assert overdue(tfchange) == []
    assert [each["number"] for each in overdue(tfchange, "--all")] == ["CHG-0001"]
    assert "(in 5 days)" in tfchange("change", "overdue", "--all").out


@pytest.mark.parametrize("which", [PLACE, ("CHG-0001",), ("1",)])
@pytest.mark.usefixtures("late")
def test_a_review_is_recorded(tfchange: Run, plan: Path, which: tuple[str, ...]) -> None:
    """By key or by number, once: the log tells who held it and what was found."""
    opened(tfchange, plan)
    outcome = tfchange("change", "review", *which, *WELL)
    assert outcome.code == 0, outcome.err
    assert outcome.out.startswith("Reviewed CHG-0001: emergency change")
    again = told(tfchange("change", "review", *which, *WELL, "-f", "json"))
    assert (again["state"], len(again["notes"])) == ("closed", 1)
    log = tfchange("change", "log", "CHG-0001").out
    assert log.count("text: Reviewed by Zoe Ray: The runbook was followed.") == 1
    assert overdue(tfchange, "--all") == []
    assert tfchange("change", "verify").code == 0


@pytest.mark.parametrize("which", [PLACE, ("CHG-0001",)])
def test_a_dry_run_records_nothing(tfchange: Run, plan: Path, which: tuple[str, ...]) -> None:
    """What would be written is printed, and the review stays due."""
    opened(tfchange, plan)
    outcome = tfchange("change", "review", *which, *WELL, "--dry-run")
    assert outcome.code == 0, outcome.err
    assert "Record the review of CHG-0001:\n" in outcome.out
    assert "Reviewed by Zoe Ray: The runbook was followed." in outcome.out
    assert len(overdue(tfchange, "--all")) == 1


def test_an_emergency_behind_its_successor(tfchange: Run, plan: Path) -> None:
    """By key the emergency is reviewed whose review is due, not what follows it."""
    opened(tfchange, plan)
    write(plan, "db.m5.24xlarge", "2026-11-25T10:00:00Z")
    assert told(tfchange("change", "open", plan, *PLACE, "-f", "json"))["number"] == "CHG-0002"
    assert tfchange("change", "review", *PLACE, *WELL).out.startswith("Reviewed CHG-0001: ")


def test_a_normal_change_is_not_reviewed(tfchange: Run, plan: Path) -> None:
    """What is no emergency is an error with exit code 1 that names the way to those that are."""
    told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    for which in (PLACE, ("CHG-0001",)):
        outcome = tfchange("change", "review", *which, *WELL)
        assert (outcome.code, "is no emergency" in outcome.err) == (1, True)
        assert "tfchange change overdue --all" in outcome.err


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ((*PLACE,), "--notes"),
        ((*PLACE, "--notes", " "), "--notes"),
        ((*PLACE, "--notes", "x", "--by", ""), "--by is empty"),
        ((*PLACE, "--notes", "x", "--by", "a\nb"), "nobody sees"),
        (("CHG-0001", "--notes", "x", "--desk", "jira"), "NUMBER is for the register"),
    ],
)
def test_requests_that_are_wrong(
    tfchange: Run, register: Path, flags: tuple[str, ...], said: str
) -> None:
    """What was asked wrongly is said before anything is opened, with exit code 2."""
    outcome = tfchange("change", "review", *flags)
    assert (outcome.code, said in outcome.err) == (2, True), outcome.err
    assert not register.exists()


def test_who_nobody_knows_is_nobody(
    tfchange: Run, plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --by it is whoever runs this; where that is not known either, --by is asked for."""
    opened(tfchange, plan)
    monkeypatch.setattr("tfchange.cli.registered.actor", lambda _: "")
    outcome = tfchange("change", "review", *PLACE, *WELL[:2])
    assert (outcome.code, "--by NAME" in outcome.err) == (2, True)
    monkeypatch.setattr("tfchange.cli.registered.actor", lambda _: "kim")
    assert tfchange("change", "review", *PLACE, *WELL[:2]).code == 0
    assert "Reviewed by kim: " in tfchange("change", "log", "CHG-0001").out
