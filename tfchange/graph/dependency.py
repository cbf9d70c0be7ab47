"""What depends on what: resource instances, the edges between them, and the questions asked.

Inside, instances are integer ids in the order of their addresses. A reference from many instances
to many goes through a hub, one id for the whole set, so that the size stays linear.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

import msgspec

from tfchange.graph import reach as paths
from tfchange.graph import totals


class Via(StrEnum):
    """How an edge is known, the surest first."""

    REFERENCE = "reference"
    DEPENDS_ON = "depends_on"
    SOURCE = "source"
    PROVIDER = "provider"
    STATE = "state"
    VALUE = "value"


VIAS = tuple(Via)
T = TypeVar("T")

Chain = tuple[tuple[str, Via | None], ...]
"""Addresses from a changed instance to one that depends on it, each with how, but the first."""


class Edge(msgspec.Struct, frozen=True, order=True):
    """`source` depends on `target`."""

    source: str
    target: str
    via: Via
    inferred: bool = False
    """Whether it is a guess from equal values, however good."""


class DependencyGraph:
    """Resource instances and what they depend on; made by `Draft.finish`, never changed after."""

    __slots__ = ("_blocks", "_dependencies", "_dependents", "_ids", "_types", "_vias", "nodes")

    def __init__(
        self,
        ids: Mapping[str, int],
        types: Sequence[str],
        blocks: Sequence[str],
        dependencies: list[list[int]],
        vias: list[list[int]],
    ) -> None:
        self.nodes: tuple[str, ...] = tuple(ids)
        """All instance addresses, sorted."""
        self._ids, self._types, self._blocks = ids, types, blocks
        self._dependencies = dependencies
        self._vias = vias
        # A list per instance: `list[int]()` would take many times what `[]` takes.
        dependents: list[list[int]] = [[] for _ in dependencies]
        self._dependents = dependents
        for source, targets in enumerate(dependencies):
            for target in targets:
                dependents[target].append(source)

    def __contains__(self, address: object) -> bool:
        return address in self._ids

    def __len__(self) -> int:
        return len(self.nodes)

    @property
    def size(self) -> int:
        """How many entries the graph keeps, hubs and what they stand for included."""
        return sum(map(len, self._dependencies))

    def type_of(self, address: str) -> str:
        """The resource type, such as `aws_vpc`; raises `KeyError` for what is no node."""
        return self._types[self._ids[address]]

    def block_of(self, address: str) -> str:
        """The block of configuration the instance comes from: its address without any key."""
        return self._blocks[self._ids[address]]

    def dependencies(self, address: str) -> tuple[Edge, ...]:
        """The edges from this instance to what it needs, by address; `KeyError` for no node."""
        return self._edges_from(self._ids[address])

    def dependents(self, address: str) -> tuple[Edge, ...]:
        """The edges from what needs this instance, by address; `KeyError` for no node."""
        node = self._ids[address]
        found: dict[int, int] = {}
        lists = [(node, self._dependents[node])]
        for entry, users in lists:  # grows by the hubs that are met
            for user in users:
                if user >= len(self.nodes):
                    lists.append((user, self._dependents[user]))
                elif user != node:
                    via = self._via(user, entry)
                    found[user] = min(via, found.get(user, via))
        return tuple(self._edge(user, node, found[user]) for user in sorted(found))

    def edges(self) -> Iterator[Edge]:
        """Every edge once, hubs expanded, by source and then by target."""
        for node in range(len(self.nodes)):
            yield from self._edges_from(node)

    def chain(self, changed: str, reached: str) -> Chain:
        """The shortest chain from a changed instance to one that depends on it; `()` if none."""
        start, end = self._ids.get(changed), self._ids.get(reached)
        if start is None or end is None or start == end:
            return ()
        back: dict[int, tuple[int, int]] = {}
        for node, _, parent, through in paths.walk(self._dependents, len(self.nodes), start):
            back[node] = (parent, through)
            if node == end:
                break
        if end not in back:
            return ()
        hops: list[tuple[str, Via | None]] = []
        while end != start:
            parent, through = back[end]
            hops.append((self.nodes[end], self.via(end, through)))
            end = parent
        return ((changed, None), *reversed(hops))

    def reach(self, changed: Iterable[str]) -> "Reach":
        """What depends on any of these instances, and how; addresses of no node reach nothing."""
        asked = self._asked(changed)
        found = paths.spread(self._dependents, self._dependencies, len(self.nodes), asked)
        distance = {self.nodes[node]: found.distance[node] for node in found.order}
        return Reach(distance, self, frozenset(asked), found)

    def counts(self, changed: Iterable[str]) -> dict[str, int]:
        """For each of these instances, how many others depend on it, directly or not."""
        return self._totals(changed, [1] * len(self.nodes))

    def weights(self, changed: Iterable[str], weights: Mapping[str, int]) -> dict[str, int]:
        """For each of these instances, what all that depends on it weighs together.

        Instances without a weight weigh nothing.
        """
        return self._totals(changed, [weights.get(address, 0) for address in self.nodes])

    def steps(self, node: int, found: paths.Spread, changed: frozenset[int]) -> Chain:
        """The chain that a spread found to one node, by id."""
        hops: list[tuple[str, Via | None]] = []
        if node in found.detours:
            for parent in found.detours[node]:
                hops.append((self.nodes[node], VIAS[self._found(node)[parent]]))
                node = parent
        else:
            while not hops or node not in changed:
                hops.append((self.nodes[node], self.via(node, found.through[node])))
                node = found.parent[node]
        return ((self.nodes[node], None), *reversed(hops))

    def id_of(self, address: str) -> int | None:
        """The place of an address in `nodes`."""
        return self._ids.get(address)

    def _asked(self, addresses: Iterable[str]) -> list[int]:
        return sorted({self._ids[address] for address in addresses if address in self._ids})

    def _totals(self, changed: Iterable[str], weights: list[int]) -> dict[str, int]:
        asked = self._asked(changed)
        hubs = [0] * (len(self._dependents) - len(weights))
        sums = totals.totals(self._dependents, asked, weights + hubs)
        return {self.nodes[node]: total for node, total in zip(asked, sums, strict=True)}

    def via(self, source: int, target: int) -> Via:
        """How `source` depends on the instance or hub that stands in its list, by id."""
        return VIAS[self._via(source, target)]

    def _via(self, source: int, target: int) -> int:
        targets, vias = self._dependencies[source], self._vias[source]
        if targets.count(target) == 1:
            return vias[targets.index(target)]
        return min(via for to, via in zip(targets, vias, strict=True) if to == target)

    def _edges_from(self, node: int) -> tuple[Edge, ...]:
        found = self._found(node)
        return tuple(self._edge(node, target, found[target]) for target in sorted(found))

    def _found(self, node: int) -> dict[int, int]:
        """The instances a node depends on, hubs expanded, each by the surest via."""
        found: dict[int, int] = {}
        for target, via in zip(self._dependencies[node], self._vias[node], strict=True):
            for member in self._members(target):
                found[member] = min(via, found.get(member, via))
        found.pop(node, None)
        return found

    def _members(self, target: int) -> list[int]:
        if target < len(self.nodes):
            return [target]
        inside = [target]
        for hub in inside:  # grows by the hubs inside hubs
            if hub >= len(self.nodes):
                inside.extend(self._dependencies[hub])
        return [member for member in inside if member < len(self.nodes)]

    def _edge(self, source: int, target: int, via: int) -> Edge:
        how = VIAS[via]
        return Edge(self.nodes[source], self.nodes[target], how, how is Via.VALUE)


class Reach(msgspec.Struct, frozen=True, dict=True):
    """What depends on a set of changed instances."""

    distance: dict[str, int]
    """Steps to the nearest changed instance, nearest first. A changed instance is in here only
    where it depends on another changed one."""
    graph: DependencyGraph
    changed: frozenset[int]
    """The ids of the changed instances in the graph."""
    found: paths.Spread

    @cached_property
    def count(self) -> dict[str, int]:
        """For each changed instance, how many others depend on it, directly or not."""
        return self.graph.counts(self.graph.nodes[node] for node in self.changed)

    def chain_to(self, address: str) -> Chain:
        """The shortest chain from the nearest changed instance; `()` where none reaches it.

        Of equally near ones it is the first by address.
        """
        if address not in self.distance:
            return ()
        node = self.graph.id_of(address)
        return () if node is None else self.graph.steps(node, self.found, self.changed)

    def chains(self, hop: Callable[[str, Via | None], T]) -> Iterator[tuple[int, tuple[T, ...]]]:
        """What is reached, by distance and address: how far, and its shortest chain, of `hop`s."""
        graph, found, known = self.graph, self.found, dict[int, tuple[T, ...]]()
        for node in sorted(found.order, key=lambda node: (found.distance[node], node)):
            parent = found.parent[node]
            if node in found.detours:
                chain = tuple(hop(*step) for step in graph.steps(node, found, self.changed))
            else:  # Chains share their beginnings, which are changed instances, reached or not.
                start = known.get(parent) or (hop(graph.nodes[parent], None),)
                chain = (*start, hop(graph.nodes[node], graph.via(node, found.through[node])))
            if node not in self.changed:
                known[node] = chain
            yield found.distance[node], chain
