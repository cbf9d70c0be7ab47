"""Network ACLs, prefix lists and single rules: what is let through, asked packet by packet."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rulebook.test_clouds import azure, google
from tests.rulebook.test_exposure import groups, inline
from tfchange.rulebook.exposure import (
    cuts_off,
    only_narrows,
    opens_sensitive_port,
    opens_to_world,
    opens_way_out,
    widens,
)
from tfchange.rulebook.view import UNKNOWN

NETWORKS = {"10.0.0.0/8": range(4), "10.0.0.0/9": range(2), "10.128.0.0/9": range(2, 4)}
"""Networks, and which of four neighbourhoods of hosts each of them holds."""


def acl(*rules: tuple[int, str, str, int, int], way: str = "ingress") -> dict[str, Any]:
    """A network ACL with these rules in one direction: number, action, network, ports."""
    told = [
        {"rule_no": no, "action": action, "protocol": "6", "cidr_block": cidr, "from_port": first,
         "to_port": last, "ipv6_cidr_block": ""}
        for no, action, cidr, first, last in rules
    ]  # fmt: skip
    other = "egress" if way == "ingress" else "ingress"
    return {way: told, other: []}


def rule(action: str = "allow", **fields: Any) -> dict[str, Any]:
    """One rule of a network ACL, as a resource of its own."""
    return {
        "egress": False, "rule_action": action, "rule_number": 10, "protocol": "tcp",
        "cidr_block": "10.0.0.0/8", "from_port": 443, "to_port": 443,
    } | fields  # fmt: skip


def passing(rules: list[tuple[str, str, int, int]]) -> set[tuple[int, int]]:
    """Hosts and ports that get through: of the rules, in their order, the first decides."""
    through = set()
    for host in range(4):
        for port in range(5):
            decided = (
                action
                for action, cidr, first, last in rules
                if host in NETWORKS[cidr] and first <= port <= last
            )
            if next(decided, "deny") == "allow":
                through.add((host, port))
    return through


ordered = st.lists(
    st.tuples(
        st.sampled_from(["allow", "deny"]), st.sampled_from(sorted(NETWORKS)),
        st.integers(0, 2), st.integers(2, 4),
    ),
    max_size=5,
)  # fmt: skip


@given(ordered, ordered, st.randoms())
def test_a_network_acl_is_asked_in_the_order_of_its_numbers(
    before: Any, after: Any, chance: Any
) -> None:
    """Whatever order they are written in: what gets through is what a packet would find."""
    was, now = passing(before), passing(after)
    old, new = ([(i, *said) for i, said in enumerate(rules, 1)] for rules in (before, after))
    chance.shuffle(new)
    assert widens(acl(*old), acl(*new)) is bool(now - was)
    assert only_narrows(acl(*old), acl(*new)) is not (now - was)
    assert cuts_off(acl(*old), acl(*new)) is bool(was - now)


anything = st.one_of(
    groups,
    ordered.map(lambda rules: acl(*((i, *said) for i, said in enumerate(rules, 1)))),
    st.sampled_from([
        rule(), rule("deny"), rule(rule_number=20), rule(cidr_block="0.0.0.0/0"), azure(),
        azure(access="Deny"), azure(source_address_prefix="VirtualNetwork"), google(),
        google(disabled=True), google(target_tags=["web"]), {"ingress": UNKNOWN},
    ]),
)  # fmt: skip


@given(anything, anything)
def test_what_widens_does_not_only_narrow(before: dict[str, Any], after: dict[str, Any]) -> None:
    """No change of any firewall is both, and what opens to the world widens."""
    assert not (widens(before, after) and only_narrows(before, after))
    assert not (only_narrows(before, after) and opens_to_world(before, after))


@given(anything)
def test_no_change_does_nothing(resource: dict[str, Any]) -> None:
    """The same before and after is no finding."""
    for function in (widens, cuts_off, opens_to_world, opens_sensitive_port, opens_way_out):
        assert not function(resource, resource)


def sg(*sources: str, **fields: Any) -> dict[str, Any]:
    """A group that lets in these groups at one port."""
    said = {"protocol": "tcp", "from_port": 443, "to_port": 443, "security_groups": list(sources)}
    return {"ingress": [said | fields], "egress": []}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (sg("sg-1"), sg("sg-1", "sg-2"), True),
        (sg("sg-1"), sg("sg-1", UNKNOWN), False),
        (sg("sg-1"), sg("sg-1", self=True), True),
        (sg("sg-1"), sg("sg-1", protocol="6"), False),
        (inline(("tcp", 443, 443, ["0.0.0.0/0"])), sg("sg-1"), False),
        (inline(("tcp", 443, 443, ["10.0.0.0/8"])), sg("sg-1"), True),
        (inline(("tcp", 443, 443, [])), inline(("tcp", 443, 443, ["192.0.2.7/32"])), True),
        (inline(("tcp", 443, 443, [])), inline(("icmp", -1, -1, ["10.0.0.0/8"])), False),
        (None, {"cidr_ipv4": "10.0.0.0/8", "ip_protocol": "tcp", "from_port": 1}, True),
        (None, {"cidr_ipv4": UNKNOWN, "ip_protocol": "tcp", "from_port": 1, "to_port": 2}, False),
        (None, {"cidr_ipv4": "10.0.0.0/8", "ip_protocol": "tcp", "from_port": UNKNOWN}, False),
        (None, {"type": "egress", "cidr_blocks": ["10.0.0.0/8"], "protocol": "-1"}, False),
        (rule("deny"), None, True),
        (rule("deny"), rule("allow"), True),
        (rule("allow"), rule("deny"), False),
        (None, rule("deny"), False),
        (rule(), rule(egress=True), False),
        ({"entry": [{"cidr": "10.0.0.0/8"}]}, {"entry": [{"cidr": "10.1.0.0/16"}]}, False),
        ({"entry": [{"cidr": "10.1.0.0/16"}]}, {"entry": [{"cidr": "10.0.0.0/8"}]}, True),
        (azure(source_address_prefix="10.0.0.0/8"), azure(source_address_prefix="10.0.0.7"), False),
        (azure(source_address_prefix="10.0.0.7"), azure(source_address_prefix="10.0.0.0/8"), True),
        (azure(access="Deny"), None, True),
        (azure(), azure(destination_address_prefix="10.0.0.4"), False),
        (azure(destination_address_prefix="10.0.0.4"), azure(destination_address_prefix="*"), True),
        (google(target_tags=["web"]), google(target_tags=None), True),
        (google(), google(target_tags=["web"]), False),
        (google(disabled=True), google(), True),
    ],
)  # fmt: skip
def test_more_is_let_in(before: Any, after: Any, expected: bool) -> None:
    """Networks, groups and ports that were kept out come in, as far as that is known."""
    assert widens(before, after) is expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (azure(), azure(source_address_prefix="VirtualNetwork"), True),
        (azure(), azure(source_address_prefix="10.0.0.0/8"), True),
        (azure(), azure(source_address_prefix=UNKNOWN), False),
        (azure(), azure(destination_port_range="22-23"), False),
        (azure(priority=100), azure(priority=200), False),
        (azure(access="Deny"), azure(access="Deny", source_address_prefix="10.0.0.0/8"), False),
        (azure(access="Deny", source_address_prefix="10.0.0.0/8"), azure(access="Deny"), True),
        ({"security_rule": [azure(), azure(access="Deny", priority=1)]},
         {"security_rule": [azure()]}, False),
        ({"security_rule": [azure()]}, {"security_rule": []}, True),
        (google(), google(source_ranges=["10.0.0.0/8"]), True),
        (google(), google(disabled=True), True),
        (google(), google(source_ranges=UNKNOWN), False),
        (google(), google(allow=[], deny=[{"protocol": "all", "ports": []}]), True),
        (google(allow=[], deny=[{"protocol": "all", "ports": []}]), google(), False),
        (rule(cidr_block="0.0.0.0/0"), rule(), True),
        (rule(), rule(rule_number=20), False),
    ],
)  # fmt: skip
def test_firewalls_of_every_kind_are_narrowed(before: Any, after: Any, expected: bool) -> None:
    """Less is let through, with no doubt left by rules that cannot be seen."""
    assert only_narrows(before, after) is expected


def policy(**fields: Any) -> dict[str, Any]:
    """A rule of a firewall policy of Google Cloud that lets SSH in from everywhere."""
    ports = [{"ip_protocol": "tcp", "ports": ["22"]}]
    match = [{"src_ip_ranges": ["0.0.0.0/0"], "layer4_configs": ports}]
    return {"direction": "INGRESS", "action": "allow", "priority": 10, "match": match} | fields


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (policy(), True),
        (policy(action="deny"), False),
        (policy(action="goto_next"), False),
        (policy(direction="EGRESS"), False),
        (policy(disabled=True), False),
        (policy(match=UNKNOWN), False),
        (azure(), True),
        (azure(destination_port_range="443"), False),
        (azure(destination_port_range="*"), True),
        (azure(destination_port_range=UNKNOWN), False),
        (google(), True),
        (inline(("tcp", 0, 65535, ["::/0"])), True),
        (inline(("-1", 0, 0, ["0.0.0.0/0"])), True),
        (inline(("tcp", 80, 443, ["0.0.0.0/0"])), True),
        (inline(("tcp", 443, 443, ["0.0.0.0/0"])), False),
        (inline(("udp", 22, 22, ["0.0.0.0/0"])), False),
        (inline(("tcp", 22, 22, ["10.0.0.0/8"])), False),
    ],
)
def test_a_sensitive_port_is_opened(resource: dict[str, Any], expected: bool) -> None:
    """Whoever's firewall it is, SSH and its like to everybody are told from the rest."""
    assert opens_sensitive_port(None, resource) is expected


