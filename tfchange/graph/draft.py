"""A dependency graph in the making."""

from collections.abc import Sequence

from tfchange.graph.dependency import DependencyGraph


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
