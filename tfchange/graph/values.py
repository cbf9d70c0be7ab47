"""Inferred from values: the id, ARN or name of one resource stands in another.

Only among what the plan changes, reads or found drifted, since nothing else is ever decoded; and
only where neither is known to depend on the other. Masked values match nothing.
"""

import re
from collections.abc import Iterator, Sequence

import msgspec

from tfchange.graph.instances import Instances
from tfchange.graph.links import Links
from tfchange.plan.model import MASK, Action, Plan, ResourceChange

LIMIT = 500
"""More objects than this are not searched: decoding them would cost more than all the graph."""

_NAMES = ("id", "arn", "name")
_SHORT = 6
_UNIQUE = re.compile(
    r"arn:|https?://|\S*\b[0-9a-f]{8,}\Z|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z"
)
"""Text that nobody chose, so that it is equal for one reason only; a name can be by chance."""
_NUMBER = re.compile(r"[\d.:/]+\Z")
_SUFFIX = re.compile(r"(_(id|arn|name|identifier|url))?s?\Z")
_QUOTED = re.compile(r'"([^"\\]{6,})"')
_WHOLE = re.compile(r"[/:]\*\Z")
_SAYS_NOTHING = frozenset({"tags", "tags_all", "labels", "description", *_NAMES})


class _Object(msgspec.Struct, frozen=True):
    type: str
    identities: frozenset[str]
    texts: frozenset[tuple[str, str]]
    """Attribute and text; no attribute for text inside a JSON document."""


def searched(plan: Plan) -> list[ResourceChange] | None:
    """One entry for each object that is searched, whatever their order; None for too many."""
    changes = [c for c in plan.changes if c.action is not Action.NO_OP]
    chosen = {c.address: c for c in (*plan.drift, *changes) if not c.deposed}
    return None if len(chosen) > LIMIT else list(chosen.values())


def equal_values(
    changes: Sequence[ResourceChange], instances: Instances, links: Links
) -> Iterator[tuple[int, int]]:
    """Pairs of instances, the holder of a value first and the one it names second."""
    found = {instances.ids[c.address]: _object(c) for c in changes}
    owners: dict[str, list[int]] = {}
    for node in sorted(found):
        for name in found[node].identities:
            owners.setdefault(name, []).append(node)
    reached = links.closures() if owners else []
    for node in sorted(found):
        held = {
            owner
            for attribute, text in found[node].texts
            if text in owners and text not in found[node].identities
            if (owner := _owner(attribute, text, owners[text], found)) is not None
        }
        for owner in sorted(held - {node}):
            one, other = instances.block[node], instances.block[owner]
            if one != other and not (reached[one] >> other & 1 or reached[other] >> one & 1):
                yield node, owner


def _object(change: ResourceChange) -> _Object:
    values = change.read()
    identities: set[str] = set()
    texts: set[tuple[str, str]] = set()
    for tree in (values.before, values.after):
        if isinstance(tree, dict):
            named = [tree.get(name) for name in _NAMES]
            identities.update(n for n in named if isinstance(n, str) and _telling(n))
            texts.update(_texts(tree))
    return _Object(change.type, frozenset(identities), frozenset(texts))


def _telling(text: str) -> bool:
    return len(text) >= _SHORT and text != MASK and not _NUMBER.match(text)


def _texts(tree: dict[str, object]) -> Iterator[tuple[str, str]]:
    waiting: list[tuple[str, object]] = [
        (name, value) for name, value in tree.items() if name not in _SAYS_NOTHING
    ]
    for name, value in waiting:  # grows by what is nested
        if isinstance(value, dict):
            waiting.extend(value.items())
        elif isinstance(value, list):
            waiting.extend((name, item) for item in value)
        elif isinstance(value, str) and len(value) >= _SHORT:
            if value[0] in "{[":
                yield from (("", _WHOLE.sub("", text)) for text in _QUOTED.findall(value))
            else:
                yield name, value


def _owner(attribute: str, text: str, owners: list[int], found: dict[int, _Object]) -> int | None:
    """Whom the text names, if it can mean one only: by itself, or as `role` means an IAM role."""
    if len(owners) == 1 and _UNIQUE.match(text):
        return owners[0]
    stem = _SUFFIX.sub("", attribute)
    called = [owner for owner in owners if stem and found[owner].type.endswith(f"_{stem}")]
    return called[0] if len(called) == 1 else None
