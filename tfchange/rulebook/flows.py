"""What security groups, network ACLs and firewalls let through, as boxes of packets.

So that a port range which is only written in two parts, or a network that is only split, is no
change, and a rule which an earlier one overrules means nothing.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from tfchange.rulebook import clouds
from tfchange.rulebook.boxes import Box, without
from tfchange.rulebook.clouds import listed
from tfchange.rulebook.networks import span
from tfchange.rulebook.ports import ports_of, protocols_of
from tfchange.rulebook.view import UNKNOWN

FIELDS = frozenset((
    "ingress", "egress", "type", "cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6",
    "from_port", "to_port", "protocol", "ip_protocol", "security_groups", "self",
    "prefix_list_ids", "source_security_group_id", "prefix_list_id", "referenced_security_group_id",
    "cidr_block", "ipv6_cidr_block", "rule_action", "rule_number", "icmp_type", "icmp_code",
    "entry", "cidr",
)) | clouds.FIELDS  # fmt: skip
_PEERS = (
    "cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6", "cidr_block", "ipv6_cidr_block",
    "cidr", "security_groups", "prefix_list_ids", "source_security_group_id", "prefix_list_id",
    "referenced_security_group_id",
)  # fmt: skip
_LAST = {4: 2**32 - 1, 6: 2**128 - 1}

Rule = dict[str, Any]


class Flow(msgspec.Struct, frozen=True):
    """Packets that are let through, or are not."""

    way: str
    """`ingress` or `egress`; `""` where the resource does not say."""
    allows: bool
    order: int
    """Rules with lower numbers are asked first."""
    family: int
    peer: str
    """A group or list at the other end; `""` where the box says the addresses."""
    target: str
    """What in the network it is about; `""` for all of it."""
    box: Box
    """Numbers of protocols, ports, addresses."""


def is_unknown(resource: Rule) -> bool:
    """Whether anything that decides about packets is known only after apply."""
    return any(_mentions(resource[name]) for name in FIELDS if name in resource)


def flows(resource: Any) -> list[Flow]:
    """What the resource says of packets, as far as it is known."""
    if not isinstance(resource, dict):
        return []
    return [flow for rule in _rules(resource) for flow in _of_rule(rule)]


def allowed(resource: Any) -> list[Flow]:
    """What gets through: a whole list of rules is asked in its order, where order matters."""
    told = sorted(flows(resource), key=lambda flow: (flow.order, flow.allows))
    through: list[Flow] = []
    denied: list[Flow] = []
    for flow in told:
        if flow.allows:
            through += beyond(flow, denied) if denied else [flow]
        else:
            denied.append(flow)
    return through


def denied(resource: Any) -> list[Flow]:
    """What is kept out, where what else there is to let it in cannot be seen."""
    if isinstance(resource, dict) and isinstance(resource.get("ingress"), list):
        return []  # all rules of a network ACL, which lets nothing else in
    return [flow for flow in flows(resource) if not flow.allows]


def gained(before: Any, after: Any) -> list[Flow]:
    """What gets through afterwards and did not before."""
    new = _beyond(allowed(after), allowed(before))
    return new + _beyond(denied(before), denied(after))


def _beyond(some: list[Flow], others: list[Flow]) -> list[Flow]:
    # Most of what a change lets through it leaves as it was.
    same = set(others)
    return [part for flow in some if flow not in same for part in beyond(flow, others)]


def beyond(flow: Flow, others: list[Flow]) -> list[Flow]:
    """The parts of the flow that are in none of the others."""
    boxes = (other.box for other in others if _meets(other, flow))
    return [msgspec.structs.replace(flow, box=box) for box in without(flow.box, boxes)]


def _meets(other: Flow, flow: Flow) -> bool:
    return (
        other.way == flow.way
        and other.family == flow.family
        and other.peer in ("", flow.peer)
        and other.target in ("", flow.target)
    )


def _rules(resource: Rule) -> Iterator[Rule]:
    inline = [
        rule | {"way": way}
        for way in ("ingress", "egress")
        for rule in listed(resource.get(way))
        if isinstance(rule, dict)
    ]
    entries = [entry for entry in listed(resource.get("entry")) if isinstance(entry, dict)]
    other = list(clouds.rules(resource))
    yield from inline or entries or other or [resource | {"way": _way(resource)}]


def _way(rule: Rule) -> str:
    if isinstance(rule.get("egress"), bool):  # a rule of a network ACL
        return "egress" if rule["egress"] else "ingress"
    return str(rule["type"]) if rule.get("type") in ("ingress", "egress") else ""


def _of_rule(rule: Rule) -> Iterator[Flow]:
    protocols, ports = protocols_of(rule), ports_of(rule)
    if protocols is None or ports is None:
        return
    said = rule.get("rule_action") or rule.get("action")
    number = rule.get("order") or rule.get("rule_no") or rule.get("rule_number")
    for family, peer, addresses in _peers(rule):
        yield Flow(
            way=rule.get("way", ""),
            allows=rule.get("allows", str(said).lower() != "deny"),
            order=number if isinstance(number, int) else 0,
            family=family,
            peer=peer,
            target=rule.get("target", ""),
            box=(protocols, ports, addresses),
        )


def _peers(rule: Rule) -> Iterator[tuple[int, str, tuple[int, int]]]:
    named = [rule[name] for name in _PEERS if rule.get(name)]
    if rule.get("self") is True:
        named.append("self")
    for value in named:
        for peer in value if isinstance(value, list) else [value]:
            network = span(str(peer)) if peer and peer != UNKNOWN else None
            if network:
                yield network[0], "", network[1:]
            elif peer and peer != UNKNOWN:
                # Members of a group may have addresses of both families.
                yield from ((family, str(peer), (0, last)) for family, last in _LAST.items())


def _mentions(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_mentions, value.values()))
    return any(map(_mentions, value)) if isinstance(value, list) else value == UNKNOWN
