"""Everything that is known of one resource, as text."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import msgspec

from tfchange.errors import UsageError
from tfchange.plan.address import block_of
from tfchange.plan.model import Plan
from tfchange.report import changes, parts, reach
from tfchange.report.diagram import Edge
from tfchange.report.page import Caps, Item, Line, Part
from tfchange.report.text import columns, part_lines, wrap
from tfchange.risk.assessment import Assessment, Hop, Reached
from tfchange.words import chain_text, count, few, plain, sentence


class Graph(Protocol):
    """What an explanation needs to know of a dependency graph."""

    @property
    def nodes(self) -> Sequence[str]: ...
    def dependencies(self, address: str) -> Sequence[Edge]: ...
    def dependents(self, address: str) -> Sequence[Edge]: ...


class _Way(msgspec.Struct, frozen=True):
    """How a resource was come to: over which edge, from where, after how many steps."""

    before: str
    edge: Edge | None
    distance: int


def render(
    assessment: Assessment, graph: Graph, plan: Plan, address: str, *, width: int = 100
) -> str:
    """All that is known of the resource; UsageError with the nearest addresses if there is none."""
    _check(assessment, graph, plan, address)
    acting = {c.address for c in plan.changes if c.acts}
    said = (
        _change(assessment, address),
        _points(assessment, address),
        _drift(assessment, address),
        _reached_by(graph, address, acting),
        _dependencies(graph, address, acting),
        _dependents(graph, address, acting),
        _backout(assessment, address),
        _caveats(assessment, address),
    )
    title = list(wrap(plain(address), width))
    lines = [*title, "=" * max(map(columns, title))]
    for part in filter(None, said):
        lines += ["", *part_lines(part, width)] if len(lines) > 2 else part_lines(part, width)
    return "\n".join(lines) + "\n"


def _check(assessment: Assessment, graph: Graph, plan: Plan, address: str) -> None:
    known = dict.fromkeys([*graph.nodes, *(c.address for c in plan.changes)])
    known.update(dict.fromkeys(item.address for item in assessment.drift.items))
    if address in known:
        return
    from difflib import get_close_matches

    near = [node for node in known if block_of(node) == address]
    near += [n for n in get_close_matches(address, known, 5, 0.5) if n not in near]
    advice = (
        f"Is one of these meant? {few([plain(n) for n in near], 5)}"
        if near
        else ("`tfchange graph PLAN --format json` lists every address there is.")
    )
    raise UsageError(f"there is no resource {plain(address)} in this plan", advice)


def _change(assessment: Assessment, address: str) -> Part:
    found = changes.by_address(assessment)
    own = [c for c in assessment.changes if c.address == address]
    caps = Caps(findings=1000, paths=1000)
    items = tuple(changes.change_item(c, found.get(changes.change_id(c), ()), caps) for c in own)
    if items:
        return Part("change", "What happens to it", "", items)
    lines = changes.finding_lines(found.get(address, ()), caps)
    said = (Item(lines=(line,)) for line in lines)
    return Part("change", "What happens to it", "It does not change in this plan.", tuple(said))


def _points(assessment: Assessment, address: str) -> Part | None:
    own = tuple(c for c in assessment.contributions if c.address and _of(c.address, address))
    if not own:
        return None
    part = parts.points(msgspec.structs.replace(assessment, contributions=own), Caps(points=1000))
    title = f"Its part of the {count(assessment.score, 'point')}"
    return part and msgspec.structs.replace(part, title=title)


def _drift(assessment: Assessment, address: str) -> Part | None:
    items = tuple(item for item in assessment.drift.items if item.address == address)
    if not items:
        return None
    shown = tuple(parts.drifted(item, Caps(paths=1000)) for item in items)
    return Part("drift", "Drift: what changed outside Terraform", "", shown, brief=True)


def _reached_by(graph: Graph, address: str, acting: set[str]) -> Part | None:
    """The changed resources it depends on, each with the chain from there to here."""
    ways = _walk(address, graph.dependencies, lambda edge: edge.target)
    changed = [node for node in ways if node in acting and node != address]
    items = tuple(
        Item(is_address=False, lines=(Line(chain_text(_inward(node, ways))),))
        for node in changed[:10]
    )
    more = f"and {count(len(changed) - 10, 'more chain')}" if len(changed) > 10 else ""
    title = "Which changes reach it, and how"
    return Part("reached-by", title, "", items, more, brief=True) if items else None


def _dependencies(graph: Graph, address: str, acting: set[str]) -> Part | None:
    edges = graph.dependencies(address)
    items = tuple(_neighbour(e, e.target, acting) for e in edges[:20])
    more = f"and {count(len(edges) - 20, 'more resource')}" if len(edges) > 20 else ""
    return Part("dependencies", "What it depends on", "", items, more) if items else None


def _dependents(graph: Graph, address: str, acting: set[str]) -> Part | None:
    """All that depends on it, directly or not, as a tree."""
    ways = _walk(address, graph.dependents, lambda edge: edge.source)
    reached = [_found(node, ways, acting) for node in ways if node != address]
    if not reached:
        return None
    items, hidden = reach.tree(reached, 20)
    more = f"and {count(hidden, 'more resource')}" if hidden else ""
    depend = "depends" if len(reached) == 1 else "depend"
    lead = f"{count(len(reached), 'resource')} {depend} on it, directly or not."
    return Part("dependents", "What depends on it", lead, items, more)


def _backout(assessment: Assessment, address: str) -> Part | None:
    own = tuple(s for s in assessment.backout if _of(s.address, address))
    items = tuple(
        Item(
            is_address=False,
            lines=(Line(sentence(s.step) + ("" if s.reversible else " It cannot be undone.")),),
        )
        for s in own
    )
    return Part("backout", "Backout: how to take it back", "", items) if items else None


def _caveats(assessment: Assessment, address: str) -> Part | None:
    own = tuple(c for c in assessment.caveats if c.address == address)
    return parts.caveats(msgspec.structs.replace(assessment, caveats=own), Caps())


def _of(change_id: str, address: str) -> bool:
    return change_id == address or change_id.startswith(f"{address} (deposed ")


def _walk(
    start: str, edges: Callable[[str], Sequence[Edge]], end: Callable[[Edge], str]
) -> dict[str, _Way]:
    """Every resource that can be come to, nearest first, with the last step on the way."""
    ways = {start: _Way("", None, 0)}
    waiting = [start]
    for node in waiting:
        for edge in edges(node):
            other = end(edge)
            if other not in ways:
                ways[other] = _Way(node, edge, ways[node].distance + 1)
                waiting.append(other)
    return ways


def _back(node: str, ways: dict[str, _Way]) -> Iterator[tuple[str, _Way]]:
    while node:
        yield node, ways[node]
        node = ways[node].before


def _inward(changed: str, ways: dict[str, _Way]) -> Iterator[tuple[str, str | None]]:
    # The walk went from here to what is depended on, so the way back is the chain as it is read.
    via: str | None = None
    for node, way in _back(changed, ways):
        yield node, via
        via = way.edge.via if way.edge else None


def _found(node: str, ways: dict[str, _Way], acting: set[str]) -> Reached:
    back = list(_back(node, ways))
    chain = tuple(Hop(name, way.edge.via if way.edge else None) for name, way in reversed(back))
    inferred = any(way.edge.inferred for _, way in back if way.edge)
    return Reached(node, "", ways[node].distance, chain, node in acting, inferred)


def _neighbour(edge: Edge, name: str, acting: set[str]) -> Item:
    aside = [edge.via, "inferred" if edge.inferred else "", "changes" if name in acting else ""]
    return Item(plain(name), aside=", ".join(filter(None, aside)))
