"""Services as their catalogue tells of them."""

import msgspec

TIERS = {"critical": 1, "high": 2, "medium": 3, "low": 4}
"""Words for tiers; all else speaks of them as numbers, of which 1 is the most critical."""


class Service(msgspec.Struct, frozen=True):
    """One service, who owns it, and how its resources are told."""

    name: str
    tier: int | None = None
    """1 to 4; None where nobody says."""
    owner: str = ""
    """The group that answers for it."""
    ci: str = ""
    """Its configuration item in the CMDB, by name or sys_id."""
    addresses: tuple[str, ...] = ()
    """Block or instance addresses, with `*` as a wildcard."""
    tags: dict[str, str] = {}
    """All of these a resource has; without any, it is named by one of the customary tags."""


class Catalogue(msgspec.Struct, frozen=True):
    """All services, by name."""

    services: tuple[Service, ...] = ()


def tier(said: str | int | None) -> int | None:
    """The tier that a number, its digit or a word stands for; None for none."""
    if said is None:
        return None
    return TIERS[said] if said in TIERS else int(said)
