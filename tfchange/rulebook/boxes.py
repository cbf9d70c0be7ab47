"""Boxes in a space of whole numbers, and what is left of one when others are taken out of it."""

from collections.abc import Iterable

Box = tuple[tuple[int, int], ...]
"""One closed range for each dimension."""


def without(box: Box, others: Iterable[Box]) -> list[Box]:
    """The parts of the box that no other covers; together they are exactly what is left.

    >>> without(((1, 9),), [((3, 4),), ((9, 9),)])
    [((1, 2),), ((5, 8),)]
    """
    left = [box]
    for other in others:
        left = [part for each in left for part in _minus(each, other)]
    return left


def _minus(box: Box, other: Box) -> list[Box]:
    if any(
        high < low_ or high_ < low for (low, high), (low_, high_) in zip(box, other, strict=True)
    ):
        return [box]
    parts = []
    for i, ((low, high), (low_, high_)) in enumerate(zip(box, other, strict=True)):
        head, tail = box[:i], box[i + 1 :]
        if low < low_:
            parts.append((*head, (low, low_ - 1), *tail))
        if high > high_:
            parts.append((*head, (high_ + 1, high), *tail))
        box = (*head, (max(low, low_), min(high, high_)), *tail)
    return parts
