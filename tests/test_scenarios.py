"""Every scenario, held to its golden and to what its README says a change manager concludes."""

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.goldens import assessed, rendered, scenarios

NAMED = [pytest.param(folder, id=folder.name) for folder in scenarios()]
ASKED = [
    "tags-only",
    "image-patch-rolling",
    "instances-replaced",
    "database-replaced",
    "database-resized",
    "database-engine-major",
    "database-deletion-protection-off",
    "security-group-opened",
    "security-group-narrowed",
    "iam-widened",
    "trust-policy-opened",
    "bucket-destroyed",
    "bucket-public",
    "kms-key-deleted",
    "dns-record-changed",
    "route-removed",
    "vpc-replaced",
    "moved",
    "removed-without-destroy",
    "import",
    "drift-reverted",
    "drift-noise",
    "deleted-outside",
    "destroy-all",
    "greenfield",
    "no-change",
    "outputs-only",
    "sensitive-value-changed",
    "count-shrunk-middle",
    "count-shrunk-end",
    "provider-version-bump",
    "platform",
]


@lru_cache(None)
def _concluded(folder: Path) -> dict[str, Any]:
    _, front, _ = (folder / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(front)


_assessed = lru_cache(None)(assessed)


def test_every_scenario_that_was_asked_for_is_there() -> None:
    """The list of the project's first issue is covered."""
    assert set(ASKED) <= {folder.name for folder in scenarios()}


@pytest.mark.parametrize("folder", NAMED)
def test_the_category_and_level_are_what_a_change_manager_concludes(folder: Path) -> None:
    """The tool says of each scenario what its README says."""
    said, found = _concluded(folder), _assessed(folder)
    assert found.category == said["category"], found.why
    assert found.level in said["level"], [(c.points, c.reason) for c in found.contributions]
    assert found.envelope == said.get("envelope")


@pytest.mark.parametrize("folder", NAMED)
def test_the_findings_and_approvers_are_those_a_change_manager_expects(folder: Path) -> None:
    """Nothing that the README counts on is missing."""
    said, found = _concluded(folder), _assessed(folder)
    assert set(said.get("findings") or ()) <= {finding.rule for finding in found.findings}
    assert set(said.get("approvers") or ()) <= {approval.group for approval in found.approvals}


@pytest.mark.parametrize("folder", NAMED)
def test_the_points_add_up(folder: Path) -> None:
    """The contributions sum to the score, to the point."""
    found = _assessed(folder)
    assert sum(c.points for c in found.contributions) == found.score


@pytest.mark.parametrize("folder", NAMED)
def test_the_goldens_are_what_the_tool_prints(folder: Path) -> None:
    """What was reviewed is what users see; `make goldens` writes them anew."""
    for name, content in rendered(folder).items():
        golden = (folder / "golden" / name).read_text(encoding="utf-8")
        assert content == golden, f"{folder.name}/golden/{name} differs; see make goldens"


@pytest.mark.parametrize("folder", NAMED)
def test_plans_come_from_real_terraform(folder: Path) -> None:
    """Each plan carries the version that wrote it and names no machine's folders."""
    text = (folder / "plan.json").read_text(encoding="utf-8")
    assert json.loads(text)["terraform_version"]
    assert not re.search(r"/(tmp|root|home|work|opt)/", text)
