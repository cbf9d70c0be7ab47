"""Attribute values of one change: decoded when asked for, compared, and masked at the door."""

from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from tfchange.errors import PlanError
from tfchange.plan.model import Action, Values
from tfchange.plan.paths import Path, changed_paths, inside
from tfchange.plan.secrets import Door
from tfchange.plan.wire import Change, MaybeRaw, find_mark

if TYPE_CHECKING:
    from tfchange.plan.digest import Digests, Raw

_decode = msgspec.json.Decoder().decode
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

_MOST_KEPT = 256
"""The graph and the judgement both ask: of so many changes the values are read only once."""


class Reader(msgspec.Struct, frozen=True, eq=False):
    """Gives the masked values of one change, mostly anew at every call, so that few are kept."""

    __repr__ = object.__repr__  # shows nothing of what is to be masked

    _address: str
    _action: Action
    _change: Change
    _replace: tuple[Path, ...]
    _door: Door

    def __call__(self) -> Values:
        """The values; raises `PlanError` where they are nested beyond reason or broken."""
        kept = self._door.kept
        values: Values | None = kept.get(self)
        if values is None:
            try:
                values = self._values(self._raw())
            except _UNREADABLE:
                raise self._fault() from None
            if len(kept) < _MOST_KEPT:
                kept[self] = values
        return values

    def digests(self, key: bytes, label: str) -> "Digests":
        """Digests of the values themselves, masked or not; see `plan.digest`."""
        from tfchange.plan.digest import digests

        try:
            raw = self._raw()
            changed, hidden = self._changed(raw), set(self._values(raw).sensitive)
            ends = [(path, _end(path, hidden)) for path in changed]
            return digests(raw, ends, hidden, key, label)
        except _UNREADABLE:
            raise self._fault() from None

    def _raw(self) -> "Raw":
        change = self._change
        return _tree(change.before), _tree(change.after), _marks(change.after_unknown)

    def _values(self, raw: "Raw") -> Values:
        change, sensitive = self._change, list[Path]()
        before, after, unknown = raw
        changed = self._changed(raw)
        marks = _marks(change.before_sensitive), _marks(change.after_sensitive)
        before, after = self._door.mask_both(before, after, marks, sensitive)
        hidden = tuple(dict.fromkeys(sensitive))
        return Values(before, after, unknown, _cut(changed, hidden), hidden)

    def _fault(self) -> PlanError:
        return PlanError(
            f"the values of {self._address} cannot be read",
            "Write the plan again: terraform show -json PLANFILE > plan.json",
        )

    def _changed(self, raw: "Raw") -> tuple[Path, ...]:
        before, after, unknown = raw
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


def _marks(raw: msgspec.Raw) -> object:
    return _decode(raw) if find_mark(raw) else None


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
