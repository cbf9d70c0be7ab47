"""Which services a plan changes and reaches, by their catalogue, and what follows from that."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial

import msgspec

from tfchange.catalogue.match import Owning, Tags
from tfchange.catalogue.model import Catalogue, Service
from tfchange.plan.model import MASK, Plan, ResourceChange
from tfchange.risk.assessment import AffectedService, Approval, Informed, Level, Reached
from tfchange.risk.blast import is_data
from tfchange.risk.facts import Facts

_TAGS = ("labels", "tags_all", "tags")
"""What stands last counts: tags of its own before those that a provider adds."""
_CRITICAL = 1
_NO_TIER = 9


class Affected(msgspec.Struct, frozen=True):
    """The services of a plan, and whether one of the first tier can feel it."""

    services: tuple[AffectedService, ...]
    critical: bool


def affected(
    catalogue: Catalogue,
    plan: Plan,
    facts: Sequence[Facts],
    reached: Iterable[Reached],
    felt: Collection[str],
) -> Affected:
    """Counts the instances of each service; `felt` are addresses of what feels the changes.

    A resource that moves from one service to another, by address or tags, belongs to both.
    """
    owning, known = Owning(catalogue), {s.name: s for s in catalogue.services}
    changed, only_reached, critical = Counter[str](), Counter[str](), False
    for f in facts:
        for service in _of_change(f.change, owning):
            changed[service.name] += 1
            critical |= service.tier == _CRITICAL and not f.cosmetic
    addresses = {r.address for r in reached if not (r.changed or is_data(r.address))}
    changes = {c.address: c for c in plan.changes if c.address in addresses}
    for address in addresses:
        for service in owning.of(address, partial(_tags_of, changes.get(address))):
            only_reached[service.name] += 1
            critical |= service.tier == _CRITICAL and address in felt
    found = (
        _affected(known[name], changed[name], only_reached[name])
        for name in {*changed, *only_reached}
    )
    return Affected(ordered(found), critical)


def ordered(some: Iterable[AffectedService]) -> tuple[AffectedService, ...]:
    """Those that change first, then the most critical, then those with most that changes."""
    return tuple(sorted(some, key=_order))


def impact(level: Level, found: Affected) -> Level:
    """The impact, one step higher where a service of the first tier can feel the change."""
    return list(Level)[min(level.rank + found.critical, Level.CRITICAL.rank)]


def approvals(services: Iterable[AffectedService]) -> tuple[Approval, ...]:
    """The owner of each service that changes."""
    return tuple(
        Approval(s.owner, f"owns {s.name}, which changes")
        for s in services
        if s.owner and s.changed
    )


def informed(services: Iterable[AffectedService]) -> tuple[Informed, ...]:
    """The owner of each service of the first tier that is reached and does not change."""
    return tuple(
        Informed(s.owner, f"owns {s.name} (tier 1), which depends on what changes")
        for s in services
        if s.owner and s.reached and not s.changed and s.tier == _CRITICAL
    )


def merged(sections: Iterable[Iterable[AffectedService]]) -> tuple[AffectedService, ...]:
    """The services of several plans, each once, with all that changes and is reached."""
    found: dict[str, AffectedService] = {}
    for service in (each for section in sections for each in section):
        before = found.get(service.name)
        changed = service.changed + (before.changed if before else 0)
        reached = service.reached + (before.reached if before else 0)
        found[service.name] = msgspec.structs.replace(service, changed=changed, reached=reached)
    return ordered(found.values())


def _affected(s: Service, changed: int, reached: int) -> AffectedService:
    return AffectedService(s.name, s.tier, s.owner, s.ci, changed, reached)


def _order(s: AffectedService) -> tuple[bool, int, int, int, str]:
    return (not s.changed, s.tier or _NO_TIER, -s.changed, -s.reached, s.name)


def _of_change(change: ResourceChange, owning: Owning) -> tuple[Service, ...]:
    values = change.read()
    before, after = values.before, values.after
    now = owning.of(change.address, lambda: _tags(before if after is None else after))
    address = change.previous_address or change.address
    was = owning.of(address, lambda: _tags(after if before is None else before))
    return tuple({s.name: s for s in (*was, *now)}.values())


def _tags_of(change: ResourceChange | None) -> Tags:
    return _tags(change.read().after) if change else {}


def _tags(tree: object) -> Tags:
    found: dict[str, str] = {}
    for holder in _holders(tree):
        for tags in (holder.get(name) for name in _TAGS):
            if isinstance(tags, Mapping):
                found |= {k: v for k, v in tags.items() if isinstance(v, str) and v != MASK}
    return found


def _holders(tree: object) -> Iterator[Mapping[str, object]]:
    """What can hold tags: the resource, or its metadata as those of Kubernetes have it."""
    if isinstance(tree, Mapping):
        metadata = tree.get("metadata")
        for each in metadata if isinstance(metadata, list) else ():
            yield from _holders(each)
        yield tree
