"""Digests of values that never leave `plan/`: equal where the values are, and nothing else is told.

They are keyed (HMAC-SHA256), so that nobody without the key can try out what a value may have been.
Where a value stands is part of what is hashed: equal values in two places cannot be told to be so.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

import msgspec

from tfchange.plan.paths import Path, inside, path_text


class Digest(msgspec.Struct, frozen=True, order=True, array_like=True):
    """What is to be said of the values in one place."""

    path: str
    value: str
    """32 hex digits; `""` where it was withheld."""
    secret: bool = False
    """Whether any of the values is one that was masked."""
    unknown: bool = False
    """Whether all that will be there is known only after apply."""


Digests = tuple[Digest, ...]
"""By path, in the order of their texts."""

_UNKNOWN = {"\0": "unknown"}
"""Stands for a value that is known only after apply; no name of an attribute is like it."""


Raw = tuple[object, object, object]
"""The values of one change as they are, before, after and unknown; nothing keeps one of these."""


def digests(
    raw: Raw,
    ends: Iterable[tuple[Path, Path]],
    hidden: AbstractSet[Path],
    key: bytes,
    label: str,
) -> Digests:
    """One digest for each place: of what stood there, and of what will.

    `ends` pairs each changed path with the one that may be told of it, which ends where a secret
    begins; `hidden` are those of secrets. What is created counts whole, what is destroyed by its
    id, since a provider goes on reading other values of it that nobody changed.
    """
    before, after, unknown = raw
    after = _overlaid(after, unknown)
    told: dict[str, list[object]] = {}
    secret, known = {"": bool(hidden)}, {"", "id"}
    if before is None:
        told[""] = [after]
    elif isinstance(before, dict) and before.get("id") is not None:
        told["id"] = [before["id"]]
    for path, end in ends:
        leaf = [list(path), _at(before, path), _at(after, path)]
        at = path_text(end)
        told.setdefault(at, []).append(leaf)
        secret[at] = end in hidden
        if leaf[2] != _UNKNOWN:
            known.add(at)
    return tuple(
        Digest(at, _digest(said, key, f"{label}\0{at}"), secret.get(at, False), at not in known)
        for at, said in sorted(told.items())
    )


def _digest(said: object, key: bytes, label: str) -> str:
    import hmac
    import json

    # Not msgspec: it cannot write integers beyond 64 bit, which plans hold.
    text = json.dumps([label, said], sort_keys=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), "sha256").hexdigest()[:32]


def _overlaid(after: object, unknown: object) -> object:
    """The values after, with a token for each that is unknown, and nothing for what is null."""
    if unknown is True:
        return _UNKNOWN
    if isinstance(after, dict):
        marks = unknown if isinstance(unknown, dict) else {}
        names = (*after, *(name for name in marks if name not in after))
        found = {name: _overlaid(after.get(name), marks.get(name)) for name in names}
        return {name: value for name, value in found.items() if value is not None}
    if isinstance(after, list):
        return [_overlaid(value, inside(unknown, i)) for i, value in enumerate(after)]
    if after is None and unknown:
        return _overlaid({} if isinstance(unknown, dict) else _empty(unknown), unknown)
    return after


def _empty(marks: object) -> object:
    return [None] * len(marks) if isinstance(marks, list) else None


def _at(tree: object, path: Path) -> object:
    for step in path:
        if isinstance(tree, dict):
            tree = tree.get(step)
        elif isinstance(tree, list) and isinstance(step, int) and step < len(tree):
            tree = tree[step]
        else:
            return None
    return tree
