"""Attribute paths: where in a resource a value stands, and which of them changed."""

from collections.abc import Iterator

Path = tuple[str | int, ...]
"""Steps into a resource's attributes, such as `("ingress", 0, "cidr_blocks")`."""


def path_text(path: Path) -> str:
    """The path as HCL would write it: `ingress[0].cidr_blocks`, `tags["a.b"]`."""
    return "".join(_step_text(step) for step in path).lstrip(".")


def changed_paths(before: object, after: object, unknown: object = None) -> tuple[Path, ...]:
    """The leaves that differ between two attribute trees, and those not known yet.

    Objects are compared by key. Lists of one length are compared by position, others are one
    leaf, since positions then mean nothing.
    """
    return tuple(_walk((), before, after, unknown))


def marked_paths(marks: object) -> tuple[Path, ...]:
    """Where a tree of marks (`*_sensitive`, `after_unknown`) says `true`."""
    return tuple(_marks((), marks))


def inside(tree: object, step: str | int) -> object:
    """What a tree of marks says one step deeper; `True` covers everything below it."""
    if tree is True:
        return True
    if isinstance(tree, dict):
        return tree.get(step)
    if isinstance(tree, list) and isinstance(step, int) and step < len(tree):
        return tree[step]
    return None


def _step_text(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if step.replace("-", "_").isidentifier() else f'["{step}"]'


def _walk(at: Path, before: object, after: object, unknown: object) -> Iterator[Path]:
    if unknown is True:
        yield at
    elif isinstance(before, dict) and isinstance(after, dict):
        yield from _walk_object(at, before, after, unknown)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for i, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _walk((*at, i), old, new, inside(unknown, i))
    elif not _same(before, after) or any(_marks(at, unknown)):
        yield at


def _walk_object(
    at: Path, before: dict[str, object], after: dict[str, object], unknown: object
) -> Iterator[Path]:
    names = dict.fromkeys([*before, *after, *(unknown if isinstance(unknown, dict) else ())])
    for name in names:
        deeper = inside(unknown, name)
        old, new = before.get(name), after.get(name)
        if old is not new or deeper:
            yield from _walk((*at, name), old, new, deeper)


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
