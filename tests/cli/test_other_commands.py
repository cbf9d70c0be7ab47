"""`tfchange graph`, `explain` and `rules` as users run them."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.build import change, plan_json
from tests.conftest import Run


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A subnet in a VPC; the VPC is tagged."""
    file = tmp_path / "plan.json"
    vpc, tagged = {"id": "vpc-1", "tags": None}, {"id": "vpc-1", "tags": {"a": "b"}}
    subnet = {"id": "subnet-1", "vpc_id": "vpc-1"}
    file.write_bytes(
        plan_json(
            [
                change("aws_vpc.main", ["update"], vpc, tagged),
                change('aws_subnet.a["x.y"]', ["no-op"], subnet, subnet),
            ],
            configuration={
                "root_module": {
                    "resources": [
                        {
                            "address": "aws_vpc.main",
                            "mode": "managed",
                            "type": "aws_vpc",
                            "name": "main",
                        },
                        {
                            "address": "aws_subnet.a",
                            "mode": "managed",
                            "type": "aws_subnet",
                            "name": "a",
                            "expressions": {
                                "vpc_id": {"references": ["aws_vpc.main.id", "aws_vpc.main"]}
                            },
                            "for_each_expression": {},
                        },
                    ]
                }
            },
        )
    )
    return file


def test_graph_json_is_node_link(tfchange: Run, plan: Path) -> None:
    """The graph's JSON has nodes with block, type and action, and edges with how they are known."""
    code, out, err = tfchange("graph", plan)
    assert (code, err) == (0, "")
    graph = json.loads(out)
    assert graph["edges"] == [
        {
            "source": 'aws_subnet.a["x.y"]',
            "target": "aws_vpc.main",
            "via": "reference",
            "inferred": False,
        }
    ]
    assert {
        "id": "aws_vpc.main",
        "block": "aws_vpc.main",
        "type": "aws_vpc",
        "action": "update",
    } in graph["nodes"]


@pytest.mark.parametrize(("format_", "start"), [("dot", "digraph"), ("mermaid", "flowchart")])
def test_graph_as_a_picture(tfchange: Run, plan: Path, format_: str, start: str) -> None:
    """The graph can be drawn."""
    code, out, _ = tfchange("graph", plan, "--format", format_)
    assert code == 0
    assert start in out


def test_graph_as_graphml(tfchange: Run, plan: Path) -> None:
    """GraphML is well-formed and holds all nodes."""
    out = tfchange("graph", plan, "--format", "graphml").out
    assert len(ElementTree.fromstring(out).findall(".//{*}node")) == 2  # noqa: S314


def test_explain_shows_both_sides(tfchange: Run, plan: Path) -> None:
    """Explaining a resource names what it depends on."""
    code, out, err = tfchange("explain", plan, 'aws_subnet.a["x.y"]')
    assert (code, err) == (0, "")
    assert "aws_vpc.main" in out


def test_explain_of_an_unknown_address(tfchange: Run, plan: Path) -> None:
    """An address that is not in the plan is a wrong request, and the nearest one is named."""
    code, out, err = tfchange("explain", plan, "aws_vpc.mian")
    assert (code, out) == (2, "")
    assert "aws_vpc.main" in err


def test_rules_lists_all(tfchange: Run) -> None:
    """The list names every rule once, with its severity."""
    code, out, err = tfchange("rules")
    assert (code, err) == (0, "")
    ids = [rule["id"] for rule in json.loads(tfchange("rules", "--format", "json").out)["rules"]]
    assert len(ids) >= 25
    listed = [line.split()[0] for line in out.splitlines()[2:-2] if line and line[0] != " "]
    assert sorted(listed) == sorted(ids)


def test_one_rule_in_full(tfchange: Run) -> None:
    """One rule comes with why it matters and when it hits."""
    code, out, err = tfchange("rules", "database-replaced")
    assert (code, err) == (0, "")
    assert out.startswith("database-replaced: ")
    assert "Why" in out


def test_an_unknown_rule_names_the_nearest(tfchange: Run) -> None:
    """A mistyped rule id is answered with the one that is meant."""
    code, _, err = tfchange("rules", "database-replace")
    assert code == 2
    assert "database-replaced" in err
