"""How services and those who are told are shown."""

import msgspec

from tests.report import samples
from tfchange.report import owning
from tfchange.report.page import Caps
from tfchange.report.story import tell
from tfchange.risk.assessment import AffectedService, Informed
from tfchange.words import group_name


def test_services_in_a_line() -> None:
    """Name, tier and owner as far as they are known, and what happens; many are counted."""
    some = (AffectedService("shop", 1, "team-shop", "ci", 3, 5), AffectedService("logs", reached=1))
    found = msgspec.structs.replace(samples.rich(), services=some)
    assert owning.fact(found) == "shop (tier 1, team-shop) 3 changed, 5 reached; logs 1 reached"
    many = tuple(AffectedService(f"s{n}", changed=1) for n in range(9))
    assert owning.fact(msgspec.structs.replace(found, services=many)).endswith(
        "s3 1 changed; and 5 more services"
    )


def test_what_is_in_no_service_is_counted() -> None:
    """So that an owner is missed, and not only the service."""
    one = (AffectedService("shop", changed=1),)
    found = msgspec.structs.replace(samples.rich(), services=one)
    part = owning.services(found, Caps())
    assert part is not None
    assert part.lead.endswith(" in no service of the catalogue.")
    all_of_it = (AffectedService("shop", changed=len(found.changes)),)
    part = owning.services(msgspec.structs.replace(found, services=all_of_it), Caps())
    assert part is not None
    assert part.lead == ""


def test_without_a_catalogue_nothing_is_said() -> None:
    """Neither a fact nor a part."""
    page = tell(samples.rich())
    assert {"services", "informed"}.isdisjoint(part.key for part in page.parts)
    assert {"Services", "Informed"}.isdisjoint(fact.name for fact in page.facts)
    told = msgspec.structs.replace(samples.rich(), informed=(Informed("@acme/db", "owns a.tf"),))
    assert [fact.value for fact in tell(told).facts if fact.name == "Informed"] == ["@acme/db"]


def test_owners_keep_the_names_of_the_forge() -> None:
    """A team or an address is no phrase; other groups are words."""
    assert group_name("@acme/db-team or ann-lee@example.com") == (
        "@acme/db-team or ann-lee@example.com"
    )
    assert group_name("team-shop") == "Team shop"
