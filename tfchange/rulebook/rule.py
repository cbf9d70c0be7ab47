"""The judgement as data: rules, traits, envelopes, policies and waivers, once they are loaded."""

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from tfchange.rulebook.example import Examples


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A closed set of matchers; all that are given must hold, each by any of its members."""

    traits: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    """Resource types, with `*` as a wildcard."""
    stateful: bool | None = None
    """Whether the type holds data or state of its own."""
    actions: tuple[str, ...] = ()
    """Actions; `replace` can be narrowed to `replace:delete-first` or `replace:create-first`."""
    changed: tuple[str, ...] = ()
    """Patterns of changed paths: `tags`, `tags.*`, `ingress.**`, `engine_version`. A pattern
    matches the path itself and all below it; list positions are left out, and a list that grew or
    shrank counts as all that stands in it. What is created or destroyed changes in all of them."""
    drifted: bool | None = None
    """Whether the resource drifted, for real (noise does not count)."""
    drift: tuple[str, ...] = ()
    """Kinds and states of drift: changed, deleted, reverted, kept, opened."""
    reach: int | None = None
    """At least so many resources depend on it."""
    provisioners: tuple[str, ...] = ()
    """Types of provisioners that its block has, with `*` as a wildcard."""
    destroyed: int | None = None
    """Of the whole plan, and alone: it destroys or replaces at least so many."""
    bumped: tuple[str, ...] = ()
    """Of the versions that the source asks for, and alone: `provider:major`, `module:minor` ..."""
    expression: str | None = None
    """CEL over `before`, `after` and `change`, asked only where all else holds. An error, such as
    a missing key, counts as false; a value not known yet is there and equals nothing."""


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule, as its file says it."""

    id: str
    title: str
    severity: str
    points: int
    when: When
    message: str
    """A sentence with `{address}`, `{type}`, `{action}`, `{paths}`, `{reach}` to fill in; where
    it is about the whole plan `{count}`, about versions `{address}`, `{old}` and `{new}`."""
    why: str
    references: tuple[str, ...]
    approvers: tuple[str, ...] = ()
    remedy: str = ""


class TypeTraits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Facts about one resource type."""

    traits: tuple[str, ...]
    """Such as database, storage, compute, network-path, security-group, load-balancing, dns,
    identity, encryption, secret, messaging, observability, function, container, glue."""
    stateful: bool = False
    """Whether it holds data or state of its own."""
    loses_data: bool = False
    """Whether destroying it destroys data."""
    interrupts: bool = False
    """Whether replacing it interrupts a service."""
    cosmetic: tuple[str, ...] = ()
    """Attributes without effect on what runs, beyond tags and descriptions."""
    guards: tuple[str, ...] = ()
    """Attributes that protect it."""
    sensitive: tuple[str, ...] = ()
    """Paths where an unknown value is a risk (policy, cidr_blocks, user_data)."""


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of change that an envelope allows."""

    actions: tuple[str, ...]
    types: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()
    """Types or traits that may change; either one lets a type in; neither: any type."""
    paths: tuple[str, ...] = ()
    """Only these paths may change in an update; none given: any path."""
    expression: str | None = None
    """CEL that must hold for each change."""


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A pre-approved kind of standard change."""

    id: str
    title: str
    why: str
    allow: tuple[Limits, ...]
    """Each change of the plan must fit at least one of these."""
    environments: tuple[str, ...] = ()
    """Only in these; none given: in all. An unknown environment counts as production."""
    max_changes: int | None = None
    max_score: int | None = None
    forbid_traits: tuple[str, ...] = ()
    forbid_actions: tuple[str, ...] = ("delete", "replace", "forget")
    record: str = ""
    """The approval record it still needs: a standard change is logged, not skipped."""
    references: tuple[str, ...] = ()
    earned: dict[str, int] | None = None
    """`runs`, `days`, `failures`: must be earned in the register. Without a register, not met."""


class LevelPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a level means."""

    at: int
    """The level begins at this score."""
    approvals: tuple[str, ...] = ()
    lead_time: str = ""
    """How long before the start a change must be filed, in the policy's words."""
    lead_days: int = 0
    """The same in whole working days, as the calendar counts them."""
    called: str = ""
    """What the organisation calls it, such as C2."""


class EmergencyPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a declared emergency means."""

    approvals: tuple[str, ...] = ()
    """Asked instead of those of the level, before or afterwards; none: those of the level."""
    review_days: int = 5
    """Within so many days after it was filed it is reviewed."""


class Floor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The least level of a plan with such a change; tags, descriptions and the like never count."""

    level: str
    when: When
    why: str
    """A sentence for those who wonder at the level."""
    environments: tuple[str, ...] = ()
    """Only in these; none given: in all. An unknown environment counts as production."""


