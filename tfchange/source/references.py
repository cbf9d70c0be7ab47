"""What counts as a reference, however the expressions of a block were read.

A reader (`tree` over python-hcl2's result, `skim` over masked text, `json_syntax`) gives the
arguments of a block as `Item`s and finds the traversals in an expression; here they become
`Reference`s. Of constants nothing is kept but the literal keys of resource and module instances.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from tfchange.plan.configuration import Reference
from tfchange.source.scan import NAME

SPLAT = "[*]"
"""All instances, also where an index says nothing that can be proved."""

LEGACY_SPLAT = "[.*]"
"""`.*`, after which an index picks one of the list, unlike after `[*]`."""

_DROPPED = frozenset({"self", "path", "terraform"})
_VALUES = frozenset({"var", "local", "each", "count"})
_STEPS_TO_NAME = {"data": 2, "ephemeral": 2}
_PROVABLE = re.compile(rf"(?:count|each|local|var)(?:\s*\.\s*{NAME})+\Z|\d+\Z")
_OWN = re.compile(r"(?:count|each)\.")
_LITERAL = re.compile(r'"(?:[^"\\$%\n]|\\[^\n]|[$%](?!\{))*+"\Z')
_TEMPLATE_ONLY = re.compile(r'"\$\{([^{}"]*+)\}"\Z')

TRIES = ("try", "can")
"""Functions that look at what they are given before they take something of it."""

Step = tuple[str, ...]
"""A nested block on the way to an argument: its kind, then its labels."""


class Item(msgspec.Struct, frozen=True):
    """One argument of a block, with its expression in the terms of the reader."""

    path: tuple[Step, ...]
    name: str
    expression: Any
    word: str = ""
    """The expression itself where it is one bare identifier."""


def gather(
    kind: str, items: Sequence[Item], traversals: Callable[[Any], Iterable[str]]
) -> tuple[Reference, ...]:
    """All references of a block of that kind, each once, in the order of the text."""
    iterators = {item.path: item.word for item in items if _is_iterator(item)}
    found: dict[Reference, None] = {}
    for item in items:
        if item.name == "ignore_changes" or _is_iterator(item):
            continue
        hidden = set(_hidden(item, iterators))
        for target in _targets(kind, item, traversals):
            if target.split(".", 1)[0] not in hidden:
                found[Reference(target, argument_of(item))] = None
    return tuple(found)


def argument_of(item: Item) -> str:
    """The argument's name as `Reference.argument` has it."""
    words: list[str] = []
    for step in item.path:
        if step[0] in ("provisioner", "connection"):
            return step[0]
        if step[0] == "dynamic":
            words += step[1:2]
        elif step[0] != "content":
            words.append(step[0])
    if item.path and item.path[-1][0] == "dynamic" and item.name in ("for_each", "labels"):
        return ".".join(words)
    return ".".join([*words, item.name])


def target_of(root: str, steps: Sequence[str]) -> str | None:
    """The traversal as a target: names joined with dots, the instance key as it was written.

    `steps` are names and bracketed indices. None for what refers to nothing in the graph.
    """
    need = _STEPS_TO_NAME.get(root, 1)
    names = list(steps[:need])
    if root in _DROPPED or len(names) < need or any(name[0] == "[" for name in names):
        return None
    rest = list(steps[need:])
    if root in _VALUES:
        return ".".join([root, *names, *_names(rest)])
    key = rest.pop(0) if rest and rest[0][0] == "[" else ""
    after = _names(rest)
    if key == LEGACY_SPLAT:
        picked = rest[len(after)] if len(rest) > len(after) else ""
        key = picked or SPLAT
    return ".".join([root, *names]) + key + "".join(f".{name}" for name in after)


def index_text(text: str) -> str:
    """An index in brackets; `[*]` where the expression does not prove which instance it is.

    >>> index_text('"a.b"'), index_text("count.index"), index_text("count.index + 1")
    ('["a.b"]', '[count.index]', '[*]')
    """
    text = text.strip()
    if whole := _TEMPLATE_ONLY.match(text):
        text = whole[1].strip()
    if _PROVABLE.match(text):
        return f"[{''.join(text.split())}]"
    return f"[{text}]" if _LITERAL.match(text) else SPLAT


def unproved(target: str) -> str:
    """The target with any instance in place of the one with the same key.

    `try` and `can` are unknown while anything of what they name is, whichever instance they pick
    (https://developer.hashicorp.com/terraform/language/functions/try).

    >>> unproved("aws_x.a[each.key].id"), unproved('aws_x.a["k"].id')
    ('aws_x.a[*].id', 'aws_x.a["k"].id')
    """
    head, _, rest = target.partition("[")
    return f"{head}{SPLAT}{rest.partition(']')[2]}" if _OWN.match(rest) else target


def _names(steps: Sequence[str]) -> list[str]:
    end = next((i for i, step in enumerate(steps) if step[0] == "["), len(steps))
    return list(steps[:end])


def _targets(kind: str, item: Item, traversals: Callable[[Any], Iterable[str]]) -> Iterator[str]:
    meta = "" if item.path else item.name
    if meta == "provider" and kind in ("resource", "data", "ephemeral"):
        yield from (f"provider.{found}" for found in traversals(item.expression))
        if item.word:
            yield f"provider.{item.word}"
    elif meta == "providers" and kind == "module":
        yield from (f"provider.{found}" for found in traversals(item.expression))
    else:
        yield from traversals(item.expression)


def _is_iterator(item: Item) -> bool:
    return item.name == "iterator" and bool(item.path) and item.path[-1][0] == "dynamic"


def _hidden(item: Item, iterators: dict[tuple[Step, ...], str]) -> Iterator[str]:
    """The names that stand for a `dynamic` block's iterator where this argument is."""
    for depth, step in enumerate(item.path, 1):
        own = depth == len(item.path) and item.name == "for_each"
        if step[0] == "dynamic" and not own:
            yield iterators.get(item.path[:depth]) or "".join(step[1:2])
