"""Inferred from values: the id, ARN or name of one resource stands in another.

Only among what the plan changes, reads or found drifted, since nothing else is ever decoded; and
only where neither is known to depend on the other. Masked values match nothing.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

import msgspec

from tfchange.graph.draft import Links
from tfchange.graph.instances import Instances
from tfchange.plan.attributes import Attributes, readable
from tfchange.plan.model import MASK, Action, Plan, ResourceChange, Values

LIMIT = 500
"""More objects than this are not searched: decoding them would cost more than all the graph."""

_NAMES = ("id", "arn", "name")
_SHORT = 6
_CHOSEN_BY_NONE = ("arn:", "http://", "https://")
_HEX = "0123456789abcdef"
_ENDINGS = ("_id", "_arn", "_name", "_identifier", "_url")
_JSON = ("{", "[")
_INSIDE = ("", "\\", "/*\\", ":*\\")
"""What can follow a text up to the next quote, where a document is inside of a text."""
_ABSENT = object()
_SAYS_NOTHING = frozenset({"tags", "tags_all", "labels", "description", *_NAMES})


class _Object(msgspec.Struct, frozen=True):
    type: str
    identities: frozenset[str]
    values: Values


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
    reached, written = (links.closures() if owners else []), as_written(owners)
    for node in sorted(found) if owners else ():
        some = found[node]
        held = {
            owner
            for attribute, text in _texts(_telling(some.values, written), owners)
            if text not in some.identities
            if (owner := _owner(attribute, text, owners[text], found)) is not None
        }
        for owner in sorted(held - {node}):
            one, other = instances.block[node], instances.block[owner]
            if one != other and not (reached[one] >> other & 1 or reached[other] >> one & 1):
                yield node, owner


def _object(change: ResourceChange) -> _Object:
    values = change.read()
    trees = map(readable, (values.before, values.after))
    named = [tree.get(name) for tree in trees if tree for name in _NAMES]
    identities = frozenset(n for n in named if isinstance(n, str) and _names_one(n))
    return _Object(change.type, identities, values)


def as_written(texts: Iterable[str]) -> frozenset[bytes] | None:
    """How texts can stand in JSON between two quotes, also in a document inside of a text.

    None where one of them cannot be told like that. `_without_all` says what the endings are.
    """
    if any(not text.isprintable() or '"' in text or "\\" in text for text in texts):
        return None
    return frozenset(f"{text}{end}".encode() for text in texts for end in _INSIDE)


def _telling(values: Values, written: frozenset[bytes] | None) -> Iterator[tuple[str, object]]:
    """The attributes before, and those that are new after, which may name another object."""
    before, after = readable(values.before), readable(values.after)
    if before:
        yield from _naming(before, before, written)
    if after:
        names = after.unlike(before) if before else after
        for name, value in _naming(after, names, written):
            if not before or before.get(name, _ABSENT) != value:
                yield name, value


def _naming(
    some: Attributes, names: Iterable[str], written: frozenset[bytes] | None
) -> Iterator[tuple[str, object]]:
    for name in names:
        if name not in _SAYS_NOTHING and some.may_hold(name, written):
            yield name, some[name]


def _names_one(text: str) -> bool:
    return len(text) >= _SHORT and text != MASK and not _is_number(text)


def _is_number(text: str) -> bool:
    digits = text.replace(".", "").replace(":", "").replace("/", "")
    return not digits or digits.isdecimal()


def _texts(
    attributes: Iterable[tuple[str, object]], wanted: Collection[str]
) -> Iterator[tuple[str, str]]:
    """The wanted texts with their attributes, with none inside of a JSON document."""
    waiting = [*attributes]
    for name, value in waiting:  # grows by what is nested
        if isinstance(value, str):
            if value.startswith(_JSON):
                quoted = map(_without_all, value.split('"'))
                yield from (("", text) for text in quoted if text in wanted)
            elif value in wanted:
                yield name, value
        elif isinstance(value, dict):
            waiting.extend(value.items())
        elif isinstance(value, list):
            waiting.extend([(name, item) for item in value])


def _without_all(text: str) -> str:
    """An ARN without the `/*` or `:*` that means all that is in it."""
    return text[:-2] if text.endswith(("/*", ":*")) else text


def _owner(attribute: str, text: str, owners: list[int], found: dict[int, _Object]) -> int | None:
    """Whom the text names, if it can mean one only: by itself, or as `role` means an IAM role."""
    if len(owners) == 1 and _unique(text):
        return owners[0]
    stem = _stem(attribute)
    called = [owner for owner in owners if stem and found[owner].type.endswith(f"_{stem}")]
    return called[0] if len(called) == 1 else None


def _unique(text: str) -> bool:
    """Whether nobody chose it, so that it is equal for one reason only; a name can be by chance."""
    if text.startswith(_CHOSEN_BY_NONE):
        return True
    head = text.rstrip(_HEX)
    if len(text) - len(head) < 8 or head[-1:].isalnum() or head.endswith("_"):
        return False
    return text.split() == [text]


def _stem(attribute: str) -> str:
    """What an attribute names: `role` of `role_arns`."""
    attribute = attribute.removesuffix("s")
    ending = next(filter(attribute.endswith, _ENDINGS), "")
    return attribute.removesuffix(ending)
