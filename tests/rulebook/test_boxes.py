"""Boxes of whole numbers: what is left of one is what a count of its points says."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from tfchange.rulebook.boxes import Box, without

ranges = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(lambda pair: (min(pair), max(pair)))
boxes = st.tuples(ranges, ranges, ranges)


def points(box: Box) -> set[tuple[int, ...]]:
    """All that is in a box."""
    return set(product(*(range(low, high + 1) for low, high in box)))


@given(boxes, st.lists(boxes, max_size=4))
def test_what_is_left_is_exactly_what_the_others_do_not_cover(box: Box, others: list[Box]) -> None:
    """No point is lost, none is left over, and none is told twice."""
    expected = points(box).difference(*(points(other) for other in others))
    parts = [points(part) for part in without(box, others)]
    assert set().union(*parts) == expected
    assert sum(map(len, parts)) == len(expected)
