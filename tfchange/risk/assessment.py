"""The result: everything a report, a ticket or a gate needs to know of a plan, as frozen values."""

from enum import StrEnum

import msgspec

from tfchange.plan.model import Action, Caveat
from tfchange.rulebook.rule import TypeTraits


class Category(StrEnum):
    """The ITIL category of a change, in rising order of control."""

    NONE = "none"
    STANDARD = "standard"
    NORMAL = "normal"
    EMERGENCY = "emergency"


class Level(StrEnum):
    """The risk level, in rising order."""

    __hash__ = str.__hash__  # an enum's own is a call of Python, and ranks are asked for a lot

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for low to 3 for critical."""
        return _RANKS[self]


_RANKS = {level: rank for rank, level in enumerate(Level)}


class Location(msgspec.Struct, frozen=True):
    """A place in the configuration's source."""

    file: str
    line: int


class Waived(msgspec.Struct, frozen=True):
    """Why a finding does not count; the finding stays visible."""

    ticket: str
    owner: str
    expires: str
    """The last day it holds, as YYYY-MM-DD."""


class Finding(msgspec.Struct, frozen=True):
    """One rule that hit one resource."""

    rule: str
    severity: Level
    points: int
    address: str
    """The id of the change (address, with the deposed key where there is one)."""
    message: str
    """A finished sentence."""
    path: str | None = None
    approvers: tuple[str, ...] = ()
    location: Location | None = None
    waived: Waived | None = None


class Contribution(msgspec.Struct, frozen=True):
    """Some points of the score and where they come from; all of them sum to the score."""

    points: int
    rule: str
    """A rule id, or `blast-radius`, `drift`, `uncertainty`."""
    reason: str
    address: str | None = None
    path: str | None = None


class Hop(msgspec.Struct, frozen=True):
    """One step of a chain; `via` says how this resource depends on the one before it.

    The first hop of a chain is the changed resource and has no `via`.
    """

    address: str
    via: str | None = None


class Reached(msgspec.Struct, frozen=True):
    """A resource that depends, directly or not, on a changed one."""

    address: str
    type: str
    distance: int
    chain: tuple[Hop, ...]
    """The shortest chain, from the changed resource to this one, both included."""
    changed: bool = False
    """Whether it changes in this plan itself; otherwise it is reached though unchanged."""
    inferred: bool = False
    """Whether any hop of the chain is inferred."""


class BlastRadius(msgspec.Struct, frozen=True):
    """How far the plan reaches."""

    score: int = 0
    """0 to 100."""
    changed: int = 0
    """How many instances act."""
    reached: tuple[Reached, ...] = ()
    """Nearest first, then by address."""
    services: tuple[tuple[str, int], ...] = ()
    """Service (trait or provider service such as `rds`) and how many reached, most first."""
    counts: dict[str, int] = msgspec.field(default_factory=dict)
    """`reached`, `unchanged`, `inferred`, `distance` (the longest), `felt` (those that existed
    before and that more than tags and descriptions reach), and `module:NAME`, `trait:NAME`."""


class DriftItem(msgspec.Struct, frozen=True):
    """One resource that differs from what Terraform last saw."""

    address: str
    type: str
    kind: str
    """`changed` or `deleted`."""
    status: str
    """`reverted` by this plan, `kept`, or `irrelevant` to it."""
    paths: tuple[str, ...] = ()
    noise: bool = False


class Drift(msgspec.Struct, frozen=True):
    """What changed outside Terraform."""

    score: int = 0
    """0 to 100."""
    items: tuple[DriftItem, ...] = ()
    """Without the noise."""
    suppressed: int = 0
    """How many entries were noise."""


class Approval(msgspec.Struct, frozen=True):
    """A group that must approve, and why it is asked."""

    group: str
    reason: str


class Informed(msgspec.Struct, frozen=True):
    """A group that is told of the change and not asked, and why."""

    group: str
    reason: str


class AffectedService(msgspec.Struct, frozen=True):
    """A service of the catalogue that the plan changes or reaches."""

    name: str
    tier: int | None = None
    """1 for the most critical to 4; None where the catalogue does not say."""
    owner: str = ""
    ci: str = ""
    """Its configuration item, by name or sys_id."""
    changed: int = 0
    """How many of its resources change."""
    reached: int = 0
    """How many of its resources depend on what changes, and do not change themselves."""


