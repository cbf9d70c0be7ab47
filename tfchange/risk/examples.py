"""The examples of rules tried: each hit must be a finding, each miss must be none."""

import re
from collections.abc import Callable, Iterable, Iterator

import msgspec

from tfchange.graph.build import build
from tfchange.plan.configuration import Bump
from tfchange.plan.decode import decode
from tfchange.plan.model import Plan
from tfchange.risk.assess import assess
from tfchange.rulebook.example import Example, Examples
from tfchange.rulebook.judge import PLAN, Judge

_VERSIONED = re.compile(r"(?:.+\.)?module\.[\w-]+|provider\[.*\]")
"""Addresses of what has a version."""


class Shown(msgspec.Struct, frozen=True):
    """What a plan shows of rules."""

    hits: frozenset[tuple[str, str]]
    """Rule and address of every finding, waived or not."""
    addresses: frozenset[str]
    """Of everything in the plan, and of the plan itself."""


class Tried(msgspec.Struct, frozen=True):
    """One example, and whether the rule does what it says."""

    rule: str
    address: str
    scenario: str | None
    expected: bool
    """Whether it stands under `hit`."""
    standing: str
    """`held`, `failed`, `absent` (the plan has no such resource) or `untried` (no plan is here)."""


class Pair(msgspec.Struct, frozen=True):
    """Two rules that may say the same."""

    rule: str
    other: str
    times: int
    """How often the first one hit, each time together with the other."""


def shown(plan: Plan, judge: Judge, bumps: tuple[Bump, ...] = ()) -> Shown:
    """Which rules hit what in a plan; the environment does not matter here."""
    graph, caveats = build(plan)
    assessment = assess(plan, graph, judge, caveats=caveats, bumps=bumps)
    ids = (change.id for change in (*plan.changes, *plan.drift))
    return Shown(
        frozenset((finding.rule, finding.address) for finding in assessment.findings),
        frozenset({PLAN, *ids, *(bump.address for bump in bumps)}),
    )


def tried(
    rule: str, examples: Examples, look: Callable[[Example], Shown | None]
) -> Iterator[Tried]:
    """Every example of a rule; `look` gives what its plan shows, None where no plan is here."""
    for expected, some in ((True, examples.hit), (False, examples.miss)):
        for example in some:
            standing = _standing(rule, example.address, look(example), expected)
            yield Tried(rule, example.address, example.scenario, expected, standing)


def together(plans: Iterable[Shown], least: int = 3) -> tuple[Pair, ...]:
    """The rules that hit so many resources at least, and each time where another one hits too."""
    hits: dict[str, set[tuple[int, str]]] = {}
    for i, plan in enumerate(plans):
        for rule, address in plan.hits:
            hits.setdefault(rule, set()).add((i, address))
    return tuple(
        Pair(rule, other, len(own))
        for rule, own in sorted(hits.items())
        for other, more in sorted(hits.items())
        if rule != other and len(own) >= least and own <= more
    )


def _standing(rule: str, address: str, found: Shown | None, expected: bool) -> str:
    if found is None:
        return "untried"
    if address not in found.addresses:
        return "absent"
    return "held" if ((rule, address) in found.hits) is expected else "failed"


def inline(example: Example) -> tuple[Plan, tuple[Bump, ...]]:
    """The plan that consists of what stands in the example: a change, or a version that changes.

    What a change leaves out is filled in: mode, type and name are those of the address. Of a
    version `before` and `after` are told, each with `source` and `version`.
    """
    bumps = _bumps(example)
    changes = [] if bumps else [_whole(example)]
    said = {"format_version": "1.2", "resource_changes": changes}
    return decode(msgspec.json.encode(said), "example"), bumps


def _bumps(example: Example) -> tuple[Bump, ...]:
    if not _VERSIONED.fullmatch(example.address):
        return ()
    pins = {"address": example.address, "before": None} | (example.change or {})
    return (msgspec.convert(pins, Bump),)


def _whole(example: Example) -> dict[str, object]:
    from tfchange.plan.address import Address

    address, said = Address.parse(example.address), dict(example.change or {})
    if "change" not in said:  # only its inner part is given: actions, before, after
        said = {"change": said}
    named = {"address": example.address, "mode": address.mode}
    return named | {"type": address.type, "name": address.name} | said
