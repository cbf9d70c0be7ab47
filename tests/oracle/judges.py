"""What Terraform says of a configuration, held against what our graph says of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.graph.closures import closure_module, ours, theirs
from tests.oracle.generator import Configuration
from tests.oracle.world import Drawn, World
from tfchange.graph.build import build
from tfchange.graph.dependency import DependencyGraph
from tfchange.plan.address import Address, block_of
from tfchange.source.hcl import read_source

CLOSURE = "closure, with the source"
CLOSURE_STATE = "closure, from the state"
CLOSURE_PLAN = "closure of what is new, from the plan alone"
DESTROY = "destroy of a block, by instances, with the source"
DESTROY_STATE = "destroy of a block, by instances, from the state"
DESTROY_ONE = "destroy of an instance, widened as Terraform does"
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
    when = "settled" if settled else "changing"
    gone = closure_module()[1](drawn.dot)
    yield _closure(CLOSURE, when, drawn, _graph(drawn, world, cache), gone)
    if plan_alone:
        graph, caveats = build(drawn.plan)
        # The state remembers nothing of data, and the caveat says so.
        told = any(caveat.kind == "source-missing" for caveat in caveats)
        data = {graph.block_of(n) for n in graph.nodes if told and Address.parse(n).mode == "data"}
        judge = CLOSURE_STATE if settled else CLOSURE_PLAN
        yield _closure(judge, when, drawn, graph, gone | data)


def _closure(
    judge: str, when: str, drawn: Drawn, graph: DependencyGraph, but: frozenset[str]
) -> Verdict:
    """Of what left the configuration Terraform draws nothing, so it is not compared."""
    own = frozenset(pair for pair in ours(graph) if pair[0] not in but)
    right = frozenset(pair for pair in theirs(drawn.dot, graph) if pair[0] not in but)
    return Verdict(judge, when, right, own)


def _destroys(
    graphs: tuple[DependencyGraph, DependencyGraph], world: World, rng: Random, asked: int
) -> Iterator[Verdict]:
    with_source, from_state = graphs
    blocks = _managed_blocks(with_source)
    used = [block for block in sorted(blocks) if with_source.reach(blocks[block]).distance]
    for block in rng.sample(used, min(asked, len(used))):
        right = world.destroyed(blocks[block])
        for judge, graph in ((DESTROY, with_source), (DESTROY_STATE, from_state)):
            yield Verdict(judge, block, right, _radius(graph, blocks[block]))
    many = [block for block in used if len(blocks[block]) > 1]
    for block in rng.sample(many, min(asked, len(many))):
        one = rng.choice(blocks[block])
        right = world.destroyed([one])
        yield Verdict(DESTROY_ONE, one, right, _widened(with_source, blocks, one))
        yield Verdict(DESTROY_PAIRS, one, right, _radius(with_source, [one]))


def _widened(graph: DependencyGraph, blocks: dict[str, list[str]], one: str) -> frozenset[object]:
    """What Terraform destroys with one instance.

    It knows dependencies of blocks alone, and takes all instances of a dependent block; only
    inside of one module it tells the module's instances apart.
    """
    dependents: dict[str, set[str]] = {}
    for source, target in ours(graph):
        dependents.setdefault(target, set()).add(source)
    found = [one]
    seen = {one}
    for node in found:  # grows by what depends on each
        at, block = Address.parse(node), graph.block_of(node)
        for other in dependents.get(block, ()):
            for each in blocks.get(other, ()):
                near = Address.parse(each)
                alike = block_of(near.module) != block_of(at.module) or near.module == at.module
                if alike and each not in seen:
                    seen.add(each)
                    found.append(each)
    return frozenset(seen)


def _propagations(
    graphs: tuple[DependencyGraph, DependencyGraph],
    world: World,
    configuration: Configuration,
    rng: Random,
    asked: int,
) -> Iterator[Verdict]:
    starts = {name: _marked(graphs[0], configuration, name) for name in configuration.marks}
    names = [name for name in starts if graphs[0].reach(starts[name]).distance]
    for name in rng.sample(names, min(asked, len(names))):
        mark = f'"mark{name[1:]}"'
        changed = {
            file: text.replace(mark, f'{mark[:-1]} changed"')
            for file, text in configuration.after.items()
        }
        world.write(changed, init=False)
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

