"""References as they are written, taken apart: what they lead to and which instances they name."""

import re
from collections.abc import Iterable, Iterator

import msgspec

from tfchange.plan.address import Address, Key, is_plain

ALL = None
"""Every instance."""
OWN = "own"
"""The instance with the same key as the one that refers to it."""
Slot = str | tuple[Key] | None
"""Which instances: `ALL`, `OWN` or one key, given as `(key,)`."""

_NAME = r"[^\W\d][\w-]*"
_INDEX = r'(?:\[(?:(-?\d+|"(?:[^"\\]|\\.)*")|([^\]]*))\])?'
_MODULE = rf"module\.({_NAME}){_INDEX}(?:\.({_NAME}))?"
_BLOCK = rf"(?:resource\.)?((?:(?:data|ephemeral)\.)?{_NAME}\.{_NAME}){_INDEX}"
_VALUE = rf"(var|local)\.({_NAME})"
_NOWHERE = frozenset(
    {"each", "count", "path", "terraform", "tofu", "self", "run", "check", "action", "provider"}
)


class Step(msgspec.Struct, frozen=True):
    """One step of a reference inside a module."""

    kind: str
    """`block`, `output`, `call` (a whole module), `var`, `local` or `unknown`."""
    name: str
    """The block's address in its module, the call's name, the variable's or the local's."""
    slot: Slot = ALL
    output: str = ""
    """The output's name, where the kind is `output`."""


def step_of(text: str) -> Step | None:
    """What one reference leads to; None for what is no part of the graph, such as `each.key`.

    >>> step_of("aws_subnet.a[count.index].id")
    Step(kind='block', name='aws_subnet.a', slot='own', output='')
    """
    head = text.partition(".")[0]
    return None if head in _NOWHERE else _plainly(text) or _by_pattern(text)


def _plainly(text: str) -> Step | None:
    """The same for names without keys and rare signs, as most are, without compiling a pattern."""
    head, _, rest = text.partition(".")
    name, _, rest = rest.partition(".")
    if head == "resource" or not (is_plain(head) and is_plain(name)):
        return None
    if head in ("module", "data", "ephemeral"):
        return _longer(head, name, rest)
    return Step(head, name) if head in ("var", "local") else Step("block", f"{head}.{name}")


def _longer(head: str, name: str, rest: str) -> Step | None:
    third = rest.partition(".")[0]
    if not is_plain(third):
        return Step("call", name) if head == "module" and not rest else None
    if head == "module":
        return Step("output", name, ALL, third)
    return Step("block", f"{head}.{name}.{third}")


def _by_pattern(text: str) -> Step:
    if text.startswith("module."):
        return _module_step(text)
    if found := re.match(_VALUE, text):
        return Step(found[1], found[2])
    if found := re.match(_BLOCK, text):
        return Step("block", found[1], _slot(found[2], found[3]))
    return Step("unknown", text)


def without_companions(texts: Iterable[str]) -> Iterator[str]:
    """Leaves out what Terraform lists beside each reference: all its shorter forms.

    From 1.0 on `module.m.out` is followed by `module.m`, and `aws_x.a[0].id` by `aws_x.a[0]` and
    `aws_x.a`. A short form that stands alone is meant.
    """
    before = ""
    for text in texts:
        if not before.startswith((f"{text}.", f"{text}[")):
            yield text
        before = text


def _module_step(text: str) -> Step:
    found = re.match(_MODULE, text)
    if not found:
        return Step("unknown", text)
    name, constant, computed, output = found.groups()
    slot = _slot(constant, computed)
    # Where the index is not a constant, Terraform takes the whole module for what is meant.
    if output is None or computed is not None:
        return Step("call", name, slot)
    return Step("output", name, slot, output)


def _slot(constant: str | None, computed: str | None) -> Slot:
    if constant is not None and "${" not in constant and "%{" not in constant:
        return (Address.parse(f"a.b[{constant}]").key,)
    return OWN if computed is not None and computed.strip() in ("count.index", "each.key") else ALL
