"""The resource instances of a plan by block, and the pairing of instances with instances."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from operator import itemgetter

import msgspec

from tfchange.errors import PlanError
from tfchange.graph.draft import Draft
from tfchange.plan.address import Address, Key, block_of, is_plain, keys_apart, module_steps
from tfchange.plan.model import Plan, ResourceChange

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


class _Recorded(msgspec.Struct, frozen=True):
    """An instance that only the state knows."""

    mode: str
    type: str
    name: str
    index: Key
    module: str


class Instances:
    """All instances, numbered by address, and the blocks they come from, numbered by name."""

    def __init__(self, plan: Plan) -> None:
        found = _found(plan)
        addresses = sorted(found)
        entries = list(map(found.__getitem__, addresses))
        numbers, self.keys, blocks = _number(entries)
        """The keys of the module calls on the way, then the instance's own."""
        self.blocks = sorted(blocks)
        """Module path and address in the module of each block that has instances."""
        self.block_ids = {name: i for i, name in enumerate(self.blocks)}
        self.texts = [f"{path}.{name}" if path else name for path, name in self.blocks]
        ids = [self.block_ids[name] for name in blocks]
        self.block = [ids[number] for number in numbers]
        self.members: list[list[int]] = [[] for _ in self.blocks]
        """The instances of each block."""
        for i, block in enumerate(self.block):
            self.members[block].append(i)
        types = [entry.type for entry in entries]
        self.draft = Draft(addresses, types, [self.texts[block] for block in self.block])
        self.ids = self.draft.ids
        self.recorded = [self.ids.get(resource.address) for resource in plan.state]
        """The instance of each resource of the state."""
        self._groups: dict[tuple[int, tuple[int, ...]], dict[object, list[int]]] = {}
        self._known: dict[tuple[int, int], set[Key]] = {}

    def join(self, sources: Sequence[int], block: int, match: Match, via: int) -> None:
        """Adds the edges from each source to those instances of a block that match it."""
        positions, levels = self._restrict(block, match)
        groups = self._group(block, positions)
        wanted, keys = _wanted(levels), self.keys
        dependencies, vias = self.draft.dependencies, self.draft.vias
        for source, key in zip(sources, map(wanted, map(keys.__getitem__, sources)), strict=True):
            targets = groups.get(key)
            if targets is None:
                targets = self._lacking(source, block, match)
            if len(targets) == 1:  # by far the most: one instance, or a hub for many
                dependencies[source].append(targets[0])
                vias[source].append(via)
            else:
                dependencies[source] += targets
                vias[source] += [via] * len(targets)

    def matching(self, source: int, block: int, match: Match) -> list[int]:
        """What stands for those instances of a block that match one source: them, or a hub."""
        positions, levels = self._restrict(block, match)
        found = self._group(block, positions).get(_wanted(levels)(self.keys[source]))
        return self._lacking(source, block, match) if found is None else found

    def _lacking(self, source: int, block: int, match: Match) -> list[int]:
        """What stands for `x[each.key]` where x has no such key: all in the modules both are in."""
        near = self.blocks[self.block[source]][0].split(".")[1::2]
        far = self.blocks[block][0].split(".")[1::2]
        shared = 0
        while shared < min(len(near), len(far)) and near[shared] == far[shared]:
            shared += 1
        if all(level is None for level in match[shared:]):
            return []
        return self.matching(source, block, (*match[:shared], *[None] * len(match[shared:])))

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


def _found(plan: Plan) -> dict[str, "ResourceChange | _Recorded"]:
    """Every instance by its address: as it changes or else, only known to the state, from that."""
    # Of several entries of one address the first counts, hence the last in this order.
    entries = [*reversed(plan.deferred), *reversed(plan.drift), *reversed(plan.changes)]
    found: dict[str, ResourceChange | _Recorded] = {entry.address: entry for entry in entries}
    for resource in plan.state:
        if resource.address not in found and (at := _parsed(resource.address)):
            found[resource.address] = _Recorded(at.mode, at.type, at.name, at.key, at.module)
    return found


def _number(
    entries: "Iterable[ResourceChange | _Recorded]",
) -> tuple[list[int], list[tuple[Key, ...]], dict[tuple[str, str], int]]:
    """The block and the keys of each instance, and the blocks, numbered as they turn up."""
    numbers: list[int] = []
    keys: list[tuple[Key, ...]] = []
    blocks: dict[tuple[str, str], int] = {}
    seen: dict[tuple[str, str, str, str], int] = {}
    last, place = "", _Place("", ())
    for entry in entries:
        if entry.module != last:  # by address, those of one module mostly stand together
            last, place = entry.module, _place(entry.module)
        kind = (place.path, entry.mode, entry.type, entry.name)
        number = seen.get(kind)
        if number is None:
            name = f"{_PREFIX.get(entry.mode, '')}{entry.type}.{entry.name}"
            number = seen[kind] = blocks.setdefault((place.path, name), len(blocks))
        numbers.append(number)
        own = (entry.index,)
        keys.append(place.keys + own)
    return numbers, keys, blocks


def _place(module: str) -> _Place:
    module = module.replace("[*]", "")  # deferred changes of instances that are not known yet
    return _plain_place(module) or _any_place(module)


def _any_place(module: str) -> _Place:
    if "[" in module and (steps := module_steps(module)):
        path = ".".join([f"module.{step.name}" for step in steps])
        return _Place(path, tuple([step.key for step in steps]))
    path = block_of(module)
    return _Place(path, (None,) * (len(path.split(".")) // 2))


def _plain_place(module: str) -> _Place | None:
    """The same where neither names nor keys have rare signs, as is usual."""
    path, found = keys_apart(module) or ("", [])
    keys: list[Key] = [None] * _depth(path)
    for at, key in found if keys else ():
        call, odd = divmod(path.count(".", 0, at), 2)
        if not odd or path[at : at + 1] not in ("", ".") or keys[call] is not None:
            return None
        keys[call] = key
    return _Place(path, tuple(keys)) if keys else None


@lru_cache
def _depth(path: str) -> int:
    """How many calls of modules lead there; 0 where a name has rare signs."""
    steps = path.split(".")
    plain = len(steps) % 2 == 0 and all(map(is_plain, steps[1::2]))
    return len(steps) // 2 if plain and {*steps[::2]} == {"module"} else 0


def _parsed(address: str) -> Address | None:
    try:
        return Address.parse(address)
    except PlanError:
        return None
