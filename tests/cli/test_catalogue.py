"""Service catalogues and code owners on the command line, from settings to the gate."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.build import change, plan_json
from tests.cli.test_change import PLACE, plan, register, told
from tests.cli.test_gate import gate
from tests.conftest import SCENARIOS, Run
from tests.source.test_git import _steady, git
from tfchange.schema import faults

__all__ = ["_steady", "plan", "register"]  # fixtures

SERVICES = """\
services:
  - name: shop
    tier: 1
    owner: team-shop
    ci: shop-prod
    addresses: ["aws_db_instance.*"]
"""
NEW = ("tfchange.catalogue", "tfchange.cli.owners", "tfchange.risk.services",
       "tfchange.risk.owners", "tfchange.risk.parties", "tfchange.report.owning")  # fmt: skip


CI = ("GITHUB_ACTIONS", "GITHUB_BASE_REF", "GITHUB_REF_PROTECTED", "CI_COMMIT_REF_PROTECTED",
      "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "SYSTEM_PULLREQUEST_TARGETBRANCH",
      "BITBUCKET_PR_DESTINATION_BRANCH", "CHANGE_TARGET")  # fmt: skip


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """Settings with a catalogue."""
    file = tmp_path / "tfchange.yaml"
    file.write_text(SERVICES)
    return file


def assessed(tfchange: Run, *arguments: str | Path) -> dict[str, Any]:
    """The assessment, which fits its schema."""
    outcome = tfchange("assess", *arguments, "--format", "json")
    assert outcome.code == 0, outcome.err
    found: dict[str, Any] = json.loads(outcome.out)
    assert faults(found, "assessment-1.0") == []
    return found


def test_services_of_the_settings_are_shown(tfchange: Run, plan: Path, settings: Path) -> None:
    """In every format, with tier, owner and counts; the impact is a step higher."""
    shop = {"name": "shop", "tier": 1, "owner": "team-shop", "ci": "shop-prod", "changed": 1,
            "reached": 0}  # fmt: skip
    found = assessed(tfchange, plan)
    assert (found["services"], found["informed"]) == ([shop], [])
    assert {"group": "team-shop", "reason": "owns shop, which changes"} in found["approvals"]
    said = "shop (tier 1, team-shop) 1 changed"
    for format_ in ("text", "markdown", "html"):
        assert said in " ".join(tfchange("assess", plan, "--format", format_).out.split())
    settings.unlink()
    without = assessed(tfchange, plan)
    assert {"services", "informed"}.isdisjoint(without)
    assert (without["impact"], found["impact"]) == ("high", "critical")


def test_what_is_reached_is_told(tfchange: Run, tmp_path: Path) -> None:
    """A service of the first tier that depends on what changes is to be told."""
    blocks = [
        {"address": a, "mode": "managed", "type": a.split(".")[0], "name": a.split(".")[1],
         "expressions": {"x": {"references": uses}}}
        for a, uses in {"aws_vpc.v": [], "aws_db_instance.d": ["aws_vpc.v.id"]}.items()
    ]  # fmt: skip
    changes = [change("aws_vpc.v", ["update"], {"a": 1}, {"a": 2}),
               change("aws_db_instance.d", ["no-op"], {"a": 1}, {"a": 1})]  # fmt: skip
    file, catalogue = tmp_path / "p.json", tmp_path / "services.yaml"
    file.write_bytes(plan_json(changes, configuration={"root_module": {"resources": blocks}}))
    catalogue.write_text(SERVICES)
    found = assessed(tfchange, file, "--catalogue", catalogue)
    reason = "owns shop (tier 1), which depends on what changes"
    assert found["informed"] == [{"group": "team-shop", "reason": reason}]
    text = tfchange("assess", file, "--catalogue", catalogue).out
    assert "1 change is in no service of the catalogue." in text
    assert "Who is to be told\n  Team shop: Owns shop (tier 1)" in text
    comment = tfchange("comment", file, *PLACE, "--catalogue", catalogue, "--dry-run")
    assert "shop (tier 1, team-shop) 1 reached" in comment.out, comment.err


def test_the_owner_of_a_service_opens_the_gate(tfchange: Run, plan: Path, settings: Path) -> None:
    """Until the owner has approved it stays shut, whoever else has; the change names service and
    CI."""
    opened = told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    groups = [each["group"] for each in opened["approvals"]]
    assert "team-shop" in groups
    for group in groups:
        assert gate(tfchange, plan)["exit_code"] == 20
        if group != "team-shop":
            tfchange("change", "approve", "1", "--group", group, "--by", "zoe")
    assert gate(tfchange, plan)["reasons"] == ["CHG-0001 waits for approval by Team shop."]
    done = tfchange("change", "approve", "1", "--group", "Team shop", "--by", "sam")
    assert done.code == 0, done.err
    assert gate(tfchange, plan)["exit_code"] == 0
    dry = tfchange("change", "open", plan, *PLACE[:-1], "13", "--dry-run").out
    assert "Team shop: Owns shop, which changes." in dry
    assert "shop-prod" in dry


def test_two_changes_of_one_service_wait_for_each_other(
    tfchange: Run, plan: Path, settings: Path, tmp_path: Path
) -> None:
    """A service that is being changed is not changed from another pull request meanwhile."""
    for number in ("12", "13"):
        place = ("--repository", f"acme/{number}", "--pull-request", number)
        told(tfchange("change", "open", plan, *place, "-f", "json"))
        for group in ("peer", "change-authority", "database", "team-shop"):
            tfchange("change", "approve", f"{int(number) - 11}", "--group", group, "--by", "zoe")
    first = tfchange("gate", plan, "--repository", "acme/12", "--pull-request", "12")
    assert first.code == 0, first.out
    second = tfchange("gate", plan, "--repository", "acme/13", "--pull-request", "13")
    assert second.code == 23
    assert "the service shop and the CI shop-prod" in " ".join(second.out.split())


def test_faults_of_a_catalogue_are_usage_errors(tfchange: Run, plan: Path, tmp_path: Path) -> None:
    """All at once, each with file and line, in every command that reads it; exit code 2."""
    file = tmp_path / "services.yaml"
    file.write_text("services:\n- name: a\n  tier: 9\n- nam: b\n")
    for command in (
        ("assess", plan),
        ("change", "open", plan, *PLACE),
        ("comment", plan, *PLACE, "--dry-run"),
    ):
        outcome = tfchange(*command, "--catalogue", file)
        assert outcome.code == 2, command
        assert "services.yaml:3: services[0].tier" in outcome.err
        assert (
            "services.yaml:4: services[1].nam: unknown key 'nam'; is 'name' meant?" in outcome.err
        )


def test_the_settings_are_checked(tfchange: Run, plan: Path, settings: Path) -> None:
    """An entry of the table is held to the schema, and two services to each other."""
    settings.write_text("services: [{name: a, tiers: 1}]\n")
    outcome = tfchange("assess", plan)
    assert (outcome.code, "services[0].tiers: unknown key" in outcome.err) == (2, True)
    settings.write_text("services: [{name: a}, {name: A}]\n")
    outcome = tfchange("assess", plan)
    assert (outcome.code, "services[1].name: 'A' is called 'a' too" in outcome.err) == (2, True)


def test_the_environment_and_the_settings_name_a_catalogue(
    tfchange: Run, plan: Path, settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A path in the settings is relative to them; the variable wins over it."""
    folder = tmp_path / "org"
    folder.mkdir()
    (folder / "catalog-info.yaml").write_text(
        "kind: System\nmetadata:\n  name: orders\n  annotations:\n"
        "    tfchange/addresses: aws_db_instance.main\nspec:\n  owner: group:default/team-orders\n"
    )
    settings.write_text("catalogue: org\n")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("TFCHANGE_CONFIG", str(settings))
    assert [s["owner"] for s in assessed(tfchange, plan)["services"]] == ["team-orders"]
    (tmp_path / "other.yaml").write_text(SERVICES)
    monkeypatch.setenv("TFCHANGE_CATALOGUE", str(tmp_path / "other.yaml"))
    assert [s["owner"] for s in assessed(tfchange, plan)["services"]] == ["team-shop"]


