"""The resources that depend on the changes, as a tree of the chains that lead to them."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from tfchange.plan.address import block_of
from tfchange.report.page import Item
from tfchange.risk.assessment import Reached
from tfchange.words import count, plain

_Way = tuple[str, str | None, int]
"""How something is reached: from what, via what, and at what distance."""


class _Group(msgspec.Struct):
    """Instances of one block that are reached in the same way; the first one is shown."""

    first: Reached
    size: int = 1


class _Node(msgspec.Struct):
    """One resource in the tree, with those that depend on it."""

    address: str
    via: str
    below: "dict[tuple[str, str], _Node]"
    group: _Group | None = None


def tree(reached: Sequence[Reached], most: int, instances: int = 1) -> tuple[tuple[Item, ...], int]:
    """The chains to at most `most` groups of resources, and how many resources are not shown.

    What does not change itself goes first. Chains that begin alike share their beginning; of
    instances of one block that are reached in the same way at most `instances` have a line, and
    the last of those stands for the others.
    """
    groups = _groups(reached, most, instances)
    roots: dict[tuple[str, str], _Node] = {}
    shown = 0
    for group in groups:
        node = _insert(roots, group.first)
        node.group = group
        shown += group.size
    return tuple(_items(roots.values(), 0)), len(reached) - shown


def _groups(reached: Sequence[Reached], most: int, instances: int) -> list[_Group]:
    """The first groups, each with the size that all of what is reached gives it."""
    groups: list[_Group] = []
    alike: dict[tuple[_Way, str], list[_Group]] = {}
    ways: set[_Way] = set()
    for found in sorted(reached, key=lambda r: r.changed):
        chain = found.chain
        before = chain[-2].address if len(chain) > 1 else ""
        way = (before, chain[-1].via if chain else None, found.distance)
        if len(groups) >= most and way not in ways:
            continue  # Neither one of the first groups nor a member of one.
        same = alike.setdefault((way, block_of(found.address)), [])
        if len(groups) < most and len(same) < instances:
            groups.append(_Group(found))
            same.append(groups[-1])
            ways.add(way)
        elif same:
            same[-1].size += 1
    return groups


def _insert(roots: dict[tuple[str, str], _Node], found: Reached) -> _Node:
    node, below = _Node(found.address, "", {}), roots
    for hop in found.chain:
        via = hop.via or ""
        node = below.setdefault((hop.address, via), _Node(hop.address, via, {}))
        below = node.below
    return node


def _items(nodes: Iterable[_Node], depth: int) -> Iterator[Item]:
    for node in nodes:
        yield Item(plain(node.address), aside=_aside(node), via=plain(node.via), depth=depth)
        yield from _items(node.below.values(), depth + 1)


def _aside(node: _Node) -> str:
    if not node.group:
        return ""
    found, others = node.group.first, node.group.size - 1
    said = [f"and {count(others, 'more instance')}" if others else ""]
    said += ["changes too" if found.changed else "", "inferred" if found.inferred else ""]
    return ", ".join(filter(None, said))
