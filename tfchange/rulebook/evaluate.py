"""What a tree of `syntax` makes of values: what CEL would, without importing and compiling CEL.

An error is a value in CEL: `false && error` is false, `error || true` is true. Here it is raised,
and caught where CEL looks past it. Whatever is not sure to be the same in CEL is left to CEL.
"""

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Tree = list[Any]
"""A kind and its parts: `["field", ["name", "after"], ["value", "engine"]]`."""
Seen = Mapping[str, Any]
Ask = Callable[[Seen], Any]
"""The value of an expression over named values, which are what JSON can say."""
Functions = Mapping[str, Callable[[Any, Any], object]]


_ORDERED: tuple[tuple[type, ...], ...] = ((bool,), (str,), (int, float))


class BeyondError(Exception):
    """There is more to it than this part of CEL."""


class WrongError(Exception):
    """What CEL calls an error, such as a missing key or a comparison of a list with a number."""


def build(tree: Tree, functions: Functions) -> Ask:
    """What gives the value of the tree, in which these functions of our own may be called."""
    kind, *parts = tree
    if kind == "value":
        return lambda _: parts[0]
    if kind == "name":
        return lambda seen: seen[parts[0]]
    if kind in ("exists", "all"):
        over, body = build(parts[0], functions), build(parts[2], functions)
        return _loop(kind == "exists", over, parts[1], body)
    asks = [build(part, functions) for part in parts]
    if kind in _LAZY:
        return _LAZY[kind](*asks)
    return _strict(_STRICT.get(kind) or _guarded(functions[kind]), asks)


def _list(*asks: Ask) -> Ask:
    return lambda seen: [ask(seen) for ask in asks]


def _and(*asks: Ask) -> Ask:
    return lambda seen: _decided(False, ((ask, seen) for ask in asks))


def _or(*asks: Ask) -> Ask:
    return lambda seen: _decided(True, ((ask, seen) for ask in asks))


def _if(question: Ask, yes: Ask, no: Ask) -> Ask:
    return lambda seen: yes(seen) if _only(bool, question(seen)) else no(seen)


def _loop(by: bool, over: Ask, name: str, body: Ask) -> Ask:
    def ask(seen: Seen) -> bool:
        members = _only((list, dict), over(seen))
        return _decided(by, ((body, {**seen, name: member}) for member in members))

    return ask


def _decided(by: bool, asked: Iterable[tuple[Ask, Seen]]) -> bool:
    """`by` where any answer is that, whatever errors stand beside it, and else its opposite."""
    wrong = False
    for ask, seen in asked:
        try:
            answer: bool = _only(bool, ask(seen))
        except WrongError:
            wrong = True
        else:
            if answer is by:
                return by
    if wrong:
        raise WrongError
    return not by


def _strict(function: Callable[..., Any], asks: list[Ask]) -> Ask:
    if len(asks) == 1:
        (only,) = asks
        return lambda seen: function(only(seen))
    one, other = asks
    return lambda seen: function(one(seen), other(seen))


def _guarded(function: Callable[[Any, Any], object]) -> Callable[[Any, Any], object]:
    def guarded(one: Any, other: Any) -> object:
        try:
            return function(one, other)
        except Exception as error:
            raise BeyondError from error

    return guarded


def _only(kinds: type | tuple[type, ...], value: Any) -> Any:
    if not isinstance(value, kinds):
        raise WrongError
    return value


def _item(value: Any, key: Any) -> Any:
    if isinstance(value, dict) and isinstance(key, str):
        if key in value:
            return value[key]
    elif isinstance(value, list) and type(key) is int:
        if 0 <= key < len(value):
            return value[key]
    elif isinstance(value, (list, dict)):
        raise BeyondError
    raise WrongError


def _field(value: Any, name: str) -> Any:
    return _item(_only(dict, value), name)


def _in(member: Any, value: Any) -> bool:
    if isinstance(value, list):
        return any(_equal(member, each) for each in value)
    if isinstance(value, dict) and not isinstance(member, str):
        raise BeyondError
    return member in _only(dict, value)


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    one, other = _alike(one, other)
    return bool(one == other)


def _alike(one: Any, other: Any) -> tuple[Any, Any]:
    # CEL compares a whole number with a fraction as fractions, Python compares them exactly.
    mixed = type(one) is not type(other) and isinstance(one, (int, float))
    return (float(one), float(other)) if mixed and isinstance(other, (int, float)) else (one, other)


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def ordered(one: Any, other: Any) -> bool:
        kinds = next((k for k in _ORDERED if isinstance(one, k)), ())
        # A truth value is a whole number to Python, not to CEL.
        if not isinstance(other, kinds) or isinstance(one, bool) is not isinstance(other, bool):
            raise WrongError
        return compare(*_alike(one, other))

    return ordered


def _times(one: Any, other: Any) -> Any:
    # CEL multiplies two of a kind only, and its whole numbers have 64 bits.
    if type(one) is not type(other) or type(one) not in (int, float):
        raise WrongError
    if isinstance(one, int) and not -(2**63) <= one * other < 2**63:
        raise WrongError
    return one * other


def _matches(text: Any, pattern: str) -> bool:
    # Python's `$` also stands before a last line end.
    pattern = pattern.replace("$", r"\Z")
    try:
        return re.search(pattern, _only(str, text), re.ASCII) is not None
    except re.error as error:
        raise BeyondError from error


_LAZY: dict[str, Callable[..., Ask]] = {"list": _list, "&&": _and, "||": _or, "if": _if}
_STRICT: dict[str, Callable[..., Any]] = {
    "!": lambda value: not _only(bool, value),
    "has": lambda value, name: name in _only(dict, value),
    "field": _field,
    "index": _item,
    "in": _in,
    "==": _equal,
    "!=": lambda one, other: not _equal(one, other),
    "<": _ordered(operator.lt),
    "<=": _ordered(operator.le),
    ">": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
    "*": _times,
    "size": lambda value: len(_only((str, list, dict), value)),
    "matches": _matches,
    "endsWith": lambda text, end: _only(str, text).endswith(_only(str, end)),
}
"""What is an error wherever a part of it is."""
