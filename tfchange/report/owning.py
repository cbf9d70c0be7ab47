"""The parts about services and those who are told of a change."""

from tfchange.report.page import Caps, Item, Line, Part
from tfchange.risk.assessment import AffectedService, Assessment
from tfchange.words import acting, capped, count, group_name, plain, sentence, service_name

_SHOWN = 4


def services(assessment: Assessment, caps: Caps) -> Part | None:
    """Which services change and which are reached, and how much of the change is in none."""
    if not assessment.services:
        return None
    shown, more = capped(assessment.services, caps.services, "service")
    none = acting(assessment) - sum(s.changed for s in assessment.services)
    are = "is" if none == 1 else "are"
    lead = f"{count(none, 'change')} {are} in no service of the catalogue." if none > 0 else ""
    items = tuple(map(_service, shown))
    return Part("services", "Services: whose they are", lead, items, more, brief=True)


def informed(assessment: Assessment, _: Caps) -> Part | None:
    """Who is told of the change without being asked, and why."""
    items = tuple(
        Item(group_name(each.group), is_address=False, lines=(Line(sentence(each.reason)),))
        for each in assessment.informed
    )
    return Part("informed", "Who is to be told", "", items, brief=True) if items else None


def fact(assessment: Assessment) -> str:
    """The services in a line: `shop (tier 1, team-shop) 3 changed, 5 reached`."""
    shown, more = capped(assessment.services or (), _SHOWN, "service")
    said = [f"{service_name(s)} {_counts(s)}" for s in shown]
    return "; ".join([*said, more] if more else said)


def _service(s: AffectedService) -> Item:
    ci = f" Its configuration item is {plain(s.ci)}." if s.ci else ""
    return Item(service_name(s), is_address=False, lines=(Line(f"{sentence(_counts(s))}{ci}"),))


def _counts(s: AffectedService) -> str:
    said = [f"{s.changed:,} changed" if s.changed else "", f"{s.reached:,} reached"]
    return ", ".join(filter(None, said if s.reached else said[:1]))
