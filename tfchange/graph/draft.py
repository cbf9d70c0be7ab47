"""A dependency graph in the making, and which block leads to which: what is known so far.

Sets of blocks are integers, bit by bit, so that closures of thousands of blocks cost little.
"""

from collections.abc import Iterable, Iterator, Sequence

from tfchange.graph.dependency import DependencyGraph
from tfchange.graph.totals import components


class Draft:
    """A graph in the making: nodes are fixed, edges and hubs are added by id."""

    __slots__ = ("_blocks", "_types", "dependencies", "ids", "vias")

    def __init__(self, nodes: Sequence[str], types: Sequence[str], blocks: Sequence[str]) -> None:
        """Takes the sorted addresses of all instances, and the type and block of each."""
        self.ids = dict(zip(nodes, range(len(nodes)), strict=True))
        self._types, self._blocks = types, blocks
        self.dependencies: list[list[int]] = [[] for _ in nodes]
        self.vias: list[list[int]] = [[] for _ in nodes]

    def edge(self, source: int, target: int, via: int) -> None:
        """Adds an edge to an instance or a hub; `via` is a place in `VIAS`."""
        self.dependencies[source].append(target)
        self.vias[source].append(via)

    def hub(self, members: Sequence[int]) -> int:
        """Adds a hub over instances and earlier hubs, and returns its id."""
        self.dependencies.append(list(members))
        self.vias.append([0] * len(members))
        return len(self.dependencies) - 1

    def finish(self) -> DependencyGraph:
        """The graph as drawn so far."""
        return DependencyGraph(self.ids, self._types, self._blocks, self.dependencies, self.vias)


class Links:
    """Edges between blocks and shared sets of blocks; sets have ids of their own."""

    def __init__(self, blocks: int) -> None:
        self._blocks = blocks
        self._links: list[list[int]] = [[] for _ in range(blocks)]
        self._sets: dict[object, int] = {}

    def add(self, source: int, target: int) -> None:
        """One block depends on another."""
        self._links[source].append(target)

    def add_set(self, source: int, name: object, members: Iterable[int]) -> None:
        """One block depends on a set that others depend on too; its members are read once."""
        known = self._sets.get(name)
        if known is None:
            known = self._sets[name] = len(self._links)
            self._links.append(list(dict.fromkeys(members)))
        self._links[source].append(known)

    def closures(self) -> list[int]:
        """For each block the set of all that it depends on, directly or not, itself left out."""
        dependents: list[list[int]] = [[] for _ in self._links]
        for source, targets in enumerate(self._links):
            for target in targets:
                dependents[target].append(source)
        bits = [0] * len(self._links)
        for group in components(dependents, range(len(self._links))):
            reached = 0
            for target in {target for node in group for target in self._links[node]}:
                reached |= bits[target] | (1 << target if target < self._blocks else 0)
            for node in group:
                bits[node] = reached
        return [own & ~(1 << node) for node, own in enumerate(bits[: self._blocks])]


def set_of(members: Iterable[int]) -> int:
    """A set of blocks as an integer."""
    flags = bytearray()
    for member in members:
        if member >> 3 >= len(flags):
            flags.extend(bytes((member >> 3) + 1 - len(flags)))
        flags[member >> 3] |= 1 << (member & 7)
    return int.from_bytes(flags, "little")


def members_of(blocks: int) -> Iterator[int]:
    """The blocks in a set, in ascending order."""
    while blocks:
        lowest = blocks & -blocks
        yield lowest.bit_length() - 1
        blocks ^= lowest
