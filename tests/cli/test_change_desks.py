"""`tfchange change` and `doctor` at Jira and ServiceNow, over a socket, set up as in a pipeline."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_change import PLACE, told, write
from tests.conftest import Run
from tests.jira import fake as jira_fake
from tests.servicenow import fake as servicenow_fake
from tests.servicenow import serve as servicenow_serve

DESKS = ("jira", "servicenow")


class Site:
    """A fake behind its socket, and how many changes it holds."""

    def __init__(self, url: str, fake: Any, secret: str) -> None:
        self.url, self.fake, self.secret = url, fake, secret

    def count(self) -> int:
        """How many changes there are."""
        if isinstance(self.fake, jira_fake.JiraFake):
            return len(self.fake.store.issues)
        return len(self.fake.tables.rows("change_request"))


@pytest.fixture(params=DESKS)
def site(request: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Site]:
    """A fresh desk, told to the program as a pipeline would."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TFCHANGE_DESK", request.param)
    if request.param == "jira":
        fake: Any = jira_fake.JiraFake()
        given = {"USER": jira_fake.USER, "TOKEN": jira_fake.TOKEN, "PROJECT": "CHG"}
        secret, serve = jira_fake.TOKEN, jira_fake.serve
    else:
        fake = servicenow_fake.ServiceNowFake()
        given = {"USER": servicenow_fake.USER, "PASSWORD": servicenow_fake.PASSWORD}
        secret, serve = servicenow_fake.PASSWORD, servicenow_serve.serve
        (tmp_path / "tfchange.yaml").write_text("servicenow: {assignment_group: Platform}\n")
    with serve(fake) as url:
        for name, value in {"URL": url, **given}.items():
            monkeypatch.setenv(f"TFCHANGE_{request.param}_{name}".upper(), value)
        yield Site(url, fake, secret)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A database that gets another class."""
    return write(tmp_path / "plan.json", "db.m5.large")


def test_a_life_at_the_desk(tfchange: Run, site: Site, plan: Path) -> None:
    """Opened once, shown, updated, closed or cancelled: the same commands at every desk."""
    opened = told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    assert (opened["state"], opened["category"]) == ("waiting", "normal")
    assert opened["url"].startswith(site.url)
    assert told(tfchange("change", "show", *PLACE, "-f", "json"))["number"] == opened["number"]
    again = tfchange("change", "open", plan, *PLACE)
    assert again.out.startswith(f"Nothing new for {opened['number']}: ")
    write(plan, "db.m5.4xlarge", "2026-11-23T11:00:00Z")
    updated = told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    assert updated["number"] == opened["number"]
    assert updated["fingerprint"] != opened["fingerprint"]
    assert site.count() == 1
    ended = told(tfchange("change", "cancel", *PLACE, "--reason", "Not now.", "-f", "json"))
    assert ended["state"] == "cancelled"


def test_a_dry_run_writes_nothing(tfchange: Run, site: Site, plan: Path) -> None:
    """The very requests are printed, without credentials, and the desk holds nothing."""
    outcome = tfchange("change", "open", plan, *PLACE, "--dry-run")
    assert outcome.code == 0, outcome.err
    assert f"POST {site.url}" in outcome.out
    assert "aws_db_instance.main" in outcome.out
    assert site.secret not in outcome.out + outcome.err
    assert site.count() == 0
    calls = json.loads(tfchange("change", "open", plan, *PLACE, "--dry-run", "-f", "json").out)
    assert calls[0]["call"].startswith("POST ")


def test_a_dry_run_of_an_update(tfchange: Run, site: Site, plan: Path) -> None:
    """What is there is really read, so that the rehearsal shows the update and no opening."""
    told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    before = site.count()
    write(plan, "db.m5.4xlarge", "2026-11-23T11:00:00Z")
    calls = json.loads(tfchange("change", "open", plan, *PLACE, "--dry-run", "-f", "json").out)
    assert calls[0]["call"].split(" ")[0] in ("PUT", "PATCH")
    assert site.count() == before


def test_wrong_credentials(
    tfchange: Run, site: Site, plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong secret is an error with advice; it is never taken for "there is none yet"."""
    for name in ("TFCHANGE_JIRA_TOKEN", "TFCHANGE_SERVICENOW_PASSWORD"):
        monkeypatch.setenv(name, "wrong-9b2c")
    outcome = tfchange("change", "open", plan, *PLACE)
    assert outcome.code == 1
    assert "wrong-9b2c" not in outcome.out + outcome.err
    assert "TFCHANGE_" in outcome.err
    assert site.count() == 0


def test_nobody_is_there(
    tfchange: Run, site: Site, plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A desk that is down is an error with advice, and nothing is lost by it."""
    monkeypatch.setattr("time.sleep", lambda _: None)
    for name in ("TFCHANGE_JIRA_URL", "TFCHANGE_SERVICENOW_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setattr("tfchange.http.patience.TRIES", 1)
    outcome = tfchange("change", "open", plan, *PLACE)
    assert outcome.code == 1
    assert "127.0.0.1 cannot be reached" in outcome.err
    assert site.count() == 0


def test_without_settings(
    tfchange: Run, site: Site, plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is missing is named by the setting that gives it, with exit code 2."""
    for desk in DESKS:
        monkeypatch.delenv(f"TFCHANGE_{desk}_URL".upper(), raising=False)
    outcome = tfchange("change", "open", plan, *PLACE)
    assert outcome.code == 2
    assert "_URL" in outcome.err


def test_an_examination(tfchange: Run, site: Site, tmp_path: Path) -> None:
    """doctor finds the desk in order, and --write puts settings into the file that work."""
    outcome = tfchange("doctor", "--write")
    assert outcome.code == 0, outcome.out + outcome.err
    assert "All is well." in outcome.out
    assert site.secret not in outcome.out + outcome.err
    written = (tmp_path / "tfchange.yaml").read_text()
    assert written.splitlines()[0] in ("jira:", "servicenow:")
    assert tfchange("doctor").code == 0
    assert (tmp_path / "tfchange.yaml").read_text() == written


def test_an_examination_that_fails(
    tfchange: Run, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each check that fails says what to do, and the exit code is 1."""
    for name in ("TFCHANGE_JIRA_TOKEN", "TFCHANGE_SERVICENOW_PASSWORD"):
        monkeypatch.setenv(name, "wrong-9b2c")
    outcome = tfchange("doctor", "--format", "json")
    assert outcome.code == 1
    failed = [c for c in json.loads(outcome.out)["checks"] if c["state"] == "failed"]
    assert failed
    assert all(check["advice"] for check in failed)
    assert "wrong-9b2c" not in outcome.out + outcome.err
