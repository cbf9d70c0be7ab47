"""The four policies, over every scenario and from the command line."""

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from tests.build import change, plan_json
from tests.conftest import Run
from tests.goldens import ROOT, TODAY, scenarios
from tests.rulebook.layer import write
from tfchange.pipeline import assess
from tfchange.reading import Options
from tfchange.risk.assessment import Assessment, Category
from tfchange.rulebook.document import read
from tfchange.rulebook.files import read_layers
from tfchange.rulebook.layers import Draft, merge
from tfchange.rulebook.load import load

NAMES = [folder.name for folder in scenarios()]


@cache
def judged(name: str, policy: str) -> Assessment:
    """A scenario as that policy judges it."""
    here, folder = Path.cwd(), ROOT / "fixtures" / "scenarios" / name
    os.chdir(ROOT)
    try:
        options = Options(source=str(folder / "after"), policy=policy, today=TODAY)
        return assess([str(folder / "plan.json")], options)
    finally:
        os.chdir(here)


def groups(found: Assessment) -> set[str]:
    """Who must approve it."""
    return {approval.group for approval in found.approvals}


def at_least(more: Assessment, less: Assessment) -> bool:
    """Whether one asks for no less than the other, in any way."""
    order = list(Category)
    return (
        more.level.rank >= less.level.rank
        and order.index(more.category) >= order.index(less.category)
        and groups(more) >= groups(less)
        and more.lead_days >= less.lead_days
    )


@pytest.mark.parametrize("name", NAMES)
def test_strict_asks_no_less_and_startup_no_more_than_the_default_one(name: str) -> None:
    """In level, category, approvals and lead time, for every scenario."""
    usual = judged(name, "default")
    assert at_least(judged(name, "strict"), usual)
    assert at_least(usual, judged(name, "startup"))


@pytest.mark.parametrize("name", NAMES)
def test_a_policy_moves_nothing_but_what_follows_from_it(name: str) -> None:
    """Score, findings, impact and likelihood are the rules'; the name is in the result."""
    usual = judged(name, "default")
    for policy in ("strict", "gitlab", "startup"):
        found = judged(name, policy)
        assert (found.score, found.impact, found.likelihood) == (
            usual.score,
            usual.impact,
            usual.likelihood,
        )
        assert found.policy[0] == policy
        assert found.policy[1] != usual.policy[1]
        if found.category is Category.STANDARD:
            assert found.level.rank < 2


@pytest.mark.parametrize(("milder", "stricter"), [("default", "strict"), ("startup", "default")])
def test_the_stricter_one_is_a_lawful_layer_on_the_milder_one(milder: str, stricter: str) -> None:
    """Everything that it says, an organisation could say: it lowers nothing at all."""
    draft, faults = Draft(), list[str]()
    files = {file.name: file for file in read_layers() if file.kind == "policy"}
    lower = structs.replace(files[stricter], layer=1)
    for file in (files["default"], files[milder], lower):
        document, _ = read(file)
        assert document is not None
        faults += merge(draft, document)
    assert faults == []
    back = structs.replace(files[milder], layer=1)
    document, _ = read(back)
    assert document is not None
    assert merge(draft, document), "and the other way round it would lower"


