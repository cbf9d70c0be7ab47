"""From the state: what Terraform recorded when it created each resource.

The record names blocks without keys and holds the whole closure, so it is used only where the
configuration leads nowhere: for what went through locals, and for what has left the configuration.
"""

from collections import Counter
from collections.abc import Callable, Iterator

from tfchange.graph.draft import Links, members_of, set_of
from tfchange.graph.instances import Instances, Match
from tfchange.plan.address import block_of
from tfchange.plan.model import Plan


def missing(plan: Plan, instances: Instances, links: Links) -> Iterator[tuple[int, int]]:
    """Pairs of blocks, dependent first, that only the state knows of; the nearest ones only."""
    recorded = _recorded(plan, instances)
    reached = links.closures() if recorded else []
    leads = {block: known | reached[block] for block, known in recorded.items()}
    alike = Counter(known | 1 << block for block, known in leads.items())
    for block in sorted(recorded):
        absent = recorded[block] & ~reached[block]
        covered = 0
        for other in members_of(absent):
            covered |= leads.get(other, 0)
        for target in members_of(absent):
            circles = alike[leads.get(target, 0) | 1 << target] > 1
            lost = circles and _only_in_a_circle(target, absent, leads)
            if lost or not covered >> target & 1:
                yield block, target


def match_between(
    instances: Instances, block: int, target: int, returns: Callable[[str], bool]
) -> Match:
    """Instances of one module instance belong together, unless the module is fed with its own."""
    calls = instances.blocks[block][0].split(".")[1::2]
    others = instances.blocks[target][0].split(".")[1::2]
    shared = 0
    for one, other in zip(calls, others, strict=False):
        if one != other or returns(".".join(f"module.{name}" for name in calls[: shared + 1])):
            break
        shared += 1
    return (*range(shared), *[None] * (len(others) - shared + 1))


def _recorded(plan: Plan, instances: Instances) -> dict[int, int]:
    """For each block the set of blocks its instances were created after."""
    numbers = _numbers(plan, instances)
    recorded: dict[int, int] = {}
    last: dict[int, tuple[str, ...]] = {}
    for resource, node in zip(plan.state, instances.recorded, strict=True):
        names = resource.depends_on
        if node is None or not names:
            continue
        block = instances.block[node]
        if last.get(block) != names:
            last[block] = names
            found = set_of(number for name in names for number in numbers.get(name, ()))
            recorded[block] = (recorded.get(block, 0) | found) & ~(1 << block)
    return recorded


def _numbers(plan: Plan, instances: Instances) -> dict[str, list[int]]:
    """The blocks behind each name, those included whose instances have moved away from it."""
    numbers = {text: [i] for i, text in enumerate(instances.texts)}
    for change in plan.changes:
        if change.previous_address is not None and change.moved:
            old = block_of(change.previous_address)
            numbers.setdefault(old, []).append(instances.block[instances.ids[change.address]])
    return numbers


def _only_in_a_circle(target: int, absent: int, leads: dict[int, int]) -> bool:
    """Whether all that leads to the target comes back from it, so that none is nearer."""
    others = members_of(absent & ~leads.get(target, 0) & ~(1 << target))
    return not any(leads.get(other, 0) >> target & 1 for other in others)
