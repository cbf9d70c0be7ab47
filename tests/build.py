"""Builds small plans for tests, through the same door as real ones."""

import json
from collections.abc import Mapping
from typing import Any

from tfchange.plan.address import Address
from tfchange.plan.decode import decode
from tfchange.plan.model import Plan, ResourceChange


def change(
    address: str, actions: list[str], before: Any = None, after: Any = None, **fields: Any
) -> dict[str, Any]:
    """One entry of `resource_changes`; fields of `change` itself are sorted into place."""
    parsed = Address.parse(address)
    inner = {"actions": actions, "before": before, "after": after}
    for name in (
        "after_unknown",
        "before_sensitive",
        "after_sensitive",
        "replace_paths",
        "importing",
    ):
        if name in fields:
            inner[name] = fields.pop(name)
    entry = {
        "address": address,
        "mode": parsed.mode,
        "type": parsed.type,
        "name": parsed.name,
        "change": inner,
        **fields,
    }
    if parsed.module:
        entry["module_address"] = parsed.module
    if parsed.key is not None:
        entry["index"] = parsed.key
    return entry


def seen(change: ResourceChange) -> tuple[Any, Any, Any]:
    """All that comes out of a change's values: before, after, and what changes."""
    values = change.read()
    before, after = (
        dict(tree) if isinstance(tree, Mapping) else tree for tree in (values.before, values.after)
    )
    return before, after, values.changed


def state(**depends_on: list[str]) -> list[dict[str, Any]]:
    """Prior state resources of the root module: `state(**{"aws_x.a": ["aws_x.b"]})`."""
    return [
        {
            "address": a,
            "mode": Address.parse(a).mode,
            "type": Address.parse(a).type,
            "name": Address.parse(a).name,
            "depends_on": d,
        }
        for a, d in depends_on.items()
    ]


def plan_json(
    changes: list[dict[str, Any]] | None = None,
    configuration: dict[str, Any] | None = None,
    state: list[dict[str, Any]] | None = None,
    drift: list[dict[str, Any]] | None = None,
    **top: Any,
) -> bytes:
    """A plan of format 1.2 as Terraform would print it."""
    plan: dict[str, Any] = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "complete": True,
        "errored": False,
        "applyable": True,
        "resource_changes": changes or [],
        "configuration": configuration or {"root_module": {}},
    }
    if drift:
        plan["resource_drift"] = drift
    if state:
        plan["prior_state"] = {
            "format_version": "1.0",
            "values": {"root_module": {"resources": state}},
        }
    return json.dumps({**plan, **top}).encode()


def plan(changes: list[dict[str, Any]] | None = None, **fields: Any) -> Plan:
    """The decoded plan."""
    return decode(plan_json(changes, **fields))
