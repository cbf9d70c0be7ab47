"""Where route tables send packets, whatever the provider writes for what is not set."""

from typing import Any

from tfchange.rulebook.view import UNKNOWN

FIELDS = frozenset({"route"})
_DESTINATIONS = ("cidr_block", "ipv6_cidr_block", "destination_prefix_list_id", "address_prefix")
_NAMES = ("name",)


def reroutes(before: Any, after: Any) -> bool:
    """Whether a destination that the route table keeps leads to another target than before."""
    was, now = _ways(before), _ways(after)
    return any(to in was and was[to] != target for to, target in now.items())


def loses_route(before: Any, after: Any) -> bool:
    """Whether the route table has no route any more to a destination that it had one to."""
    was, now = _ways(before), _ways(after)
    listed = isinstance(after, dict) and isinstance(after.get("route"), list)
    return listed and UNKNOWN not in now and not was.keys() <= now.keys()


def _ways(table: Any) -> dict[str, dict[str, Any]]:
    routes = table.get("route") if isinstance(table, dict) else None
    found = {}
    for route in routes if isinstance(routes, list) else ():
        said = {name: value for name, value in route.items() if value not in (None, "")}
        destination = next((str(said[name]) for name in _DESTINATIONS if name in said), UNKNOWN)
        found[destination] = {
            name: value
            for name, value in said.items()
            if name not in _DESTINATIONS and name not in _NAMES
        }
    return found
