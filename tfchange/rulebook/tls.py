"""Which versions of TLS the names of security policies stand for."""

from typing import Any

_NAMES = ("TLS13", "TLS", "FS")
_LONGEST = len("TLS13-v-")
_APART, _MINOR = frozenset("-_."), frozenset("0123")
_FIRST = ("ELBSecurityPolicy-20", "ELBSecurityPolicy-FS-20", "TLSv1_20", "TLSv1")
"""Names that say no version; they let in clients from TLS 1.0 on."""


def allows_older_tls(before: Any, after: Any) -> bool:
    """Whether clients with an older version of TLS than before are let in.

    Known are plain versions, and policies of load balancers, distributions, API domains and search
    domains of AWS, for example those in
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html

    >>> allows_older_tls("ELBSecurityPolicy-TLS13-1-2-2021-06", "ELBSecurityPolicy-2016-08")
    True
    """
    was, now = _oldest(before), _oldest(after)
    return was is not None and now is not None and now < was


def _oldest(policy: Any) -> int | None:
    """The minor number of the oldest version 1.x, -1 for SSL, None where that is not known."""
    if not isinstance(policy, str):
        return None
    if policy.startswith("SSL"):
        return -1
    found = _named(policy)
    if found is not None:
        return found
    return 0 if policy.startswith(_FIRST[:3]) or policy == _FIRST[3] else None


def _named(policy: str) -> int | None:
    """The minor number in `TLS-1-2`, `TLS13-1-2`, `FS-1-2`, `TLSv1.2` or, at the end, `1.2`."""
    at = policy.find("1")
    while at >= 0:
        apart, minor = policy[at + 1 : at + 2], policy[at + 2 : at + 3]
        if apart in _APART and minor in _MINOR:
            before, after = policy[max(0, at - _LONGEST) : at], policy[at + 3 : at + 5]
            whole = not after[:1].isdecimal() and _bare(before).endswith(_NAMES)
            if whole or (apart == "." and after in ("", "\n")):
                return int(minor)
        at = policy.find("1", at + 1)
    return None


def _bare(name: str) -> str:
    """Without the `v` that may stand before a number, and what sets the two apart."""
    short = name[:-1] if name.endswith(("-", "_")) else name
    short = short.removesuffix("v")
    return short[:-1] if short.endswith(("-", "_")) else short
