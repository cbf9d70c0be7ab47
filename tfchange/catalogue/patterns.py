"""Which of several address patterns is the more specific, and which two could both match."""

from functools import cache

Rank = tuple[int, int, bool, bool]


def keyed(pattern: str) -> bool:
    """Whether it names instances by their keys, and so is held against instance addresses."""
    return "[" in pattern or '"' in pattern


def rank(pattern: str) -> Rank:
    """The greater, the more specific: what stands before the first `*` counts before all else.

    >>> rank("module.shop.*") > rank("module.*") > rank("*")
    True
    """
    start, literals = pattern.partition("*")[0], len(pattern) - pattern.count("*")
    return (len(start), literals, "*" not in pattern, keyed(pattern))


def meet(one: str, other: str) -> bool:
    """Whether some text matches both patterns.

    >>> meet("module.*.db", "module.a.*"), meet("a*", "b*")
    (True, False)
    """

    ends = one.rpartition("*")[2], other.rpartition("*")[2]
    if not (ends[0].endswith(ends[1]) or ends[1].endswith(ends[0])):
        return False  # for most pairs that is all there is to see

    @cache
    def both(i: int, j: int) -> bool:
        here, there = one[i : i + 1], other[j : j + 1]
        # A star stands for nothing more, or for what the other says next.
        if here == "*":
            return both(i + 1, j) or (there != "" and both(i, j + 1))
        if there == "*":
            return both(i, j + 1) or (here != "" and both(i + 1, j))
        return here == there and (not here or both(i + 1, j + 1))

    return both(0, 0)
