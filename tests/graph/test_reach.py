"""The questions a graph answers, held against networkx on any shape, cycles included."""

from collections.abc import Iterable
from itertools import pairwise

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from tfchange.graph.dependency import VIAS, DependencyGraph, Via
from tfchange.graph.draft import Draft
from tfchange.graph.totals import totals

Pairs = list[tuple[int, int]]

pairs = st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), max_size=45)
some = st.sets(st.integers(0, 14), max_size=6)


def names(count: int = 15) -> list[str]:
    return [f"aws_x.n{i:02}" for i in range(count)]


def blank(nodes: list[str]) -> Draft:
    return Draft(nodes, ["aws_x"] * len(nodes), nodes)


def drawn(edges: Iterable[tuple[int, int]], count: int = 15) -> DependencyGraph:
    draft = blank(names(count))
    for source, target in edges:
        draft.edge(source, target, 0)
    return draft.finish()


def truth(edges: Iterable[tuple[int, int]], count: int = 15) -> "nx.DiGraph[str]":
    """Arrows from a dependency to what depends on it."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(names(count))
    graph.add_edges_from((names(count)[to], names(count)[from_]) for from_, to in edges)
    return graph


def addresses(ids: Iterable[int]) -> list[str]:
    return [names()[i] for i in ids]


@given(pairs, some)
def test_reach_is_networkx_descendants(edges: Pairs, changed: set[int]) -> None:
    """The union and its distances equal shortest paths from all changed instances but itself."""
    theirs: dict[str, int] = {}
    for origin in addresses(changed):
        lengths = nx.single_source_shortest_path_length(truth(edges), origin)
        for node, length in lengths.items():
            if node != origin:
                theirs[node] = min(length, theirs.get(node, length))
    assert drawn(edges).reach(addresses(changed)).distance == theirs


@given(pairs, some)
def test_counts_are_networkx_descendants(edges: Pairs, changed: set[int]) -> None:
    """Each changed instance counts exactly the distinct instances that depend on it."""
    found = drawn(edges).reach(addresses(changed)).count
    assert found == {a: len(nx.descendants(truth(edges), a)) for a in addresses(changed)}


@given(pairs, some, st.lists(st.integers(0, 1000), min_size=15, max_size=15))
def test_both_ways_to_weigh_agree(edges: Pairs, changed: set[int], weights: list[int]) -> None:
    """Walks and bitsets give the same exact sums, and so does networkx."""
    draft = drawn(edges)
    weigh = dict(zip(names(), weights, strict=True))
    theirs = {a: sum(weigh[n] for n in nx.descendants(truth(edges), a)) for a in addresses(changed)}
    assert draft.weights(addresses(changed), weigh) == theirs
    dependents: list[list[int]] = [[] for _ in names()]
    for source, target in edges:
        dependents[target].append(source)
    bits = totals(dependents, sorted(changed), weights, limit=-1)
    assert dict(zip(addresses(sorted(changed)), bits, strict=True)) == theirs


def test_bitsets_come_in_blocks() -> None:
    """More changed instances than one block holds are counted as exactly as few."""
    count = 10_000
    dependents = [[i + 1] for i in range(count - 1)] + [[]]
    sums = totals(dependents, range(count), [1] * count, limit=0)
    assert sums == list(range(count - 1, -1, -1))


@given(pairs, some, st.tuples(st.integers(0, 14), st.integers(0, 14)))
def test_more_edges_never_shrink_a_radius(
    edges: Pairs, changed: set[int], more: tuple[int, int]
) -> None:
    """With one edge more every distance is as short or shorter, and nothing is lost."""
    before = drawn(edges).reach(addresses(changed))
    after = drawn([*edges, more]).reach(addresses(changed))
    assert all(after.distance[node] <= far for node, far in before.distance.items())
    assert all(after.count[node] >= total for node, total in before.count.items())


@given(pairs, some, some)
def test_a_radius_of_many_is_the_union_of_radii(
    edges: Pairs, one: set[int], other: set[int]
) -> None:
    """What both reach together is what each reaches, and nothing else."""
    graph = drawn(edges)
    together = set(graph.reach(addresses(one | other)).distance)
    assert together == {node for c in addresses(one | other) for node in graph.reach([c]).distance}


@given(pairs, some, st.randoms())
def test_order_means_nothing(edges: Pairs, changed: set[int], random: object) -> None:
    """The order in which changes are asked for shows up in no answer."""
    graph, asked = drawn(edges), addresses(changed)
    shuffled = list(asked)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = graph.reach(asked), graph.reach(shuffled)
    assert list(first.distance) == list(second.distance)
    assert first.count == second.count
    assert [first.chain_to(n) for n in first.distance] == [
        second.chain_to(n) for n in second.distance
    ]


@given(pairs, some)
def test_all_chains_together_are_each_chain_alone(edges: Pairs, changed: set[int]) -> None:
    """Sharing the beginnings of chains changes none, and they come by distance and address."""
    reach = drawn(edges).reach(addresses(changed))
    together = [*reach.chains(lambda address, via: (address, via))]
    nearest = sorted(reach.distance.items(), key=lambda pair: (pair[1], pair[0]))
    assert together == [(distance, reach.chain_to(node)) for node, distance in nearest]


@given(pairs, some)
def test_a_chain_is_a_real_and_shortest_path(edges: Pairs, changed: set[int]) -> None:
    """Each hop is an edge, the chain starts at another changed instance and is as long as said."""
    graph = drawn(edges)
    reach = graph.reach(addresses(changed))
    for node, distance in reach.distance.items():
        chain = reach.chain_to(node)
        assert chain[0][0] in addresses(changed)
        assert chain[0][1] is None
        assert chain[-1][0] == node
        assert len(chain) == distance + 1
        assert chain[0][0] != node
        for (before, _), (after, via) in pairwise(chain):
            assert (before, via) in [(e.target, e.via) for e in graph.dependencies(after)]
        assert len(graph.chain(chain[0][0], node)) == distance + 1


@given(
    st.lists(st.tuples(some, some, st.integers(0, 5)), max_size=6),
    pairs,
    some,
    st.booleans(),
)
def test_hubs_equal_their_expansion(
    many: list[tuple[set[int], set[int], int]], edges: Pairs, changed: set[int], nested: bool
) -> None:
    """A graph with hubs answers like the one where every pair is an edge of its own."""
    hubs, plain = blank(names()), blank(names())
    for source, target in edges:
        hubs.edge(source, target, 2)
        plain.edge(source, target, 2)
    for sources, targets, via in many:
        hub = hubs.hub(sorted(targets))
        hub = hubs.hub([hub]) if nested else hub
        for source in sources:
            hubs.edge(source, hub, via)
            for target in targets:
                plain.edge(source, target, via)
    one, other = hubs.finish(), plain.finish()
    asked = addresses(changed)
    assert list(one.edges()) == list(other.edges())
    assert [one.dependents(n) for n in names()] == [other.dependents(n) for n in names()]
    ours, theirs = one.reach(asked), other.reach(asked)
    assert (ours.distance, ours.count) == (theirs.distance, theirs.count)
    for node, distance in ours.distance.items():
        chain = ours.chain_to(node)
        assert len(chain) == distance + 1
        for (before, _), (after, how) in pairwise(chain):
            assert before in [edge.target for edge in other.dependencies(after)]
            assert how is not None


@given(pairs)
def test_edges_are_told_from_both_ends(edges: Pairs) -> None:
    """What is an edge to one end is an edge to the other, once, and none leads to itself."""
    graph = drawn(edges)
    out = [edge for node in names() for edge in graph.dependencies(node)]
    back = [edge for node in names() for edge in graph.dependents(node)]
    assert sorted(out) == sorted(back) == list(graph.edges())
    assert len(set(out)) == len(out)
    assert all(edge.source != edge.target for edge in out)


def test_a_deep_chain_is_no_trouble() -> None:
    """Depth costs no stack: a chain of 50,000 is walked from end to end."""
    count = 50_000
    draft = blank([f"aws_x.n{i:05}" for i in range(count)])
    for i in range(1, count):
        draft.edge(i, i - 1, 0)
    graph = draft.finish()
    assert len(graph.chain("aws_x.n00000", f"aws_x.n{count - 1:05}")) == count
    assert graph.reach(["aws_x.n00000"]).count == {"aws_x.n00000": count - 1}


def test_the_surest_via_is_told() -> None:
    """Where several edges join the same two, the surest is named and a guess is labelled."""
    draft = blank(["a.a", "b.b"])
    draft.edge(1, 0, VIAS.index(Via.VALUE))
    guessed = draft.finish().dependencies("b.b")[0]
    assert (guessed.via, guessed.inferred) == (Via.VALUE, True)
    draft.edge(1, 0, VIAS.index(Via.DEPENDS_ON))
    (sure,) = draft.finish().dependencies("b.b")
    assert (sure.via, sure.inferred) == (Via.DEPENDS_ON, False)


def test_strangers_reach_nothing() -> None:
    """An address that is no node is no error in a radius and has no chain."""
    graph = drawn([(1, 0)])
    assert graph.reach(["aws_y.other"]).count == {}
    assert graph.chain("aws_y.other", "aws_x.n00") == ()
    assert graph.reach(["aws_x.n00"]).chain_to("aws_x.n05") == ()
