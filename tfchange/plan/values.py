"""Attribute values of one change: decoded when asked for, compared, and masked at the door."""

from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING

import msgspec

from tfchange.plan.attributes import (
    UNREADABLE,
    Attributes,
    Members,
    decode,
    decoded,
    differing,
    members,
    unreadable,
)
from tfchange.plan.model import MASK, Action, Values
from tfchange.plan.paths import Path, value_at
from tfchange.plan.secrets import Door
from tfchange.plan.wire import Change, find_mark

if TYPE_CHECKING:
    from tfchange.plan.digest import Digests

_Raw = tuple[Members | None, Members | None, object]
"""Before, after and what is unknown, as it lies in the plan."""
_Version = Attributes | str | None
_WHOLE = msgspec.Raw(b"true")
"""The mark of what is secret as a whole, even the names of its attributes."""

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
            except UNREADABLE:
                raise unreadable(self._address) from None
            if len(kept) < _MOST_KEPT:
                kept[self] = values
        return values

    def digests(self, key: bytes, label: str) -> "Digests":
        """Digests of the values themselves, masked or not; see `plan.digest`."""
        from tfchange.plan.digest import digests

        try:
            before, after, unknown = raw = self._raw()
            hidden = self._hidden(self._masked(raw), {**(before or {}), **(after or {})})
            ends = [(path, _end(path, hidden)) for path in self._changed(raw)]
            return digests((decoded(before), decoded(after), unknown), ends, hidden, key, label)
        except UNREADABLE:
            raise unreadable(self._address) from None

    def _raw(self) -> _Raw:
        change = self._change
        return members(change.before), members(change.after), _marks(change.after_unknown)

    def _values(self, raw: _Raw) -> Values:
        changed, (before, after) = self._changed(raw), self._masked(raw)
        # A path of one step ends where it begins.
        names = (str(path[0]) for path in changed if len(path) > 1)
        hidden = self._hidden((before, after), names)
        return Values(before, after, raw[2], _cut(changed, hidden) if hidden else changed)

    def _hidden(self, versions: Iterable[_Version], names: Iterable[str]) -> set[Path]:
        """Where something is masked in the attributes of these names."""
        names, change = tuple(names), self._change
        whole = _WHOLE in (change.before_sensitive, change.after_sensitive)
        seen = [each.hidden(names) for each in versions if isinstance(each, Attributes)]
        return set(chain(*seen, ((),) if whole else ()))

    def _masked(self, raw: _Raw) -> tuple[_Version, _Version]:
        before, after, _ = raw
        old, new = self._change.before_sensitive, self._change.after_sensitive
        return self._version(before, old), self._version(after, new)

    def _version(self, some: Members | None, sensitive: msgspec.Raw) -> _Version:
        if some is None:
            return None
        if sensitive == _WHOLE:
            return MASK
        return Attributes(self._address, some, _marks(sensitive), self._door)

    def _changed(self, raw: _Raw) -> tuple[Path, ...]:
        before, after, unknown = raw
        if self._action is Action.UPDATE:
            return differing(before, after, unknown)
        if self._action is not Action.REPLACE:
            return () if before is None or after is None else differing(before, after)
        # All that a provider computes is unknown in a replacement, which says nothing; what
        # forces it does.
        known = differing(before, after, unknown)
        return tuple(p for p in known if p in self._replace or not value_at(unknown, p))


def _marks(raw: msgspec.Raw) -> object:
    return decode(raw) if find_mark(raw) else None


def _cut(changed: tuple[Path, ...], hidden: set[Path]) -> tuple[Path, ...]:
    """Paths end where a secret begins: below it, even the names of keys may be secret."""
    return tuple(dict.fromkeys(_end(path, hidden) for path in changed))


def _end(path: Path, ends: set[Path]) -> Path:
    for i in range(len(path)):
        if path[:i] in ends:
            return path[:i]
    return path