class Blocker(msgspec.Struct, frozen=True):
    """What keeps the plan from being a standard change; no address where it is the plan's own."""

    reason: str
    address: str | None = None


class Counterfactual(msgspec.Struct, frozen=True):
    """What would be left if the blockers moved to a change of their own."""

    blockers: tuple[Blocker, ...] = ()
    remainder: str = ""
    """A finished sentence, `""` where nothing would become standard."""
    envelope: str | None = None
    """The envelope that comes nearest."""


class BackoutStep(msgspec.Struct, frozen=True):
    """How one change is taken back; the steps stand in the order to do them."""

    address: str
    step: str
    reversible: bool


class Change(msgspec.Struct, frozen=True):
    """What happens to one resource, as a report shows it."""

    address: str
    type: str
    action: Action
    previous_address: str | None = None
    deposed: str | None = None
    reasons: tuple[str, ...] = ()
    """Finished phrases: why it is replaced, deleted, read."""
    changed_paths: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    """Rule ids."""
    reached: int = 0
    """How many resources depend on it, directly or not."""
    imports: bool = False
    create_before_destroy: bool = False
    location: Location | None = None
    traits: TypeTraits = TypeTraits(traits=())
    """What is known of its type; for those who tell what to look after."""
    cosmetic: bool = False
    """Whether nothing that runs can tell that it happened: tags, descriptions and the like."""


class Summary(msgspec.Struct, frozen=True):
    """Counts of resource instances. A replacement counts once, as `replace`."""

    create: int = 0
    update: int = 0
    replace: int = 0
    delete: int = 0
    forget: int = 0
    import_: int = msgspec.field(default=0, name="import")
    move: int = 0
    read: int = 0
    no_op: int = 0
    outputs: int = 0
    """Output values that change."""


class PlanFacts(msgspec.Struct, frozen=True):
    """What a report says about the plan file itself."""

    path: str = "-"
    terraform_version: str = ""
    format_version: str = ""
    fingerprint: str = ""
    """Hex digest of what the plan would do; empty until a fingerprint is taken."""
    timestamp: str = ""
    """When it was planned, as Terraform writes it; `""` where it does not, or of several plans."""
    complete: bool = True
    errored: bool = False


class Emergency(msgspec.Struct, frozen=True):
    """A declared emergency."""

    incident: str
    review_due: str = ""


class Assessment(msgspec.Struct, frozen=True):
    """The assessment of one plan, or of several in `sections`."""

    plan: PlanFacts
    category: Category
    level: Level
    score: int
    impact: Level
    likelihood: Level
    why: tuple[str, ...]
    """Finished sentences: why this category, the weightiest first."""
    summary: Summary = Summary()
    policy: tuple[str, str] = ("", "")
    """Name and hash of the rulebook."""
    environment: str = ""
    """`""` where it is not known, which counts as production."""
    environment_from: str = ""
    """What names it: `told`, `tags`, `workspace`, `variable`, `backend` or `path`; `""` where
    nothing does."""
    level_called: str = ""
    """The policy's own name for the level, such as C2."""
    level_why: tuple[str, ...] = ()
    """Finished sentences: what holds the level up where score and findings alone do not."""
    envelope: str | None = None
    earning: str | None = None
    """The envelope that would hold it, had it been earned; runs of it count towards that."""
    emergency: Emergency | None = None
    contributions: tuple[Contribution, ...] = ()
    findings: tuple[Finding, ...] = ()
    changes: tuple[Change, ...] = ()
    """What acts, moves or is imported; worst first. No-ops and reads are only counted."""
    blast_radius: BlastRadius = BlastRadius()
    drift: Drift = Drift()
    approvals: tuple[Approval, ...] = ()
    informed: tuple[Informed, ...] = ()
    """Who is told of it without being asked."""
    services: tuple[AffectedService, ...] | None = None
    """Those that change first, the most critical first; None where there is no catalogue."""
    lead_time: str = ""
    """How long before the start the change must be filed, as the policy words it."""
    lead_days: int = 0
    """The same in whole working days."""
    counterfactual: Counterfactual = Counterfactual()
    caveats: tuple[Caveat, ...] = ()
    backout: tuple[BackoutStep, ...] = ()
    sections: tuple["Assessment", ...] = ()
    """One assessment per plan, the worst first, where several plans were assessed as one."""

    @property
    def level_words(self) -> str:
        """The level as people read it, with the policy's own name for it: `high (C2)`."""
        return f"{self.level} ({self.level_called})" if self.level_called else self.level.value
