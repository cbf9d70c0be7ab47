"""Attribute paths as rules see them: with dots, without list positions."""

from collections.abc import Iterable
from functools import lru_cache

from tfchange.rulebook.match import Test, touched, within

_TAGS = frozenset({"tags", "tags_all", "labels", "effective_labels", "terraform_labels"})


def matches(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether a changed path lies within one of the patterns, or holds one.

    >>> matches("ingress.cidr_blocks", ("ingress.**",)), matches("policy_id", ("policy",))
    (True, False)
    """
    return bool(patterns) and _touched(patterns)(path)


def is_cosmetic(path: str, cosmetic: tuple[str, ...], *, by_name: bool = True) -> bool:
    """Whether nothing that runs can tell the difference: tags, descriptions and the like.

    `by_name=False` asks only what the traits of the type say.
    """
    if by_name and (_first(path) in _TAGS or path.rpartition(".")[2] == "description"):
        return True
    return bool(cosmetic) and _within(cosmetic)(path)


def only_cosmetic(paths: Iterable[str], cosmetic: tuple[str, ...]) -> bool:
    """Whether there are paths and all of them are cosmetic."""
    paths = tuple(paths)
    return bool(paths) and all(is_cosmetic(path, cosmetic) for path in paths)


def _first(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


@lru_cache(maxsize=1024)
def _touched(patterns: tuple[str, ...]) -> Test:
    return touched(patterns)


@lru_cache(maxsize=1024)
def _within(patterns: tuple[str, ...]) -> Test:
    return within(patterns)
