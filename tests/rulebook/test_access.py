"""Whether more is let in than before."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfchange.rulebook.access import FIELDS, lets_in_more


def group(*networks: str) -> dict[str, Any]:
    """A security group that lets these networks reach its port 22."""
    rules = [{"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": [network],
              "ipv6_cidr_blocks": [], "self": False} for network in networks]  # fmt: skip
    return {"ingress": rules}


def policy(action: str) -> dict[str, Any]:
    """A policy that allows the action on one bucket."""
    return {"policy": {"Statement": [{"Effect": "Allow", "Action": action, "Resource": "arn:b"}]}}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (group("10.0.0.0/8"), group("0.0.0.0/0"), True),
        (group("0.0.0.0/0"), group("10.0.0.0/8"), False),
        (group("10.0.0.0/8"), group("192.0.2.0/24"), False),
        (policy("s3:GetObject"), policy("s3:*"), True),
        (policy("s3:*"), policy("s3:GetObject"), False),
    ],
)
def test_packets_and_principals_count(before: Any, after: Any, expected: bool) -> None:
    """The whole internet or a wildcard is more; what is taken away is not."""
    assert lets_in_more(before, after) is expected


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda v: (
        st.lists(v, max_size=3)
        | st.dictionaries(st.sampled_from(["cidr_blocks", "Statement", "Principal"]), v, max_size=3)
    ),
)
trees = st.none() | st.dictionaries(st.sampled_from(sorted(FIELDS)), values, max_size=3)


@given(trees, trees)
def test_any_shape_has_an_answer(before: Any, after: Any) -> None:
    """And nothing is more than itself."""
    assert lets_in_more(before, after) in (True, False)
    assert not lets_in_more(after, after)
