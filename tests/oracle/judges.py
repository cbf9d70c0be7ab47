"""What Terraform says of a configuration, held against what our graph says of it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.graph.closures import closure_module, ours, theirs
from tests.oracle.generator import Configuration
from tests.oracle.world import Drawn, World
from tfchange.graph.build import build
from tfchange.graph.dependency import DependencyGraph
from tfchange.plan.address import Address
from tfchange.source.hcl import read_source

CLOSURE = "closure, with the source"
CLOSURE_STATE = "closure, from the state"
CLOSURE_PLAN = "closure of what is new, from the plan alone"
DESTROY = "destroy of a block, by instances, with the source"
DESTROY_STATE = "destroy of a block, by instances, from the state"
DESTROY_ONE = "destroy of an instance, by blocks"
DESTROY_PAIRS = "destroy of an instance, by instances"
PROPAGATION = "propagation, with the source"
PROPAGATION_STATE = "propagation, from the state"
COMPLETE = frozenset(
    {CLOSURE, CLOSURE_STATE, DESTROY, DESTROY_STATE, DESTROY_ONE, PROPAGATION, PROPAGATION_STATE}
)
"""The judges by which nothing may be missing."""
EXACT = frozenset(
    {CLOSURE, CLOSURE_STATE, CLOSURE_PLAN, DESTROY, DESTROY_STATE, DESTROY_ONE, DESTROY_PAIRS}
)
"""The judges by which nothing may be too much; a change need not reach all that it can reach."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one judge found: things as Terraform has them, and as we do."""

    judge: str
    asked: str
    theirs: frozenset[object]
    ours: frozenset[object]

    @property
    def missing(self) -> frozenset[object]:
        """What we do not tell and have to."""
        return self.theirs - self.ours if self.judge in COMPLETE else frozenset()

    @property
    def extra(self) -> frozenset[object]:
        """What we tell and must not."""
        return self.ours - self.theirs if self.judge in EXACT else frozenset()


def verdicts(
    configuration: Configuration, world: World, cache: Path, *, asked: int = 2
) -> Iterator[Verdict]:
    """All judges' verdicts on one configuration; so many questions each for what is asked."""
    world.write(configuration.before)
    new = world.drawn()
    yield from _closures(new, world, cache, settled=False)
    world.apply()
    if configuration.before != configuration.after:
        world.write(configuration.after)
        yield from _closures(world.drawn(), world, cache, settled=False, plan_alone=False)
        world.apply()
    settled = world.drawn()
    yield from _closures(settled, world, cache, settled=True)
    graphs = _graph(settled, world, cache), build(settled.plan)[0]
    rng = Random(configuration.seed)
    yield from _destroys(graphs, world, rng, asked)
    yield from _propagations(graphs, world, configuration, rng, asked)


def _graph(drawn: Drawn, world: World, cache: Path) -> DependencyGraph:
    source, _ = read_source(str(world.folder), drawn.plan, cache=str(cache))
    return build(drawn.plan, source)[0]


def _closures(
    drawn: Drawn, world: World, cache: Path, *, settled: bool, plan_alone: bool = True
) -> Iterator[Verdict]:
    """Of what left the configuration Terraform draws nothing, so it is not compared."""
    gone = closure_module()[1](drawn.dot)
    judged = [(CLOSURE, _graph(drawn, world, cache))]
    if plan_alone:
        judged.append((CLOSURE_STATE if settled else CLOSURE_PLAN, build(drawn.plan)[0]))
    for judge, graph in judged:
        own = frozenset(pair for pair in ours(graph) if pair[0] not in gone)
        right = frozenset(pair for pair in theirs(drawn.dot, graph) if pair[0] not in gone)
        yield Verdict(judge, "settled" if settled else "changing", right, own)


def _destroys(
    graphs: tuple[DependencyGraph, DependencyGraph], world: World, rng: Random, asked: int
) -> Iterator[Verdict]:
    with_source, from_state = graphs
    blocks = _managed_blocks(with_source)
    for block in rng.sample(sorted(blocks), min(asked, len(blocks))):
        right = world.destroyed(blocks[block])
        for judge, graph in ((DESTROY, with_source), (DESTROY_STATE, from_state)):
            yield Verdict(judge, block, right, _radius(graph, blocks[block]))
    many = [block for block in sorted(blocks) if len(blocks[block]) > 1]
    for block in rng.sample(many, min(asked, len(many))):
        one = rng.choice(blocks[block])
        right = world.destroyed([one])
        reached = {b for a, b in _dependents(with_source) if a == block} - {block}
        wide = frozenset(each for other in reached for each in blocks.get(other, ()))
        yield Verdict(DESTROY_ONE, one, right, wide | {one})
        yield Verdict(DESTROY_PAIRS, one, right, _radius(with_source, [one]))


def _dependents(graph: DependencyGraph) -> Iterator[tuple[str, str]]:
    return ((target, source) for source, target in ours(graph))


def _propagations(
    graphs: tuple[DependencyGraph, DependencyGraph],
    world: World,
    configuration: Configuration,
    rng: Random,
    asked: int,
) -> Iterator[Verdict]:
    starts = {name: _marked(graphs[0], configuration, name) for name in configuration.marks}
    names = [name for name in starts if starts[name]]
    for name in rng.sample(names, min(asked, len(names))):
        mark = f'"mark{name[1:]}"'
        changed = {
            file: text.replace(mark, f'{mark[:-1]} changed"')
            for file, text in configuration.after.items()
        }
        world.write(changed)
        right = world.changed()
        for judge, graph in ((PROPAGATION, graphs[0]), (PROPAGATION_STATE, graphs[1])):
            yield Verdict(judge, name, right, _radius(graph, starts[name], data=True))


def _marked(graph: DependencyGraph, configuration: Configuration, name: str) -> list[str]:
    """The instances whose literal the mark of that name is."""
    key = configuration.marks[name]
    named = [node for node in graph.nodes if graph.block_of(node).endswith(f".{name}")]
    return [node for node in named if key is None or Address.parse(node).key == key]


def _managed_blocks(graph: DependencyGraph) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node in graph.nodes:
        if Address.parse(node).mode == "managed":
            found.setdefault(graph.block_of(node), []).append(node)
    return found


def _radius(
    graph: DependencyGraph, start: Iterable[str], *, data: bool = False
) -> frozenset[object]:
    start = list(start)
    found = {*start, *graph.reach(start).distance}
    return frozenset(node for node in found if data or Address.parse(node).mode == "managed")


Judge = Callable[[Configuration], list[Verdict]]
