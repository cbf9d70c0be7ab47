"""Route tables: what leads elsewhere, and what leads nowhere any more."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfchange.rulebook.routes import loses_route, reroutes
from tfchange.rulebook.view import UNKNOWN


def table(*routes: tuple[str, str], unset: Any = "") -> dict[str, Any]:
    """A table of destinations and gateways; what is not set is written as `unset`."""
    return {
        "route": [
            {"cidr_block": to, "gateway_id": by, "ipv6_cidr_block": unset, "nat_gateway_id": unset}
            for to, by in routes
        ]
    }


A, B, C = ("10.0.0.0/8", "tgw-1"), ("0.0.0.0/0", "igw-1"), ("10.0.0.0/8", "tgw-2")


@pytest.mark.parametrize(
    ("before", "after", "moved", "lost"),
    [
        (table(A, B), table(A, B), False, False),
        (table(A, B), table(B, A), False, False),
        (table(A), table(A, unset=None), False, False),
        (table(A), table(A, B), False, False),
        (table(A, B), table(C, B), True, False),
        (table(A, B), table(B), False, True),
        (table(A), table(B), False, True),
        (table(A), table((A[0], UNKNOWN)), True, False),
        (table(A), table((UNKNOWN, "igw-1")), False, False),
        (table(A), {"route": UNKNOWN}, False, False),
        (table(A), {"route": []}, False, True),
        (None, table(A), False, False),
        (table(A), None, False, False),
        ({}, {}, False, False),
    ],
)
def test_a_route_moves_or_is_lost(before: Any, after: Any, moved: bool, lost: bool) -> None:
    """By its destination, whatever the order and whatever stands for what is not set."""
    assert reroutes(before, after) is moved
    assert loses_route(before, after) is lost


routes = st.dictionaries(
    st.sampled_from(["10.0.0.0/8", "0.0.0.0/0", "192.0.2.0/24"]),
    st.sampled_from(["igw-1", "nat-1"]),
)


@given(routes, st.permutations(range(3)), st.sampled_from([None, ""]))
def test_order_and_spelling_of_a_route_table_mean_nothing(
    found: dict[str, str], order: list[int], unset: Any
) -> None:
    """The same routes in another order, with another word for nothing, are no change."""
    some = list(found.items())
    mixed = [some[i] for i in order if i < len(some)]
    assert not reroutes(table(*some), table(*mixed, unset=unset))
    assert not loses_route(table(*some), table(*mixed, unset=unset))
