"""Who is asked and who is only told, once everybody with a say is known."""

from collections.abc import Iterable, Sequence

from msgspec import structs

from tfchange.risk import approvals
from tfchange.risk.assessment import Approval, Assessment, Category, Informed
from tfchange.risk.services import merged

Parties = tuple[tuple[Approval, ...], tuple[Informed, ...]]


def settle(
    category: Category,
    asked: Sequence[Approval],
    owners: Sequence[Approval],
    told: Iterable[Informed],
    *,
    waits: bool,
) -> Parties:
    """Owners approve besides those who are asked anyway, and nobody who approves is told as well.

    In an emergency that does not wait for them (`waits`), owners are told. A standard change was
    approved before, and is only logged.
    """
    if category not in approvals.ASKED:
        return tuple(asked), ()
    if not waits:
        told = (*(Informed(each.group, each.reason) for each in owners), *told)
        owners = ()
    groups = approvals.merged((asked, owners))
    return groups, informed((told,), groups)


def together(found: Assessment) -> Assessment:
    """The assessment of several plans with the services of all, and those who are told."""
    services = [s.services for s in found.sections if s.services is not None]
    told = informed((s.informed for s in found.sections), found.approvals)
    return structs.replace(found, informed=told, services=merged(services) if services else None)


def informed(told: Iterable[Iterable[Informed]], asked: Iterable[Approval]) -> tuple[Informed, ...]:
    """Each group once with all its reasons, without those who are asked."""
    groups = {each.group for each in asked}
    reasons: dict[str, dict[str, None]] = {}
    for each in (one for some in told for one in some if one.group not in groups):
        reasons.setdefault(each.group, {})[each.reason] = None
    return tuple(Informed(group, " and ".join(said)) for group, said in reasons.items())
