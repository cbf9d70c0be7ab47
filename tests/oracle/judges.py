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


Told = str | tuple[str, str]
"""An instance, or a pair of blocks."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one judge found: things as Terraform has them, and as we do."""

    judge: str
    asked: str
    theirs: frozenset[Told]
    ours: frozenset[Told]

    @property
    def missing(self) -> frozenset[Told]:
        """What we do not tell and have to."""
        return self.theirs - self.ours if self.judge in COMPLETE else frozenset()

    @property
    def extra(self) -> frozenset[Told]:
        """What we tell and must not."""
        return self.ours - self.theirs if self.judge in EXACT else frozenset()


def verdicts(
    configuration: Configuration, world: World, cache: Path, *, asked: int = 2, new: bool = True
) -> Iterator[Verdict]:
    """All judges' verdicts on one configuration, with so many questions about it each.

    `new` asks about the plan that creates it, too. Raises `RefusedError` where Terraform does not
    take the configuration.
    """
    world.write(configuration.before)
    if new:
        yield from _closures(world.drawn(), world, cache, settled=False)
        world.apply()
    else:
        world.terraform("apply", "-input=false", "-auto-approve")
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
        graph = build(drawn.plan)[0]
        judge = CLOSURE_STATE if settled else CLOSURE_PLAN
        yield _closure(judge, when, drawn, graph, gone | _data(graph))


def _closure(
    judge: str, when: str, drawn: Drawn, graph: DependencyGraph, but: frozenset[str]
) -> Verdict:
    """Of what left the configuration Terraform draws nothing, so it is not compared.

    Nor is, without the source, what data sources depend on, since the state does not keep it.
    """
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


def _widened(graph: DependencyGraph, blocks: dict[str, list[str]], one: str) -> frozenset[str]:
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
        radius = _radius(graphs[0], starts[name], data=True)
        yield Verdict(PROPAGATION, name, right, radius)
        managed = frozenset(node for node in right if Address.parse(node).mode == "managed")
        yield Verdict(PROPAGATION_STATE, name, managed, _radius(graphs[1], starts[name]))


def _marked(graph: DependencyGraph, configuration: Configuration, name: str) -> list[str]:
    """The instances whose literal the mark of that name is."""
    key = configuration.marks[name]
    named = [node for node in graph.nodes if graph.block_of(node).endswith(f".{name}")]
    return [node for node in named if key is None or Address.parse(node).key == key]


def _data(graph: DependencyGraph) -> frozenset[str]:
    return frozenset(
        graph.block_of(node) for node in graph.nodes if Address.parse(node).mode == "data"
    )


def _managed_blocks(graph: DependencyGraph) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node in graph.nodes:
        if Address.parse(node).mode == "managed":
            found.setdefault(graph.block_of(node), []).append(node)
    return found


def _radius(graph: DependencyGraph, start: Iterable[str], *, data: bool = False) -> frozenset[str]:
    start = list(start)
    found = {*start, *graph.reach(start).distance}
    return frozenset(node for node in found if data or Address.parse(node).mode == "managed")
