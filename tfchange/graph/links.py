"""Which block leads to which, through any number of edges: what is known so far."""

from collections.abc import Iterable


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

    def closure(self, block: int) -> set[int]:
        """All blocks that a block depends on, directly or not, itself left out."""
        seen = {block}
        waiting = [block]
        while waiting:
            for target in self._links[waiting.pop()]:
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
        seen.discard(block)
        return {node for node in seen if node < self._blocks}

    def joined(self, one: int, other: int) -> bool:
        """Whether either of two blocks depends on the other."""
        return one == other or other in self.closure(one) or one in self.closure(other)
