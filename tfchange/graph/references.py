"""From blocks to the blocks they depend on, by the configuration and its source.

A walk goes from state to state; every state is walked from once and remembered. Nothing recurses,
and a cycle ends where the walk has been before.
"""

from collections.abc import Iterator

import msgspec

from tfchange.graph.dependency import VIAS
from tfchange.graph.instances import Instances, Level, Match
from tfchange.graph.tree import Module
from tfchange.graph.ways import State, Ways, inputs, same

_BIG = 16
"""A variable, local, output or module that leads to more than this is a hub of its own."""


class Target(msgspec.Struct, frozen=True):
    """Instances of a block that something depends on, in terms of the keys where it stands."""

    via: int
    block: int
    match: Match


class Found(msgspec.Struct, frozen=True):
    """All that one state of a walk leads to."""

    targets: tuple[Target, ...]
    complete: bool
    """False where a local could not be followed."""


class Relations(msgspec.Struct, frozen=True):
    """What one block depends on: a few targets of its own and big sets shared with others."""

    block: int
    targets: tuple[Target, ...]
    shared: tuple[tuple[State, Level, int], ...]
    """The state that leads to the set, the level of a key in it, and the via at least."""
    complete: bool


class Walker:
    """Walks one configuration towards the blocks that have instances."""

    def __init__(self, ways: Ways, instances: Instances) -> None:
        self._ways = ways
        self._instances = instances
        self._found: dict[State, Found] = {}

    def relations(self) -> Iterator[Relations]:
        """The relations of every block that has instances, in the order of blocks."""
        for block, (path, name) in enumerate(self._instances.blocks):
            module = self._ways.modules.get(path)
            if module and name in module.blocks:
                yield self._relations_of(block, module, name)

    def found(self, state: State) -> Found:
        """All that a state leads to, apart from what its module as a whole depends on."""
        known = self._found.get(state)
        if known is None:
            known = self._found[state] = self._walk(state)
        return known

    def returns(self, path: str) -> bool:
        """Whether a module is fed, from the outside, with something of its own."""
        module = self._ways.modules.get(path)
        if module is None:
            return False
        states = [State("expand", path, "", same(module.depth))]
        states += [State("var", path, name, same(module.depth)) for name in inputs(module)]
        fed = {target.block for state in states for target in self.found(state).targets}
        return any(_within(self._instances.blocks[block][0], path) for block in fed)

    def _relations_of(self, block: int, module: Module, name: str) -> Relations:
        direct: dict[tuple[int, Match], int] = {}
        shared: dict[tuple[State, Level], int] = {}
        complete = True
        for via, state, level in self._ways.first(module, name):
            hit = self._hit(state)
            found = Found((Target(via, *hit),), True) if hit else self.found(state)
            complete &= found.complete
            if len(found.targets) > _BIG:
                shared[state, level] = min(via, shared.get((state, level), via))
                continue
            for target in found.targets:
                aim = (target.block, at_level(target.match, module.depth, level, state))
                known = max(via, target.via)
                direct[aim] = min(known, direct.get(aim, known))
        targets = [Target(via, *aim) for aim, via in direct.items() if aim[0] != block]
        sets = [(*key, via) for key, via in shared.items()]
        return Relations(block, tuple(targets), tuple(sets), complete)

    def _walk(self, start: State) -> Found:
        seen = self._skipped(start)
        queues: list[list[State]] = [[] for _ in VIAS]
        queues[0].append(start)
        hits: dict[tuple[int, Match], int] = {}
        complete = True
        for via, queue in enumerate(queues):
            for state in queue:  # grows by what each state leads to
                if state in seen:
                    continue
                seen.add(state)
                if hit := self._hit(state):
                    hits.setdefault(hit, via)
                elif (onward := self._ways.onward(state)) is None:
                    complete = False
                else:
                    for how, deeper in onward:
                        queues[max(how, via)].append(deeper)
        return Found(tuple([Target(via, *hit) for hit, via in hits.items()]), complete)

    def _skipped(self, start: State) -> set[State]:
        """What a block in the module depends on anyway need not be found by each walk again."""
        modules = self._ways.modules
        module = modules.get(start.path) if start.kind != "expand" else None
        if module and start.kind in ("output", "call"):
            module = module.parent
        skipped = set()
        while module:
            skipped.add(State("expand", module.path, "", same(module.depth)))
            module = module.parent
        return skipped

    def _hit(self, state: State) -> tuple[int, Match] | None:
        if state.kind != "block":
            return None
        block = self._instances.block_ids.get((state.path, state.name))
        return None if block is None else (block, state.match)


def at_level(match: Match, depth: int, level: Level, state: State) -> Match:
    """A match found for a called module, in terms of the module that calls it."""
    if state.kind not in ("output", "call"):
        return match
    return tuple([level if part == depth and isinstance(part, int) else part for part in match])


def _within(path: str, above: str) -> bool:
    return path == above or path.startswith(f"{above}.")
