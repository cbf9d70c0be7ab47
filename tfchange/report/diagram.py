"""The graph of a plan for Graphviz and Mermaid, and a picture of a blast radius for Mermaid.

Names only ever stand inside quoted labels, where everything a format would act on is escaped.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from tfchange.plan.model import Action, Plan, ResourceChange
from tfchange.report.page import Item
from tfchange.words import SYMBOLS, count, plain

MERMAID_NODES = 120
MERMAID_EDGES = 400
"""GitHub draws no Mermaid of more than 500 edges or 50,000 characters."""
LONGEST = 120

COLOURS = {
    Action.CREATE: ("#d1e7dd", "#146c43"),
    Action.UPDATE: ("#fff3cd", "#997404"),
    Action.REPLACE: ("#f8d7da", "#b02a37"),
    Action.DELETE: ("#f1aeb5", "#842029"),
    Action.FORGET: ("#e2e3e5", "#41464b"),
}


class Edge(Protocol):
    """What a report needs to know of an edge: the source depends on the target."""

    @property
    def source(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def via(self) -> str: ...
    @property
    def inferred(self) -> bool: ...


class Graph(Protocol):
    """What a diagram needs to know of a dependency graph."""

    @property
    def nodes(self) -> Sequence[str]: ...
    def edges(self) -> Iterable[Edge]: ...


def dot(graph: Graph, plan: Plan) -> str:
    """The whole graph in Graphviz's language; an arrow means "depends on"."""
    actions, ids = _actions(plan), _ids(graph.nodes)
    lines = [
        "digraph tfchange {",
        "  rankdir=LR;",
        '  node [shape=box, style="rounded,filled", fillcolor="#ffffff", fontname="sans-serif"];',
        '  edge [fontname="sans-serif", fontsize=10];',
    ]
    lines += [_dot_node(ids[node], node, actions.get(node)) for node in graph.nodes]
    lines += [
        f"  {ids[e.source]} -> {ids[e.target]} [{_dot_edge(e)}];"
        for e in graph.edges()
        if e.source in ids and e.target in ids
    ]
    return "\n".join([*lines, "}"]) + "\n"


def mermaid(graph: Graph, plan: Plan) -> str:
    """The graph in Mermaid's language, what changes first, as much of it as GitHub will draw."""
    actions = _actions(plan)
    edges = list(graph.edges())
    shown = _nearest(graph.nodes, edges, actions)
    ids = _ids(shown)
    kept = [e for e in edges if e.source in ids and e.target in ids]
    lines = ["flowchart LR"]
    lines += [_box(ids[node], node, actions.get(node)) for node in shown]
    lines += [_arrow(ids[e.source], ids[e.target], e.via, e.inferred) for e in kept[:MERMAID_EDGES]]
    lines += _note(len(graph.nodes) - len(shown), len(edges) - len(kept[:MERMAID_EDGES]))
    return "\n".join([*lines, *_styles(lines)]) + "\n"


def radius(items: Sequence[Item], actions: dict[str, Action]) -> str:
    """A tree of reached resources in Mermaid's language; arrows run from a change outwards."""
    ids = _ids(dict.fromkeys(item.subject for item in items))
    # That a resource changes too, or is reached by inference, its colour and its arrow say.
    asides = {i.subject: i.aside.split(", ")[0] for i in items if i.aside.startswith("and ")}
    lines = ["flowchart LR"]
    lines += [_box(i, name, actions.get(name), asides.get(name, "")) for name, i in ids.items()]
    above: list[str] = []
    for item in items:
        above[item.depth :] = [ids[item.subject]]
        if item.depth:
            lines.append(_arrow(above[-2], above[-1], item.via, item.via == "value"))
    return "\n".join([*dict.fromkeys(lines), *_styles(lines)]) + "\n"


def _actions(plan: Plan) -> dict[str, Action]:
    acting: Iterator[ResourceChange] = (c for c in plan.changes if c.acts)
    return {c.address: c.action for c in acting}


def _ids(nodes: Iterable[str]) -> dict[str, str]:
    return {node: f"n{number}" for number, node in enumerate(nodes)}


def _nearest(nodes: Sequence[str], edges: Sequence[Edge], actions: dict[str, Action]) -> list[str]:
    """What changes, then its neighbours, then theirs, up to the most that Mermaid will draw."""
    near: dict[str, list[str]] = {}
    for edge in edges:
        near.setdefault(edge.source, []).append(edge.target)
        near.setdefault(edge.target, []).append(edge.source)
    order = dict.fromkeys(node for node in nodes if node in actions)
    waiting = list(order)
    for node in waiting:
        if len(order) >= MERMAID_NODES:
            break
        fresh = [other for other in near.get(node, ()) if other not in order]
        order.update(dict.fromkeys(fresh))
        waiting += fresh
    order.update(dict.fromkeys(nodes) if len(order) < MERMAID_NODES else {})
    known = set(nodes)
    return [node for node in order if node in known][:MERMAID_NODES]


def _dot_node(node_id: str, node: str, action: Action | None) -> str:
    label = _dot_text(f"{SYMBOLS[action]} {node}" if action else node)
    if action not in COLOURS:
        return f'  {node_id} [label="{label}"];'
    fill, line = COLOURS[action]
    return f'  {node_id} [label="{label}", fillcolor="{fill}", color="{line}"];'


def _dot_edge(edge: Edge) -> str:
    dashed = ", style=dashed" if edge.inferred else ""
    return f'label="{_dot_text(edge.via)}"{dashed}'


def _dot_text(text: str) -> str:
    return plain(text).replace("\\", "\\\\").replace('"', '\\"')


def _box(node_id: str, name: str, action: Action | None, aside: str = "") -> str:
    label = f"{SYMBOLS[action]} {name}" if action in COLOURS else name
    label = f"{label} ({aside})" if aside else label
    style = f":::{action.value}" if action in COLOURS else ""
    return f'  {node_id}["{_mermaid_text(label)}"]{style}'


def _arrow(source: str, target: str, via: str, inferred: bool) -> str:
    line = "-.->" if inferred else "-->"
    return (
        f'  {source} {line}|"{_mermaid_text(via)}"| {target}'
        if via
        else (f"  {source} {line} {target}")
    )


def _mermaid_text(text: str) -> str:
    text = plain(text)
    text = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    return _ACTIVE.sub(lambda found: f"#{ord(found[0])};", text)


_ACTIVE = re.compile(r"[^\w .,/()\[\]:=+~-]")


def _note(nodes: int, edges: int) -> list[str]:
    if nodes <= 0 and edges <= 0:
        return []
    said = [count(nodes, "resource")] if nodes > 0 else []
    said += [count(edges, "edge")] if edges > 0 else []
    left = " and ".join(said)
    return [f'  note["{left} not drawn; dot and json have all"]:::note']


def _styles(lines: Sequence[str]) -> list[str]:
    styles = {
        action.value: f"fill:{fill},stroke:{line},color:#000"
        for action, (fill, line) in COLOURS.items()
    }
    styles["note"] = "fill:#fff,stroke:#999,color:#000,stroke-dasharray:4"
    used = {line.rpartition(":::")[2] for line in lines if ":::" in line}
    return [f"  classDef {name} {style}" for name, style in styles.items() if name in used]
