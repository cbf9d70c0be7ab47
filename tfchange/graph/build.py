"""From a plan to its dependency graph: every source of edges in turn, the surest first."""

from collections.abc import Iterator

from tfchange.graph import values
from tfchange.graph.dependency import VIAS, DependencyGraph, Via
from tfchange.graph.draft import Links
from tfchange.graph.drawing import Drawing
from tfchange.graph.instances import Instances
from tfchange.graph.references import Walker
from tfchange.graph.state import match_between, missing
from tfchange.graph.ways import Ways
from tfchange.plan.configuration import Source
from tfchange.plan.model import Caveat, Plan

_UNSEARCHED = Caveat(
    "construct",
    f"More than {values.LIMIT} resources change or drifted, so they were not searched for each "
    "other's ids and names; dependencies known only from equal values are missing.",
)
_STATE, _VALUE = VIAS.index(Via.STATE), VIAS.index(Via.VALUE)


def build(plan: Plan, source: Source | None = None) -> tuple[DependencyGraph, tuple[Caveat, ...]]:
    """The graph of everything the plan knows of, and what could not be known.

    The order of the plan's changes shows up nowhere in it.
    """
    instances = Instances(plan)
    links = Links(len(instances.blocks))
    ways = Ways(plan.configuration, source) if plan.configuration else None
    walker = Walker(ways, instances) if ways else None
    cut = _draw_configuration(walker, instances, links) if walker else []
    _draw_state(plan, walker, instances, links)
    searched = values.searched(plan)
    for holder, held in values.equal_values(searched or [], instances, links):
        instances.draft.edge(holder, held, _VALUE)
    caveats = [*_unknown(ways), *_blind(instances, cut)]
    if searched is None:
        caveats.append(_UNSEARCHED)
    return instances.draft.finish(), tuple(caveats)


def _draw_configuration(walker: Walker, instances: Instances, links: Links) -> list[int]:
    """Draws what the configuration says; returns the blocks where a local cut the way short."""
    drawing = Drawing(instances, links, walker)
    cut = []
    put_off = []
    for relations in walker.relations():
        drawing.add(relations)
        if relations.late:
            put_off.append(relations)
        if not relations.complete:
            cut.append(relations.block)
    reached = links.closures() if put_off else []
    for relations in put_off:
        drawing.add_late(relations, reached[relations.block])
    return cut


def _draw_state(plan: Plan, walker: Walker | None, instances: Instances, links: Links) -> None:
    returns = walker.returns if walker else lambda _: False
    for block, target in list(missing(plan, instances, links)):
        match = match_between(instances, block, target, returns)
        instances.join(instances.members[block], target, match, _STATE)
        links.add(block, target)


def _unknown(ways: Ways | None) -> Iterator[Caveat]:
    names = sorted(ways.unknown) if ways else []
    if names:
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        yield Caveat(
            "construct",
            f"The configuration in the plan refers to {names[0]}{more}, which is not in it; "
            "dependencies through it are not followed.",
        )


def _blind(instances: Instances, cut: list[int]) -> Iterator[Caveat]:
    """Locals do no harm where the state tells what each instance needs; of data it never does."""
    recorded = set(instances.recorded) if cut else set()
    blocks = [
        block
        for block in cut
        if instances.blocks[block][1].startswith("data.")
        or any(node not in recorded for node in instances.members[block])
    ]
    if blocks:
        more = f" and {len(blocks) - 1} more" if len(blocks) > 1 else ""
        yield Caveat(
            "source-missing",
            f"{instances.texts[blocks[0]]}{more} refer{'' if more else 's'} to locals, which a "
            "plan leaves out; what new resources and data sources depend on through them is known "
            "only from the source.",
        )