def test_many_plans_in_many_processes(tfchange: Run, plan: Path, settings: Path) -> None:
    """The catalogue is read once, and every process has it."""
    plans = plan.parent / "plans"
    plans.mkdir()
    for number in range(33):
        (plans / f"{number}.json").write_bytes(plan.read_bytes())
    found = assessed(tfchange, plans, "--jobs", "2")
    assert [(s["name"], s["changed"]) for s in found["services"]] == [("shop", 33)]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone whose main branch has owners, with the source of the plan, outside of any CI."""
    for name in CI:
        monkeypatch.delenv(name, raising=False)
    origin, here = tmp_path / "origin", tmp_path / "clone"
    origin.mkdir()
    git(origin, "init", "--quiet", "--initial-branch=main")
    (origin / "CODEOWNERS").write_text("*.tf @acme/db-team\n")
    (origin / "main.tf").write_text('resource "aws_db_instance" "main" {\n}\n')
    git(origin, "add", ".")
    git(origin, "commit", "--quiet", "--message", "first")
    git(tmp_path, "clone", "--quiet", str(origin), str(here))
    (here / "CODEOWNERS").write_text("*.tf @me\n")
    (here / "plan.json").write_bytes((tmp_path / "plan.json").read_bytes())
    (here / "tfchange.yaml").write_text("codeowners: true\n")
    return here


def test_code_owners_open_the_gate(
    tfchange: Run, plan: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of the main branch are asked, whatever is checked out, by the name that they have."""
    monkeypatch.chdir(repository)
    opened = told(tfchange("change", "open", "plan.json", *PLACE, "-f", "json"))
    groups = {each["group"] for each in opened["approvals"]}
    assert "@acme/db-team" in groups
    assert "@me" not in groups
    for group in sorted(groups - {"@acme/db-team"}):
        tfchange("change", "approve", "1", "--group", group, "--by", "zoe")
    shut = gate(tfchange, repository / "plan.json")
    assert shut["reasons"] == ["CHG-0001 waits for approval by @acme/db-team."]
    done = tfchange("change", "approve", "1", "--group", "@acme/db-team", "--by", "dan")
    assert done.code == 0, done.err
    assert gate(tfchange, repository / "plan.json")["exit_code"] == 0


