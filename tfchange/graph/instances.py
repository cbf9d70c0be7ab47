"""The resource instances of a plan by block, and the pairing of instances with instances."""

from collections.abc import Callable, Sequence
from itertools import chain
from operator import itemgetter

import msgspec

from tfchange.errors import PlanError
from tfchange.graph.draft import Draft
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
        found, unsorted = _collect(plan)
        self.blocks = sorted(unsorted)
        """Module path and address in the module of each block that has instances."""
        self.block_ids = {name: i for i, name in enumerate(self.blocks)}
        self.texts = [f"{path}.{name}" if path else name for path, name in self.blocks]
        addresses = sorted(found)
        self.ids = {address: i for i, address in enumerate(addresses)}
        entries = [found[address] for address in addresses]
        number = [self.block_ids[name] for name in unsorted]
        self.block = [number[block] for block, _, _ in entries]
        self.keys = [keys for _, keys, _ in entries]
        """The keys of the module calls on the way, then the instance's own."""
        self.members: list[list[int]] = [[] for _ in self.blocks]
        """The instances of each block."""
        for i, block in enumerate(self.block):
            self.members[block].append(i)
        types = [type_ for _, _, type_ in entries]
        self.draft = Draft(addresses, types, [self.texts[block] for block in self.block])
        self._groups: dict[tuple[int, tuple[int, ...]], dict[object, list[int]]] = {}
        self._known: dict[tuple[int, int], set[Key]] = {}

    def join(self, sources: Sequence[int], block: int, match: Match, via: int) -> None:
        """Adds the edges from each source to those instances of a block that match it."""
        positions, levels = self._restrict(block, match)
        groups = self._group(block, positions)
        wanted, keys = _wanted(levels), self.keys
        dependencies, vias = self.draft.dependencies, self.draft.vias
        for source in sources:
            targets = groups.get(wanted(keys[source]))
            if targets:
                dependencies[source] += targets
                vias[source] += [via] * len(targets)

    def matching(self, source: int, block: int, match: Match) -> list[int]:
        """What stands for those instances of a block that match one source: them, or a hub."""
        positions, levels = self._restrict(block, match)
        return self._group(block, positions).get(_wanted(levels)(self.keys[source]), [])

    def _restrict(self, block: int, match: Match) -> tuple[tuple[int, ...], tuple[Level, ...]]:
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

    def _group(self, block: int, positions: tuple[int, ...]) -> dict[object, list[int]]:
        """A block's instances by their keys at some positions; many of them as one hub."""
        groups = self._groups.get((block, positions))
        if groups is None:
            groups = {}
            pick, keys = _wanted(positions), self.keys
            for member in self.members[block]:
                groups.setdefault(pick(keys[member]), []).append(member)
            for key, members in groups.items():
                if len(members) > _FEW:
                    groups[key] = [self.draft.hub(members)]
            self._groups[block, positions] = groups
        return groups


def _wanted(levels: Sequence[Level]) -> Callable[[tuple[Key, ...]], object]:
    """Takes from an instance's keys what a target must have: one key bare, several as a tuple."""
    own = [level for level in levels if isinstance(level, int)]
    if own and len(own) == len(levels):
        return itemgetter(*own)
    if not own:
        fixed = tuple([level[0] for level in levels if isinstance(level, tuple)])
        return lambda _: fixed[0] if len(fixed) == 1 else fixed
    return lambda keys: tuple(
        [keys[n] if isinstance(n, int) else n[0] for n in levels if n is not None]
    )


def _collect(
    plan: Plan,
) -> tuple[dict[str, tuple[int, tuple[Key, ...], str]], dict[tuple[str, str], int]]:
    """The block, keys and type of every instance by address, and the blocks as they turned up."""
    found: dict[str, tuple[int, tuple[Key, ...], str]] = {}
    blocks: dict[tuple[str, str], int] = {}
    seen: dict[tuple[str, str, str, str], int] = {}
    places: dict[str, _Place] = {}
    for change in chain(plan.changes, plan.drift, plan.deferred):
        address, module = change.address, change.module
        if address in found:
            continue
        place = places.get(module) or places.setdefault(module, _place(module))
        kind = (place.path, change.type, change.name, change.mode)
        block = seen.get(kind)
        if block is None:
            name = f"{_PREFIX.get(change.mode, '')}{change.type}.{change.name}"
            block = seen[kind] = blocks.setdefault((place.path, name), len(blocks))
        found[address] = (block, (*place.keys, change.index), change.type)
    for resource in plan.state:
        if resource.address not in found and (parsed := _parsed(resource.address)):
            name = f"{_PREFIX.get(parsed.mode, '')}{parsed.type}.{parsed.name}"
            block = blocks.setdefault((block_of(parsed.module), name), len(blocks))
            keys = tuple([step.key for step in parsed.modules])
            found[resource.address] = (block, (*keys, parsed.key), parsed.type)
    return found, blocks


def _place(module: str) -> _Place:
    module = module.replace("[*]", "")  # deferred changes of instances that are not known yet
    path = block_of(module)
    if path != module and (parsed := _parsed(f"{module}.a.a")):
        return _Place(path, tuple([step.key for step in parsed.modules]))
    return _Place(path, (None,) * (len(path.split(".")) // 2))


def _parsed(address: str) -> Address | None:
    try:
        return Address.parse(address)
    except PlanError:
        return None
