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


class View:
    """A change as expressions see it; what several of them ask for is worked out once."""

    __slots__ = ("_after", "_before", "_unknown")

    def __init__(self, before: object, after: object, unknown: object) -> None:
        self._before, self._after = _Version(before, None), _Version(after, unknown)
        self._unknown = unknown

    def picked(self, fields: frozenset[str] | None) -> tuple[object, ...]:
        """What was before, after and is unknown of these attributes (None: of all), as it is."""
        trees = (self._before.tree, self._after.tree, self._unknown)
        return tuple([_pick(tree, fields) for tree in trees])

    def seen(self, fields: frozenset[str] | None) -> dict[str, Any]:
        """`before` and `after` with these attributes as expressions see them; None for none."""
        return {"before": self._before.seen(fields), "after": self._after.seen(fields)}


class _Version:
    """One of the two."""

    __slots__ = ("_marks", "_seen", "tree")

    def __init__(self, tree: object, unknown: object) -> None:
        self.tree = tree if isinstance(tree, dict) else None
        self._marks = unknown if isinstance(unknown, dict) else {}
        self._seen: dict[str, Any] = {}

    def seen(self, fields: frozenset[str] | None) -> Any:
        if self.tree is None:
            return None
        names = (*self.tree, *self._marks) if fields is None else fields
        return {name: self._attribute(name) for name in names if self._has(name)}

    def _has(self, name: str) -> bool:
        return name in (self.tree or ()) or (name in self._marks and _any(self._marks[name]))

    def _attribute(self, name: str) -> Any:
        if name not in self._seen:
            self._seen[name] = _plain((self.tree or {}).get(name), self._marks.get(name))
        return self._seen[name]


def _pick(tree: Any, fields: frozenset[str] | None) -> Any:
    if fields is None or not isinstance(tree, dict):
        return tree if isinstance(tree, dict) else None
    return {name: tree[name] for name in fields if name in tree}


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
