"""What applies told, and what was approved, for tests."""

from collections.abc import Iterable
from pathlib import Path

from tfchange.change.applied import Applied
from tfchange.change.apply_log import read_log
from tfchange.change.approved import Approved, PlanItems, approved
from tfchange.change.fingerprint import Item

APPLIES = Path(__file__).parent.parent.parent / "fixtures" / "applies"
PREFIX = "terraform_data."
SUCCESSFUL = {"second": "replace:delete-first", "third": "update"}
"""What the log of that name does."""


def told(name: str) -> Applied:
    """What a fixture's log says."""
    return read_log((APPLIES / f"{name}.jsonl").read_bytes().splitlines())


def plan(path: str = "p.json", **does: str) -> PlanItems:
    """A plan that does these actions to resources of these names."""
    return PlanItems(path, tuple(Item(PREFIX + name, action) for name, action in does.items()))


def filed(*plans: PlanItems) -> Approved:
    """Plans as they were filed."""
    return approved(plans, "salt")


def created(names: Iterable[str]) -> Applied:
    """A log in which resources of these names are created."""
    line = (
        '{"@level":"info","type":"%s","hook":{"resource":{"addr":"terraform_data.%s"},'
        '"action":"create"}}'
    )
    kinds = ("apply_start", "apply_complete")
    end = '{"@level":"info","type":"change_summary","changes":{"operation":"apply"}}'
    return read_log([*(line % (kind, name) for name in names for kind in kinds), end])
