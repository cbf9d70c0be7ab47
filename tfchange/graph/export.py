"""The graph in formats of others. The only home of networkx, which is slow to import."""

from typing import TYPE_CHECKING

from tfchange.graph.dependency import DependencyGraph
from tfchange.plan.model import Action, Plan

if TYPE_CHECKING:
    import networkx


def node_link(graph: DependencyGraph, plan: Plan) -> dict[str, list[dict[str, object]]]:
    """Nodes with id, block, type and action; edges with source, target, via and inferred.

    The source of an edge depends on its target. All of it plain values, in the order of addresses.
    """
    actions = _actions(plan)
    return {
        "nodes": [
            {
                "id": node,
                "block": graph.block_of(node),
                "type": graph.type_of(node),
                "action": actions.get(node, Action.NO_OP).value,
            }
            for node in graph.nodes
        ],
        "edges": [
            {"source": e.source, "target": e.target, "via": e.via.value, "inferred": e.inferred}
            for e in graph.edges()
        ],
    }


def graphml(graph: DependencyGraph, plan: Plan) -> str:
    """The same as a GraphML document, for yEd, Gephi or Cytoscape."""
    import networkx

    return "\n".join(networkx.generate_graphml(to_networkx(graph, plan))) + "\n"


def to_networkx(graph: DependencyGraph, plan: Plan) -> "networkx.DiGraph[str]":
    """The same for the algorithms of networkx; arrows lead from a dependent to its dependency."""
    import networkx

    links = node_link(graph, plan)
    made: networkx.DiGraph[str] = networkx.DiGraph()
    for node in links["nodes"]:
        made.add_node(str(node["id"]), **{k: v for k, v in node.items() if k != "id"})
    for edge in links["edges"]:
        how = {"via": edge["via"], "inferred": edge["inferred"]}
        made.add_edge(str(edge["source"]), str(edge["target"]), **how)
    return made


def _actions(plan: Plan) -> dict[str, Action]:
    """What happens to each address; a deposed object speaks only where nothing else does."""
    deposed = {c.address: c.action for c in sorted(plan.changes, key=lambda c: c.id) if c.deposed}
    return {**deposed, **{c.address: c.action for c in plan.changes if not c.deposed}}
