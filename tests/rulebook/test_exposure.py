"""Security groups: what is opened to the world, and what is only narrowed."""

from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfchange.rulebook.exposure import only_narrows, opens_to_world
from tfchange.rulebook.networks import holds
from tfchange.rulebook.view import UNKNOWN


def inline(*rules: tuple[str, int, int, list[str]]) -> dict[str, Any]:
    """A group with these ingress rules."""
    return {
        "ingress": [
            {"protocol": p, "from_port": a, "to_port": b,
             "cidr_blocks": [c for c in cidrs if ":" not in c],
             "ipv6_cidr_blocks": [c for c in cidrs if ":" in c]}
            for p, a, b, cidrs in rules
        ]
    }  # fmt: skip


WEB = inline(("tcp", 443, 443, ["0.0.0.0/0"]))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, WEB, True),
        (WEB, WEB, False),
        (inline(("tcp", 443, 443, ["10.0.0.0/8"])), WEB, True),
        (inline(("-1", 0, 0, ["0.0.0.0/0"])), WEB, False),
        (inline(("tcp", 400, 500, ["0.0.0.0/0"])), WEB, False),
        (WEB, inline(("tcp", 443, 444, ["0.0.0.0/0"])), True),
        (WEB, inline(("tcp", 443, 443, ["0.0.0.0/0", "::/0"])), True),
        (WEB, inline(("udp", 443, 443, ["0.0.0.0/0"])), True),
        (None, inline(("tcp", 22, 22, ["0.0.0.0/1", "128.0.0.0/1"])), True),
        (None, inline(("tcp", 22, 22, ["fd00::/7", "10.0.0.0/8"])), False),
        (None, inline(("icmp", -1, -1, ["0.0.0.0/0"])), False),
        (None, {"type": "egress", "protocol": "-1", "cidr_blocks": ["0.0.0.0/0"]}, False),
        (None, {"type": "ingress", "protocol": "6", "from_port": 22, "to_port": 22,
                "cidr_blocks": ["0.0.0.0/0"]}, True),
        (None, {"ip_protocol": "-1", "cidr_ipv6": "::/0", "from_port": None}, True),
        (None, {"ip_protocol": "tcp", "cidr_ipv4": UNKNOWN}, False),
        (None, {"ingress": UNKNOWN}, False),
        (WEB, None, False),
    ],
)  # fmt: skip
def test_opening_means_that_the_world_gets_in_where_it_did_not(
    before: Any, after: Any, expected: bool
) -> None:
    """Only a new port, protocol or family for the whole internet counts as opened."""
    assert opens_to_world(before, after) is expected


cidrs = st.sampled_from(["0.0.0.0/0", "::/0", "10.0.0.0/8", "10.1.0.0/16", "192.0.2.7/32"])
rules = st.tuples(
    st.sampled_from(["tcp", "udp", "-1"]), st.integers(0, 3), st.integers(3, 5),
    st.lists(cidrs, min_size=1, max_size=2),
)  # fmt: skip
groups = st.lists(rules, max_size=4).map(lambda found: inline(*found))


@given(groups, groups)
def test_what_only_narrows_opens_nothing(before: dict[str, Any], after: dict[str, Any]) -> None:
    """No change is both a narrowing and an opening."""
    assert not (only_narrows(before, after) and opens_to_world(before, after))


@given(st.lists(rules, max_size=4), st.data())
def test_taking_rules_away_narrows(found: list[Any], data: st.DataObject) -> None:
    """Any part of the rules, in any order, is narrower than all of them."""
    some = data.draw(st.lists(st.sampled_from(found), max_size=3)) if found else []
    assert only_narrows(inline(*found), inline(*some))


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (inline(("tcp", 443, 443, ["192.0.2.0/24"])), True),
        (inline(("tcp", 80, 80, ["192.0.2.0/24"])), False),
        ({"ingress": UNKNOWN}, False),
        ({"ingress": [{**WEB["ingress"][0], "cidr_blocks": [], "security_groups": [UNKNOWN]}]},
         False),
    ],
)  # fmt: skip
def test_a_part_of_a_network_is_narrower(after: Any, expected: bool) -> None:
    """Networks are compared by what they contain, and an unknown source is not narrower."""
    assert only_narrows(WEB, after) is expected


octets = st.sampled_from([0, 1, 10, 255, 256])
networks = st.one_of(
    st.sampled_from(["0.0.0.0/0", "10.0.0.0/33", "10.0.0.1/8", "010.0.0.0/8", "10.0.0.0/08"]),
    st.builds("{}.{}.{}.0/{}".format, octets, octets, octets, st.integers(0, 32)),
    st.sampled_from(["::/0", "fe80::/10", "fe80::%eth0", "10.0.0.0/255.0.0.0", "", "/8", "sg-1"]),
    st.ip_addresses().map(str),
    st.text("0123456789./:a", max_size=12),
)


@given(networks, networks)
def test_networks_hold_each_other_as_ipaddress_says(network: str, other: str) -> None:
    """The short way for common networks gives what ipaddress gives for all."""
    try:
        big, small = ip_network(network), ip_network(other)
        expected = big.version == small.version and small.subnet_of(big)
    except ValueError:
        expected = False
    assert holds(network, other) is (expected or network == other)
