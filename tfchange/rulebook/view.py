"""What a CEL expression sees of a change: masked values, plain enough to compare by meaning.

* JSON documents inside strings are decoded; the lists of a policy document are sorted, since
  their order means nothing.
* A value that is known only after apply is there, as `UNKNOWN`: not absent, equal to nothing a
  rule would name, and an error in every calculation, so that a rule does not hit on a guess.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

UNKNOWN = "(known after apply)"

Attributes = Mapping[str, object]
"""Of one version of a resource, masked; each may be decoded only when it is asked for."""

_LARGEST = 2**63 - 1


class View:
    """A change as expressions see it; what several of them ask for is worked out once."""

    __slots__ = ("after", "before")

    def __init__(
        self, before: Attributes | str | None, after: Attributes | str | None, unknown: object
    ) -> None:
        self.before, self.after = Version(before, None), Version(after, unknown)

    def picked(self, fields: frozenset[str] | None) -> tuple[object, ...]:
        """What was before, after and is unknown of these attributes (None: of all), as it is."""
        before, after = self.before, self.after
        return tuple([_pick(tree, fields) for tree in (before.tree, after.tree, after.unknown)])


class Version:
    """One of the two resources of a change."""

    __slots__ = ("_seen", "tree", "unknown")

    def __init__(self, tree: Attributes | str | None, unknown: object) -> None:
        self.tree = None if isinstance(tree, str) else tree
        self.unknown: dict[str, Any] = unknown if isinstance(unknown, dict) else {}
        self._seen: dict[str, Any] = {}

    def seen(self, fields: frozenset[str] | None) -> Any:
        """It with these attributes (None: all) as expressions see it; None where there is none."""
        tree, marks, seen = self.tree, self.unknown, self._seen
        if tree is None:
            return None
        names = set(tree) if fields is None else _shared(tree, fields)
        if marks:
            marked = marks.keys() if fields is None else marks.keys() & fields
            names.update([name for name in marked - names if _any(marks[name])])
        for name in names - seen.keys():
            seen[name] = _plain(tree.get(name), marks.get(name))
        return {name: seen[name] for name in names}


class Seen(dict[str, Any]):
    """The names that an expression knows, each found when it is asked for.

    One that looks at the type first need not ask for values where that is another one.
    """

    __slots__ = ("_fields", "_view")

    def __init__(
        self, view: View, fields: frozenset[str] | None, change: Mapping[str, object]
    ) -> None:
        super().__init__(change=change)
        self._view, self._fields = view, fields

    def __missing__(self, name: str) -> Any:
        version = self._view.before if name == "before" else self._view.after
        value = self[name] = version.seen(self._fields)
        return value

    def whole(self) -> dict[str, Any]:
        """All that an expression knows, in lists and objects of the plain kind, as CEL needs."""
        change = {
            name: [*value] if isinstance(value, list) else value
            for name, value in self["change"].items()
        }
        return {"before": self["before"], "after": self["after"], "change": change}


def _pick(tree: Attributes | None, fields: frozenset[str] | None) -> dict[str, object] | None:
    if tree is None:
        return None
    return dict(tree) if fields is None else {name: tree[name] for name in _shared(tree, fields)}


def _shared(tree: Attributes, fields: frozenset[str]) -> set[str]:
    # A function looks at more attributes than any one resource has.
    return tree.keys() & fields if len(fields) < len(tree) else {*fields.intersection(tree.keys())}


def resource(value: Attributes | str | None, unknown: object = None) -> dict[str, Any] | None:
    """The attributes as an expression sees them; None where there is no object to be seen."""
    marks = unknown if isinstance(unknown, dict) else {}
    return None if value is None or isinstance(value, str) else _mapping(value, marks)


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
    # CEL's integers have 64 bits; of a text, what no float holds is infinite, and no error.
    return float(str(value)) if isinstance(value, int) and abs(value) > _LARGEST else value


def _mapping(value: Attributes, marks: dict[str, Any]) -> dict[str, Any]:
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
