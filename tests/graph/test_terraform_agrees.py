"""The graph against Terraform's own: the closure of every fixture, by blocks.

`terraform graph -type=plan` is the yardstick. It draws blocks that left the configuration without
what they depended on, so their extra pairs are what the state alone remembers.
"""

import os

import pytest

from tests.graph.closures import Pairs, closure_module, ours, theirs
from tfchange.graph.build import build
from tfchange.graph.dependency import DependencyGraph, Via
from tfchange.plan.configuration import Source
from tfchange.plan.decode import decode
from tfchange.plan.model import Plan
from tfchange.source.hcl import read_source

HERE = os.path.join(os.path.dirname(__file__), "..", "..", "fixtures", "graphs")
NAMES = sorted(n for n in os.listdir(HERE) if os.path.isdir(os.path.join(HERE, n, "config")))
CASES = [
    (name, state)
    for name in NAMES
    for state in ("", "applied")
    if os.path.exists(os.path.join(HERE, name, state, "graph.dot"))
]


def text(*parts: str) -> str:
    with open(os.path.join(HERE, *parts), encoding="utf-8") as stream:
        return stream.read()


def plan_of(name: str, state: str) -> Plan:
    return decode(text(name, state, "plan.json").encode())


def source_of(name: str, plan: Plan, cache: str) -> Source:
    return read_source(os.path.join(HERE, name, "config"), plan, cache=cache)[0]


def drawn(name: str, state: str, graph: DependencyGraph) -> Pairs:
    """Every pair of blocks as Terraform draws it."""
    return theirs(text(name, state, "graph.dot"), graph)


def pairs(**dependencies: list[str]) -> Pairs:
    """Pairs of root `terraform_data` blocks, by name; `old_x` stands for `x` in `module.old`."""

    def block(name: str) -> str:
        inside = name.startswith("old_")
        return f"{'module.old.' if inside else ''}terraform_data.{name.removeprefix('old_')}"

    return frozenset((block(a), block(b)) for a, many in dependencies.items() for b in many)


EXPLAINED: dict[tuple[str, str], Pairs] = {
    # The module and the three blocks left the configuration; Terraform draws orphans without
    # arrows, and the state still holds what each was created after.
    ("left-behind", ""): pairs(
        gone_low=["base"],
        gone_mid=["base", "gone_low"],
        gone_top=["base", "gone_low", "gone_mid"],
        old_first=["base", "gone_low"],
        old_second=["base", "gone_low", "old_first"],
    ),
    # Removed blocks, of which the state knows; what they name has moved to `new_name` since.
    ("moved-removed", ""): pairs(dropped=["base", "new_name"], forgotten=["base", "new_name"]),
}


def test_there_is_enough_to_compare() -> None:
    """At least a dozen configurations are compared, new and applied."""
    assert len({name for name, _ in CASES}) >= 12
    assert {state for _, state in CASES} == {"", "applied"}


@pytest.mark.parametrize(("name", "state"), CASES)
def test_with_source_nothing_is_missing_and_nothing_is_too_much(
    name: str, state: str, tmp_path: str
) -> None:
    """With the source every pair that Terraform draws is found, and no other."""
    plan = plan_of(name, state)
    graph, _ = build(plan, source_of(name, plan, str(tmp_path)))
    assert drawn(name, state, graph) - ours(graph) == frozenset()
    assert ours(graph) - drawn(name, state, graph) == EXPLAINED.get((name, state), frozenset())


@pytest.mark.parametrize("name", [name for name, state in CASES if state])
def test_from_state_alone_nothing_is_missing(name: str) -> None:
    """Without the source the state tells every pair of resources that exist, and no other."""
    graph, _ = build(plan_of(name, "applied"))
    assert ours(graph) == drawn(name, "applied", graph)


@pytest.mark.parametrize(("name", "state"), CASES)
def test_without_source_nothing_is_invented(name: str, state: str) -> None:
    """A plan alone may tell less than Terraform knows, but nothing that is not so."""
    graph, _ = build(plan_of(name, state))
    assert ours(graph) - drawn(name, state, graph) == EXPLAINED.get((name, state), frozenset())


def test_what_is_explained_is_known_from_the_state_of_what_is_gone() -> None:
    """Each explained pair begins at a block that left the configuration, by edges of the state."""
    _, orphans = closure_module()
    for (name, state), extra in EXPLAINED.items():
        graph, _ = build(plan_of(name, state))
        gone = orphans(text(name, state, "graph.dot"))
        assert {a for a, _ in extra} <= gone
        edges = [e for e in graph.edges() if graph.block_of(e.source) in gone]
        assert {e.via for e in edges} == {Via.STATE}


def test_precision_is_at_least_097_without_what_left_the_configuration(tmp_path: str) -> None:
    """Of all pairs found with source, explained ones left out, 97 of 100 are Terraform's."""
    right = found = 0
    for name, state in CASES:
        plan = plan_of(name, state)
        graph, _ = build(plan, source_of(name, plan, str(tmp_path)))
        mine = ours(graph) - EXPLAINED.get((name, state), frozenset())
        right += len(mine & drawn(name, state, graph))
        found += len(mine)
    assert right / found >= 0.97
