"""Rules of firewalls of Azure and Google Cloud, told as a security group of AWS tells its own."""

from collections.abc import Iterator
from typing import Any

from tfchange.rulebook.view import UNKNOWN

FIELDS = frozenset((
    "security_rule", "direction", "access", "priority", "source_address_prefix",
    "source_address_prefixes", "source_application_security_group_ids", "source_port_range",
    "source_port_ranges", "destination_address_prefix", "destination_address_prefixes",
    "destination_application_security_group_ids", "destination_port_range",
    "destination_port_ranges", "protocol", "allow", "deny", "source_ranges", "source_tags",
    "source_service_accounts", "destination_ranges", "target_tags", "target_service_accounts",
    "target_resources", "disabled", "match", "action",
))  # fmt: skip
_ANYWHERE = frozenset({"*", "any", "internet"})
_WORLD = ["0.0.0.0/0", "::/0"]
_SOURCES = ("source_ranges", "source_tags", "source_service_accounts")
_MATCHES = (
    "src_ip_ranges", "src_address_groups", "src_fqdns", "src_region_codes",
    "src_threat_intelligences", "src_secure_tags",
)  # fmt: skip

Rule = dict[str, Any]


def rules(resource: Rule) -> Iterator[Rule]:
    """The rules of a network security group, a rule of one, a firewall, or a rule of a policy.

    Each has `way` (ingress or egress), `allows`, `order`, `protocol`, `from_port`, `to_port` (None
    for all ports), `cidr_blocks` (also names of groups and zones) and `target`: what it is about.
    """
    for rule in (*listed(resource.get("security_rule")), resource):
        if isinstance(rule, dict) and "source_address_prefix" in rule:
            yield from _azure(rule)
    if resource.get("disabled") is True:
        return
    if "source_ranges" in resource:
        yield from _google(resource)
    for match in listed(resource.get("match")):
        if isinstance(match, dict) and "layer4_configs" in match:
            yield from _policy(resource, match)


def _azure(rule: Rule) -> Iterator[Rule]:
    inbound = _text(rule, "direction") == "inbound"
    near, far = ("destination", "source") if inbound else ("source", "destination")
    common = {
        "way": "ingress" if inbound else "egress",
        "allows": _text(rule, "access") == "allow",
        "order": rule.get("priority"),
        "cidr_blocks": _peers(rule, far),
    }
    protocol = _text(rule, "protocol").replace("*", "all")
    senders = [each for each in _both(rule, "source_port_range") if each != "*"]
    targets = {"" if each in _WORLD else str(each) for each in _peers(rule, near) or _WORLD}
    for target in sorted(targets):
        about = " ".join(sorted(filter(None, (target, *map(str, senders)))))
        for ports in _both(rule, "destination_port_range"):
            yield common | _rule(protocol, ports) | {"target": about}


def _peers(rule: Rule, side: str) -> list[Any]:
    groups = listed(rule.get(f"{side}_application_security_group_ids"))
    named = [*_both(rule, f"{side}_address_prefix"), *groups]
    anywhere = any(str(each).lower() in _ANYWHERE for each in named)
    return [*(_WORLD if anywhere else []), *(e for e in named if str(e).lower() not in _ANYWHERE)]


def _google(firewall: Rule) -> Iterator[Rule]:
    inbound = _text(firewall, "direction") != "egress"
    networks = _all(firewall, _SOURCES if inbound else ("destination_ranges",))
    targets = _all(firewall, ("target_tags", "target_service_accounts"))
    common = {
        "way": "ingress" if inbound else "egress",
        "order": firewall.get("priority"),
        "cidr_blocks": networks,
        "target": " ".join(sorted(map(str, targets))),
    }
    for name in ("allow", "deny"):
        for block in listed(firewall.get(name)):
            if isinstance(block, dict):
                yield from _google_ports(block, "protocol", common | {"allows": name == "allow"})


def _policy(rule: Rule, match: Rule) -> Iterator[Rule]:
    if _text(rule, "action") not in ("allow", "deny"):
        return
    inbound = _text(rule, "direction") != "egress"
    networks = _all(match, _MATCHES if inbound else ("dest_ip_ranges",))
    targets = _all(rule, ("target_resources", "target_service_accounts"))
    common = {
        "way": "ingress" if inbound else "egress",
        "allows": _text(rule, "action") == "allow",
        "order": rule.get("priority"),
        "cidr_blocks": networks,
        "target": " ".join(sorted(map(str, targets))),
    }
    for block in listed(match.get("layer4_configs")):
        if isinstance(block, dict):
            yield from _google_ports(block, "ip_protocol", common)


def _google_ports(block: Rule, protocol: str, common: Rule) -> Iterator[Rule]:
    for ports in listed(block.get("ports")) or ["*"]:
        yield common | _rule(_text(block, protocol), ports)


def _rule(protocol: str, ports: Any) -> Rule:
    first, _, last = str(ports).partition("-")
    if not first.isdecimal():
        port = UNKNOWN if ports == UNKNOWN else None
        return {"protocol": protocol, "from_port": port, "to_port": port}
    return {
        "protocol": protocol,
        "from_port": int(first),
        "to_port": int(last) if last.isdecimal() else int(first),
    }


def _both(rule: Rule, one: str) -> list[Any]:
    """What stands under a name and under its plural."""
    plural = f"{one}es" if one.endswith("x") else f"{one}s"
    single = rule.get(one)
    return [*([single] if single else []), *listed(rule.get(plural))]


def _all(block: Rule, names: tuple[str, ...]) -> list[Any]:
    return [each for name in names for each in listed(block.get(name))]


def listed(value: Any) -> list[Any]:
    """The list, or none where there is something else, such as a value that is not known yet."""
    return value if isinstance(value, list) else []


def _text(rule: Rule, name: str) -> str:
    return str(rule.get(name) or "").lower()
