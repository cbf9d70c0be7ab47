"""docs/servicenow.md is true."""

import re

import yaml

from tests.change.requests import commit
from tests.conftest import ROOT
from tests.servicenow.fake import ServiceNowFake
from tests.servicenow.world import ServiceNowWorld, put
from tfchange.change.desk import State
from tfchange.risk.assessment import Category, Emergency
from tfchange.schema import faults
from tfchange.servicenow.checks import FOR_GATE
from tfchange.servicenow.config import SECRETS, STAGES
from tfchange.servicenow.desk import ServiceNowConfig

PAGE = (ROOT / "docs" / "servicenow.md").read_text(encoding="utf-8")


def test_every_setting_is_explained() -> None:
    """The page explains each setting, names each variable of a secret, and no other."""
    table = PAGE.split("| setting | what it is | default |")[1].split("\n\n")[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line]
    named = {name for cell in cells for name in re.findall(r"`([a-z_]+)`", cell)}
    assert named == set(ServiceNowConfig.__struct_fields__) - SECRETS
    for name in SECRETS:
        assert f"`TFCHANGE_SERVICENOW_{name.upper()}`" in PAGE


def test_the_example_is_valid() -> None:
    """The example of tfchange.yaml fits the schema, and the table fits the desk."""
    example = yaml.safe_load(PAGE.split("```yaml\n")[1].split("```")[0])
    assert faults(example, "settings-1.0") == []
    assert ServiceNowConfig(**example["servicenow"]).close_tasks


def test_every_state_is_explained() -> None:
    """Each state of the base system stands in the table of states."""
    table = PAGE.split("| in ServiceNow | in tfchange |")[1].split("\n\n")[0].casefold()
    assert [stage for stage in STAGES if stage not in table] == []


def test_filing_asks_as_often_as_is_said() -> None:
    """A new change takes about 20 requests, and one that says the same about eight."""
    fake = ServiceNowFake(page=100)
    put(ServiceNowWorld(fake))
    first = len(fake.asked)
    put(ServiceNowWorld(fake))
    assert (first, len(fake.asked) - first) == (21, 8)


def test_the_gate_asks_as_often_as_is_said() -> None:
    """Each question of the gate takes as many requests as the page says, at the most."""
    some = ServiceNowWorld(ServiceNowFake(page=100))
    incident = Emergency("INC0010001", "2026-11-30")
    told = {"category": Category.EMERGENCY, "emergency": incident, "items": ("orders-db",)}
    other = put(some, commit=commit(pull_request=20), items=("orders-db",)).ticket
    some.approve(other)
    some.desk.transition(other, State.IMPLEMENTING)
    ticket = put(some, **told).ticket
    asked = {
        "a file of the change": lambda: some.desk.fetch(ticket, "assessment.json"),
        "clean runs": lambda: some.desk.finished("tags-only", "2026-01-01T00:00:00Z"),
        "what is in the way |": lambda: some.desk.conflicts(ticket),
        "an incident": lambda: some.desk.incident("INC0010001"),
        "reviews that are due": some.desk.reviews,
        "recording a review": lambda: some.desk.review(ticket, "All was well."),
    }
    for words, ask in asked.items():
        (row,) = (line for line in PAGE.splitlines() if line.startswith(f"| {words}"))
        most = max(int(number) for number in re.findall(r"\b\d\b", row.split("|")[3]))
        ask()
        before = len(some.fake.asked)
        ask()
        assert len(some.fake.asked) - before in (most, most - 1), words


def test_every_kept_field_is_explained() -> None:
    """Each field that is written or read for the gate stands on the page."""
    assert [name for name in FOR_GATE if f"`{name}`" not in PAGE] == []
