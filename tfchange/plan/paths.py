"""Attribute paths: where in a resource a value stands, and which of them changed."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

Path = tuple[str | int, ...]
"""Steps into a resource's attributes, such as `("ingress", 0, "cidr_blocks")`."""


def path_text(path: Path) -> str:
    """The path as HCL would write it: `ingress[0].cidr_blocks`, `tags["a.b"]`."""
    return "".join(_step_text(step) for step in path).lstrip(".")


@lru_cache(maxsize=4096)
def plain_path(path: Path) -> str:
    """The path as rules see it, with dots and without list positions: `ingress.cidr_blocks`."""
    return path_text(tuple([step for step in path if isinstance(step, str)]))


def changed_paths(
    before: object, after: object, unknown: object = None, at: Path = ()
) -> tuple[Path, ...]:
    """The leaves that differ between two attribute trees, and those not known yet.

    Objects are compared by key. Lists of one length are compared by position, others are one
    leaf, since positions then mean nothing.
    """
    found: list[Path] = []
    _compare(at, before, after, unknown, found)
    return tuple(found)


def marked_paths(marks: object) -> tuple[Path, ...]:
    """Where a tree of marks (`*_sensitive`, `after_unknown`) says `true`."""
    return tuple(_marks((), marks))


def inside(tree: object, step: str | int) -> object:
    """What a tree of values or marks says one step deeper; `True` covers everything below it."""
    if tree is None or tree is True:
        return tree
    if isinstance(tree, dict):
        return tree.get(step)
    if isinstance(tree, list):
        return tree[step] if isinstance(step, int) and step < len(tree) else None
    return tree.get(step) if isinstance(tree, Mapping) else None


def value_at(tree: object, path: Path) -> object:
    """What stands in a tree at the end of a path; see `inside`."""
    for step in path:
        tree = inside(tree, step)
    return tree


def _step_text(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    if step.replace("-", "_").isidentifier():
        return f".{step}"
    escaped = step.replace("\\", "\\\\").replace('"', '\\"')
    return f'["{escaped}"]'


def _compare(at: Path, before: object, after: object, unknown: object, found: list[Path]) -> None:
    if unknown is True:
        found.append(at)
    elif isinstance(before, dict) and isinstance(after, dict):
        _compare_objects(at, before, after, unknown, found)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for i, (old, new) in enumerate(zip(before, after, strict=True)):
            deeper = inside(unknown, i) if unknown else None
            if deeper or not (old is new or _plainly_same(old, new)):
                _compare((*at, i), old, new, deeper, found)
    elif not _same(before, after) or (unknown and any(_marks(at, unknown))):
        found.append(at)


def _compare_objects(
    at: Path,
    before: dict[str, object],
    after: dict[str, object],
    unknown: object,
    found: list[Path],
) -> None:
    marks = unknown if isinstance(unknown, dict) else {}
    alike = before.keys() == after.keys() >= marks.keys()
    for name in before if alike else dict.fromkeys((*before, *after, *marks)):
        old, new = before.get(name), after.get(name)
        deeper = marks.get(name) if marks else None
        if deeper or not (old is new or _plainly_same(old, new)):
            _compare((*at, name), old, new, deeper, found)


def _plainly_same(old: object, new: object) -> bool:
    """Settles most attributes at once: they are texts, or there is nothing in them."""
    kind = old.__class__
    return kind is new.__class__ and (kind is str or not old) and old == new


def _same(before: object, after: object) -> bool:
    # True == 1 in Python, but not in HCL's types.
    return before == after and isinstance(before, bool) == isinstance(after, bool)


def _marks(at: Path, marks: object) -> Iterator[Path]:
    if marks is True:
        yield at
    elif isinstance(marks, dict):
        for name, deeper in marks.items():
            yield from _marks((*at, name), deeper)
    elif isinstance(marks, list):
        for i, deeper in enumerate(marks):
            yield from _marks((*at, i), deeper)


def as_path(raw: object) -> Path:
    """A path as the plan writes it, a list of strings and integers; other steps end it."""
    path: list[str | int] = []
    for step in raw if isinstance(raw, list) else ():
        if isinstance(step, bool) or not isinstance(step, str | int):
            break
        path.append(step)
    return tuple(path)
