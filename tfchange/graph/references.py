"""From blocks to the blocks they depend on, by the configuration and its source.

A walk goes from state to state; every state is walked from once and remembered. Nothing recurses,
and a cycle ends where the walk has been before.
"""

from collections.abc import Iterable, Iterator

import msgspec

from tfchange.graph.dependency import VIAS
from tfchange.graph.instances import Instances, Level, Match
from tfchange.graph.tree import DEPENDS_ON, Module
from tfchange.graph.ways import Entry, State, Way, Ways, inputs, same

Aims = dict[tuple[int, Match], int]
"""How each block and match is known, as a place in `VIAS`."""

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
    late: tuple[Target, ...] = ()
    """What a module as a whole is given; it counts where nothing in the module leads there."""
    complete: bool = True
    """False where a local could not be followed."""


class Relations(msgspec.Struct, frozen=True):
    """What one block depends on: a few targets of its own and big sets shared with others."""

    block: int
    targets: tuple[Target, ...]
    shared: tuple[tuple[State, Entry, int], ...]
    """The state that leads to the set, how it is entered, and the via at least."""
    late: tuple[Target, ...]
    """To be added only where no path leads there."""
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
        direct: Aims = {}
        late: Aims = {}
        shared: dict[tuple[State, Entry], int] = {}
        complete, waits = True, name.startswith("data.")
        for via, state, entry in self._ways.first(module, name):
            hit = self._hit(state)
            found = Found((Target(via, *hit),)) if hit else self.found(state)
            complete &= found.complete
            _keep(late, seen_from(found.late, entry, via))
            if waits:
                _keep(direct, _anywhere(seen_from(found.targets + found.late, entry, via)))
            if len(found.targets) > _BIG and not (waits and via == DEPENDS_ON):
                shared[state, entry] = min(via, shared.get((state, entry), via))
            else:
                _keep(direct, seen_from(found.targets, entry, via))
        sets = tuple((*key, via) for key, via in shared.items())
        return Relations(block, _targets(direct, block), sets, _targets(late, block), complete)

    def _walk(self, start: State) -> Found:
        run = _Run(self._skipped(start))
        self._follow(run, [(0, start)])
        hits, run.hits, run.late = run.hits, {}, True
        self._follow(run, run.put_off)
        return Found(_targets(hits), _targets(run.hits), run.complete)

    def _follow(self, run: "_Run", start: list[Way]) -> None:
        """Walks on to blocks, the surest ways first."""
        queues: list[list[State]] = [[] for _ in VIAS]
        for via, state in start:
            queues[via].append(state)
        for via, queue in enumerate(queues):
            for state in queue:  # grows by what each state leads to
                if not run.enters(via, state):
                    continue
                if hit := self._hit(state):
                    run.hits.setdefault(hit, via)
                    run.cover(state.path)
                elif (onward := self._ways.onward(state)) is None:
                    run.complete = False
                else:
                    for how, deeper in onward:
                        queues[max(how, via)].append(deeper)

    def _skipped(self, start: State) -> set[State]:
        """What a block in the module depends on anyway need not be found by each walk again."""
        modules = self._ways.modules
        module = modules.get(start.path) if start.kind != "expand" else None
        if module and start.kind in ("output", "call"):
            module = module.parent
        skipped = set()
        while module:
            for kind in ("expand", "around"):
                skipped.add(State(kind, module.path, "", same(module.depth)))
            module = module.parent
        return skipped

    def _hit(self, state: State) -> tuple[int, Match] | None:
        if state.kind != "block":
            return None
        block = self._instances.block_ids.get((state.path, state.name))
        return None if block is None else (block, state.match)


class _Run:
    """Where one walk has been."""

    def __init__(self, seen: set[State]) -> None:
        self.seen = seen
        self.hits: Aims = {}
        self.put_off: list[Way] = []
        self.covered: set[str] = set()
        """Modules with a hit in them, which depends itself on what the module depends on."""
        self.complete = True
        self.late = False

    def enters(self, via: int, state: State) -> bool:
        """Whether a state is new and due now."""
        if state in self.seen:
            return False
        if not self.late and state.kind in ("inputs", "around"):
            self.put_off.append((via, state))
            return False
        self.seen.add(state)
        return state.kind != "around" or state.path not in self.covered

    def cover(self, path: str) -> None:
        """A block in this module was hit."""
        while path and path not in self.covered:
            self.covered.add(path)
            path = path.rpartition(".module.")[0]


def seen_from(targets: Iterable[Target], entry: Entry, via: int) -> Iterator[Target]:
    """Targets found from inside a called module, in terms of the module that calls it."""
    depth, level = entry or (-1, None)
    for target in targets:
        match = target.match
        if entry:
            match = tuple([level if _is(part, depth) else part for part in match])
        yield Target(max(via, target.via), target.block, match)


def _anywhere(targets: Iterable[Target]) -> Iterator[Target]:
    """What a data source waits for by `depends_on`, its own or its module's: all of a block.

    Terraform reads it late where anything of the block changes, in whichever module instance
    (`dependenciesHavePendingChanges` in internal/terraform/node_resource_abstract_instance.go).
    """
    for target in targets:
        if target.via == DEPENDS_ON:
            yield Target(DEPENDS_ON, target.block, (None,) * len(target.match))


def _keep(aims: Aims, targets: Iterable[Target]) -> None:
    for target in targets:
        aim = (target.block, target.match)
        aims[aim] = min(target.via, aims.get(aim, target.via))


def _targets(aims: Aims, block: int = -1) -> tuple[Target, ...]:
    return tuple([Target(via, *aim) for aim, via in aims.items() if aim[0] != block])


def _is(level: Level, depth: int) -> bool:
    return isinstance(level, int) and level == depth


def _within(path: str, above: str) -> bool:
    return path == above or path.startswith(f"{above}.")
