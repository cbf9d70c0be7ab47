"""Resource changes and drift entries, from the wire to the model."""

from msgspec import UNSET

from tfchange.plan import wire
from tfchange.plan.model import Importing, ResourceChange, verb_of
from tfchange.plan.paths import Path, as_path
from tfchange.plan.secrets import Door
from tfchange.plan.values import Reader

_NOTHING = wire.Change()


def change_of(raw: wire.ResourceChange, door: Door, deferred: str | None = None) -> ResourceChange:
    """One entry of `resource_changes`, `resource_drift` or `deferred_changes`."""
    change = raw.change or _NOTHING
    verb = verb_of(change.actions or ())
    address, action = raw.address or _address(raw), verb.action
    replace = _replace_paths(change.replace_paths) if change.replace_paths else ()
    return ResourceChange(
        address,
        raw.type,
        raw.name,
        action,
        Reader(address, action, change, replace, door),
        raw.mode or "managed",
        raw.module_address or "",
        _key(raw.index) if raw.index is not None else None,
        _deposed(raw.deposed) if raw.deposed else None,
        raw.previous_address,
        verb.creates_first,
        verb.forgets,
        raw.action_reason,
        replace,
        _importing(change.importing) if change.importing is not None else None,
        deferred,
        change.generated_config is not UNSET,
    )


def _address(raw: wire.ResourceChange) -> str:
    """Builds the address of entries that have none (drift in early formats)."""
    from tfchange.plan.address import Address

    mode = raw.mode or "managed"
    text = str(Address(raw.type, raw.name, _key(raw.index), mode))
    return f"{raw.module_address}.{text}" if raw.module_address else text


def _key(index: object) -> str | int | None:
    return index if isinstance(index, str | int) and not isinstance(index, bool) else None


def _deposed(raw: str | bool) -> str:
    # The documentation's string was a bare `true` in Terraform 0.12 (hashicorp/terraform#20351).
    return "unknown" if isinstance(raw, bool) else raw


def _replace_paths(raw: object) -> tuple[Path, ...]:
    return tuple(as_path(path) for path in raw) if isinstance(raw, list) else ()


def _importing(raw: object) -> Importing | None:
    if not isinstance(raw, dict):
        return None
    name = raw.get("id")
    return Importing(
        name if isinstance(name, str) else None,
        bool(raw.get("identity")),
        raw.get("unknown") is True,
    )
