"""Patterns made into functions: names with `*`, and attribute paths with `*` and `**`."""

import re
from collections.abc import Callable, Iterable
from functools import cache

Test = Callable[[str], bool]

_SEGMENT = r'(?:[^.\[]|\["[^"]*"\])*'
_BELOW = r"(?:[.\[].*)?"


def glob(pattern: str) -> Test:
    """Tells whether a whole text matches; `*` stands for any run, all else for itself.

    >>> glob('module.a["*"].aws_vpc.main')('module.a["x.y"].aws_vpc.main')
    True
    """
    if "*" not in pattern:
        return pattern.__eq__
    # Compiling more than a hundred patterns costs more than a small plan asks of them.
    first, *middle, last = pattern.split("*")

    def matches(text: str) -> bool:
        at, end = len(first), len(text) - len(last)
        if at > end or not text.startswith(first) or not text.endswith(last):
            return False
        for part in middle:
            at = text.find(part, at, end) + len(part)
            if at < len(part):
                return False
        return True

    return matches


def any_glob(patterns: Iterable[str]) -> Test:
    """Tells whether any of the patterns matches."""
    patterns = tuple(patterns)
    plain = frozenset(pattern for pattern in patterns if "*" not in pattern)
    starred = [glob(pattern) for pattern in patterns if "*" in pattern]
    if not starred:
        return plain.__contains__
    return lambda text: text in plain or any(test(text) for test in starred)


def within(patterns: Iterable[str]) -> Test:
    """Tells whether a path is one of the patterns or below one.

    >>> within(["tags"])("tags.Name"), within(["tags"])("tags_all")
    (True, False)
    """
    plain: list[str] = []
    starred: list[str] = []
    for pattern in patterns:
        bare = pattern.removesuffix(".**")
        (starred if "*" in bare else plain).append(bare)
    exact = frozenset(plain)
    below = tuple(f"{path}{step}" for path in plain for step in ".[")

    @cache
    def compiled() -> re.Pattern[str]:
        return re.compile("|".join(map(_path_regex, starred)), re.DOTALL)

    def inside(path: str) -> bool:
        if path in exact or path.startswith(below):
            return True
        return bool(starred) and compiled().fullmatch(path) is not None

    return inside


def touched(patterns: Iterable[str]) -> Test:
    """Tells whether a changed path is within the patterns, or holds one of them.

    A list that grew or shrank is one changed path, so that what stands in it may have changed.

    >>> touched(["ingress.cidr_blocks"])("ingress")
    True
    """
    patterns = tuple(patterns)
    inside = within(patterns)
    holders = {p[:i] for p in patterns for i, c in enumerate(p) if c == "."}
    return lambda path: path in holders or inside(path)


def _path_regex(pattern: str) -> str:
    parts = re.split(r"(\*\*|\*)", pattern)
    known = {"**": ".*", "*": _SEGMENT}
    return "".join(known.get(part) or re.escape(part) for part in parts) + _BELOW
