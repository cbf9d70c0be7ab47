"""The resource instances of a plan by block, and the pairing of instances with instances."""

from collections.abc import Iterable, Sequence
from itertools import chain

import msgspec

from tfchange.errors import PlanError
from tfchange.graph.dependency import Draft
from tfchange.plan.address import Address, Key, block_of
from tfchange.plan.model import Plan

Level = int | tuple[Key] | None
"""One level of a target's keys: the key the source has at that level, one key, or any."""
Match = tuple[Level, ...]
"""A level for each module call on the way to a block, and a last one for the block's own key."""

_PREFIX = {"managed": "", "data": "data.", "ephemeral": "ephemeral."}
_FEW = 3
"""So many targets are joined directly; more of them get a hub."""


class _Place(msgspec.Struct, frozen=True):
    path: str
    keys: tuple[Key, ...]


class Instances:
    """All instances, numbered by address, and the blocks they come from, numbered by name."""

    def __init__(self, plan: Plan) -> None:
        found = _collect(plan)
        addresses = sorted(found)
        names = sorted({(path, name) for path, name, _, _, _ in found.values()})
        self.blocks = names
        """Module path and address in the module of each block that has instances."""
        self.block_ids = {name: i for i, name in enumerate(names)}
        self.texts = [f"{path}.{name}" if path else name for path, name in names]
        self.ids = {address: i for i, address in enumerate(addresses)}
        self.members: list[list[int]] = [[] for _ in names]
        """The instances of each block."""
        self.block: list[int] = []
        self.keys: list[tuple[Key, ...]] = []
        """The keys of the module calls on the way, then the instance's own."""
        nodes = []
        for i, address in enumerate(addresses):
            path, name, keys, own, type_ = found[address]
            block = self.block_ids[path, name]
            self.members[block].append(i)
            self.block.append(block)
            self.keys.append((*keys, own))
            nodes.append((address, type_, self.texts[block]))
        self.draft = Draft(nodes)
        self._groups: dict[tuple[int, tuple[int, ...]], dict[tuple[Key, ...], list[int]]] = {}
        self._known: dict[tuple[int, int], set[Key]] = {}

    def join(self, sources: Sequence[int], block: int, match: Match, via: int) -> None:
        """Adds the edges from each source to those instances of a block that match it."""
        positions, levels = self._positions(block, match)
        groups = self._group(block, positions)
        dependencies, vias = self.draft.dependencies, self.draft.vias
        if not any(isinstance(level, int) for level in levels):
            targets = groups.get(_constants(levels), ())
            for source in sources:
                dependencies[source].extend(targets)
                vias[source].extend([via] * len(targets))
            return
        for source in sources:
            targets = groups.get(_wanted(levels, self.keys[source]), ())
            dependencies[source].extend(targets)
            vias[source].extend([via] * len(targets))

    def matching(self, source: int, block: int, match: Match) -> list[int]:
        """What stands for those instances of a block that match one source: them, or a hub."""
        positions, levels = self._positions(block, match)
        return self._group(block, positions).get(_wanted(levels, self.keys[source]), [])

    def _positions(self, block: int, match: Match) -> tuple[tuple[int, ...], tuple[Level, ...]]:
        """Where a match restricts the keys; a key that no instance has restricts nothing."""
        kept = [
            (i, level)
            for i, level in enumerate(match)
            if level is not None and not (isinstance(level, tuple) and self._lacks(block, i, level))
        ]
        return tuple([i for i, _ in kept]), tuple([level for _, level in kept])

    def _lacks(self, block: int, position: int, level: tuple[Key]) -> bool:
        known = self._known.get((block, position))
        if known is None:
            known = {self.keys[member][position] for member in self.members[block]}
            self._known[block, position] = known
        return level[0] not in known

    def _group(self, block: int, positions: tuple[int, ...]) -> dict[tuple[Key, ...], list[int]]:
        """A block's instances by their keys at some positions; many of them as one hub."""
        groups = self._groups.get((block, positions))
        if groups is None:
            groups = {}
            for member in self.members[block]:
                keys = self.keys[member]
                groups.setdefault(tuple([keys[p] for p in positions]), []).append(member)
            for key, members in groups.items():
                if len(members) > _FEW:
                    groups[key] = [self.draft.hub(members)]
            self._groups[block, positions] = groups
        return groups


def _wanted(levels: Iterable[Level], keys: tuple[Key, ...]) -> tuple[Key, ...]:
    return tuple([keys[n] if isinstance(n, int) else n[0] for n in levels if n is not None])


def _constants(levels: Iterable[Level]) -> tuple[Key, ...]:
    return tuple([level[0] for level in levels if isinstance(level, tuple)])


def _collect(plan: Plan) -> dict[str, tuple[str, str, tuple[Key, ...], Key, str]]:
    """Module path, block, module keys, own key and type of every instance, by address."""
    found: dict[str, tuple[str, str, tuple[Key, ...], Key, str]] = {}
    places: dict[str, _Place] = {}
    for change in chain(plan.changes, plan.drift, plan.deferred):
        if change.address not in found:
            module = change.module
            place = places.get(module) or places.setdefault(module, _place(module))
            name = f"{_PREFIX.get(change.mode, '')}{change.type}.{change.name}"
            found[change.address] = (place.path, name, place.keys, change.index, change.type)
    for resource in plan.state:
        if resource.address not in found and (parsed := _parsed(resource.address)):
            keys = tuple(step.key for step in parsed.modules)
            path = block_of(parsed.module)
            name = f"{_PREFIX.get(parsed.mode, '')}{parsed.type}.{parsed.name}"
            found[resource.address] = (path, name, keys, parsed.key, parsed.type)
    return found


def _place(module: str) -> _Place:
    module = module.replace("[*]", "")  # deferred changes of instances that are not known yet
    path = block_of(module)
    depth = len(path.split(".")) // 2
    if path != module and (parsed := _parsed(f"{module}.a.a")):
        return _Place(path, tuple(step.key for step in parsed.modules))
    return _Place(path, (None,) * depth)


def _parsed(address: str) -> Address | None:
    try:
        return Address.parse(address)
    except PlanError:
        return None
