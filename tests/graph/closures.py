"""What depends on what, by blocks: as a graph of ours has it and as Terraform draws it."""

import importlib.util
import os
from collections.abc import Callable
from functools import lru_cache

from tests.conftest import ROOT
from tfchange.graph.dependency import DependencyGraph

Pairs = frozenset[tuple[str, str]]
"""Pairs of blocks, the first depending on the second, directly or not."""
Closure = Callable[[str], dict[str, frozenset[str]]]


@lru_cache
def closure_module() -> tuple[Closure, Callable[[str], frozenset[str]]]:
    """The reader of Terraform's drawings that stands beside the fixtures."""
    file = os.path.join(ROOT, "fixtures", "graphs", "closure.py")
    spec = importlib.util.spec_from_file_location("closure", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.closure, module.orphans


def ours(graph: DependencyGraph) -> Pairs:
    """Every pair of blocks in the graph."""
    links: dict[str, set[str]] = {}
    for edge in graph.edges():
        links.setdefault(graph.block_of(edge.source), set()).add(graph.block_of(edge.target))
    found = set()
    for block in links:
        seen: set[str] = set()
        waiting = [block]
        while waiting:
            new = links.get(waiting.pop(), set()) - seen
            seen |= new
            waiting.extend(new)
        found |= {(block, other) for other in seen if other != block}
    return frozenset(found)


def theirs(dot: str, graph: DependencyGraph) -> Pairs:
    """The same as Terraform draws it, between blocks that have instances."""
    closure, _ = closure_module()
    known = {graph.block_of(node) for node in graph.nodes}
    drawn = closure(dot)
    return frozenset((a, b) for a in drawn for b in drawn[a] if {a, b} <= known)
