"""What a tree of `syntax` makes of values: what CEL would, without importing and compiling CEL.

An error is a value in CEL: `false && error` is false, `error || true` is true. Here it is raised,
and caught where CEL looks past it. Whatever is not sure to be the same in CEL is left to CEL.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from tfchange.rulebook.functions import FUNCTIONS
from tfchange.rulebook.operations import BINARY, UNARY, BeyondError, WrongError, field_of, only

Tree = list[Any]
"""A kind and its parts: `["==", ["at", "after", "engine"], ["value", "mysql"]]`."""
Seen = dict[str, Any]
"""Named values, which are what JSON can say; the variable of a loop is one while the loop lasts."""
Ask = Callable[[Tree, Seen], Any]

_ABSENT = object()


def answer(tree: Tree, seen: Seen) -> Any:
    """The value of the tree; WrongError where that is an error, BeyondError where CEL has to tell.

    Nothing is compiled: most of a rule is asked a few times in a run, or never.
    """
    return _ASKS[tree[0]](tree, seen)


def _beyond(_tree: Tree, _seen: Seen) -> Any:
    raise BeyondError


def _value(tree: Tree, _: Seen) -> Any:
    return tree[1]


def _name(tree: Tree, seen: Seen) -> Any:
    return seen[tree[1]]


def _at(tree: Tree, seen: Seen) -> Any:
    _, name, field = tree
    return field_of(seen[name], field)


def _list(tree: Tree, seen: Seen) -> Any:
    return [_ASKS[part[0]](part, seen) for part in tree[1:]]


def _one(operation: Callable[[Any], Any]) -> Ask:
    def ask(tree: Tree, seen: Seen) -> Any:
        part = tree[1]
        return operation(_ASKS[part[0]](part, seen))

    return ask


def _two(operation: Callable[[Any, Any], Any]) -> Ask:
    def ask(tree: Tree, seen: Seen) -> Any:
        _, one, other = tree
        if other[0] == "value":  # as in most comparisons
            return operation(_ASKS[one[0]](one, seen), other[1])
        return operation(_ASKS[one[0]](one, seen), _ASKS[other[0]](other, seen))

    return ask


def _guarded(function: Callable[[Any, Any], object]) -> Callable[[Any, Any], object]:
    def guarded(one: Any, other: Any) -> object:
        try:
            return function(one, other)
        except Exception as error:
            raise BeyondError from error

    return guarded


def _junction(by: bool, tree: Tree, seen: Seen) -> bool:
    return _decided(by, tree[1:], seen)


def _decided(by: bool, parts: Iterable[Tree], seen: Seen) -> bool:
    """`by` where any answer is that, whatever errors stand beside it, and else its opposite."""
    wrong = False
    for part in parts:
        try:
            said: object = _ASKS[part[0]](part, seen)
        except WrongError:
            wrong = True
            continue
        if said is by:
            return by
        wrong = wrong or said is not (not by)
    if wrong:
        raise WrongError
    return not by


def _if(tree: Tree, seen: Seen) -> Any:
    _, asked, yes, no = tree
    return answer(yes if only(bool, answer(asked, seen)) else no, seen)


def _loop(by: bool, tree: Tree, seen: Seen) -> bool:
    _, over, name, body = tree
    members = only((list, dict), answer(over, seen))
    # The names that are known are many where the loop is in another one: they are not copied.
    outer = seen.get(name, _ABSENT)
    try:
        return _decided(by, _each(members, name, seen, body), seen)
    finally:
        seen.pop(name, None)
        if outer is not _ABSENT:
            seen[name] = outer


def _each(members: Iterable[Any], name: str, seen: Seen, body: Tree) -> Iterator[Tree]:
    """The body of the loop, once for each member, which then has the name."""
    for seen[name] in members:
        yield body


_ASKS: dict[str, Ask] = {
    "beyond": _beyond,
    "value": _value,
    "name": _name,
    "at": _at,
    "list": _list,
    "&&": partial(_junction, False),
    "||": partial(_junction, True),
    "if": _if,
    "exists": partial(_loop, True),
    "all": partial(_loop, False),
}
_ASKS |= {kind: _one(operation) for kind, operation in UNARY.items()}
_ASKS |= {kind: _two(operation) for kind, operation in BINARY.items()}
_ASKS |= {name: _two(_guarded(function)) for name, function in FUNCTIONS.items()}
