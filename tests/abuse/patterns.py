"""Every regular expression of tfchange, and texts that keep one busy if anything does."""

import ast
import re
import signal
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from types import FrameType, ModuleType
from typing import Any, NamedTuple

import tfchange

CALLS = {"compile", "search", "match", "fullmatch", "findall", "finditer", "sub", "split"}
LENGTH = 200_000
"""Characters: the fastest pattern that looks at each from each needs half a minute for so many."""
PATIENCE = 5.0
"""Seconds of the processor for one text: six times what the slowest of ours takes, and a fifth of
what the fastest that is to be found would."""
REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
_CLASSES = {
    codes.CATEGORY_SPACE: " \n",
    codes.CATEGORY_NOT_SPACE: "a",
    codes.CATEGORY_DIGIT: "0",
    codes.CATEGORY_NOT_DIGIT: "a",
    codes.CATEGORY_WORD: "a_",
    codes.CATEGORY_NOT_WORD: "-",
}


def modules() -> list[ModuleType]:
    """All modules of tfchange."""
    names = [found.name for found in walk_packages(tfchange.__path__, "tfchange.")]
    return [import_module(name) for name in names if not name.endswith("__main__")]


class Use(NamedTuple):
    """A pattern, and one way in which it is asked."""

    place: str
    pattern: str | bytes | None
    """None where it is no constant."""
    method: str


def uses(module: ModuleType) -> Iterator[Use]:
    """Every use of a pattern in the module."""
    with open(str(module.__file__), encoding="utf-8") as file:
        tree = ast.parse(file.read())
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            for call in ast.walk(node.value):
                names[ast.dump(call)] = node.targets[0].id
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_call(node.func):
            place, pattern = f"{module.__name__}:{node.lineno}", _value(node.args[0], module)
            usual = ASKED.get(module.__name__, "search")
            for method in _methods(node, names.get(ast.dump(node)), tree) or {usual}:
                yield Use(place, pattern, method)


ASKED = {
    "tfchange.change.merged": "fullmatch",
    "tfchange.plan.secrets": "match",
    "tfchange.source.scan": "match",
}
"""How patterns are asked that go by other names where they are."""


def _methods(call: Any, name: str | None, tree: ast.AST) -> set[str]:
    """How what the call gives is asked, by the name it has got."""
    if call.func.attr != "compile":
        return {call.func.attr if call.func.attr in ("match", "fullmatch") else "search"}
    asked = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == name
        and node.attr in CALLS
    }
    anchored = asked & {"match", "fullmatch"}
    return anchored | ({"search"} if asked - anchored else set())


def _is_call(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id == "re"
        and function.attr in CALLS
    )


def _value(node: ast.expr, module: ModuleType) -> str | bytes | None:
    try:
        code = compile(ast.Expression(node), "pattern", "eval")
        found = eval(code, dict(vars(module)))  # noqa: S307 - our own source
    except NameError:
        return None
    return found if isinstance(found, str | bytes) else None


def busy(use: Use) -> str | None:
    """The text that keeps the pattern busy, None where none does."""
    assert use.pattern is not None
    ask = getattr(re.compile(use.pattern), use.method)
    for text in texts(use.pattern):
        data: Any = text.encode() if isinstance(use.pattern, bytes) else text
        signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE)
        try:
            ask(data)
        except _BusyError:
            return text
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return None


class _BusyError(Exception):
    pass


def _stop(number: int, frame: FrameType | None) -> None:
    raise _BusyError


signal.signal(signal.SIGVTALRM, _stop)


def texts(pattern: str | bytes) -> Iterator[str]:
    """What leads to each repetition in the pattern, then that repeated, and then no match."""
    text = pattern.decode() if isinstance(pattern, bytes) else pattern
    for start, unit in dict.fromkeys(_pumps(parser.parse(text), "")):
        yield f"{start}{unit * (LENGTH // len(unit))}\0"


def _pumps(tree: Any, before: str) -> Iterator[tuple[str, str]]:
    for code, argument in tree:
        if code in REPEATS:
            inner = argument[2]
            one = _example(inner)
            chars = sorted(_chars(inner))[:4]
            units = [one, *chars, *(c + "-" for c in chars[:2])]
            # Where a match can begin anywhere, it may as well begin again and again.
            units += [before + c for c in chars[:2]] if before else []
            yield from ((start, unit) for unit in units if unit for start in ("", before))
        for inner in _inside(argument):
            yield from _pumps(inner, before)
        before += _example([(code, argument)])


def _chars(tree: Any) -> set[str]:
    found: set[str] = set()
    for code, argument in tree:
        if code is codes.LITERAL:
            found.add(chr(argument))
        elif code is codes.IN:
            found.update(_of_class(argument))
        elif code in (codes.ANY, codes.NOT_LITERAL):
            found.update("a ")
        else:
            found.update(*(_chars(inner) for inner in _inside(argument)), ())
    return found


def _example(tree: Any) -> str:
    """A short text that the tree matches, or nearly."""
    said = ""
    for code, argument in tree:
        if code is codes.LITERAL:
            said += chr(argument)
        elif code is codes.IN:
            said += next(_of_class(argument))
        elif code in (codes.ANY, codes.NOT_LITERAL):
            said += "a"
        elif code in REPEATS:
            said += _example(argument[2]) * max(argument[0], 1)
        elif code is codes.BRANCH:
            said += _example(argument[1][0])
        elif code not in (codes.ASSERT, codes.ASSERT_NOT):
            said += "".join(map(_example, _inside(argument)))
    return said


def _of_class(parts: Any) -> Iterator[str]:
    if parts[0][0] is codes.NEGATE:
        yield from "a /"
    for code, argument in parts:
        if code is codes.LITERAL:
            yield chr(argument)
        elif code is codes.RANGE:
            yield chr(argument[0])
        elif code is codes.CATEGORY:
            yield from _CLASSES[argument]


def _inside(argument: Any) -> Iterator[Any]:
    if isinstance(argument, parser.SubPattern):
        yield argument
    elif isinstance(argument, list | tuple):
        for each in argument:
            yield from _inside(each)