def test_gitlab_ranks_as_its_handbook_does() -> None:
    """An increase weighs less than a decrease, and that less than a pet that is taken down."""
    found = {n: judged(n, "gitlab") for n in ("greenfield", "capacity-down", "database-destroyed")}
    assert [each.level_words for each in found.values()] == [
        "medium (C3)",
        "high (C2)",
        "critical (C1)",
    ]
    assert groups(found["database-destroyed"]) == {"peer", "senior-manager", "on-call", "database"}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a plan that makes a machine, at its root and in a folder of production."""
    plan = plan_json([change("aws_instance.a", ["create"], None, {"tags": {}})])
    (tmp_path / ".git").mkdir()
    for folder in (tmp_path, tmp_path / "envs" / "prod", tmp_path / "envs" / "dev"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "plan.json").write_bytes(plan)
    for name in ("TF_WORKSPACE", "TF_DATA_DIR", "TFCHANGE_POLICY", "TFCHANGE_ENVIRONMENT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(tfchange: Run, *arguments: object) -> dict[str, Any]:
    """The assessment as JSON."""
    found: dict[str, Any] = json.loads(tfchange("assess", *arguments, "-f", "json").out)
    return found


def test_a_policy_is_chosen_by_option_variable_and_file(
    repository: Path, tfchange: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is nearest to the user wins; the rules, too, are those of the policy."""
    assert told(tfchange, "plan.json")["policy"]["name"] == "default"
    (repository / "tfchange.yaml").write_text("policy: startup\n")
    assert told(tfchange, "plan.json")["policy"]["name"] == "startup"
    monkeypatch.setenv("TFCHANGE_POLICY", "strict")
    assert told(tfchange, "plan.json")["policy"]["name"] == "strict"
    found = told(tfchange, "plan.json", "--policy", "gitlab")
    assert (found["policy"]["name"], found["level_called"]) == ("gitlab", "C3")
    assert "aws_instance.a: An increase is C3." in found["level_why"][0]
    text = tfchange("assess", "plan.json", "--policy", "gitlab").out
    assert "medium (C3) risk" in text
    assert "An increase is C3." in text
    rule = json.loads(
        tfchange("rules", "capacity-decreased", "--policy", "gitlab", "-f", "json").out
    )
    assert '"high"' in json.dumps(rule)


def test_a_choice_that_the_organisation_made_already(repository: Path, tfchange: Run) -> None:
    """Is an error of the rules on one line with what would be right, and one of usage elsewhere."""
    (repository / "ours" / "itil").mkdir(parents=True)
    (repository / "ours" / "itil" / "acme.yaml").write_text("name: acme\nextends: strict\n")
    done = tfchange("assess", "plan.json", "--rules", "ours", "--policy", "startup")
    assert done.code == 1
    assert "choose 'strict' or none" in done.err
    assert told(tfchange, "plan.json", "--rules", "ours")["policy"]["name"] == "acme"
    gone = tfchange("assess", "plan.json", "--policy", "none-such")
    assert gone.code == 2
    assert "default, gitlab, startup, strict" in gone.err


def test_the_place_names_the_environment(
    repository: Path, tfchange: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The path, the selected workspace, what init settled on, and TF_WORKSPACE in turn."""

    def place(file: str) -> tuple[str | None, str | None]:
        found = told(tfchange, file)
        return found["environment"], found["environment_from"]

    assert place("plan.json") == (None, None)
    assert place("envs/prod/plan.json") == ("production", "path")
    assert place("envs/dev/plan.json") == ("development", "path")
    data = repository / "envs" / "dev" / ".terraform"
    data.mkdir()
    (data / "environment").write_text("shop-stage")
    assert place("envs/dev/plan.json") == ("staging", "workspace")
    state = {"backend": {"config": {"key": "prod/net", "secret_key": "hunter2hunter2"}}}
    (data / "terraform.tfstate").write_text(json.dumps(state))
    assert place("envs/dev/plan.json") == ("production", "backend")
    text = tfchange("assess", "envs/dev/plan.json").out
    assert "production (from the backend's key)" in text
    assert "hunter2" not in text
    monkeypatch.setenv("TF_WORKSPACE", "live")
    assert place("envs/dev/plan.json") == ("production", "workspace")


def test_a_folder_outside_of_a_repository_says_nothing(
    tmp_path: Path, tfchange: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The home of somebody called dev is no development."""
    folder = tmp_path / "home" / "dev"
    folder.mkdir(parents=True)
    file = folder / "plan.json"
    file.write_bytes(plan_json([change("aws_instance.a", ["create"], None, {"tags": {}})]))
    monkeypatch.chdir(tmp_path)
    assert told(tfchange, file)["environment"] is None
    assert load().policy.environments["development"][0] == "dev"


def test_the_policies_of_the_page_are_lawful(tmp_path: Path) -> None:
    """Each example of docs/policies.md loads as an organisation's layer."""
    page = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
    examples = re.findall(r"```yaml\n# our-rules/itil/acme\.yaml\n(.*?)```", page, re.DOTALL)
    assert len(examples) == 2
    for number, text in enumerate(examples):
        folder = write(tmp_path / str(number), itil__acme=text)
        assert load([folder]).policy.name == "acme"
