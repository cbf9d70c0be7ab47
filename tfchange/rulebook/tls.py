"""Which versions of TLS the names of security policies stand for."""

import re
from typing import Any

_NAMED = re.compile(r"(?:TLS13|TLS|FS)[-_]?v?[-_]?1[-_.]([0-3])(?!\d)|1\.([0-3])$")
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
    found = _NAMED.search(policy)
    if found:
        return int(found[1] or found[2])
    return 0 if policy.startswith(_FIRST[:3]) or policy == _FIRST[3] else None
