"""Patterns that only spell texts out, as these texts: no regular expression is compiled for them.

Compiling one takes as long as asking a whole rule, and patterns of rules name a few types or words:
`^aws_(vpc|subnet)` is a text that begins with `aws_vpc` or with `aws_subnet`.
"""

from collections.abc import Iterator, Sequence
from itertools import product

from tfchange.rulebook.operations import EDGE, BeyondError, Spelled

_MOST = 200
"""More texts than this are left to a regular expression."""


def spelled(pattern: str) -> Spelled | None:
    """The texts that a matching text equals, begins with, ends with or holds; None for others.

    `pattern` may be made of plain characters, groups, `|`, `^`, `$`, and `\\b` at the ends.

    >>> spelled("^a_(b|c)|_d$")
    [[], ['a_b', 'a_c'], ['_d'], [], []]
    """
    reader = _Reader(pattern)
    try:
        texts = reader.alternatives()
    except BeyondError:
        return None
    return None if reader.left or len(texts) > _MOST else _sorted(texts)


class _Reader:
    """Reads characters from the left into all texts that they spell, anchors still in them."""

    def __init__(self, pattern: str) -> None:
        self.left = list(reversed(pattern))

    def alternatives(self) -> list[str]:
        texts = self._sequence()
        while self.left and self.left[-1] == "|":
            self.left.pop()
            texts += self._sequence()
        return texts

    def _sequence(self) -> list[str]:
        parts = list(self._parts())
        count = 1
        for part in parts:
            count *= len(part)
        if count > _MOST:
            raise BeyondError
        return ["".join(chosen) for chosen in product(*parts)]

    def _parts(self) -> Iterator[Sequence[str]]:
        while self.left and self.left[-1] not in "|)":
            one = self.left.pop()
            if one == "\\" and self.left and self.left[-1] == "b":
                self.left.pop()
                yield (EDGE,)
                continue
            if one == "(":
                yield self.alternatives()
                one = self.left.pop() if self.left else ""
            elif one.isalnum() or one in "_/^$":
                yield (one,)
                continue
            if one != ")":
                raise BeyondError


def _sorted(texts: list[str]) -> Spelled | None:
    """Which texts stand at which end."""
    found: Spelled = [[], [], [], [], []]
    for text in texts:
        before = text[:1] if text.startswith(("^", EDGE)) else ""
        rest = text.removeprefix(before)
        after = rest[-1:] if rest.endswith(("$", EDGE)) else ""
        bare = rest.removesuffix(after)
        if not {"^", "$", EDGE}.isdisjoint(bare):
            return None
        if EDGE in (before, after):
            found[4].append([before, bare, after])
        else:
            found[(0 if before else 2) if after else (1 if before else 3)].append(bare)
    return found
