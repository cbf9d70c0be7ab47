"""Address patterns: which is more specific, and which two can match one address."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfchange.catalogue.patterns import meet, rank
from tfchange.rulebook.match import glob

patterns = st.text("ab*", max_size=6)
TEXTS = ["".join(t) for n in range(7) for t in product("ab", repeat=n)]


@given(patterns, patterns)
def test_what_meets_has_a_text_that_both_match(one: str, other: str) -> None:
    """By trying all short texts: it says so exactly where some text matches both."""
    # Of patterns this short, the shortest text that both match has six letters at most.
    both = any(glob(one)(text) and glob(other)(text) for text in TEXTS)
    assert meet(one, other) == meet(other, one) == both


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ("*", "module.*"),
        ("module.*", "module.shop.*"),
        ("module.shop.*", "module.shop.*database*"),
        ("module.shop.*", "module.shop.aws_vpc.main"),
        ("aws_vpc.main*", "aws_vpc.main"),
        ("module.shop.*", 'module.shop["eu"].*'),
    ],
)
def test_more_before_the_star_is_more_specific(less: str, more: str) -> None:
    """What is written before the first star counts first, and then all that is written."""
    assert rank(less) < rank(more)


def test_long_patterns_take_no_time() -> None:
    """As many stars as a pattern may have are compared as fast as a few."""
    assert not meet("a*" * 99 + "a", "*a" * 99 + "b")
