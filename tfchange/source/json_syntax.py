"""Reads `.tf.json`: HCL's JSON syntax, where strings are templates."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from tfchange.source import skim
from tfchange.source.references import Item, Step
from tfchange.source.scan import NAME, Block, ScanError

_LABELS = {"resource": 2, "data": 2, "ephemeral": 2, "action": 2, "locals": 0, "terraform": 0}
_LABELED_INSIDE = frozenset({"dynamic", "provisioner"})
_DEEPEST = 100
_RAW = frozenset({"depends_on", "replace_triggered_by", "provider"})
_TOKEN = re.compile(r'("(?:[^"\\]|\\.)*+")\s*+(:?)|[{}\[\]]')


def blocks(text: str) -> list[Block]:
    """The blocks of a file; the text of each is its body. Raises `ScanError` if it is not JSON."""
    try:
        tree = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise ScanError("not valid JSON", 1) from None
    lines = _lines(text)
    return [
        block
        for top in _objects(tree)
        for kind, value in top.items()
        if kind != "//"
        for block in _blocks(kind, value, (), lines)
    ]


def items(text: str) -> list[Item]:
    """The arguments of a body, nested objects included, in the order of the text."""
    return list(_items(msgspec.json.decode(text), ()))


def traversals(pieces: Iterable[skim.Text]) -> Iterator[str]:
    """The targets that the strings of one argument refer to."""
    for piece in pieces:
        yield from skim.traversals(piece)


def _blocks(
    kind: str, value: Any, labels: tuple[str, ...], lines: dict[tuple[str, ...], int]
) -> Iterator[Block]:
    for body in _objects(value):
        if len(labels) < _LABELS.get(kind, 1):
            for label, inner in body.items():
                if label != "//":
                    yield from _blocks(kind, inner, (*labels, label), lines)
        else:
            line = lines.get((kind, *labels), 1)
            yield Block(kind, labels, line, line, msgspec.json.encode(body).decode(), json=True)


def _items(body: dict[str, Any], path: tuple[Step, ...]) -> Iterator[Item]:
    for name, value in body.items():
        inner = list(_objects(value))
        if name == "//":
            continue
        if name in _LABELED_INSIDE:
            for nested in inner:
                for label, content in nested.items():
                    for one in _objects(content):
                        yield from _items(one, (*path, (name, label)))
        elif inner and name != "providers":
            for nested in inner:
                yield from _items(nested, (*path, (name,)))
        else:
            raw = name in _RAW or name == "providers"
            word = value if isinstance(value, str) and re.fullmatch(NAME, value) else ""
            pieces = [(text, text) if raw else skim.template(text) for text in _strings(value)]
            yield Item(path, name, pieces, word)


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    elif isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)


def _lines(text: str) -> dict[tuple[str, ...], int]:
    """The line of each key, by the keys around it; arrays count for nothing.

    Raises `ScanError` for what no person nests so deep.
    """
    lines: dict[tuple[str, ...], int] = {}
    stack: list[str | None] = []
    key: str | None = None
    line, seen = 1, 0
    for found in _TOKEN.finditer(text):
        if found[2]:
            key = msgspec.json.decode(found[1], type=str)
            line, seen = line + text.count("\n", seen, found.start()), found.start()
            around = [word for word in stack if word is not None]
            if len(around) <= 2:  # a kind and a label, around the second label
                lines.setdefault((*around, key), line)
        elif found[0] in "{[":
            stack.append(key)
            key = None
            if len(stack) > _DEEPEST:
                raise ScanError("nested too deep", line)
        elif found[0] in "}]":
            del stack[-1:]
    return lines
