"""Patterns made into functions: names with `*`, and attribute paths with `*` and `**`."""

import re
from collections.abc import Callable, Iterable
from functools import cache, partial

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
    return partial(_inside, tuple(patterns))


def touched(patterns: Iterable[str]) -> Test:
    """Tells whether a changed path is within the patterns, or holds one of them.

    A list that grew or shrank is one changed path, so that what stands in it may have changed.

    >>> touched(["ingress.cidr_blocks"])("ingress")
    True
    """
    return partial(_touches, tuple(patterns))


# Most rules never come to look at a path, so that patterns are taken apart when one does.


def _inside(patterns: tuple[str, ...], path: str) -> bool:
    exact, below, starred = _apart(patterns)
    if path in exact or path.startswith(below):
        return True
    return bool(starred) and _compiled(starred).fullmatch(path) is not None


def _touches(patterns: tuple[str, ...], path: str) -> bool:
    return path in _holders(patterns) or _inside(patterns, path)


@cache
def _apart(patterns: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]:
    """Whole paths, how others begin, and patterns with a star before their end."""
    exact, below, starred = [], [], []
    for pattern in patterns:
        bare = pattern.removesuffix(".**")
        head = bare.rstrip("*")
        if "*" in head:
            starred.append(bare)
        elif head != bare:
            below.append(head)  # whatever a last star leaves is below what it stands for
        else:
            exact.append(bare)
            below += f"{bare}.", f"{bare}["
    return frozenset(exact), tuple(below), tuple(starred)


@cache
def _holders(patterns: tuple[str, ...]) -> frozenset[str]:
    return frozenset([p[:i] for p in patterns for i, c in enumerate(p) if c == "."])


@cache
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(_path_regex, patterns)), re.DOTALL)


def _path_regex(pattern: str) -> str:
    runs = (_SEGMENT.join(map(re.escape, run.split("*"))) for run in pattern.split("**"))
    return ".*".join(runs) + _BELOW