class Sharper(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a policy makes of the findings of a rule, besides what the rule says."""

    severity: str = "low"
    """At least this; that of the rule, where it is higher."""
    approvers: tuple[str, ...] = ()
    """Asked beside those of the rule."""


class FreezePolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a freeze stops; an emergency never."""

    blocks: tuple[str, ...] = ()
    """Categories."""
    level: str = "low"
    """From this level on."""


class Freezes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the freezes of a calendar stop, by their strength."""

    soft: FreezePolicy = FreezePolicy(("normal",))
    hard: FreezePolicy = FreezePolicy(("standard", "normal"))


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an organisation decided: thresholds, approvals, environments and weights."""

    name: str
    levels: dict[str, LevelPolicy]
    """low, medium, high, critical."""
    groups: dict[str, str]
    """Approval groups and the words people know them by."""
    environments: dict[str, tuple[str, ...]]
    """Canonical environment and its other names; `production` must be there."""
    environment_tags: tuple[str, ...]
    environment_variables: tuple[str, ...]
    title: str = ""
    """Whom it is for, in a few words."""
    extends: str = ""
    """The bundled policy that it stands on; of a bundled one its own name."""
    matrix: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    """The least level by impact and then by likelihood; none given: they decide nothing."""
    floors: dict[str, Floor] = msgspec.field(default_factory=dict)
    findings: dict[str, Sharper] = msgspec.field(default_factory=dict)
    """What it makes of findings, by rule."""
    approvals_by_trait: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """Groups that are asked where something with the trait changes, beside those of the level."""
    freezes: Freezes = Freezes()
    emergency: EmergencyPolicy = EmergencyPolicy()
    outputs_are_changes: bool = False
    """Whether a plan that changes outputs alone is a change."""
    spent_budget_blocks: tuple[str, ...] = ("normal",)
    """Categories that wait while the error budget of a service is spent; never an emergency."""
    weights: dict[str, int] = msgspec.field(default_factory=dict)
    """Points: `action.delete` ..., `blast.max`, `drift.max`, `uncertainty.<caveat kind>` ..."""
    references: tuple[str, ...] = ()
    """Where its numbers come from."""


class Waiver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lets findings of one rule on some addresses not count, until a day, and stays visible."""

    rule: str
    addresses: tuple[str, ...]
    """Block or instance addresses, with `*` as a wildcard."""
    ticket: str
    owner: str
    expires: str
    """The last day it holds, YYYY-MM-DD, in UTC."""
    reason: str = ""


class Form(msgspec.Struct, frozen=True):
    """What is found once about an expression, before it is asked anything."""

    fields: frozenset[str] | None
    """The attributes of `before` and `after` that it looks at, None for all: no other is handed
    over."""
    change: frozenset[str]
    """The members of `change` that it looks at."""
    costly: bool = True
    """Whether it calls functions of ours or needs CEL, so that its answers are remembered."""
    tree: bytes = b"null"
    """How it is answered without CEL, as JSON that is read when it is asked; null where CEL is
    needed."""


class Rulebook(msgspec.Struct, frozen=True):
    """All layers merged: what judges a plan. The same files give the same hash.

    What a plan asks for a little of only, if at all, is kept as JSON and read where it is asked.
    """

    name: str
    hash: str
    rules: tuple[Rule, ...]
    facts: tuple[bytes, ...]
    """What is said of types, each once: most types share their facts with others."""
    families: dict[str, bytes]
    """By how their names begin: all types with an entry, and where their facts stand in `facts`."""
    patterns: tuple[tuple[str, TypeTraits], ...]
    """Name patterns (with `*`) for types without an entry, in order."""
    envelopes: tuple[Envelope, ...]
    policy: Policy
    waivers: tuple[Waiver, ...] = ()
    forms: dict[str, Form] = msgspec.field(default_factory=dict)
    """The forms of the expressions in it, by their text."""
    shown: bytes = b"{}"
    """The examples of each rule, by its id."""

    def facts_of(self, type_: str) -> TypeTraits | None:
        """What is said of a type; None where it has no entry."""
        family = self.families.get(family_of(type_))
        place = _places(family).get(type_) if family else None
        return None if place is None else msgspec.json.decode(self.facts[place], type=TypeTraits)

    @property
    def traits(self) -> dict[str, TypeTraits]:
        """The facts of every type with an entry."""
        facts = [msgspec.json.decode(said, type=TypeTraits) for said in self.facts]
        places = (each for family in self.families.values() for each in _places(family).items())
        return {name: facts[place] for name, place in places}

    @property
    def examples(self) -> "dict[str, Examples]":
        """What each rule must hit and must miss, by its id."""
        from tfchange.rulebook.example import Examples

        return msgspec.json.decode(self.shown, type=dict[str, Examples])


def family_of(type_: str) -> str:
    """How a type's name begins: `aws_s3` of `aws_s3_bucket`."""
    return "_".join(type_.split("_", 2)[:2])


_places = msgspec.json.Decoder(dict[str, int]).decode
