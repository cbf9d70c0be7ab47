"""What few plans hold: checks, actions, and what is put off. Read only where a plan holds some."""

from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec
from msgspec import Raw, Struct

from tfchange.plan import model, wire
from tfchange.plan.changes import change_of
from tfchange.plan.secrets import Door

T = TypeVar("T")


class DeferredChange(Struct):
    reason: str | None = None
    resource_change: wire.ResourceChange | None = None


class CheckAddress(Struct):
    to_display: str = ""
    kind: str = ""


class CheckProblem(Struct):
    message: str = ""


class CheckInstance(Struct):
    address: CheckAddress | None = None
    status: str = ""
    problems: list[CheckProblem] | None = None


class Check(Struct):
    address: CheckAddress | None = None
    status: str = ""
    instances: list[CheckInstance] | None = None


class Trigger(Struct):
    triggering_resource_address: str | None = None


class ActionInvocation(Struct):
    address: str = ""
    type: str = ""
    lifecycle_action_trigger: Trigger | None = None


class DeferredAction(Struct):
    reason: str | None = None
    action_invocation: ActionInvocation | None = None


def of(raw: wire.Plan, door: Door) -> dict[str, Any]:
    """The parts of a `model.Plan` that few plans have; raises `ValidationError`."""
    return {
        "deferred": tuple(
            change_of(d.resource_change, door, deferred=d.reason or "unknown")
            for d in _read(raw, "deferred_changes", list[DeferredChange])
            if d.resource_change
        ),
        "checks": tuple(_check(c, door) for c in _read(raw, "checks", list[Check])),
        "actions": tuple(_actions(raw)),
    }


def _read(raw: wire.Plan, name: str, kind: type[list[T]]) -> list[T]:
    """The entries of one part of the plan; faults say where in the plan they are."""
    said: Raw = getattr(raw, name)
    try:
        return (msgspec.json.decode(said, type=kind | None) or []) if bytes(said) else []
    except msgspec.ValidationError as error:
        fault, _, place = str(error).partition(" - at `$")
        raise msgspec.ValidationError(f"{fault} - at `$.{name}{place or '`'}") from None


def _check(raw: Check, door: Door) -> model.Check:
    address = raw.address or CheckAddress()
    problems = [p.message for i in raw.instances or () for p in i.problems or ()]
    return model.Check(
        address.to_display, address.kind, raw.status, tuple(door.scrub(p) for p in problems if p)
    )


def _actions(raw: wire.Plan) -> Iterable[model.ActionInvocation]:
    later = _read(raw, "deferred_action_invocations", list[DeferredAction])
    now = _read(raw, "action_invocations", list[ActionInvocation])
    planned = [(action, None) for action in now]
    for action, reason in [*planned, *((d.action_invocation, d.reason) for d in later)]:
        if action:
            trigger = action.lifecycle_action_trigger
            yield model.ActionInvocation(
                action.address,
                action.type,
                trigger.triggering_resource_address if trigger else None,
                reason,
            )
