"""The graph as other programs read it."""

import io
import sys
from subprocess import run

import networkx as nx

from tests.build import change, plan
from tests.graph.small import block, module
from tfchange.graph.build import build
from tfchange.graph.export import graphml, node_link, to_networkx

PLAN = plan(
    [
        change('x.b["<&>"]', ["delete", "create"], {}, {}),
        change("x.a", ["no-op"], {}, {}),
        change("x.a", ["delete"], {}, deposed="0123abcd"),
        change("x.c", ["delete"], {}, deposed="0123abcd"),
    ],
    configuration={"root_module": module(block("x.a", "x.b"), block("x.b"))},
)


def test_node_link_is_the_published_shape() -> None:
    """Nodes carry id, block, type and action, edges both ends, via and inferred."""
    assert node_link(build(PLAN)[0], PLAN) == {
        "nodes": [
            {"id": "x.a", "block": "x.a", "type": "x", "action": "no-op"},
            {"id": 'x.b["<&>"]', "block": "x.b", "type": "x", "action": "replace"},
            {"id": "x.c", "block": "x.c", "type": "x", "action": "delete"},
        ],
        "edges": [{"source": "x.a", "target": 'x.b["<&>"]', "via": "reference", "inferred": False}],
    }


def test_graphml_reads_back_as_the_same_graph() -> None:
    """What networkx reads from the document is what was written, names with brackets included."""
    graph, _ = build(PLAN)
    read = nx.read_graphml(io.BytesIO(graphml(graph, PLAN).encode()))
    written = to_networkx(graph, PLAN)
    assert list(read.nodes(data=True)) == list(written.nodes(data=True))
    assert list(read.edges(data=True)) == list(written.edges(data=True))


def test_building_a_graph_imports_no_networkx() -> None:
    """networkx costs more than everything else together, so only exports import it."""
    code = (
        "import sys, tfchange.graph.build, tfchange.graph.export; print('networkx' in sys.modules)"
    )
    done = run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
