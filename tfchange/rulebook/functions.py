"""What CEL has no words for: functions of two arguments that compare two versions of a resource.

They are part of tfchange, never of a rule pack. Most plans ask few of them, so that each is
imported when it is first asked.
"""

from functools import cached_property
from importlib import import_module
from typing import Any

_FIREWALL = ("exposure.FIELDS",)
_DOCUMENTS = ("policies.DOCUMENTS",)


class Function:
    """One function, called with two versions."""

    def __init__(self, name: str, module: str, *fields: str) -> None:
        self.name, self._module, self._fields = name, module, fields

    def __call__(self, before: Any, after: Any) -> object:
        """What it says of the two."""
        return self._function(before, after)

    @property
    def fields(self) -> frozenset[str]:
        """The attributes that it looks at in a whole resource."""
        return frozenset().union(*(_member(*name.split(".")) for name in self._fields))

    @cached_property
    def _function(self) -> Any:
        return _member(self._module, self.name)


def _member(module: str, name: str) -> Any:
    return getattr(import_module(f"tfchange.rulebook.{module}"), name)


FUNCTIONS: dict[str, Function] = {
    name: Function(name, module, *fields)
    for name, module, fields in (
        ("opens_to_world", "exposure", _FIREWALL),
        ("opens_sensitive_port", "exposure", _FIREWALL),
        ("opens_way_out", "exposure", _FIREWALL),
        ("widens", "exposure", _FIREWALL),
        ("only_narrows", "exposure", _FIREWALL),
        ("cuts_off", "exposure", _FIREWALL),
        ("reroutes", "routes", ("routes.FIELDS",)),
        ("loses_route", "routes", ("routes.FIELDS",)),
        ("allows_older_tls", "tls", ()),
        ("gains_wildcard", "policies", _DOCUMENTS),
        ("gains_escalation", "escalation", _DOCUMENTS),
        ("drops_deny", "limits", _DOCUMENTS),
        ("only_restricts", "limits", _DOCUMENTS),
        ("loosens_condition", "limits", _DOCUMENTS),
        ("becomes_public", "policies", _DOCUMENTS),
        ("trusts_more", "policies", (*_DOCUMENTS, "policies.OWN")),
        ("gains_host_access", "pods", ("pods.FIELDS",)),
        ("loses_memory_limit", "pods", ("pods.FIELDS",)),
        ("loses_replicas", "pods", ("pods.FIELDS",)),
        ("image_step", "images", ("images.FIELDS",)),
        ("federates_more", "federation", _DOCUMENTS),
        ("is_other_key", "keys", ()),
        ("version_step", "versions", ()),
        ("skips_version", "versions", ()),
    )
}
"""By name."""
