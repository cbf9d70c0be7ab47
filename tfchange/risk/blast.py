"""How far a plan reaches: what depends on what changes, and how much that matters.

Each resource that exists and depends on a changed one adds what the worst change that reaches it
weighs, less the farther away it is, more the more depends on its kind. A resource is weighed once,
however many changes reach it, so the sum never falls when a change or an edge is added.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from tfchange.graph.dependency import DependencyGraph, Reach, Via
from tfchange.plan.model import Action
from tfchange.risk.assessment import BlastRadius, Hop, Reached
from tfchange.risk.facts import Facts
from tfchange.risk.weights import saturate, weight
from tfchange.rulebook.judge import Judge

FORCES = {
    Action.DELETE: 4,
    Action.REPLACE: 4,
    Action.UPDATE: 2,
    Action.FORGET: 1,
    Action.CREATE: 1,
}
"""What a change does to those that depend on it; a cosmetic one does nothing."""
NEAR = 12
"""At distance d a resource counts `NEAR // d`, at least 1."""
LOAD_BEARING = frozenset(
    {
        "database",
        "dns",
        "dns-zone",
        "encryption",
        "encryption-key",
        "entry-point",
        "firewall",
        "identity",
        "load-balancing",
        "network",
        "network-path",
        "secret",
        "security-group",
    }
)
"""Traits that make a reached resource count once more; holding data does so again."""


class Radius(msgspec.Struct, frozen=True):
    """Weighs what depends on changes, for a whole plan or what would be left of it."""

    graph: DependencyGraph
    judge: Judge
    worths: dict[str, int] = msgspec.field(default_factory=dict)
    """What an instance of each block counts, once it was asked for."""

    def score(self, facts: Sequence[Facts]) -> int:
        """0 to 100 for these changes together."""
        return self.weigh(self.felt(facts))

    def weigh(self, felt: dict[str, int]) -> int:
        """0 to 100 for what is felt."""
        half = weight(self.judge.rulebook.policy, "blast.half")
        return saturate(sum(felt.values()), half)

    def felt(self, facts: Sequence[Facts]) -> dict[str, int]:
        """What each resource that can feel these changes weighs; what is new feels nothing."""
        best: dict[str, int] = {}
        for force in set(FORCES.values()):
            alike = [f.change.address for f in facts if _force(f) == force]
            for address, distance in self.graph.reach(alike).distance.items() if alike else ():
                felt = force * max(1, NEAR // distance)
                if felt > best.get(address, 0):
                    best[address] = felt
        new = {f.change.address for f in facts if f.change.action is Action.CREATE}
        weighed = ((at, felt * self._worth(at)) for at, felt in best.items() if at not in new)
        return {address: weight for address, weight in weighed if weight}

    def _worth(self, address: str) -> int:
        block = self.graph.block_of(address)
        known = self.worths.get(block)
        if known is None:
            known = self.worths[block] = self._of_block(block, self.graph.type_of(address))
        return known

    def _of_block(self, block: str, type_: str) -> int:
        if is_data(block):
            return 0
        traits = self.judge.traits_of(type_)
        return 1 + traits.stateful + (not LOAD_BEARING.isdisjoint(traits.traits))


def picture(radius: Radius, reach: Reach, facts: Sequence[Facts]) -> BlastRadius:
    """The whole picture: score, every resource reached with its chain, and counts."""
    changed = {f.change.address for f in facts}
    felt = radius.felt(facts)
    reached = tuple(
        _reached(distance, chain, radius.graph, changed) for distance, chain in reach.chains(_hop)
    )
    types = Counter([r.type for r in reached])
    return BlastRadius(
        score=radius.weigh(felt),
        changed=len(facts),
        reached=reached,
        services=_services(types, radius.judge),
        counts={"felt": len(felt), **_counts(reached, types, radius)},
    )


def is_data(block: str) -> bool:
    """Whether a block address is that of a data source."""
    return block.startswith("data.") or ".data." in block


def _force(facts: Facts) -> int:
    if facts.cosmetic or facts.change.deposed:
        return 0
    return FORCES.get(facts.change.action, 0)


def _hop(address: str, via: Via | None) -> Hop:
    return Hop(address, _WORDS[via] if via else None)


# Asking an enum's member for its value is a call of Python each time.
_WORDS = {via: via.value for via in Via}


def _reached(
    distance: int, chain: tuple[Hop, ...], graph: DependencyGraph, changed: set[str]
) -> Reached:
    address = chain[-1].address
    return Reached(
        address=address,
        type=graph.type_of(address),
        distance=distance,
        chain=chain,
        changed=address in changed,
        inferred="value" in [hop.via for hop in chain],
    )


def _services(types: Mapping[str, int], judge: Judge) -> tuple[tuple[str, int], ...]:
    found: Counter[str] = Counter()
    for type_, n in types.items():
        traits = judge.traits_of(type_).traits
        found[traits[0] if traits else _service(type_)] += n
    return tuple(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _service(type_: str) -> str:
    words = type_.split("_")
    return words[1] if len(words) > 1 else type_


def _counts(reached: Sequence[Reached], types: Mapping[str, int], radius: Radius) -> dict[str, int]:
    counts = {
        "reached": len(reached),
        "unchanged": sum(not r.changed for r in reached),
        "inferred": sum(r.inferred for r in reached),
        "distance": max((r.distance for r in reached), default=0),
    }
    modules: Counter[str] = Counter()
    traits: Counter[str] = Counter()
    for block, n in Counter([radius.graph.block_of(r.address) for r in reached]).items():
        modules[_module(block)] += n
    for type_, n in types.items():
        for trait in radius.judge.traits_of(type_).traits:
            traits[trait] += n
    counts.update((f"module:{name}", n) for name, n in sorted(modules.items()))
    counts.update((f"trait:{name}", n) for name, n in sorted(traits.items()))
    return counts


def _module(block: str) -> str:
    steps, path = block.split("."), []
    while steps[:1] == ["module"] and len(steps) > 2:
        path += steps[:2]
        steps = steps[2:]
    return ".".join(path) or "root"
