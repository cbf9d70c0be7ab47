"""Random little worlds: resources, who refers to whom, what changes and what drifted."""

from typing import Any

from hypothesis import strategies as st

from tests.build import change, plan
from tests.risk.small import RULES, TRAITS, WHOLE, assess_plan, judge
from tfchange.risk.assessment import Assessment
from tfchange.rulebook.judge import Judge

TYPES = [*sorted(TRAITS), "aws_unheard_of"]
EVERY = (*RULES, *WHOLE)
NAMES = "abcdefgh"
ACTIONS = [["no-op"], ["create"], ["update"], ["delete"], ["delete", "create"], ["forget"]]
BEFORE = {"size": "small", "tags": {"Name": "x"}, "ingress": [], "assume_role_policy": "p"}
AFTERS: list[dict[str, Any]] = [
    {**BEFORE, "tags": {"Name": "y"}},
    {**BEFORE, "size": "large"},
    {**BEFORE, "assume_role_policy": "q"},
    {**BEFORE, "ingress": [{"cidr_blocks": ["0.0.0.0/0"], "from_port": 22}]},
]

addresses = st.builds("{}.{}".format, st.sampled_from(TYPES), st.sampled_from(NAMES))
"""Addresses of the root module."""


@st.composite
def entries(draw: st.DrawFn, address: str) -> dict[str, Any]:
    """One entry of `resource_changes`."""
    actions = draw(st.sampled_from(ACTIONS))
    before = None if actions == ["create"] else BEFORE
    after = None if actions in (["delete"], ["forget"]) else draw(st.sampled_from(AFTERS))
    if actions == ["no-op"]:
        after = before
    unknown = draw(st.sampled_from([{}, {"ingress": True}])) if after else {}
    return change(address, actions, before, after, after_unknown=unknown)


@st.composite
def drifts(draw: st.DrawFn, address: str) -> dict[str, Any]:
    """One entry of `resource_drift`."""
    if draw(st.booleans()):
        return change(address, ["delete"], BEFORE, None)
    return change(address, ["update"], BEFORE, draw(st.sampled_from(AFTERS)))


class World:
    """What a plan is made of, before it is one."""

    def __init__(self, changes: list[Any], drift: list[Any], edges: set[tuple[str, str]]) -> None:
        self.changes, self.drift, self.edges = changes, drift, edges

    def assessed(self, by: Judge | None = None, **told: Any) -> Assessment:
        """The assessment of the plan it makes; `told` holds what else to tell `assess`."""
        return assess_plan(
            plan(
                self.changes,
                drift=self.drift,
                configuration=self._configuration(),
                relevant_attributes=[],
            ),
            by or judge(rules=EVERY),
            **told,
        )

    def _configuration(self) -> dict[str, Any]:
        known = sorted({c["address"] for c in self.changes} | {a for e in self.edges for a in e})
        resources = []
        for address in known:
            targets = sorted(t for s, t in self.edges if s == address)
            kind, _, name = address.partition(".")
            resources.append(
                {
                    "address": address,
                    "mode": "managed",
                    "type": kind,
                    "name": name,
                    "expressions": {"uses": {"references": [f"{t}.id" for t in targets]}},
                }
            )
        return {"root_module": {"resources": resources}}


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A world where every address that something refers to is in the plan, if only as no-op."""
    places = draw(st.lists(addresses, unique=True, min_size=1, max_size=8))
    changes = [draw(entries(place)) for place in places]
    pairs = st.tuples(st.sampled_from(places), st.sampled_from(places))
    edges = {(a, b) for a, b in draw(st.sets(pairs, max_size=12)) if a != b}
    existing = [c["address"] for c in changes if c["change"]["actions"] != ["create"]]
    drifted = draw(st.lists(st.sampled_from(existing), unique=True, max_size=3)) if existing else []
    return World(changes, [draw(drifts(place)) for place in drifted], edges)
