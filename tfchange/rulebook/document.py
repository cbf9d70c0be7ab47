"""YAML in, plain values with line numbers out; what YAML allows beyond plain values is a fault.

Only true, false, null, decimal numbers and text are scalars here (YAML 1.2's core, without the
dates, octals and yes/no of 1.1); there are no tags, anchors or aliases, and each key stands once.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec

from tfchange.rulebook.files import RuleFile

_MOST_BYTES = 1_000_000
_DEEPEST = 40
_DEEP = f"is nested deeper than {_DEEPEST} levels"
_SCALARS = {
    "tag:yaml.org,2002:bool": (r"(?:true|false)\Z", "tf"),
    "tag:yaml.org,2002:null": (r"(?:null|~|)\Z", ["n", "~", ""]),
    "tag:yaml.org,2002:int": (r"-?(?:0|[1-9][0-9]{0,17})\Z", "-0123456789"),
    "tag:yaml.org,2002:float": (r"-?[0-9]+\.[0-9]+\Z", "-0123456789"),
}

Where = tuple[str | int, ...]


class Document(msgspec.Struct, frozen=True):
    """What one file says, and in which line."""

    file: RuleFile
    content: Any
    lines: dict[Where, int]

    def fault(self, where: Where, message: str) -> str:
        """The message with file and line, the line of the nearest place that is known."""
        while where and where not in self.lines:
            where = where[:-1]
        return f"{self.file.shown}:{self.lines.get(where, 1)}: {message}"


def entries(said: dict[str, Any], key: str) -> Iterator[tuple[int, Any]]:
    """The entries of a list, each with its place; None, which stands for a faulty one, is none."""
    return ((i, entry) for i, entry in enumerate(said.get(key, ())) if entry is not None)


def read(file: RuleFile) -> tuple[Document | None, list[str]]:
    """The document, or None and what is wrong with it as YAML."""
    documents, faults = read_all(file, most=1)
    return (documents[0] if documents else None), faults


def read_all(file: RuleFile, most: int | None = None) -> tuple[list[Document], list[str]]:
    """The documents of a file, which holds so many at most, and what is wrong with it as YAML."""
    try:
        text = _text(file.data)
    except ValueError as error:
        return [], [f"{file.shown}:1: {error}"]
    return _parse(file, text, most)


def _text(data: bytes) -> str:
    if len(data) > _MOST_BYTES:
        raise ValueError(f"is larger than {_MOST_BYTES:,} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ValueError(f"is not UTF-8 text (line {line})") from None


def _parse(file: RuleFile, text: str, most: int | None) -> tuple[list[Document], list[str]]:
    import yaml

    loader = _loader()
    try:
        if wrong := _beyond_plain(yaml.parse(text, Loader=loader), most):
            return [], [f"{file.shown}:{line}: {said}" for line, said in wrong]
        nodes = list(yaml.compose_all(text, Loader=loader))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        # Some versions of libyaml notice before we do.
        said = (
            _DEEP if "nesting depth" in (error.problem or "") else f"is not YAML: {error.problem}"
        )
        return [], [f"{file.shown}:{line}: {said}"]
    except yaml.YAMLError as error:
        return [], [f"{file.shown}:1: is not YAML: {str(error).splitlines()[0]}"]
    if not nodes:
        return [], [f"{file.shown}:1: is empty"]
    wrong = []
    documents = [_document(file, node, wrong) for node in nodes]
    return documents, [f"{file.shown}:{line}: {said}" for line, said in wrong]


def _document(file: RuleFile, node: Any, wrong: list[tuple[int, str]]) -> Document:
    lines: dict[Where, int] = {}
    return Document(file, _value(node, (), lines, wrong), lines)


def _beyond_plain(events: Any, most: int | None) -> list[tuple[int, str]]:
    wrong, depth, documents = [], 0, 0
    for event in events:
        kind, line = type(event).__name__, event.start_mark.line + 1
        depth += kind.endswith("StartEvent") - kind.endswith("EndEvent")
        documents += kind == "DocumentStartEvent"
        if depth > _DEEPEST:
            return [(line, _DEEP)]
        if most is not None and documents > most:
            return [(line, "holds more than one document")]
        if getattr(event, "anchor", None):
            wrong.append((line, f"anchors and aliases are not used here ({event.anchor})"))
        if getattr(event, "tag", None):
            wrong.append((line, f"tags are not used here ({event.tag})"))
    return wrong


def _value(node: Any, at: Where, lines: dict[Where, int], wrong: list[tuple[int, str]]) -> Any:
    lines.setdefault(at, node.start_mark.line + 1)
    if node.id == "sequence":
        return [_value(item, (*at, i), lines, wrong) for i, item in enumerate(node.value)]
    if node.id == "mapping":
        return _mapping(node, at, lines, wrong)
    return _scalar(node)


def _mapping(
    node: Any, at: Where, lines: dict[Where, int], wrong: list[tuple[int, str]]
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if key.id != "scalar" or not isinstance(_scalar(key), str):
            wrong.append((line, "a key must be text"))
            continue
        if key.value in values:
            wrong.append((line, f"the key {key.value!r} stands twice"))
        lines[(*at, key.value)] = line
        values[key.value] = _value(value, (*at, key.value), lines, wrong)
    return values


def _scalar(node: Any) -> Any:
    kind, text = node.tag.rpartition(":")[2], node.value
    if kind == "bool":
        return text == "true"
    if kind == "null":
        return None
    return int(text) if kind == "int" else float(text) if kind == "float" else text


@cache
def _loader() -> Any:
    """The C loader where PyYAML has it; the pure one gives the same values, only slower."""
    import yaml

    return plain(getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def plain(base: Any) -> Any:
    """The loader class with the scalars of this module alone."""

    class Plain(base):  # type: ignore[misc]
        yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    for tag, (pattern, first) in _SCALARS.items():
        Plain.add_implicit_resolver(tag, re.compile(pattern), list(first))
    return Plain
