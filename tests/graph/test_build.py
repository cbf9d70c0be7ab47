"""The whole graph: which instances are in it, and that order and size do it no harm."""

import os
from functools import lru_cache

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.build import change, plan
from tests.graph.small import block, built, call, module
from tests.graph.test_state import prior
from tests.plan.test_address import addresses
from tfchange.graph.build import build
from tfchange.graph.instances import Instances
from tfchange.plan.address import Address
from tfchange.plan.decode import decode
from tfchange.plan.model import Plan

HERE = os.path.join(os.path.dirname(__file__), "..", "..", "fixtures", "graphs")
SHUFFLED = ("nested-modules", "pairing", "odd-keys", "provider-alias", "moved-removed")


@lru_cache
def fixture(name: str) -> Plan:
    with open(os.path.join(HERE, name, "applied", "plan.json"), "rb") as stream:
        return decode(stream.read())


def test_everything_the_plan_knows_is_a_node() -> None:
    """Changes, unchanged resources, drifted ones, deferred ones and what only the state holds."""
    deferred = {"reason": "unknown", "resource_change": change("x.later", ["create"])}
    made = plan(
        [
            change("x.same", ["no-op"], {}, {}),
            change("data.x.read", ["read"]),
            change('module.m["a.b"].x.new[0]', ["create"]),
            change("x.same", ["delete"], {}, deposed="0123abcd"),
        ],
        drift=[change("x.drifted", ["update"], {}, {})],
        prior_state=prior({"x.old": [], "x.same": [], 'module.m["]"].data.x.d': []}),
        deferred_changes=[deferred],
    )
    graph, caveats = build(made)
    assert graph.nodes == (
        "data.x.read",
        'module.m["]"].data.x.d',
        'module.m["a.b"].x.new[0]',
        "x.drifted",
        "x.later",
        "x.old",
        "x.same",
    )
    assert graph.block_of('module.m["]"].data.x.d') == "module.m.data.x.d"
    assert graph.block_of('module.m["a.b"].x.new[0]') == "module.m.x.new"
    assert graph.type_of("data.x.read") == "x"
    assert "x.same" in graph
    assert "x.none" not in graph
    assert len(graph) == 7
    assert caveats == ()


def test_a_node_that_is_not_there_is_an_error() -> None:
    """Asking for the edges of an unknown address is a mistake of the caller."""
    graph, _ = build(plan([]))
    for ask in (graph.dependencies, graph.dependents, graph.type_of, graph.block_of):
        with pytest.raises(KeyError):
            ask("x.none")


@given(addresses)
def test_an_instance_is_placed_by_its_address(address: Address) -> None:
    """Whatever its keys hold: one for each module on the way, then its own."""
    instances = Instances(plan([change(str(address), ["update"], {}, {})]))
    assert instances.keys == [(*(step.key for step in address.modules), address.key)]
    assert instances.texts == [address.block]


def test_deferred_instances_without_a_key_have_a_place() -> None:
    """Terraform names what it cannot count yet with `[*]`, in modules too."""
    change_ = change("x.a", ["create"])
    change_ |= {"address": "module.m[*].x.a", "module_address": "module.m[*]"}
    made = plan(
        [change("x.b", ["update"], {}, {})],
        deferred_changes=[{"reason": "instance_count_unknown", "resource_change": change_}],
        configuration={
            "root_module": module(
                block("x.b"),
                module_calls={"m": call(module(block("x.a", "var.v")), inputs={"v": ["x.b"]})},
            )
        },
    )
    graph, _ = build(made)
    assert [e.target for e in graph.dependencies("module.m[*].x.a")] == ["x.b"]


@pytest.mark.parametrize("name", SHUFFLED)
@given(order=st.randoms())
def test_the_order_of_the_plan_shows_up_nowhere(name: str, order: object) -> None:
    """Shuffled changes, drift and state make the same graph, with the same chains."""
    sorted_ = fixture(name)
    lists = {}
    for field in ("changes", "drift", "state"):
        entries = list(getattr(sorted_, field))
        order.shuffle(entries)  # type: ignore[attr-defined]
        lists[field] = tuple(entries)
    one, two = build(sorted_)[0], build(msgspec.structs.replace(sorted_, **lists))[0]
    assert one.nodes == two.nodes
    assert list(one.edges()) == list(two.edges())
    asked = [change.address for change in sorted_.changes][::3]
    first, second = one.reach(asked), two.reach(asked)
    assert list(first.distance.items()) == list(second.distance.items())
    assert first.count == second.count
    assert [first.chain_to(a) for a in one.nodes] == [second.chain_to(a) for a in two.nodes]


def test_a_plan_without_configuration_has_what_the_state_tells() -> None:
    """Trimmed plans lack their configuration; the graph is then the state's."""
    made = msgspec.structs.replace(
        plan([change("x.a", ["update"], {}, {})], prior_state=prior({"x.a": ["x.b"], "x.b": []})),
        configuration=None,
    )
    graph, caveats = build(made)
    assert [(e.source, e.target) for e in graph.edges()] == [("x.a", "x.b")]
    assert caveats == ()


def test_deep_configurations_need_no_stack() -> None:
    """A chain of 3,000 resources and one of 150 modules are followed to their ends."""
    count = 3_000
    root = module(*[block(f"x.n{i:04}", f"x.n{i + 1:04}") for i in range(count)])
    graph, _ = built([f"x.n{i:04}" for i in range(count)], root)
    assert graph.reach([f"x.n{count - 1:04}"]).count == {f"x.n{count - 1:04}": count - 1}
    inner = module(block("x.end", "var.v"))
    for _ in range(150):
        inner = module(module_calls={"m": call(inner, inputs={"v": ["var.v"]})})
    root = module(
        block("x.top"), module_calls={"m": call(inner, inputs={"v": ["x.top.id", "x.top"]})}
    )
    deep = "module.m." * 151 + "x.end"
    graph, _ = built(["x.top", deep], root)
    assert graph.chain("x.top", deep)[1:] == ((deep, "reference"),)


def test_what_all_share_is_drawn_once() -> None:
    """Three hundred resources that wait for three hundred cost hundreds of entries, not 90,000."""
    many = module(*[block(f"x.b{i:03}") for i in range(300)])
    users = [block(f"x.a{i:03}", depends_on=["module.m"]) for i in range(300)]
    known = [f"x.a{i:03}" for i in range(300)] + [f"module.m.x.b{i:03}" for i in range(300)]
    graph, _ = built(known, module(*users, module_calls={"m": call(many)}))
    assert graph.size <= 600
    counts = graph.reach(known).count
    assert all(counts[f"module.m.x.b{i:03}"] == 300 for i in range(300))
    needed = [edge.target for edge in graph.dependencies("x.a007")]
    assert needed == [f"module.m.x.b{i:03}" for i in range(300)]
