"""CEL's operators over what JSON can say; what is not sure to be the same is left to CEL."""

import operator
import re
from collections.abc import Callable
from typing import Any

EDGE = "\b"
"""Stands for the begin or end of a word, as in patterns."""

Spelled = list[list[Any]]
"""Texts that another one equals, begins with, ends with or holds, and those that it holds with
something at their ends: each between what that is, `^`, `$`, `EDGE` or `""`."""

_PLAIN = frozenset({str, type(None)})

_WORD = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")
"""What words are made of in RE2."""

_ORDERED: tuple[tuple[type, ...], ...] = ((bool,), (str,), (int, float))


class BeyondError(Exception):
    """There is more to it than this part of CEL."""


class WrongError(Exception):
    """What CEL calls an error, such as a missing key or a comparison of a list with a number."""


def only(kinds: type | tuple[type, ...], value: Any) -> Any:
    """The value; WrongError where it is of no such kind."""
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


def field_of(value: Any, name: str) -> Any:
    """The member of the name; WrongError where there is none."""
    if isinstance(value, dict) and name in value:
        return value[name]
    raise WrongError


def _in(member: Any, value: Any) -> bool:
    if isinstance(value, list):
        return member in value if type(member) in _PLAIN else any(_equal(member, x) for x in value)
    if isinstance(value, dict) and not isinstance(member, str):
        raise BeyondError
    return member in only(dict, value)


def _equal(one: Any, other: Any) -> bool:
    # Texts and null equal nothing but themselves, and most rules compare with these.
    if type(other) in _PLAIN or type(one) in _PLAIN:
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


def spells(text: Any, texts: Spelled) -> bool:
    """Whether one of the texts stands in it where it should, see `spelled`."""
    text = only(str, text)
    equal, begins, ends, holds, bounded = texts
    if text in equal or text.startswith(tuple(begins)) or text.endswith(tuple(ends)):
        return True
    if holds and any(part in text for part in holds):
        return True
    return bool(bounded) and any(_stands(text, *each) for each in bounded)


def _stands(text: str, before: str, part: str, after: str) -> bool:
    """Whether the part is in the text with these at its ends."""
    at = text.find(part)
    while at >= 0:
        if _is(before, text, at) and _is(after, text, at + len(part)):
            return True
        at = text.find(part, at + 1)
    return False


def _is(what: str, text: str, at: int) -> bool:
    if what == EDGE:
        return (text[at - 1 : at] in _WORD) is not (text[at : at + 1] in _WORD)
    return not what or at == (0 if what == "^" else len(text))


def _matches(text: Any, pattern: str) -> bool:
    # Python's `$` also stands before a last line end.
    pattern = pattern.replace("$", r"\Z")
    try:
        return re.search(pattern, only(str, text), re.ASCII) is not None
    except re.error as error:
        raise BeyondError from error


UNARY: dict[str, Callable[[Any], Any]] = {
    "!": lambda value: not only(bool, value),
    "size": lambda value: len(only((str, list, dict), value)),
}
"""What is an error where what it asks is one."""

BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "has": lambda value, name: name in only(dict, value),
    "field": field_of,
    "index": _item,
    "in": _in,
    "==": _equal,
    "!=": lambda one, other: not _equal(one, other),
    "<": _ordered(operator.lt),
    "<=": _ordered(operator.le),
    ">": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
    "*": _times,
    "matches": _matches,
    "spells": spells,
    "endsWith": lambda text, end: only(str, text).endswith(only(str, end)),
}
"""What is an error where either of what it asks is one."""
