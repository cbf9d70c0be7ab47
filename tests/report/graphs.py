"""A small graph with the verbs the reports use, for tests that need no plan behind it."""

from collections.abc import Iterable, Iterator

import msgspec

from tfchange.plan.model import Action, Plan, ResourceChange, Values


class Edge(msgspec.Struct, frozen=True):
    """The source depends on the target."""

    source: str
    target: str
    via: str = "reference"
    inferred: bool = False


class Graph:
    """Says who depends on whom, in the order of the edges it was made of."""

    def __init__(self, edges: Iterable[Edge], alone: Iterable[str] = ()) -> None:
        self._edges = tuple(edges)
        ends = [end for edge in self._edges for end in (edge.source, edge.target)]
        self.nodes = tuple(sorted({*ends, *alone}))

    def edges(self) -> Iterator[Edge]:
        return iter(self._edges)

    def dependencies(self, address: str) -> tuple[Edge, ...]:
        return tuple(edge for edge in self._edges if edge.source == address)

    def dependents(self, address: str) -> tuple[Edge, ...]:
        return tuple(edge for edge in self._edges if edge.target == address)


def plan(**actions: Action) -> Plan:
    """A plan in which each `aws_x.NAME` has an action."""
    return plan_of({f"aws_x.{name}": action for name, action in actions.items()})


def plan_of(actions: dict[str, Action]) -> Plan:
    """A plan in which each address has an action."""
    return Plan(changes=tuple(_change(address, action) for address, action in actions.items()))


def _change(address: str, action: Action) -> ResourceChange:
    return ResourceChange(address, "aws_x", address.rpartition(".")[2], action, _nothing)


def _nothing() -> Values:
    return Values(None, None, {}, ())
