"""What a CEL expression sees of a change: masked values, plain enough to compare by meaning.

* JSON documents inside strings are decoded; the lists of a policy document are sorted, since
  their order means nothing.
* A value that is known only after apply is there, as `UNKNOWN`: not absent, equal to nothing a
  rule would name, and an error in every calculation, so that a rule does not hit on a guess.
"""

from typing import Any

import msgspec

UNKNOWN = "(known after apply)"

_LARGEST = 2**63 - 1


def pick(tree: object, fields: frozenset[str] | None) -> Any:
    """The top-level members that are asked for (None: all of them); None where there is no tree."""
    if fields is None or not isinstance(tree, dict):
        return tree if isinstance(tree, dict) else None
    return {name: tree[name] for name in tree if name in fields}


def resource(value: object, unknown: object) -> Any:
    """The attributes as an expression sees them; None where there is no object."""
    return None if value is None else _plain(value, unknown)


def _plain(value: Any, unknown: Any = None) -> Any:
    if unknown is True:
        return UNKNOWN
    if isinstance(value, dict) or (value is None and isinstance(unknown, dict)):
        return _mapping(value or {}, unknown if isinstance(unknown, dict) else {})
    if isinstance(value, list):
        marks = unknown if isinstance(unknown, list) else []
        return [_plain(v, marks[i] if i < len(marks) else None) for i, v in enumerate(value)]
    if isinstance(value, str):
        return _text(value)
    # CEL's integers have 64 bits.
    return float(value) if isinstance(value, int) and abs(value) > _LARGEST else value


def _mapping(value: dict[str, Any], marks: dict[str, Any]) -> Any:
    added = [name for name in marks if name not in value and _any(marks[name])]
    return {name: _plain(value.get(name), marks.get(name)) for name in (*value, *added)}


def _any(marks: Any) -> bool:
    if isinstance(marks, dict):
        return any(map(_any, marks.values()))
    return any(map(_any, marks)) if isinstance(marks, list) else marks is True


def _text(text: str) -> Any:
    if text[:1] not in ("{", "["):
        return text
    try:
        document = msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return text
    return _sorted(document) if isinstance(document, dict) and "Statement" in document else document


def _sorted(document: Any) -> Any:
    if isinstance(document, dict):
        return {name: _sorted(value) for name, value in document.items()}
    if isinstance(document, list):
        items = [_sorted(value) for value in document]
        return sorted(items, key=lambda item: msgspec.json.encode(item, order="sorted"))
    return document
