"""Which ports a security group leaves open to the world, and whether a change opens more."""

import re
from collections.abc import Iterator
from typing import Any

from tfchange.rulebook import clouds
from tfchange.rulebook.networks import holds
from tfchange.rulebook.view import UNKNOWN

FIELDS = frozenset((
    "ingress", "egress", "type", "cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6",
    "from_port", "to_port", "protocol", "ip_protocol", "security_groups", "self",
    "prefix_list_ids", "source_security_group_id", "prefix_list_id", "referenced_security_group_id",
)) | clouds.FIELDS  # fmt: skip
_SOURCES = (
    "cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6", "security_groups", "self",
    "prefix_list_ids", "source_security_group_id", "prefix_list_id", "referenced_security_group_id",
)  # fmt: skip

Opening = tuple[int, str, int, int]
"""IP version, protocol (`-1` for all), first and last port."""

_NUMBERS = {"all": "-1", "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
_BROADEST_NETWORK = 7  # the half of the internet that 0.0.0.0/1 names is the world too


def opens_to_world(before: Any, after: Any) -> bool:
    """Whether traffic from anywhere gets in afterwards that did not get in before.

    ICMP does not count: it carries no service.
    """
    was = list(_openings(before))
    return any(not any(_covers(old, new) for old in was) for new in _openings(after))


def only_narrows(before: Any, after: Any) -> bool:
    """Whether all that is let through afterwards was let through before, in both directions.

    Networks are compared by what they contain; a source that is not known yet is never narrower.
    """
    if not isinstance(before, dict) or not isinstance(after, dict):
        return False
    was = list(_flows(before))
    return all(any(_contains(old, new) for old in was) for new in _flows(after))


def _flows(resource: dict[str, Any]) -> Iterator[tuple[str, str, int, int, str]]:
    inline = [(way, rule) for way in ("ingress", "egress") for rule in _rules(resource.get(way))]
    for way, rule in inline or [(str(resource.get("type")), resource)]:
        protocol, first, last = _ports(rule)
        for source in _sources(rule):
            yield way, protocol, first, last, source


def _rules(value: Any) -> list[Any]:
    if isinstance(value, str):  # not known yet
        return [{"cidr_blocks": value}]
    return [rule for rule in value if isinstance(rule, dict)] if isinstance(value, list) else []


def _sources(rule: dict[str, Any]) -> Iterator[str]:
    for name in _SOURCES:
        value = rule.get(name)
        for source in value if isinstance(value, list) else [value]:
            if source:
                yield str(source)


def _contains(old: tuple[str, str, int, int, str], new: tuple[str, str, int, int, str]) -> bool:
    same = old[0] == new[0] and old[1] in ("-1", new[1]) and new[4] != UNKNOWN
    return same and old[2] <= new[2] and old[3] >= new[3] and holds(old[4], new[4])


def _openings(resource: Any) -> Iterator[Opening]:
    if not isinstance(resource, dict) or resource.get("type") == "egress":
        return
    inline = resource.get("ingress")
    told = inline if isinstance(inline, list) else [resource]
    for rule in (*told, *clouds.rules(resource)):
        if isinstance(rule, dict):
            yield from _of_rule(rule)


def _of_rule(rule: dict[str, Any]) -> Iterator[Opening]:
    protocol, first, last = _ports(rule)
    if protocol not in ("icmp", "icmpv6"):
        for version in sorted(set(_worlds(rule))):
            yield version, protocol, first, last


def _ports(rule: dict[str, Any]) -> tuple[str, int, int]:
    protocol = str(rule.get("protocol") or rule.get("ip_protocol") or "-1").lower()
    protocol = _NUMBERS.get(protocol, protocol)
    first, last = rule.get("from_port"), rule.get("to_port")
    if protocol == "-1" or not (isinstance(first, int) and isinstance(last, int)):
        return protocol, 0, 65535
    return protocol, first, last


def _worlds(rule: dict[str, Any]) -> Iterator[int]:
    for name in ("cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6"):
        value = rule.get(name)
        for cidr in value if isinstance(value, list) else [value]:
            found = (
                re.fullmatch(r"([0-9a-fA-F.:]+)/(\d{1,3})", cidr) if isinstance(cidr, str) else None
            )
            if found and int(found[2]) <= _BROADEST_NETWORK and not found[1].startswith("f"):
                yield 6 if ":" in found[1] else 4


def _covers(old: Opening, new: Opening) -> bool:
    same = old[0] == new[0] and old[1] in ("-1", new[1])
    return same and old[2] <= new[2] and old[3] >= new[3]
