"""Bytes become a plan, or an error that says what they are instead."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from tfchange.errors import PlanError
from tfchange.plan import sniff, wire
from tfchange.plan.behind import Behind
from tfchange.plan.caveats import caveats_of
from tfchange.plan.changes import change_of
from tfchange.plan.configure import configuration_of
from tfchange.plan.learn import declared_sensitive, known_secrets
from tfchange.plan.model import (
    MASK,
    Caveat,
    OutputChange,
    Plan,
    RelevantAttribute,
    StateResource,
    verb_of,
)
from tfchange.plan.paths import as_path
from tfchange.plan.secrets import Door

if TYPE_CHECKING:
    from mmap import mmap

    Buffer = bytes | bytearray | memoryview | mmap


_NOTHING = (b"", b"null", b"[]")


def decode(data: "Buffer", path: str = "-") -> Plan:
    """The plan in `data`: UTF-8, or UTF-16/32 as PowerShell writes it, with or without a BOM.

    Raises `PlanError`, which says what the bytes are and which command gives the right ones.
    """
    text, around = sniff.json_text(data, path)
    try:
        raw = wire.DECODER.decode(text)
        sniff.require_plan(raw, path)
        return _plan(raw, path, around)
    except msgspec.ValidationError as error:
        from tfchange.plan.identify import wrong_shape

        raise wrong_shape(text, path, str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        from tfchange.plan.identify import not_json

        raise not_json(text, path, _position(error)) from None
    except RecursionError:
        raise PlanError(
            f"{path} is nested deeper than any Terraform plan",
            "Write the plan again: terraform show -json PLANFILE > plan.json",
        ) from None


def _position(error: msgspec.DecodeError | UnicodeDecodeError) -> str:
    # The text of a UnicodeDecodeError can hold bytes of the input; its position cannot.
    return f"at byte {error.start}" if isinstance(error, UnicodeDecodeError) else str(error)


def _plan(raw: wire.Plan, path: str, around: tuple[Caveat, ...]) -> Plan:
    door = Door(known_secrets(raw))
    redacted = raw.format_version is None and raw.plan_format_version is not None
    plan = Plan(
        path=path,
        format_version=raw.format_version or raw.plan_format_version or "",
        terraform_version=raw.terraform_version or "",
        timestamp=raw.timestamp or "",
        complete=raw.complete is not False,
        errored=bool(raw.errored),
        applyable=raw.applyable,
        redacted=redacted,
        changes=tuple([change_of(c, door) for c in raw.resource_changes or ()]),
        drift=tuple([change_of(c, door) for c in raw.resource_drift or ()]),
        outputs=tuple(_output(name, o) for name, o in (raw.output_changes or {}).items()),
        relevant=_relevant(raw.relevant_attributes),
        state=tuple(_state(raw.prior_state)),
        configuration=None if redacted else configuration_of(raw.configuration),
        variables=_variables(raw, door),
        behind=Behind(
            None if redacted else raw.configuration,
            raw.variables or {},
            raw.output_changes or {},
            frozenset(declared_sensitive(raw)),
        ),
        **_seldom(raw, door),
    )
    return msgspec.structs.replace(plan, caveats=(*around, *caveats_of(plan, raw)))


def _seldom(raw: wire.Plan, door: Door) -> dict[str, Any]:
    parts = (raw.checks, raw.action_invocations, raw.deferred_action_invocations)
    if all(bytes(part) in _NOTHING for part in (*parts, raw.deferred_changes)):
        return {}
    from tfchange.plan import seldom

    return seldom.of(raw, door)


def _variables(raw: wire.Plan, door: Door) -> dict[str, object]:
    declared = declared_sensitive(raw)
    return {
        name: MASK if name in declared else door.mask({name: variable.value}, None, [])[name]  # type: ignore[index]
        for name, variable in (raw.variables or {}).items()
    }


def _output(name: str, raw: wire.Change) -> OutputChange:
    action = verb_of(raw.actions or ()).action
    marked = wire.find_mark(raw.before_sensitive) or wire.find_mark(raw.after_sensitive)
    return OutputChange(name, action, marked is not None)


def _relevant(
    raw: list[wire.ResourceAttribute] | None,
) -> tuple[RelevantAttribute, ...] | None:
    if raw is None:
        return None
    return tuple(RelevantAttribute(r.resource, as_path(r.attribute)) for r in raw)


_names = msgspec.json.Decoder(tuple[str, ...] | None).decode


def _state(raw: wire.State | None) -> Iterable[StateResource]:
    root = raw.values.root_module if raw and raw.values else None
    waiting = [root] if root else []
    # All instances of a block depend on the same blocks.
    known: dict[bytes, tuple[str, ...]] = {b"": ()}
    while waiting:
        module = waiting.pop()
        waiting.extend(module.child_modules or ())
        for r in module.resources or ():
            said = bytes(r.depends_on)
            names = known.get(said)
            if names is None:
                names = known[said] = _names(said) or ()
            yield StateResource(r.address, names)
