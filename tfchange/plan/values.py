"""Attribute values of one change: decoded when asked for, compared, and masked at the door."""

import msgspec
from msgspec import UNSET

from tfchange.errors import PlanError
from tfchange.plan.model import Action, Values
from tfchange.plan.paths import Path, changed_paths, inside
from tfchange.plan.secrets import Door
from tfchange.plan.wire import Change, MaybeRaw, has_marks

_decode = msgspec.json.Decoder().decode


class Reader:
    """Gives the masked values of one change, anew at every call, so that none are kept."""

    __slots__ = ("_action", "_address", "_change", "_door", "_replace")

    def __init__(
        self, address: str, action: Action, change: Change, replace: tuple[Path, ...], door: Door
    ) -> None:
        self._address, self._action, self._change = address, action, change
        self._replace, self._door = replace, door

    def __call__(self) -> Values:
        """The values; raises `PlanError` where they are nested beyond reason or broken."""
        try:
            return self._values()
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise PlanError(
                f"the values of {self._address} cannot be read",
                "Write the plan again: terraform show -json PLANFILE > plan.json",
            ) from None

    def _values(self) -> Values:
        change = self._change
        before, after = _tree(change.before), _tree(change.after)
        unknown = _marks(change.after_unknown)
        sensitive: list[Path] = []
        changed = self._changed(before, after, unknown)
        masked_before = self._door.mask(before, _marks(change.before_sensitive), sensitive)
        masked_after = self._door.mask(after, _marks(change.after_sensitive), sensitive)
        hidden = tuple(dict.fromkeys(sensitive))
        return Values(masked_before, masked_after, unknown, _cut(changed, hidden), hidden)

    def _changed(self, before: object, after: object, unknown: object) -> tuple[Path, ...]:
        if self._action is Action.UPDATE:
            return changed_paths(before, after, unknown)
        if self._action is not Action.REPLACE:
            return () if before is None or after is None else changed_paths(before, after)
        # All that a provider computes is unknown in a replacement, which says nothing; what
        # forces it does.
        known = changed_paths(before, after, unknown)
        return tuple(p for p in known if p in self._replace or not _is_unknown(unknown, p))


def _tree(raw: MaybeRaw) -> object:
    return None if raw is UNSET else _decode(raw)


def _marks(raw: MaybeRaw) -> object:
    return _tree(raw) if has_marks(raw) else None


def _is_unknown(unknown: object, path: Path) -> bool:
    for step in path:
        unknown = inside(unknown, step)
    return bool(unknown)


def _cut(changed: tuple[Path, ...], hidden: tuple[Path, ...]) -> tuple[Path, ...]:
    """Paths end where a secret begins: below it, even the names of keys may be secret."""
    if not hidden:
        return changed
    ends = set(hidden)
    return tuple(dict.fromkeys(_end(path, ends) for path in changed))


def _end(path: Path, ends: set[Path]) -> Path:
    for i in range(len(path)):
        if path[:i] in ends:
            return path[:i]
    return path
