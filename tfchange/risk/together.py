"""What several plans reach and say, with each address under the path of its plan."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from msgspec import structs

from tfchange.plan.model import Caveat
from tfchange.risk.assessment import (
    Assessment,
    BackoutStep,
    BlastRadius,
    Change,
    Contribution,
    Drift,
    DriftItem,
    Finding,
    Hop,
)

_T = TypeVar("_T", Contribution, Finding, Change, Caveat, BackoutStep, DriftItem)


def blast(sections: Sequence[Assessment]) -> BlastRadius:
    """The farthest reach of any of the plans; what is reached in several counts in each."""
    counts: Counter[str] = Counter()
    services: Counter[str] = Counter()
    for s in sections:
        counts.update({k: n for k, n in s.blast_radius.counts.items() if k != "distance"})
        services.update(dict(s.blast_radius.services))
    farthest = max((s.blast_radius.counts.get("distance", 0) for s in sections), default=0)
    reached = [
        structs.replace(
            r,
            address=under(s, r.address),
            chain=tuple(Hop(under(s, hop.address) or "", hop.via) for hop in r.chain),
        )
        for s in sections
        for r in s.blast_radius.reached
    ]
    return BlastRadius(
        score=max((s.blast_radius.score for s in sections), default=0),
        changed=sum(s.blast_radius.changed for s in sections),
        reached=tuple(sorted(reached, key=lambda r: (r.distance, r.address))),
        services=tuple(sorted(services.items(), key=lambda item: (-item[1], item[0]))),
        counts={**counts, "distance": farthest},
    )


def drift(sections: Sequence[Assessment]) -> Drift:
    """The most drift of any of the plans, and all that drifted."""
    return Drift(
        score=max((s.drift.score for s in sections), default=0),
        items=tuple(prefixed(sections, lambda s: s.drift.items)),
        suppressed=sum(s.drift.suppressed for s in sections),
    )


def prefixed(
    sections: Iterable[Assessment], of: Callable[[Assessment], Iterable[_T]]
) -> Iterator[_T]:
    """What each plan has of it."""
    for s in sections:
        for value in of(s):
            yield structs.replace(value, address=under(s, value.address))


def under(section: Assessment, address: str | None) -> str | None:
    """The address below the path of its plan."""
    return None if address is None else f"{section.plan.path}: {address}"
