"""What CEL has no words for: functions of two arguments that compare two versions of a resource.

They are part of tfchange, never of a rule pack.
"""

from collections.abc import Callable
from typing import Any

from tfchange.rulebook import (
    escalation,
    exposure,
    federation,
    images,
    keys,
    limits,
    pods,
    policies,
    routes,
    tls,
    versions,
)

FUNCTIONS: dict[str, tuple[Callable[[Any, Any], object], frozenset[str]]] = {
    "opens_to_world": (exposure.opens_to_world, exposure.FIELDS),
    "opens_sensitive_port": (exposure.opens_sensitive_port, exposure.FIELDS),
    "opens_way_out": (exposure.opens_way_out, exposure.FIELDS),
    "widens": (exposure.widens, exposure.FIELDS),
    "only_narrows": (exposure.only_narrows, exposure.FIELDS),
    "cuts_off": (exposure.cuts_off, exposure.FIELDS),
    "reroutes": (routes.reroutes, routes.FIELDS),
    "loses_route": (routes.loses_route, routes.FIELDS),
    "allows_older_tls": (tls.allows_older_tls, frozenset()),
    "gains_wildcard": (policies.gains_wildcard, policies.DOCUMENTS),
    "gains_escalation": (escalation.gains_escalation, policies.DOCUMENTS),
    "drops_deny": (limits.drops_deny, policies.DOCUMENTS),
    "only_restricts": (limits.only_restricts, policies.DOCUMENTS),
    "loosens_condition": (limits.loosens_condition, policies.DOCUMENTS),
    "becomes_public": (policies.becomes_public, policies.DOCUMENTS),
    "trusts_more": (policies.trusts_more, policies.DOCUMENTS | policies.OWN),
    "gains_host_access": (pods.gains_host_access, pods.FIELDS),
    "loses_memory_limit": (pods.loses_memory_limit, pods.FIELDS),
    "loses_replicas": (pods.loses_replicas, pods.FIELDS),
    "image_step": (images.image_step, images.FIELDS),
    "federates_more": (federation.federates_more, policies.DOCUMENTS),
    "is_other_key": (keys.is_other_key, frozenset()),
    "version_step": (versions.version_step, frozenset()),
    "skips_version": (versions.skips_version, frozenset()),
}
"""By name, each with the attributes that it looks at in a whole resource."""
