"""The part of CEL that rules are mostly made of, read into a tree; for all else there is cel.py.

It takes only what is right CEL; whether that is so has been checked when the rules were loaded.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from tfchange.rulebook.evaluate import Tree
from tfchange.rulebook.operations import BeyondError
from tfchange.rulebook.spelled import spelled

_CONSTANTS = {"true": True, "false": False, "null": None}
_RELATIONS = ("==", "!=", "<", "<=", ">", ">=", "in")
_LOOPS = ("exists", "all")
_LOOKS_ALIKE = r"(?:[\w/^(|)]|\\b)+\$?"
"""Patterns that mean the same to RE2 as to Python, once `$` and `\\b` are narrowed to RE2's."""
_ROOTS = ("before", "after", "change")


def parse(text: str, functions: Sequence[str]) -> Tree:
    """The tree of the expression, which may call these functions of two arguments."""
    # What is no token of this part of CEL is a token of one character that no rule takes.
    pattern = r"""\s*([A-Za-z_]\w*|\d+|"[^"\n]*"|&&|\|\||[=!<>]=|\S)"""
    reader = _Reader(re.findall(pattern, text.strip()), functions)
    tree = reader.choice()
    if reader.left:
        raise BeyondError
    return tree


class _Reader:
    """Reads tokens from the left; each method reads what binds at least as strongly as its name."""

    def __init__(self, tokens: list[str], functions: Sequence[str]) -> None:
        self.left = tokens[::-1]
        self._functions = functions
        self._names = list(_ROOTS)

    def choice(self) -> Tree:
        tree = self._either()
        if not self._next("?"):
            return tree
        yes = self._either()
        self._must(":")
        return ["if", tree, yes, self.choice()]

    def _either(self) -> Tree:
        return self._junction("||", self._both)

    def _both(self) -> Tree:
        return self._junction("&&", self._relation)

    def _junction(self, kind: str, part: Callable[[], Tree]) -> Tree:
        tree = part()
        if not self.left or self.left[-1] != kind:
            return tree
        parts = _flat(kind, tree)
        while self._next(kind):
            parts += _flat(kind, part())
        # Which part says it makes no difference, so that those that cost little are asked first.
        return [kind, *sorted(parts, key=self._calls)]

    def _calls(self, tree: Tree) -> bool:
        """Whether a function of ours is called in it."""
        kind, *parts = tree
        return kind in self._functions or any(
            self._calls(part) for part in parts if isinstance(part, list) and kind != "value"
        )

    def _relation(self) -> Tree:
        tree = self._product()
        while self.left and self.left[-1] in _RELATIONS:
            tree = [self.left.pop(), tree, self._product()]
        return tree

    def _product(self) -> Tree:
        tree = self._unary()
        while self._next("*"):
            tree = ["*", tree, self._unary()]
        return tree

    def _unary(self) -> Tree:
        return ["!", self._unary()] if self._next("!") else self._member()

    def _member(self) -> Tree:
        tree = self._primary()
        while True:
            if self._next("["):
                tree = ["index", tree, self.choice()]
                self._must("]")
            elif self._next("."):
                name = self._word()
                called = self._next("(")
                tree = self._method(tree, name) if called else _field(tree, name)
            else:
                return tree

    def _method(self, on: Tree, name: str) -> Tree:
        if name in _LOOPS:
            return self._loop(on, name)
        (argument,) = self._arguments(")", 1)
        if name == "endsWith":
            return [name, on, argument]
        plain = argument[0] == "value" and isinstance(argument[1], str)
        if name == "matches" and plain and re.fullmatch(_LOOKS_ALIKE, argument[1], re.ASCII):
            texts = spelled(argument[1])
            return [name, on, argument] if texts is None else ["spells", on, ["value", texts]]
        raise BeyondError

    def _loop(self, over: Tree, name: str) -> Tree:
        variable = self._word()
        self._must(",")
        self._names.append(variable)
        body = self.choice()
        self._names.pop()
        self._must(")")
        return [name, over, variable, body]

    def _primary(self) -> Tree:
        if self._next("("):
            (tree,) = self._arguments(")", 1)
            return tree
        if self._next("["):
            members = self._arguments("]")
            plain = all(member[0] == "value" for member in members)
            return ["value", [m[1] for m in members]] if plain else ["list", *members]
        word = self.left.pop() if self.left else ""
        if word in self._names:
            return ["name", word]
        literal = _literal(word)
        return ["value", literal[0]] if literal else self._call(word)

    def _call(self, name: str) -> Tree:
        self._must("(")
        if name in self._functions:
            return [name, *self._arguments(")", 2)]
        (argument,) = self._arguments(")", 1)
        if name == "has" and argument[0] == "at":
            return ["has", ["name", argument[1]], ["value", argument[2]]]
        if name == "has" and argument[0] == "field":
            return ["has", *argument[1:]]
        if name == "size":
            return ["size", argument]
        if name != "dyn":
            raise BeyondError
        return argument

    def _arguments(self, end: str, count: int | None = None) -> list[Tree]:
        trees: list[Tree] = []
        while not self._next(end):
            if trees:
                self._must(",")
            trees.append(self.choice())
        if count is not None and len(trees) != count:
            raise BeyondError
        return trees

    def _next(self, token: str) -> bool:
        found = bool(self.left) and self.left[-1] == token
        if found:
            self.left.pop()
        return found

    def _must(self, token: str) -> None:
        if not self._next(token):
            raise BeyondError

    def _word(self) -> str:
        word = self.left.pop() if self.left else ""
        if not word.isidentifier():
            raise BeyondError
        return word


def _flat(kind: str, tree: Tree) -> list[Tree]:
    """Its parts, where it is of the kind: `a && (b && c)` is `a && b && c`."""
    return tree[1:] if tree[0] == kind else [tree]


def _field(tree: Tree, name: str) -> Tree:
    if tree[0] == "name":
        return ["at", tree[1], name]
    return ["field", tree, ["value", name]]


def _literal(word: str) -> tuple[Any] | None:
    """The value that the token stands for, in a tuple since it can be None."""
    if word[:1] == '"' and len(word) > 1:
        text = word[1:-1]
        if "\\" in text.replace("\\\\", ""):
            raise BeyondError
        return (text.replace("\\\\", "\\"),)
    if word.isdigit() and (word == "0" or word[0] != "0") and len(word) < 19:
        return (int(word),)
    return (_CONSTANTS[word],) if word in _CONSTANTS else None
