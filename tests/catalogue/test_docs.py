"""docs/services.md is true: every example is read, and says what the page says of it."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT, SCENARIOS, Run
from tfchange.catalogue.backstage import KINDS
from tfchange.catalogue.codeowners import parse
from tfchange.catalogue.load import load
from tfchange.catalogue.match import CUSTOMARY
from tfchange.catalogue.model import TIERS, Service
from tfchange.schema import load as schema
from tfchange.source.base import TARGETS

PAGE = (ROOT / "docs" / "services.md").read_text()


def example(start: str) -> str:
    """The example that begins so."""
    return next(block for block in re.findall(r"```\w+\n(.*?)```", PAGE, re.DOTALL)
                if block.startswith(start))  # fmt: skip


def test_the_table_gives_what_the_page_shows(tfchange: Run, tmp_path: Path) -> None:
    """On the plan that it names, line by line."""
    (tmp_path / "tfchange.yaml").write_text(example("# tfchange.yaml\nservices:"))
    plan = SCENARIOS / "platform" / "plan.json"
    shown = tfchange("assess", plan, "--config", tmp_path / "tfchange.yaml").out
    assert example("Services  ") in shown


def test_the_entity_is_the_first_row_of_the_table(tmp_path: Path) -> None:
    """Backstage says the same service."""
    (tmp_path / "catalog-info.yaml").write_text(example("# catalog-info.yaml"))
    tags = {"Service": "checkout", "Component": "api"}
    address = 'module.service["checkout"].*'
    (entity,) = load((), str(tmp_path)).services
    assert entity == Service("checkout", 1, "team-checkout", "checkout-prod", (address,), tags)
    said: dict[str, Any] = yaml.safe_load(example("# tfchange.yaml\nservices:"))
    row = load(said["services"][:1]).services[0]
    assert (row.name, row.tier, row.owner, row.ci) == (
        entity.name, entity.tier, entity.owner, entity.ci
    )  # fmt: skip


def test_every_key_is_explained() -> None:
    """Keys, tiers, kinds, annotations, tags and variables are those that the code knows."""
    parts = schema("catalogue-1.0")["$defs"]
    names = [*parts["service"]["properties"], *parts["annotations"]["properties"], *KINDS, *TARGETS]
    assert [name for name in names if f"`{name}`" not in PAGE] == []
    assert all(f"`{word}` ({number})" in PAGE for word, number in TIERS.items())
    assert all(f"`{tag}`".lower() in PAGE.lower() for tag in CUSTOMARY)


@pytest.mark.parametrize("row", re.findall(r"^\| `(\S+\.tf)` \| (.*)\|$", PAGE, re.MULTILINE))
def test_code_owners_are_those_of_the_page(row: tuple[str, str]) -> None:
    """Each file has the owners that the table gives it."""
    found = parse(example("# CODEOWNERS")).of(row[0])
    assert " or ".join(found[0].owners if found else ()) == row[1].strip().strip("`")
