"""What a tree of `syntax` makes of values: what CEL would, without importing and compiling CEL.

An error is a value in CEL: `false && error` is false, `error || true` is true. Here it is raised,
and caught where CEL looks past it. Whatever is not sure to be the same in CEL is left to CEL.
"""

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

Tree = list[Any]
"""A kind and its parts: `["field", ["name", "after"], ["value", "engine"]]`."""
Seen = dict[str, Any]
Ask = Callable[[Seen], Any]
"""The value of an expression over named values, which are what JSON can say.

The variable of a loop is a name among them while the loop lasts."""
Functions = Mapping[str, Callable[[Any, Any], object]]


_ABSENT = object()
_ORDERED: tuple[tuple[type, ...], ...] = ((bool,), (str,), (int, float))


class BeyondError(Exception):
    """There is more to it than this part of CEL."""


class WrongError(Exception):
    """What CEL calls an error, such as a missing key or a comparison of a list with a number."""


def build(tree: Tree, functions: Functions) -> Ask:
    """What gives the value of the tree, in which these functions of our own may be called."""
    kind, *parts = tree
    if kind in _LAZY:
        return _LAZY[kind](parts, functions)
    return _strict(_STRICT.get(kind) or _guarded(functions[kind]), parts, functions)


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

    def junction(seen: Seen) -> bool:
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
        return _undecided(by, wrong)

    return junction


def _flat(kind: str, parts: Tree) -> Iterator[Tree]:
    """The parts, with those of the same kind taken apart: `a && (b && c)` is `a && b && c`."""
    for part in parts:
        if part[0] == kind:
            yield from _flat(kind, part[1:])
        else:
            yield part


def _undecided(by: bool, wrong: bool) -> bool:
    """The opposite of `by`, which no answer was; whatever `by` stands beside, it decides alone."""
    if wrong:
        raise WrongError
    return not by


def _if(parts: Tree, functions: Functions) -> Ask:
    asks = _asks(parts, functions)
    return lambda seen: asks[1 if _only(bool, asks[0](seen)) else 2](seen)


def _loop(by: bool, parts: Tree, functions: Functions) -> Ask:
    over, name, body = build(parts[0], functions), parts[1], _asks([parts[2]], functions)

    def loop(seen: Seen) -> bool:
        members, wrong = _only((list, dict), over(seen)), False
        # The names that are known are many where the loop is in another one: they are not copied.
        outer = seen.get(name, _ABSENT)
        try:
            for seen[name] in members:
                try:
                    answer: object = body[0](seen)
                except WrongError:
                    wrong = True
                    continue
                if answer is by:
                    return by
                wrong = wrong or answer is not (not by)
            return _undecided(by, wrong)
        finally:
            seen.pop(name, None)
            if outer is not _ABSENT:
                seen[name] = outer

    return loop


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
    if isinstance(value, dict) and name in value:
        return value[name]
    raise WrongError


def _in(member: Any, value: Any) -> bool:
    if isinstance(value, list):
        # A text equals nothing but the same text.
        return member in value if type(member) is str else any(_equal(member, x) for x in value)
    if isinstance(value, dict) and not isinstance(member, str):
        raise BeyondError
    return member in _only(dict, value)


def _equal(one: Any, other: Any) -> bool:
    if type(one) is str or one is None or other is None:
        return bool(one == other)
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


def spells(text: Any, texts: list[list[str]]) -> bool:
    """Whether it equals, begins with, ends with or holds one of the texts, see `spelled`."""
    text = _only(str, text)
    equal, begins, ends, holds = texts
    return (
        text in equal
        or text.startswith(tuple(begins))
        or text.endswith(tuple(ends))
        or any(part in text for part in holds)
    )


def _matches(text: Any, pattern: str) -> bool:
    # Python's `$` also stands before a last line end.
    pattern = pattern.replace("$", r"\Z")
    try:
        return re.search(pattern, _only(str, text), re.ASCII) is not None
    except re.error as error:
        raise BeyondError from error


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
    "spells": spells,
    "endsWith": lambda text, end: _only(str, text).endswith(_only(str, end)),
}
"""What is an error wherever a part of it is."""
