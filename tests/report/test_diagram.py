"""Diagrams that their programs accept, whatever the names."""

import re
import shutil
import subprocess
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report import samples
from tests.report.graphs import Edge, Graph, plan, plan_of
from tfchange.plan.model import Action
from tfchange.report import diagram

STRING = r'"(?:[^"\\\n]|\\.)*"'
DOT_LINE = re.compile(
    rf"  (n\d+ \[label={STRING}(, \w+={STRING})*\]"
    rf"|n\d+ -> n\d+ \[label={STRING}(, style=dashed)?\]);"
)
MERMAID_LINE = re.compile(
    r'  (n\d+\["[^"`<>#;]*(?:#\d+;[^"`<>#;]*)*"\](:::[\w-]+)?'
    r'|n\d+ (-->|-\.->)(\|"[^"|`<>]*"\|)? n\d+'
    r"|classDef [\w-]+ [\w:#,-]+)"
)

SMALL = Graph([Edge("aws_x.b", "aws_x.a"), Edge("aws_x.c", "aws_x.b", "value", True)])


def test_dot_has_every_resource_and_every_edge() -> None:
    """An arrow runs from what depends to what it depends on; inferred ones are dashed."""
    text = diagram.dot(SMALL, plan(a=Action.REPLACE))
    assert '  n0 [label="-/+ aws_x.a", fillcolor="#f8d7da", color="#b02a37"];' in text
    assert '  n1 -> n0 [label="reference"];' in text
    assert '  n2 -> n1 [label="value", style=dashed];' in text


def test_mermaid_has_every_resource_and_every_edge() -> None:
    """The same picture in the other language, with a style for each action that occurs."""
    text = diagram.mermaid(SMALL, plan(a=Action.REPLACE))
    assert '  n0["-/+ aws_x.a"]:::replace' in text
    assert '-.->|"value"|' in text
    assert "classDef replace " in text
    assert "classDef create " not in text


@given(st.lists(st.text(max_size=40), min_size=2, max_size=5, unique=True))
def test_no_name_breaks_out_of_a_label(names: list[str]) -> None:
    """With any names, each line is a node, an edge or a style of ours."""
    graph = Graph([Edge(a, b, a) for a, b in pairwise(names)])
    changed = plan_of({names[0]: Action.DELETE})
    for line in diagram.dot(graph, changed).splitlines()[4:-1]:
        assert DOT_LINE.fullmatch(line)
    for line in diagram.mermaid(graph, changed).splitlines()[1:]:
        assert MERMAID_LINE.fullmatch(line)


def test_a_big_graph_is_cut_for_mermaid_around_the_changes() -> None:
    """GitHub draws so much and no more; what changes is in, and what is left out is counted."""
    chain = [Edge(f"aws_x.n{i:04}", f"aws_x.n{i + 1:04}") for i in range(2000)]
    text = diagram.mermaid(Graph(chain), plan(n1000=Action.UPDATE))
    assert "~ aws_x.n1000" in text
    assert text.count('["') == diagram.MERMAID_NODES + 1
    assert "1,881 resources and 1,881 edges not drawn" in text.replace("#44;", ",")
    assert len(text) < 50_000


@pytest.mark.skipif(not shutil.which("dot"), reason="graphviz is not installed")
def test_graphviz_accepts_hostile_names() -> None:
    """The real program reads the file to its end."""
    names = samples.HOSTILE
    graph = Graph([Edge(a, b, a) for a, b in pairwise(names)])
    text = diagram.dot(graph, plan_of({names[0]: Action.DELETE}))
    done = subprocess.run(
        ["dot", "-Tplain"], input=text, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\nnode ") == len(names)
