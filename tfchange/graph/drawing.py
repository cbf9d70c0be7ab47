"""From relations between blocks to edges between instances."""

from tfchange.graph.instances import Instances, Level
from tfchange.graph.links import Links
from tfchange.graph.references import Relations, Walker, at_level
from tfchange.graph.ways import State
from tfchange.plan.address import Key


class Drawing:
    """Adds what one block after the other depends on; big sets become hubs, drawn once."""

    def __init__(self, instances: Instances, links: Links, walker: Walker) -> None:
        self._instances, self._links, self._walker = instances, links, walker
        self._hubs: dict[tuple[State, Level, tuple[Key, ...]], list[tuple[int, int]]] = {}

    def add(self, relation: Relations) -> None:
        """Adds all edges of one block, and the links that say that they are known."""
        sources = self._instances.members[relation.block]
        for target in relation.targets:
            self._instances.join(sources, target.block, target.match, target.via)
            self._links.add(relation.block, target.block)
        for state, level, via in relation.shared:
            self._add_shared(relation.block, state, level, via)

    def _add_shared(self, block: int, state: State, level: Level, via: int) -> None:
        instances, targets = self._instances, self._walker.found(state).targets
        self._links.add_set(block, state, [target.block for target in targets])
        if any(target.block == block for target in targets):
            depth = len(instances.blocks[block][0].split(".")) // 2
            for target in targets:
                if target.block != block:
                    match = at_level(target.match, depth, level, state)
                    known = max(via, target.via)
                    instances.join(instances.members[block], target.block, match, known)
            return
        for node in instances.members[block]:
            for known, hub in self._hubs_of(node, state, level):
                instances.draft.edge(node, hub, max(via, known))

    def _hubs_of(self, node: int, state: State, level: Level) -> list[tuple[int, int]]:
        """The hubs, one for each via, that stand for a shared set as one instance sees it."""
        instances = self._instances
        keys = instances.keys[node]
        place = (state, level, keys if isinstance(level, int) else keys[:-1])
        if place not in self._hubs:
            members: dict[int, dict[int, None]] = {}
            for target in self._walker.found(state).targets:
                match = at_level(target.match, len(keys) - 1, level, state)
                entries = instances.matching(node, target.block, match)
                members.setdefault(target.via, {}).update(dict.fromkeys(entries))
            self._hubs[place] = [
                (via, instances.draft.hub([*entries]))
                for via, entries in sorted(members.items())
                if entries
            ]
        return self._hubs[place]
