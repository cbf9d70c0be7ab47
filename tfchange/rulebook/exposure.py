"""What a change of a security group, network ACL or firewall opens, widens, narrows or cuts off."""

from collections.abc import Iterator
from typing import Any

from tfchange.rulebook import clouds
from tfchange.rulebook.boxes import Box, without
from tfchange.rulebook.flows import (
    FIELDS,
    Flow,
    flows,
    gained,
    is_unknown,
)
from tfchange.rulebook.ports import ICMP, TCP, ports_of, protocols_of

__all__ = [
    "FIELDS", "cuts_off", "only_narrows", "opens_sensitive_port", "opens_to_world",
    "opens_way_out", "widens",
]  # fmt: skip

Opening = tuple[int, Box]
"""IP version; protocols and ports."""

_BROADEST_NETWORK = 7  # the half of the internet that 0.0.0.0/1 names is the world too
_WRITTEN = frozenset("0123456789abcdefABCDEF.:")
_SENSITIVE = (
    20, 21, 22, 23, 135, 137, 139, 445, 1433, 1521, 2049, 2375, 2376, 2379, 3306, 3389, 5432, 5439,
    5601, 5900, 5985, 5986, 6379, 9042, 9092, 9200, 9300, 10250, 11211, 27017,
)  # fmt: skip
"""Ports where administration, file sharing and databases listen, in TCP."""


def opens_to_world(before: Any, after: Any) -> bool:
    """Whether traffic from anywhere gets in afterwards that did not get in before.

    ICMP does not count: it carries no service.
    """
    return _opens(before, after, "ingress")


def opens_way_out(before: Any, after: Any) -> bool:
    """Whether traffic to anywhere gets out afterwards that did not get out before."""
    return _opens(before, after, "egress")


def opens_sensitive_port(before: Any, after: Any) -> bool:
    """Whether the world now reaches a port of administration, file sharing or a database.

    The ports are much those of AWS Security Hub's control EC2.19, without the ones where web
    servers listen, too: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html
    """
    was = list(_openings(before, "ingress"))
    probes = [(TCP, (port, port)) for port in _SENSITIVE]
    return any(
        any(not without(probe, [box]) for probe in probes if not _is_open(version, probe, was))
        for version, box in _openings(after, "ingress")
    )


def widens(before: Any, after: Any) -> bool:
    """Whether something gets in afterwards that did not before, be it the world or a single host.

    What is not known yet does not count, nor ICMP.
    """
    return any(flow.way != "egress" and _matters(flow) for flow in gained(before, after))


def only_narrows(before: Any, after: Any) -> bool:
    """Whether all that is let through afterwards was let through before, in both directions.

    What is not known yet is never narrower, nor is a single rule that gets another number, since
    the rules beside it cannot be seen.
    """
    if not isinstance(before, dict) or not isinstance(after, dict) or is_unknown(after):
        return False
    return _numbers(after) <= _numbers(before) and not gained(before, after)


def cuts_off(before: Any, after: Any) -> bool:
    """Whether a security group lets less out than before, or a network ACL less through.

    A network ACL has no memory: what it keeps out in one direction stops the other one, too.
    """
    if isinstance(after, dict) and is_unknown(after):
        return False
    lost = gained(after, before)
    return any((flow.way != "ingress" or flow.order) and _matters(flow) for flow in lost)


def _matters(flow: Flow) -> bool:
    # Members of a group that was let in by its IPv4 addresses are let in, whatever else they have.
    return flow.box[0] not in ICMP and not (flow.peer and flow.family == 6)


def _numbers(resource: dict[str, Any]) -> set[int]:
    whole = isinstance(resource.get("ingress"), list) or resource.get("security_rule")
    return set() if whole else {flow.order for flow in flows(resource)}


def _opens(before: Any, after: Any, way: str) -> bool:
    was = list(_openings(before, way))
    return any(not _is_open(version, box, was) for version, box in _openings(after, way))


def _is_open(version: int, box: Box, openings: list[Opening]) -> bool:
    return not without(
        box, (other for other_version, other in openings if other_version == version)
    )


def _openings(resource: Any, way: str) -> Iterator[Opening]:
    other = "egress" if way == "ingress" else "ingress"
    if not isinstance(resource, dict) or resource.get("type") == other:
        return
    inline = resource.get(way)
    told = inline if isinstance(inline, list) else [resource]
    for rule in (*told, *clouds.rules(resource)):
        if isinstance(rule, dict) and rule.get("allows", True) and rule.get("way", way) == way:
            yield from _of_rule(rule)


def _of_rule(rule: dict[str, Any]) -> Iterator[Opening]:
    versions = sorted(set(_worlds(rule)))
    protocols, ports = (protocols_of(rule), ports_of(rule)) if versions else (None, None)
    if protocols is not None and ports is not None and protocols not in ICMP:
        for version in versions:
            yield version, (protocols, ports)


def _worlds(rule: dict[str, Any]) -> Iterator[int]:
    for name in ("cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6"):
        value = rule.get(name)
        for cidr in value if isinstance(value, list) else [value]:
            if isinstance(cidr, str) and _is_world(cidr):
                yield 6 if ":" in cidr else 4


def _is_world(cidr: str) -> bool:
    address, _, length = cidr.partition("/")
    if not (length.isdecimal() and len(length) < 4 and int(length) <= _BROADEST_NETWORK):
        return False
    return bool(address) and _WRITTEN.issuperset(address) and not address.startswith("f")
