"""From the state: what Terraform recorded when it created each resource.

The record names blocks without keys and holds the whole closure, so it is used only where the
configuration leads nowhere: for what went through locals, and for what has left the configuration.
"""

from collections.abc import Callable, Iterator

from tfchange.graph.instances import Instances, Match
from tfchange.graph.links import Links
from tfchange.plan.address import block_of
from tfchange.plan.model import Plan


def missing(plan: Plan, instances: Instances, links: Links) -> Iterator[tuple[int, int]]:
    """Pairs of blocks, dependent first, that only the state knows of; the nearest ones only."""
    recorded = _recorded(plan, instances)
    reached = {block: links.closure(block) for block in recorded}
    leads = {block: recorded[block] | reached[block] for block in recorded}
    for block in sorted(recorded):
        absent = recorded[block] - reached[block]
        covered = set().union(*[leads.get(other, ()) for other in absent])
        for target in sorted(absent):
            if target not in covered or _only_in_a_circle(target, absent, leads):
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


def _recorded(plan: Plan, instances: Instances) -> dict[int, set[int]]:
    """For each block the blocks its instances were created after."""
    numbers = _numbers(plan, instances)
    recorded: dict[int, set[int]] = {}
    last: dict[int, tuple[str, ...]] = {}
    for resource in plan.state:
        names = resource.depends_on
        node = instances.ids.get(resource.address) if names else None
        if node is None:
            continue
        block = instances.block[node]
        if last.get(block) != names:
            last[block] = names
            known = recorded.setdefault(block, set())
            for name in names:
                known.update(numbers.get(name, ()))
            known.discard(block)
    return recorded


def _numbers(plan: Plan, instances: Instances) -> dict[str, list[int]]:
    """The blocks behind each name, those included whose instances have moved away from it."""
    numbers = {text: [i] for i, text in enumerate(instances.texts)}
    for change in plan.changes:
        if change.previous_address is not None and change.moved:
            old = block_of(change.previous_address)
            numbers.setdefault(old, []).append(instances.block[instances.ids[change.address]])
    return numbers


def _only_in_a_circle(target: int, absent: set[int], leads: dict[int, set[int]]) -> bool:
    """Whether all that leads to the target comes back from it, so that none is nearer."""
    onward = leads.get(target, set())
    if not any(target in leads.get(other, ()) for other in onward):
        return False
    return not any(target in leads.get(other, ()) for other in absent - onward - {target})
