"""Where the boxes of a picture stand: in layers from left to right, few lines crossing."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

Edge = tuple[str, str]
"""A line from a box to one on its right."""
_SWEEPS = 4


class Spot(msgspec.Struct, frozen=True):
    """A place in the grid: which layer, and which row of it."""

    layer: int
    row: float


def layout(nodes: Sequence[str], edges: Iterable[Edge]) -> dict[str, Spot]:
    """A place for each node that a line leads to or from; lines run to the right alone.

    Of lines that form a circle one is not counted.
    """
    lines = _without_circles(nodes, edges)
    linked = [node for node in nodes if any(node in line for line in lines)]
    layers = _layers(linked, lines)
    rows = _ordered(layers, lines)
    tallest = max(map(len, rows), default=0)
    return {
        node: Spot(number, row + (tallest - len(layer)) / 2)
        for number, layer in enumerate(rows)
        for row, node in enumerate(layer)
    }


def _without_circles(nodes: Sequence[str], edges: Iterable[Edge]) -> list[Edge]:
    kept: list[Edge] = []
    after: dict[str, set[str]] = {node: set() for node in nodes}
    for source, target in dict.fromkeys(edges):
        if source == target or _reaches(after, target, source):
            continue
        after[source].add(target)
        kept.append((source, target))
    return kept


def _reaches(after: Mapping[str, set[str]], start: str, goal: str) -> bool:
    waiting, seen = [start], {start}
    while waiting:
        node = waiting.pop()
        if node == goal:
            return True
        fresh = after[node] - seen
        seen |= fresh
        waiting += fresh
    return False


def _layers(nodes: Sequence[str], lines: Sequence[Edge]) -> list[list[str]]:
    """The nodes by the longest way that leads to them."""
    depth = dict.fromkeys(nodes, 0)
    for _ in nodes:
        moved = False
        for source, target in lines:
            if depth[target] <= depth[source]:
                depth[target], moved = depth[source] + 1, True
        if not moved:
            break
    layers: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for node in nodes:
        layers[depth[node]].append(node)
    return layers


def _ordered(layers: list[list[str]], lines: Sequence[Edge]) -> list[list[str]]:
    """The same layers, each in the order of what its nodes are tied to on the other side."""
    left: dict[str, list[str]] = {}
    right: dict[str, list[str]] = {}
    for source, target in lines:
        right.setdefault(source, []).append(target)
        left.setdefault(target, []).append(source)
    for sweep in range(_SWEEPS):
        near, order = (left, layers) if sweep % 2 == 0 else (right, layers[::-1])
        place: dict[str, float] = {}
        for layer in order:
            middles = {node: _middle(node, near, place) for node in layer}
            layer.sort(key=middles.__getitem__)
            place.update({node: row - len(layer) / 2 for row, node in enumerate(layer)})
    return layers


def _middle(node: str, near: Mapping[str, list[str]], place: Mapping[str, float]) -> float:
    tied = [place[other] for other in near.get(node, ()) if other in place]
    return sum(tied) / len(tied) if tied else 0.0
