"""Which differences outside Terraform nobody made: told by the shape of the values alone.

A difference is noise where both sides mean the same, or where it looks like a value that the
provider filled in later and that the plan leaves as it is. Attributes that decide who may do or
reach what are never noise by shape: for those, a resource of the same plan must account for it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import msgspec

from tfchange.plan.attributes import Attributes
from tfchange.plan.model import MASK, ResourceChange, Values
from tfchange.plan.paths import Path, plain_path, value_at
from tfchange.risk.attributes import is_cosmetic, matches
from tfchange.risk.siblings import Siblings
from tfchange.rulebook.rule import TypeTraits

MIRRORS = {"tags_all": "tags", "effective_labels": "labels", "terraform_labels": "labels"}
"""Computed copies, and what they copy."""

_TELLING = (
    "polic", "ingress", "egress", "cidr", "acl", "public", "principal", "grant", "role",
    "permission", "allow", "auth", "user_data", "encrypt", "kms", "protect", "password", "secret",
    "firewall", "rout", "rule",
)  # fmt: skip
_TIME = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d"
_CHOSEN = tuple(f"{what}_count" for what in ("desired", "min", "max", "node", "instance", "task"))
"""Counts that people set; others are told by a provider."""
_MAPS = frozenset({"tags", "labels", "annotations", *MIRRORS})


class Difference(msgspec.Struct, frozen=True):
    """One attribute that differs from what Terraform last saw."""

    path: Path
    before: object
    after: object
    planned: bool
    """Whether the plan gives the attribute a known value of its own."""


def differences(values: Values, planned: Sequence[Path]) -> Iterator[Difference]:
    """What drifted of one resource; `planned` are the paths the plan sets to known values."""
    firsts = {path[0] for path in planned if path}
    for path in values.changed:
        before, after = _at(values.before, path), _at(values.after, path)
        hit = bool(path) and path[0] in firsts and any(_overlap(path, p) for p in planned)
        yield Difference(path, before, after, hit)


def is_noise(
    found: Difference,
    values: Values,
    entry: ResourceChange,
    traits: TypeTraits,
    siblings: Siblings,
) -> bool:
    """Whether nobody made this difference by hand."""
    if MASK in (found.before, found.after):
        return False
    if _same_meaning(found.before, found.after) or _mirrors(found.path, values):
        return True
    if found.planned:
        return False
    if _harmless(found, values, traits):
        return True
    return siblings.account_for(entry, values, found.path, found.before, found.after)


def _harmless(found: Difference, values: Values, traits: TypeTraits) -> bool:
    # Null became false: nobody switched off what nobody had switched on.
    if found.before is None and found.after is False:
        return True
    if is_cosmetic(plain_path(found.path), traits.cosmetic, by_name=False):
        return True
    return not telling(found.path, traits) and (_filled_in(found) or _reordered(found, values))


def telling(path: Path, traits: TypeTraits) -> bool:
    """Whether the attribute decides who may do or reach what, or protects the resource."""
    plain = plain_path(path)
    known = matches(plain, traits.sensitive) or matches(plain, traits.guards)
    return known or any(word in plain for word in _TELLING)


def blank(value: object) -> bool:
    """Whether a value says nothing: null, `""`, or a list or object of such values.

    Zero and false do say something.
    """
    if isinstance(value, dict):
        return all(blank(v) for v in value.values())
    if isinstance(value, list):
        return all(blank(v) for v in value)
    return value is None or value == ""


def meaning(value: object) -> object:
    """The value without what is blank in it, and JSON texts as what they say."""
    if isinstance(value, dict):
        return {k: meaning(v) for k, v in value.items() if not blank(v)}
    if isinstance(value, list):
        return [meaning(v) for v in value if not blank(v)]
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return meaning(msgspec.json.decode(value))
        except msgspec.DecodeError:
            return value
    return value


def _same_meaning(before: object, after: object) -> bool:
    if isinstance(before, bool) or isinstance(after, bool):
        return False
    return (blank(before) and blank(after)) or meaning(before) == meaning(after)


def _mirrors(path: Path, values: Values) -> bool:
    origin = MIRRORS.get(str(path[0])) if path else None
    return origin is not None and any(p[0] == origin for p in values.changed if p)


def _filled_in(found: Difference) -> bool:
    path, before, after = found.path, found.before, found.after
    if blank(before):
        return _computed(path)
    if isinstance(before, str) and isinstance(after, str):
        return bool(re.match(_TIME, before) and re.match(_TIME, after))
    tallied = type(before) is int and type(after) is int and isinstance(path[-1], str)
    return tallied and _tally(str(path[-1]))


def _tally(name: str) -> bool:
    return name.endswith("_count") and not name.endswith(_CHOSEN)


def _computed(path: Path) -> bool:
    """Whether only a provider fills this in: no key of a map, which people write."""
    if not path or path[0] in _MAPS:
        return False
    return not any(isinstance(a, str) and isinstance(b, str) for a, b in pairwise(path))


def _reordered(found: Difference, values: Values) -> bool:
    """Whether the list around holds the same members in another order, as sets do."""
    depth = next((i for i, step in enumerate(found.path) if isinstance(step, int)), None)
    if depth is None:
        depth = len(found.path)
    place = found.path[:depth]
    before, after = _at(values.before, place), _at(values.after, place)
    if not isinstance(before, list) or not isinstance(after, list):
        return False
    return _members(before) == _members(after)


def _members(items: list[object]) -> list[bytes]:
    encode = msgspec.json.Encoder(order="sorted").encode
    return sorted(encode(meaning(item)) for item in items if not blank(item))


def _at(version: Attributes | str | None, path: Path) -> object:
    """What stands at a path, which is empty where nothing is known of a whole resource."""
    found = value_at(version, path)
    return found if path or not isinstance(found, Mapping) else dict(found)


def _overlap(one: Path, other: Path) -> bool:
    n = min(len(one), len(other))
    return one[:n] == other[:n]
