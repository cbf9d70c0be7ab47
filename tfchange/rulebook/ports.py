"""Which protocols and ports a rule is about, as ranges of numbers.

The numbers of protocols: https://www.iana.org/assignments/protocol-numbers/protocol-numbers.xhtml
"""

from typing import Any

from tfchange.rulebook.view import UNKNOWN

ICMP = ((1, 1), (58, 58))
"""The protocols that carry no service."""
TCP = (6, 6)
_NUMBERS = {"icmp": 1, "tcp": 6, "udp": 17, "gre": 47, "esp": 50, "ah": 51, "icmpv6": 58,
            "ipip": 94, "sctp": 132}  # fmt: skip
_ANY = (0, 255)
_PORTS = (0, 65535)

Rule = dict[str, Any]


def protocols_of(rule: Rule) -> tuple[int, int] | None:
    """The numbers of the protocols, None where they are not known."""
    named = str(rule.get("protocol") or rule.get("ip_protocol") or "-1").lower()
    if named in ("-1", "all"):
        return _ANY
    number = int(named) if named.isdecimal() else _NUMBERS.get(named)
    return None if number is None else (number, number)


def ports_of(rule: Rule) -> tuple[int, int] | None:
    """The ports, or types and codes of ICMP as one number; None where they are not known."""
    protocols, first, last = protocols_of(rule), rule.get("from_port"), rule.get("to_port")
    if UNKNOWN in (first, last):
        return None
    if protocols == _ANY or not (isinstance(first, int) and isinstance(last, int)):
        return _PORTS
    if protocols in ICMP:
        return _icmp(rule, first, last)
    return min(first, last), max(first, last)


def _icmp(rule: Rule, first: int, last: int) -> tuple[int, int]:
    kind, code = rule.get("icmp_type", first), rule.get("icmp_code", last)
    if not isinstance(kind, int) or kind < 0:
        return _PORTS
    exact = isinstance(code, int) and code >= 0
    return (kind << 8 | code,) * 2 if exact else (kind << 8, kind << 8 | 255)
