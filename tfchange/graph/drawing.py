"""From relations between blocks to edges between instances."""

from tfchange.graph.draft import Links
from tfchange.graph.instances import Instances
from tfchange.graph.references import Relations, Walker, seen_from
from tfchange.graph.ways import Entry, State
from tfchange.plan.address import Key


class Drawing:
    """Adds what one block after the other depends on; big sets become hubs, drawn once."""

    def __init__(self, instances: Instances, links: Links, walker: Walker) -> None:
        self._instances, self._links, self._walker = instances, links, walker
        self._hubs: dict[tuple[State, Entry, tuple[Key, ...]], list[tuple[int, int]]] = {}

    def add(self, relations: Relations) -> None:
        """Adds all edges of one block, and the links that say that they are known."""
        sources = self._instances.members[relations.block]
        for target in relations.targets:
            self._instances.join(sources, target.block, target.match, target.via)
            self._links.add(relations.block, target.block)
        for state, entry, via in relations.shared:
            self._add_shared(relations.block, state, entry, via)

    def add_late(self, relations: Relations, reached: int) -> None:
        """Adds what was put off, apart from the set of blocks that are reached anyway."""
        sources = self._instances.members[relations.block]
        for target in relations.late:
            if not reached >> target.block & 1:
                self._instances.join(sources, target.block, target.match, target.via)
                self._links.add(relations.block, target.block)

    def _add_shared(self, block: int, state: State, entry: Entry, via: int) -> None:
        targets, sources = self._walker.found(state).targets, self._instances.members[block]
        self._links.add_set(block, state, [target.block for target in targets])
        if any(target.block == block for target in targets):
            # A hub would make the block's instances depend on each other.
            for target in seen_from(targets, entry, via):
                if target.block != block:
                    self._instances.join(sources, target.block, target.match, target.via)
            return
        for node in sources:
            for known, hub in self._hubs_of(node, state, entry):
                self._instances.draft.edge(node, hub, max(via, known))

    def _hubs_of(self, node: int, state: State, entry: Entry) -> list[tuple[int, int]]:
        """The hubs, one for each via, that stand for a shared set as one instance sees it."""
        keys = self._instances.keys[node]
        by_own_key = entry is not None and isinstance(entry[1], int)
        place = (state, entry, keys if by_own_key else keys[:-1])
        if place not in self._hubs:
            members: dict[int, dict[int, None]] = {}
            for target in seen_from(self._walker.found(state).targets, entry, 0):
                entries = self._instances.matching(node, target.block, target.match)
                members.setdefault(target.via, {}).update(dict.fromkeys(entries))
            self._hubs[place] = [
                (via, self._instances.draft.hub([*entries]))
                for via, entries in sorted(members.items())
                if entries
            ]
        return self._hubs[place]
