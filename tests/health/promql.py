"""As much of PromQL as the fake understands: numbers, texts, selectors, and what budgets ask for.

https://prometheus.io/docs/prometheus/latest/querying/basics/
"""

import math
import operator
import re
from bisect import bisect_right
from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

from tests.health.seed import STALE

Labels = tuple[tuple[str, str], ...]
Points = list[tuple[float, float]]
Vector = dict[Labels, float]
TOKENS = re.compile(r"""\s*("(?:\\.|[^"\\])*"|[A-Za-z_][\w:]*|[\d.]+[smhdw]?|[<>=!]=|=~|\S)""")
RELATIONS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
WORDS = {"sum", "increase", "sum_over_time", "count_over_time"}


class RefusedError(Exception):
    """The server refuses the query: what kind of error it is, and why."""


class Node(NamedTuple):
    """A query: what kind of value it gives, and the value at a second since 1970."""

    kind: str
    at: Callable[[float], Any]
    series: Any = ()
    """What a selector names, which a range can be taken of without a step."""


class Parser:
    """Reads one query over these series."""

    def __init__(self, series: list[tuple[Labels, Points]], text: str) -> None:
        self._series = series
        self._left = TOKENS.findall(re.sub(r"#[^\n]*", "", text).strip())[::-1]

    def query(self) -> Node:
        """The whole query."""
        node = self._compared()
        if self._left:
            raise self._wrong()
        return node

    def _wrong(self) -> RefusedError:
        found = f"unexpected {self._left[-1]!r}" if self._left else "unexpected end of input"
        return RefusedError("bad_data", f'invalid parameter "query": 1:1: parse error: {found}')

    def _next(self, word: str) -> bool:
        found = bool(self._left) and self._left[-1] == word
        if found:
            self._left.pop()
        return found

    def _must(self, word: str) -> None:
        if not self._next(word):
            raise self._wrong()

    def _compared(self) -> Node:
        node = self._single()
        if not self._left or self._left[-1] not in RELATIONS:
            return node
        holds = RELATIONS[self._left.pop()]
        self._must("bool")
        value = float(self._left.pop())
        return Node(
            "vector",
            lambda t: {
                labels: float(holds(each, value)) for labels, each in vector(node, t).items()
            },
        )

    def _single(self) -> Node:
        if not self._left:
            raise self._wrong()
        word = self._left.pop()
        if word[0] == '"':
            return Node("string", lambda _: word[1:-1])
        if re.fullmatch(r"[\d.]+", word):
            return Node("scalar", lambda _: float(word))
        if word == "(":
            node = self._compared()
            self._must(")")
        elif word in WORDS:
            return self._called(word)
        elif re.match(r"[A-Za-z_:]|\{", word):
            node = self._selector(word)
        else:
            self._left.append(word)
            raise self._wrong()
        return self._range(node) if self._next("[") else node

    def _selector(self, word: str) -> Node:
        wanted = [] if word == "{" else [("__name__", "=", word)]
        if word == "{" or self._next("{"):
            while not self._next("}"):
                if len(self._left) < 4:
                    raise self._wrong()
                label, relation, text = (self._left.pop() for _ in range(3))
                wanted.append((label, relation, text[1:-1]))
                self._next(",")

        def fits(labels: Labels) -> bool:
            known = dict(labels)
            return all(
                known.get(label, "") == text
                if relation == "="
                else bool(re.fullmatch(text, known.get(label, "")))
                for label, relation, text in wanted
            )

        found = [(labels, points) for labels, points in self._series if fits(labels)]

        def at(t: float) -> Vector:
            fresh = {labels: last(points, t) for labels, points in found}
            return {labels: value for labels, value in fresh.items() if value is not None}

        return Node("vector", at, found)

    def _range(self, node: Node) -> Node:
        length = seconds(self._left.pop())
        every = seconds(self._left.pop()) if self._next(":") else None
        self._must("]")

        def samples(t: float) -> dict[Labels, Points]:
            cut = {
                labels: [point for point in points if t - length <= point[0] <= t]
                for labels, points in node.series
            }
            return {labels: points for labels, points in cut.items() if points}

        def looks(t: float) -> dict[Labels, Points]:
            table: dict[Labels, Points] = {}
            for look in grid(t - length, t, every or 1):
                for labels, value in vector(node, look).items():
                    table.setdefault(labels, []).append((look, value))
            return table

        return Node(f"matrix {length}", looks if every else samples)

    def _called(self, name: str) -> Node:
        self._must("(")
        node = self._compared()
        self._must(")")
        if name == "sum":
            return Node(
                "vector", lambda t: {(): sum(found.values())} if (found := vector(node, t)) else {}
            )
        if not node.kind.startswith("matrix"):
            said = f"expected type range vector in call to function {name!r}"
            raise RefusedError("bad_data", f'invalid parameter "query": 1:1: parse error: {said}')
        length = float(node.kind.split()[1])

        def at(t: float) -> Vector:
            found = {lb: over(name, points, t - length, t) for lb, points in node.at(t).items()}
            return {bare(labels): value for labels, value in found.items() if value is not None}

        return Node("vector", at)


def over(name: str, points: Points, start: float, end: float) -> float | None:
    """The function of that name over the points of a range."""
    if name == "increase":
        return increase(points, start, end)
    return float(len(points)) if name == "count_over_time" else sum(value for _, value in points)


def increase(points: Points, start: float, end: float) -> float | None:
    """How much a counter grew, stretched to the ends of the range as Prometheus does it."""
    if len(points) < 2:
        return None
    grown = points[-1][1] - points[0][1]
    pairs = pairwise(points)
    grown += sum(one[1] for one, two in pairs if two[1] < one[1])
    sampled = points[-1][0] - points[0][0]
    mean, head, tail = sampled / (len(points) - 1), points[0][0] - start, end - points[-1][0]
    if grown > 0 <= points[0][1]:
        head = min(head, sampled * points[0][1] / grown)
    stretched = sampled + sum(each if each < mean * 1.1 else mean / 2 for each in (head, tail))
    return grown * stretched / sampled


def grid(start: float, end: float, every: float) -> list[float]:
    """The looks of a subquery, at whole multiples of its step."""
    first = -(-start // every)
    return [look * every for look in range(int(first), int(end // every) + 1)]


def last(points: Points, t: float) -> float | None:
    """The newest value that is not too old."""
    end = bisect_right(points, (t, math.inf))
    at, value = points[end - 1] if end else (-math.inf, 0.0)
    return value if at >= t - STALE else None


def vector(node: Node, t: float) -> Vector:
    """The value as a vector, which is all that can be summed."""
    if node.kind != "vector":
        raise RefusedError("bad_data", 'invalid parameter "query": 1:1: parse error: no vector')
    found: Vector = node.at(t)
    return found


def bare(labels: Labels) -> Labels:
    """The labels without the name of the metric, which functions drop."""
    return tuple(each for each in labels if each[0] != "__name__")


def seconds(text: str) -> float:
    """The length that PromQL writes as `5m`."""
    return float(text[:-1]) * UNITS[text[-1]]
