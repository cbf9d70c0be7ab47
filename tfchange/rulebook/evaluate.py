"""What a tree of `syntax` makes of values: what CEL would, without importing and compiling CEL.

An error is a value in CEL: `false && error` is false, `error || true` is true. Here it is raised,
and caught where CEL looks past it. Whatever is not sure to be the same in CEL is left to CEL.
"""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from tfchange.rulebook.operations import OPERATIONS, BeyondError, WrongError, only

Tree = list[Any]
"""A kind and its parts: `["field", ["name", "after"], ["value", "engine"]]`."""
Seen = dict[str, Any]
Ask = Callable[[Seen], Any]
"""The value of an expression over named values, which are what JSON can say.

The variable of a loop is a name among them while the loop lasts."""
Functions = Mapping[str, Callable[[Any, Any], object]]


_ABSENT = object()


def build(tree: Tree, functions: Functions) -> Ask:
    """What gives the value of the tree, in which these functions of our own may be called."""
    kind, *parts = tree
    if kind in _LAZY:
        return _LAZY[kind](parts, functions)
    return _strict(OPERATIONS.get(kind) or _guarded(functions[kind]), parts, functions)


def _value(parts: Tree, _: Functions) -> Ask:
    (value,) = parts
    return lambda _: value


def _name(parts: Tree, _: Functions) -> Ask:
    return operator.itemgetter(*parts)


def _list(parts: Tree, functions: Functions) -> Ask:
    asks = [build(part, functions) for part in parts]
    return lambda seen: [ask(seen) for ask in asks]


def _asks(parts: Iterable[Tree], functions: Functions) -> list[Ask]:
    """What asks each part; built when it is first asked, since most of a rule never is."""
    asks: list[Ask] = []
    asks.extend(partial(_first, asks, i, part, functions) for i, part in enumerate(parts))
    return asks


def _first(asks: list[Ask], place: int, part: Tree, functions: Functions, seen: Seen) -> Any:
    ask = asks[place] = build(part, functions)
    return ask(seen)


def _junction(kind: str, by: bool, parts: Tree, functions: Functions) -> Ask:
    asks = _asks(_flat(kind, parts), functions)
    return lambda seen: _decided(by, asks, seen)


def _decided(by: bool, asks: Iterable[Ask], seen: Seen) -> bool:
    """`by` where any answer is that, whatever errors stand beside it, and else its opposite."""
    wrong = False
    for ask in asks:
        try:
            answer: object = ask(seen)
        except WrongError:
            wrong = True
            continue
        if answer is by:
            return by
        wrong = wrong or answer is not (not by)
    if wrong:
        raise WrongError
    return not by


def _flat(kind: str, parts: Tree) -> Iterator[Tree]:
    """The parts, with those of the same kind taken apart: `a && (b && c)` is `a && b && c`."""
    for part in parts:
        if part[0] == kind:
            yield from _flat(kind, part[1:])
        else:
            yield part


def _if(parts: Tree, functions: Functions) -> Ask:
    asks = _asks(parts, functions)
    return lambda seen: asks[1 if only(bool, asks[0](seen)) else 2](seen)


def _loop(by: bool, parts: Tree, functions: Functions) -> Ask:
    over, name, body = build(parts[0], functions), parts[1], _asks([parts[2]], functions)

    def loop(seen: Seen) -> bool:
        members = only((list, dict), over(seen))
        # The names that are known are many where the loop is in another one: they are not copied.
        outer = seen.get(name, _ABSENT)
        try:
            return _decided(by, _each(members, name, seen, body), seen)
        finally:
            seen.pop(name, None)
            if outer is not _ABSENT:
                seen[name] = outer

    return loop


def _each(members: Iterable[Any], name: str, seen: Seen, body: list[Ask]) -> Iterator[Ask]:
    """What asks the body of the loop, once for each member, which then has the name."""
    for seen[name] in members:
        yield body[0]


def _strict(function: Callable[..., Any], parts: Tree, functions: Functions) -> Ask:
    one = build(parts[0], functions)
    if len(parts) == 1:
        return lambda seen: function(one(seen))
    constant = _constant(parts[1])
    if constant is not None:
        (other,) = constant
        return lambda seen: function(one(seen), other)
    ask = build(parts[1], functions)
    return lambda seen: function(one(seen), ask(seen))


def _constant(tree: Tree) -> tuple[Any] | None:
    """The value of a tree that says it, in a tuple since it can be None."""
    kind, *parts = tree
    if kind == "list":
        members = [_constant(part) for part in parts]
        return None if None in members else ([member[0] for member in members if member],)
    return (parts[0],) if kind == "value" else None


def _guarded(function: Callable[[Any, Any], object]) -> Callable[[Any, Any], object]:
    def guarded(one: Any, other: Any) -> object:
        try:
            return function(one, other)
        except Exception as error:
            raise BeyondError from error

    return guarded


_LAZY: dict[str, Callable[[Tree, Functions], Ask]] = {
    "value": _value,
    "name": _name,
    "list": _list,
    "&&": partial(_junction, "&&", False),
    "||": partial(_junction, "||", True),
    "if": _if,
    "exists": partial(_loop, True),
    "all": partial(_loop, False),
}
"""What is not simply wrong where a part of it is."""
