"""The attributes of a resource, each decoded and masked when somebody asks for it.

Most are never asked for: rules look at few, and what does not change is told by its bytes.
"""

from collections.abc import Iterable, Iterator, KeysView, Mapping
from collections.abc import Set as AbstractSet
from itertools import compress
from operator import ne

import msgspec

from tfchange.errors import PlanError
from tfchange.plan.paths import Path, changed_paths
from tfchange.plan.secrets import Door
from tfchange.plan.wire import MaybeRaw

Members = dict[str, msgspec.Raw]
"""Attributes as they lie in the plan, undecoded."""

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

_ABSENT = object()
_LONG = 512
"""Longer values are hardly ever alike."""
_LITERAL = len("false")
"""The longest value that is neither a number nor has quotes."""
decode = msgspec.json.Decoder().decode
"""Decodes any value; raises msgspec's errors."""
_members = msgspec.json.Decoder(Members | None).decode


class Attributes(Mapping[str, object]):
    """One version of a resource; no value that may hold a secret comes out of it unmasked.

    A broken value raises `PlanError` when it is asked for.
    """

    __slots__ = ("_address", "_door", "_hidden", "_marks", "_members", "_seen")

    def __init__(self, address: str, members: Members, marks: object, door: Door) -> None:
        self._address, self._door = address, door
        self._members, self._marks = members, marks if isinstance(marks, dict) else {}
        self._hidden: list[Path] = []
        self._seen: dict[str, object] = {}

    def __getitem__(self, name: str) -> object:
        """The attribute; raises KeyError where there is none."""
        found = self._seen.get(name, _ABSENT)
        if found is _ABSENT:
            try:
                found = self._seen[name] = self._masked(name)
            except UNREADABLE:
                raise unreadable(self._address) from None
        return found

    def get(self, name: str, default: object = None) -> object:
        """The attribute, or the default."""
        found = self._seen.get(name, _ABSENT)
        if found is not _ABSENT:
            return found
        return self[name] if name in self._members else default

    def __contains__(self, name: object) -> bool:
        """Whether there is such an attribute."""
        return name in self._members

    def __iter__(self) -> Iterator[str]:
        """The names of the attributes, as they stand in the plan."""
        return iter(self._members)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._members)

    def keys(self) -> KeysView[str]:
        """The names, as a set to calculate with."""
        return self._members.keys()

    def may_hold(self, name: str, written: AbstractSet[bytes] | None) -> bool:
        """Whether one of some texts, given as they stand between two quotes, may be in a value.

        None: any text. Told from the bytes, so that most need not be decoded; what is written with
        escapes may hold anything.
        """
        raw = self._members[name]
        if written is None or len(raw) <= _LITERAL:
            return written is None
        said = bytes(raw)
        if b"\\" in said and (b"\\u" in said or b"\\/" in said):
            return True
        return not written.isdisjoint(said.split(b'"'))

    def alike(self, other: "Attributes", name: str) -> bool:
        """Whether the attribute is written and marked in both as in the other, or in none."""
        same = self._members.get(name) == other._members.get(name)
        return same and self._marks.get(name) == other._marks.get(name)

    def unlike(self, other: "Attributes") -> list[str]:
        """The names of those that are not alike in another version, or not in it."""
        return [name for name in self._members if not self.alike(other, name)]

    def hidden(self, names: Iterable[str]) -> list[Path]:
        """Where something is masked, in what was asked for so far and in these."""
        for name in names:
            self.get(name)
        return self._hidden

    def _masked(self, name: str) -> object:
        raw, marks, door = self._members[name], self._marks.get(name), self._door
        said = bytes(raw)
        if marks or len(said) > _LONG:
            return door.attribute(name, decode(said), marks, self._hidden)
        # Most of what is written of one resource is written of others, and before as after.
        found = door.clean.get((name, said), _ABSENT)
        if found is _ABSENT:
            found = self._looked_at(name, said)
        return found

    def _looked_at(self, name: str, said: bytes) -> object:
        so_far, door = len(self._hidden), self._door
        found = door.attribute(name, decode(said), None, self._hidden)
        if len(self._hidden) == so_far:
            door.remember(name, said, found)
        return found


def readable(version: Attributes | str | None) -> Attributes | None:
    """The attributes; None where there is no resource, or it is secret as a whole."""
    return None if isinstance(version, str) else version


def members(raw: MaybeRaw) -> Members | None:
    """The attributes, undecoded; None where there is no resource; raises msgspec's errors."""
    return None if raw is msgspec.UNSET else _members(raw)


def decoded(some: Members | None) -> object:
    """All attributes as they are, not masked."""
    return None if some is None else {name: decode(raw) for name, raw in some.items()}


def differing(
    before: Members | None, after: Members | None, unknown: object = None
) -> tuple[Path, ...]:
    """The leaves that differ, and those not known yet; see `paths.changed_paths`.

    What is written alike is the same, and only the rest is decoded.
    """
    if before is None or after is None or unknown is True:
        return changed_paths(before is None, after is None, unknown)
    marks = unknown if isinstance(unknown, dict) else {}
    found: list[Path] = []
    for name in _suspects(before, after, marks):
        old, new = _value(before.get(name)), _value(after.get(name))
        found += changed_paths(old, new, marks.get(name), (name,))
    return tuple(found)


def unreadable(address: str) -> PlanError:
    """The error that says whose values are broken, or nested beyond reason."""
    return PlanError(
        f"the values of {address} cannot be read",
        "Write the plan again: terraform show -json PLANFILE > plan.json",
    )


def _suspects(before: Members, after: Members, marks: dict[str, object]) -> list[str]:
    """Names of the attributes that are not written alike, or not known yet."""
    if [*before] != [*after]:
        names = dict.fromkeys((*before, *after, *marks))
        return [name for name in names if name in marks or before.get(name) != after.get(name)]
    some = {*compress(before, map(ne, before.values(), after.values())), *marks}
    return [name for name in {**before, **marks} if name in some] if some else []


def _value(raw: msgspec.Raw | None) -> object:
    return None if raw is None else decode(raw)