def test_a_sensitive_port_that_was_open_is_not_opened() -> None:
    """What is added beside an open port is an opening, but none of that port."""
    ssh = inline(("tcp", 22, 22, ["::/0"]))
    web = inline(("tcp", 22, 22, ["::/0"]), ("tcp", 443, 443, ["::/0"]))
    assert opens_to_world(ssh, web)
    assert not opens_sensitive_port(ssh, web)
    assert opens_sensitive_port(ssh, inline(("tcp", 22, 22, ["::/0", "0.0.0.0/0"])))


def out(*cidrs: str, first: int = 443, last: int = 443) -> dict[str, Any]:
    """A group that lets out to these networks."""
    said = {"protocol": "tcp", "from_port": first, "to_port": last, "cidr_blocks": list(cidrs)}
    return {"ingress": [], "egress": [said]}


@pytest.mark.parametrize(
    ("before", "after", "opened", "cut"),
    [
        (out("10.0.0.0/8"), out("0.0.0.0/0"), True, False),
        (out("0.0.0.0/0"), out("10.0.0.0/8"), False, True),
        (out("10.0.0.0/8"), out("10.0.0.0/9", "10.128.0.0/9"), False, False),
        (out("10.0.0.0/8"), out(UNKNOWN), False, False),
        (out("10.0.0.0/8"), {"ingress": [], "egress": UNKNOWN}, False, False),
        (inline(("tcp", 443, 443, ["0.0.0.0/0"])), {"ingress": [], "egress": []}, False, False),
        ({"type": "egress", "cidr_blocks": ["0.0.0.0/0"], "protocol": "-1"}, None, False, True),
        ({"type": "ingress", "cidr_blocks": ["0.0.0.0/0"], "protocol": "-1"}, None, False, False),
        (None, {"type": "egress", "cidr_blocks": ["0.0.0.0/0"], "protocol": "-1"}, True, False),
        (None, rule("deny"), False, True),
        (None, rule("allow"), False, False),
        (rule("allow"), None, False, True),
        (rule("deny"), None, False, False),
        (None, azure(direction="Outbound", destination_address_prefix="Internet"), True, False),
        (None, google(direction="EGRESS", source_ranges=None, destination_ranges=["0.0.0.0/0"]),
         True, False),
    ],
)  # fmt: skip
def test_a_way_out_is_opened_or_cut(before: Any, after: Any, opened: bool, cut: bool) -> None:
    """The other direction is looked at on its own."""
    assert opens_way_out(before, after) is opened
    assert cuts_off(before, after) is cut
