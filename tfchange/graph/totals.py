"""Exact weights of all that depends on each of many instances, on integer ids.

Few changes are walked one by one; many at once as bitsets, which never visit a node twice.
`dependents[i]` lists what depends on `i`. Cycles are condensed, and nothing recurses.
"""

from collections.abc import Iterator, Sequence

Lists = Sequence[Sequence[int]]

_WALK_LIMIT = 2_000_000
"""Up to so many steps, one walk per changed instance is faster than bitsets."""
_BLOCK = 4_096
"""Changed instances per pass: bitsets of this width stay small enough for 100,000 nodes."""


def totals(
    dependents: Lists, changed: Sequence[int], weights: Sequence[int], limit: int = _WALK_LIMIT
) -> list[int]:
    """For each changed instance the summed weight of all that depends on it, itself left out.

    `weights` covers all ids, with 0 for hubs. Exact for any shape, cycles included.
    """
    asking = [node for node in changed if dependents[node]]
    region = _region(dependents, asking)
    steps = sum(len(dependents[node]) for node in region)
    if len(asking) * steps <= limit:
        found = _totals_by_walk(dependents, asking, weights)
    else:
        found = _totals_by_bitset(dependents, asking, weights, region)
    return [found.get(node, 0) for node in changed]


def components(dependents: Lists, region: Sequence[int]) -> list[list[int]]:
    """The region's strongly connected components, each before those that depend on it."""
    missing = [0] * len(dependents)
    for node in region:
        for user in dependents[node]:
            missing[user] += 1
    ready = [node for node in region if not missing[node]]
    for node in ready:  # grows by what becomes ready
        for user in dependents[node]:
            missing[user] -= 1
            if not missing[user]:
                ready.append(user)
    if len(ready) == len(region):
        return [[node] for node in ready]
    left = [node for node in region if missing[node]]
    return [[node] for node in ready] + _tarjan(dependents, left)[::-1]


def _region(dependents: Lists, start: Sequence[int]) -> list[int]:
    seen = bytearray(len(dependents))
    for node in start:
        seen[node] = 1
    region = list(start)
    for node in region:
        for user in dependents[node]:
            if not seen[user]:
                seen[user] = 1
                region.append(user)
    return region


def _totals_by_walk(
    dependents: Lists, changed: Sequence[int], weights: Sequence[int]
) -> dict[int, int]:
    stamp = [-1] * len(dependents)
    weigh = weights.__getitem__
    found = {}
    for start in changed:
        stamp[start] = start
        reached = [start]
        for node in reached:
            for user in dependents[node]:
                if stamp[user] != start:
                    stamp[user] = start
                    reached.append(user)
        found[start] = sum(map(weigh, reached)) - weights[start]
    return found


def _totals_by_bitset(
    dependents: Lists, changed: Sequence[int], weights: Sequence[int], region: Sequence[int]
) -> dict[int, int]:
    groups = components(dependents, region)
    found: dict[int, int] = {}
    for at in range(0, len(changed), _BLOCK):
        block = changed[at : at + _BLOCK]
        found.update(
            zip(block, _sums(_origins(dependents, groups, block), block, weights), strict=True)
        )
    return found


def _origins(
    dependents: Lists, groups: Sequence[Sequence[int]], block: Sequence[int]
) -> dict[int, int]:
    """For each node the set of changed instances it depends on (itself too), as bits."""
    bits = {node: 1 << i for i, node in enumerate(block)}
    for group in groups:
        if len(group) == 1:
            own = bits.get(group[0], 0)
        else:
            own = 0
            for node in group:
                own |= bits.get(node, 0)
            if own:
                bits.update(dict.fromkeys(group, own))
        if own:
            for node in group:
                for user in dependents[node]:
                    bits[user] = bits.get(user, 0) | own
    return bits


def _sums(bits: dict[int, int], block: Sequence[int], weights: Sequence[int]) -> list[int]:
    """Adds up weights per bit, all bits at a time: counter k holds binary digit k of every sum."""
    alike: dict[int, int] = {}
    for node, own in bits.items():
        if weights[node]:
            alike[own] = alike.get(own, 0) + weights[node]
    counters: list[int] = []
    for own, weight in alike.items():
        _add(counters, own, weight)
    if not counters:
        return [0] * len(block)
    # Digit k of all sums, written side by side: each column, read downwards, is one sum.
    digits = [f"{counter:0{len(block)}b}" for counter in reversed(counters)]
    sums = [int("".join(column), 2) for column in zip(*digits, strict=True)]
    return [total - weights[node] for node, total in zip(block, reversed(sums), strict=True)]


def _add(counters: list[int], own: int, weight: int) -> None:
    k = 0
    while weight:
        if weight & 1:
            carry, at = own, k
            while carry:
                if at == len(counters):
                    counters.append(0)
                counters[at], carry = counters[at] ^ carry, counters[at] & carry
                at += 1
        weight >>= 1
        k += 1
        if weight and k > len(counters):
            counters.extend([0] * (k - len(counters)))


def _tarjan(dependents: Lists, region: Sequence[int]) -> list[list[int]]:
    """Strongly connected components of a region that nothing leaves, dependents first."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    open_: list[int] = []
    waiting: set[int] = set()
    groups: list[list[int]] = []
    for root in region:
        if root in index:
            continue
        path = [(root, iter(dependents[root]))]
        index[root] = low[root] = len(index)
        open_.append(root)
        waiting.add(root)
        while path:
            node, users = path[-1]
            deeper = _descend(node, users, index, low, waiting)
            if deeper is not None:
                index[deeper] = low[deeper] = len(index)
                open_.append(deeper)
                waiting.add(deeper)
                path.append((deeper, iter(dependents[deeper])))
                continue
            path.pop()
            if path:
                low[path[-1][0]] = min(low[path[-1][0]], low[node])
            if low[node] == index[node]:
                groups.append(_close(node, open_, waiting))
    return groups


def _descend(
    node: int, users: Iterator[int], index: dict[int, int], low: dict[int, int], waiting: set[int]
) -> int | None:
    for user in users:
        if user not in index:
            return user
        if user in waiting:
            low[node] = min(low[node], index[user])
    return None


def _close(node: int, open_: list[int], waiting: set[int]) -> list[int]:
    group = []
    while True:
        member = open_.pop()
        waiting.discard(member)
        group.append(member)
        if member == node:
            return group
