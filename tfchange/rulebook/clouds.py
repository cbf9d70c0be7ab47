"""What firewalls of Azure and Google Cloud let in, told as a security group of AWS tells it."""

from collections.abc import Iterator
from typing import Any

FIELDS = frozenset((
    "security_rule", "direction", "access", "source_address_prefix", "source_address_prefixes",
    "destination_port_range", "destination_port_ranges", "protocol", "allow", "source_ranges",
    "disabled",
))  # fmt: skip
_ANYWHERE = frozenset({"*", "any", "internet"})
_WORLD = "0.0.0.0/0"

Rule = dict[str, Any]


def rules(resource: Rule) -> Iterator[Rule]:
    """The rules of a network security group, a rule of one, or a firewall; of others none.

    Each has `protocol`, `from_port`, `to_port` (None for all ports) and `cidr_blocks`.
    """
    for rule in (*_listed(resource.get("security_rule")), resource):
        if isinstance(rule, dict) and "source_address_prefix" in rule:
            yield from _azure(rule)
    if "source_ranges" in resource:
        yield from _google(resource)


def _azure(rule: Rule) -> Iterator[Rule]:
    if _text(rule, "direction") != "inbound" or _text(rule, "access") != "allow":
        return
    sources = _both(rule, "source_address_prefix", "source_address_prefixes")
    networks = [_WORLD if str(each).lower() in _ANYWHERE else each for each in sources]
    protocol = _text(rule, "protocol").replace("*", "all")
    for ports in _both(rule, "destination_port_range", "destination_port_ranges"):
        yield _rule(protocol, ports, networks)


def _google(firewall: Rule) -> Iterator[Rule]:
    if _text(firewall, "direction") == "egress" or firewall.get("disabled") is True:
        return
    for allowed in _listed(firewall.get("allow")):
        if isinstance(allowed, dict):
            for ports in _listed(allowed.get("ports")) or ["*"]:
                yield _rule(_text(allowed, "protocol"), ports, _listed(firewall["source_ranges"]))


def _rule(protocol: str, ports: Any, networks: list[Any]) -> Rule:
    first, _, last = str(ports).partition("-")
    known = first.isdecimal() and (last.isdecimal() or not last)
    return {
        "protocol": protocol,
        "from_port": int(first) if known else None,
        "to_port": int(last or first) if known else None,
        "cidr_blocks": networks,
    }


def _both(rule: Rule, one: str, several: str) -> list[Any]:
    single = rule.get(one)
    return [*([single] if single else []), *_listed(rule.get(several))]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(rule: Rule, name: str) -> str:
    return str(rule.get(name) or "").lower()
