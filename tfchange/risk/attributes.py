"""Attribute paths as patterns see them: dotted, without list positions."""

from collections.abc import Iterable
from functools import lru_cache

from tfchange.plan.paths import Path

_TAGS = frozenset({"tags", "tags_all", "labels", "effective_labels", "terraform_labels"})


def plain_path(path: Path) -> str:
    """The path with dots and without list positions: `ingress.cidr_blocks`."""
    return ".".join(step for step in path if isinstance(step, str))


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether a pattern names the path, something around it or, by `*` and `**`, inside it.

    >>> matches("ingress.cidr_blocks", ["ingress.**"]), matches("policy", ["policy.Statement"])
    (True, False)
    """
    return any(_fits(path, pattern) for pattern in patterns)


def is_cosmetic(path: str, cosmetic: Iterable[str], *, by_name: bool = True) -> bool:
    """Whether nothing that runs can tell the difference: tags, descriptions and the like.

    `by_name=False` asks only what the traits of the type say.
    """
    if by_name:
        steps = path.split(".")
        if steps[0] in _TAGS or steps[-1] == "description":
            return True
    return matches(path, cosmetic)


@lru_cache(maxsize=4096)
def _fits(path: str, pattern: str) -> bool:
    steps = path.split(".")
    for i, wanted in enumerate(pattern.split(".")):
        if wanted == "**":
            return True
        if i >= len(steps) or wanted not in ("*", steps[i]):
            return False
    return True
