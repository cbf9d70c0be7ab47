"""Which resource of the same plan accounts for a value that turned up in another one.

A security group's `ingress` fills up with what `aws_security_group_rule` resources made, a role's
`managed_policy_arns` with its attachments, a bucket's `versioning` with `aws_s3_bucket_versioning`.
Only instances that the plan leaves alone count: they are what Terraform itself made before.
"""

from collections.abc import Iterator
from functools import cached_property

from tfchange.plan.attributes import readable
from tfchange.plan.model import MASK, Action, Plan, ResourceChange, Values
from tfchange.plan.paths import Path

_NAMES = ("id", "arn", "name")
_Mentions = dict[str, list[tuple[str, frozenset[object]]]]


class Siblings:
    """Finds them by type name, module and the mention of the resource's id, arn or name."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._read: dict[tuple[str, str], _Mentions] = {}
        self._by_module: dict[str, tuple[dict[str, list[ResourceChange]], list[str]]] = {}

    def account_for(
        self, entry: ResourceChange, values: Values, path: Path, before: object, after: object
    ) -> bool:
        """Whether unchanged resources of the type's family explain every new part of `after`."""
        mentions = self._mentions(entry.type, entry.module)
        family = [f for name in _names(values) for f in mentions.get(name, ())]
        if not family or not path:
            return False
        mirror = f"{entry.type}_{path[0]}"
        if any(other.startswith(mirror) for other, _ in family):
            return True
        parts = [set(_telling(part)) for part in _new_parts(before, after)]
        return bool(parts) and all(
            part and any(part <= said for _, said in family) for part in parts
        )

    def _mentions(self, type_: str, module: str) -> _Mentions:
        """Every text in the type's family near by, and who says it; read once."""
        found = self._read.get((type_, module))
        if found is None:
            found = self._read[type_, module] = {}
            for change in self._family(type_, module):
                said = frozenset(leaves(dict(readable(change.read().before) or {})))
                for text in said:
                    if isinstance(text, str):
                        found.setdefault(text, []).append((change.type, said))
        return found

    def _family(self, type_: str, module: str) -> Iterator[ResourceChange]:
        """Those of like name in the same module, around it or inside it."""
        stem = _stem(type_)
        for other in self._types:
            if other != type_ and (stem in _stem(other) or _stem(other) in stem):
                places, modules = self._quiet(other)
                for place in (*_around(module), *_inside(modules, module)):
                    yield from places.get(place, ())

    def _quiet(self, type_: str) -> tuple[dict[str, list[ResourceChange]], list[str]]:
        """Managed instances of a type that the plan leaves alone, by module, and the modules."""
        known = self._by_module.get(type_)
        if known is None:
            found: dict[str, list[ResourceChange]] = {}
            for change in self._types[type_]:
                if (
                    change.action is Action.NO_OP
                    and change.mode == "managed"
                    and not change.deposed
                ):
                    found.setdefault(change.module, []).append(change)
            known = self._by_module[type_] = (found, sorted(found))
        return known

    @cached_property
    def _types(self) -> dict[str, list[ResourceChange]]:
        found: dict[str, list[ResourceChange]] = {}
        for change in self._plan.changes:
            found.setdefault(change.type, []).append(change)
        return found


def _inside(modules: list[str], module: str) -> Iterator[str]:
    """Of sorted modules this one and those inside of it."""
    # As bisect does, which is a library of C: to load it takes longer than a plan has to search.
    first, end = 0, len(modules)
    while first < end:
        middle = (first + end) // 2
        first, end = (middle + 1, end) if modules[middle] < module else (first, middle)
    for i in range(first, len(modules)):
        if not modules[i].startswith(module):
            return
        yield modules[i]


def _around(module: str) -> Iterator[str]:
    """The modules that this one is in, and the root; a cut inside of a key names none."""
    if module:
        yield ""
    for at, character in enumerate(module):
        if character == ".":
            yield module[:at]


def _stem(type_: str) -> str:
    return type_.partition("_")[2] or type_


def leaves(tree: object) -> Iterator[object]:
    """The texts and numbers in a tree of values; null, true and false say too little."""
    if isinstance(tree, dict):
        for value in tree.values():
            yield from leaves(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from leaves(value)
    elif tree is not None and tree != "" and not isinstance(tree, bool):
        yield tree


def _names(values: Values) -> set[str]:
    trees = map(readable, (values.before, values.after))
    found = [tree.get(name) for tree in trees if tree for name in _NAMES]
    return {name for name in found if isinstance(name, str) and name and name != MASK}


def _new_parts(before: object, after: object) -> list[object]:
    if isinstance(before, list) and isinstance(after, list):
        if any(part not in after for part in before if part):
            return []
        return [part for part in after if part not in before]
    return [] if before else [after]


def _telling(part: object) -> Iterator[object]:
    return (leaf for leaf in leaves(part) if leaf != 0)
