"""How far a change reaches, on integer ids: the hot path of the graph.

`dependents[i]` lists what depends on `i`. Ids below `real` are resource instances; the others are
hubs, which stand for a set of instances and cost no distance. Nothing here recurses.
"""

from collections.abc import Iterator, Sequence

import msgspec

Lists = Sequence[Sequence[int]]

_NEW, _DONE, _ORIGIN = 0, 1, 2


class Spread(msgspec.Struct, frozen=True):
    """The union of what several changed instances reach, with the nearest way to each."""

    order: list[int]
    """What is reached, nearest first."""
    distance: list[int]
    parent: list[int]
    """The instance one step nearer to the change."""
    through: list[int]
    """What stands in the list of dependencies for that step: the parent itself, or a hub."""
    detours: dict[int, list[int]]
    """All parents up to the origin, where a cycle leads back to the changed instance itself."""


def spread(  # noqa: C901 - one loop, kept flat since it is the hottest of all
    dependents: Lists, dependencies: Lists, real: int, changed: Sequence[int]
) -> Spread:
    """What depends on any of `changed` (ascending); equal distances go to the lowest origin.

    A changed instance is reached only from another changed one.
    """
    mark = bytearray(len(dependents))
    distance, parent, through, origin = ([-1] * real for _ in range(4))
    order: list[int] = []
    looped: list[int] = []
    for node in changed:
        mark[node], origin[node] = _ORIGIN, node
    frontier, level = list(changed), 0
    while frontier:
        level += 1
        following: list[int] = []
        for node in frontier:
            first = origin[node]
            lists = [(node, dependents[node])]
            for entry, users in lists:  # grows by the hubs that are met
                for user in users:
                    state = mark[user]
                    if state == _DONE:
                        continue
                    if user >= real:
                        mark[user] = _DONE
                        lists.append((user, dependents[user]))
                    elif user == first:
                        looped.append(user)
                    else:
                        mark[user] = _DONE
                        distance[user], parent[user], through[user] = level, node, entry
                        order.append(user)
                        if state == _NEW:
                            origin[user] = first
                            following.append(user)
        frontier = following
    found = Spread(order, distance, parent, through, {})
    if looped:
        _straighten(found, dependencies, real, set(changed), sorted(set(looped)))
    return found


def walk(dependents: Lists, real: int, start: int) -> Iterator[tuple[int, int, int, int]]:
    """Every instance that depends on `start` as (instance, distance, parent, through)."""
    seen = bytearray(len(dependents))
    seen[start] = 1
    frontier, level = [start], 0
    while frontier:
        level += 1
        following: list[int] = []
        for node in frontier:
            lists = [(node, dependents[node])]
            for entry, users in lists:
                for user in users:
                    if seen[user]:
                        continue
                    seen[user] = 1
                    if user >= real:
                        lists.append((user, dependents[user]))
                    else:
                        following.append(user)
                        yield user, level, node, entry
        frontier = following


def _straighten(
    found: Spread, dependencies: Lists, real: int, changed: set[int], looped: Sequence[int]
) -> None:
    """Finds the nearest other origin of changed instances that stand on a cycle of their own."""
    for node in looped:
        nearer: dict[int, int] = {}
        hits: list[int] = []
        for step, level, child, _ in walk(dependencies, real, node):
            if hits and level > found.distance[node]:
                break
            nearer[step] = child
            if step in changed:
                hits.append(step)
                found.distance[node] = level
        if hits:
            if found.parent[node] < 0:
                found.order.append(node)
            found.detours[node] = _way(nearer, min(hits), node)
    found.order.sort(key=found.distance.__getitem__)


def _way(nearer: dict[int, int], step: int, end: int) -> list[int]:
    way = []
    while step != end:
        way.append(step)
        step = nearer[step]
    return way[::-1]