def test_code_owners_are_asked_only_where_that_is_said(
    tfchange: Run, plan: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not unless the settings say so; without any source, a caveat says that nobody is known."""
    monkeypatch.chdir(repository)
    owners = {"group": "@acme/db-team", "reason": "owns main.tf (CODEOWNERS)"}
    assert owners in assessed(tfchange, "plan.json")["approvals"]
    (repository / "tfchange.yaml").write_text("codeowners: false\n")
    assert owners not in assessed(tfchange, "plan.json")["approvals"]
    (repository / "tfchange.yaml").write_text("codeowners: true\n")
    (repository / "main.tf").unlink()
    caveats = assessed(tfchange, "plan.json")["caveats"]
    assert [c["kind"] for c in caveats if c["kind"] == "codeowners"] == ["codeowners"]


def test_without_a_catalogue_nothing_of_it_is_imported() -> None:
    """The start is as fast as before; with one, it is all there."""
    plan = SCENARIOS / "tags-only" / "plan.json"
    for more, there in (((), False), (("--catalogue", str(SCENARIOS / "none.yaml")), True)):
        script = (
            "import sys; from tfchange.__main__ import run; "
            f"run(['assess', {str(plan)!r}, *{list(more)!r}]); print(*sys.modules, file=sys.stderr)"
        )
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        )
        names = done.stderr.split()
        assert any(name.startswith(NEW) for name in names) == there
