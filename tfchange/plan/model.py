"""What a Terraform plan says, as frozen values.

No value of a sensitive attribute is in here: `plan.decode` masks at the door, and what was masked
still counts as changed. Field names follow Terraform's `internal/command/jsonplan/plan.go`.
"""

from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

import msgspec

from tfchange.plan.behind import Behind
from tfchange.plan.configuration import Configuration
from tfchange.plan.paths import Path

if TYPE_CHECKING:
    from tfchange.plan.attributes import Attributes
    from tfchange.plan.digest import Digests

MASK = "(sensitive)"
"""What stands in place of every masked value."""


class Action(StrEnum):
    """What Terraform will do to one resource instance."""

    __hash__ = (
        str.__hash__
    )  # an enum's own is a call of Python, and sets of actions are asked a lot

    NO_OP = "no-op"
    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    FORGET = "forget"


DESTROYING = frozenset({Action.DELETE, Action.REPLACE})
QUIET = frozenset({Action.NO_OP, Action.READ})


class Verb(msgspec.Struct, frozen=True):
    """The plan's list of action words, understood."""

    action: Action
    creates_first: bool = False
    """Whether a replacement creates before it destroys or forgets."""
    forgets: bool = False
    known: bool = True
    """Whether all words of the list are known to this version of tfchange."""


@lru_cache(64)
def verb_of(words: tuple[str, ...]) -> Verb:
    """What a list of action words means, from which are present and never from their number.

    Terraform's own comment on `Change.Actions` asks for that: `["create", "forget"]` is a
    replacement, too. An unknown word alone counts as an update.
    """
    forgets, known = "forget" in words, _WORDS.issuperset(words)
    if "create" in words and ("delete" in words or forgets):
        old = min(words.index(word) for word in ("delete", "forget") if word in words)
        return Verb(Action.REPLACE, words.index("create") < old, forgets, known)
    for action in (Action.DELETE, Action.FORGET, Action.CREATE, Action.UPDATE, Action.READ):
        if action in words:
            return Verb(action, False, forgets, known)
    return Verb(Action.NO_OP if known else Action.UPDATE, False, forgets, known)


_WORDS = frozenset({"no-op", "read", "create", "update", "delete", "forget"})


class Caveat(msgspec.Struct, frozen=True):
    """Something tfchange could not know, said out loud instead of guessed."""

    kind: str
    """One of: unknown-format, redacted, incomplete, errored, targeted, no-configuration,
    no-state, source-missing, source-unparsed, deferred, construct, version, checks, text-around,
    codeowners, environment."""
    message: str
    address: str | None = None
    blocks_standard: bool = False
    """Whether a plan with this caveat can still be a standard change."""


class Values(msgspec.Struct, frozen=True):
    """The attributes of one change, masked.

    `None` where the object does not exist, `MASK` where it is secret as a whole.
    """

    before: "Attributes | str | None"
    after: "Attributes | str | None"
    unknown: object
    """Terraform's `after_unknown`: a tree of `true` where a value is known only after apply."""
    changed: tuple[Path, ...]
    """Leaves that differ, also where the values themselves are masked. Empty for create, delete."""


class Reads(Protocol):
    """Reads the values of one change, anew at every call, so that none are kept."""

    def __call__(self) -> Values:
        """The values, masked."""
        ...

    def digests(self, key: bytes, label: str) -> "Digests":
        """Keyed digests of the values as they are; the label is mixed in."""
        ...


class Importing(msgspec.Struct, frozen=True):
    """The object that an import brings under management: by id, by identity, or not known yet."""

    id: str | None = None
    identity: bool = False
    unknown: bool = False


class ResourceChange(msgspec.Struct, frozen=True):
    """What the plan does to one resource instance, or what drifted of it."""

    address: str
    type: str
    name: str
    action: Action
    read: Reads
    """Decodes and masks the attribute values."""
    mode: str = "managed"
    module: str = ""
    """The module instance, such as `module.a["x"].module.b`; `""` for the root."""
    index: str | int | None = None
    deposed: str | None = None
    """The key of a deposed object; the same address can stand in a plan with and without it."""
    previous_address: str | None = None
    create_before_destroy: bool = False
    forgets: bool = False
    """Whether an object is dropped from the state without being destroyed."""
    reason: str | None = None
    """Terraform's `action_reason`; new ones appear, so it is for display and hints only."""
    replace_paths: tuple[Path, ...] = ()
    importing: Importing | None = None
    deferred: str | None = None
    """Why Terraform put the change off, for deferred changes only."""
    generated: bool = False
    """Whether Terraform generated the configuration for an import."""

    @property
    def id(self) -> str:
        """The address, with the deposed key where there is one: unique in a plan."""
        return f"{self.address} (deposed {self.deposed})" if self.deposed else self.address

    @property
    def moved(self) -> bool:
        """Whether the instance is known to the state under another address."""
        return self.previous_address is not None and self.previous_address != self.address

    @property
    def acts(self) -> bool:
        """Whether anything real happens: not a no-op and not a read."""
        return self.action not in QUIET


class OutputChange(msgspec.Struct, frozen=True):
    """What happens to one output value of the root module; its value is not kept."""

    name: str
    action: Action
    sensitive: bool = False


class Check(msgspec.Struct, frozen=True):
    """The state of one check, precondition or postcondition object."""

    address: str
    kind: str
    status: str
    problems: tuple[str, ...] = ()


class ActionInvocation(msgspec.Struct, frozen=True):
    """One provider-defined action (Terraform 1.14) that the plan will invoke."""

    address: str
    type: str
    triggered_by: str | None = None
    deferred: str | None = None


class RelevantAttribute(msgspec.Struct, frozen=True):
    """An attribute that contributed to the planned changes; an empty path is the whole object."""

    address: str
    path: Path


class StateResource(msgspec.Struct, frozen=True):
    """One instance of the prior state and the blocks it was created after."""

    address: str
    depends_on: tuple[str, ...] = ()
    """Block addresses, transitively closed and without keys, as Terraform stores them."""


class Plan(msgspec.Struct, frozen=True):
    """A whole plan. Tuples keep the order of the file, which no result may depend on."""

    path: str = "-"
    format_version: str = ""
    terraform_version: str = ""
    timestamp: str = ""
    """When it was planned, as Terraform writes it (RFC 3339); `""` where it does not."""
    complete: bool = True
    """False where Terraform says that more rounds are needed (targets, deferrals, errors)."""
    errored: bool = False
    applyable: bool | None = None
    """Terraform's own word on whether applying makes sense; None in formats before 1.2."""
    redacted: bool = False
    """Whether this is an HCP redacted plan: values and references are missing."""
    changes: tuple[ResourceChange, ...] = ()
    drift: tuple[ResourceChange, ...] = ()
    deferred: tuple[ResourceChange, ...] = ()
    outputs: tuple[OutputChange, ...] = ()
    checks: tuple[Check, ...] = ()
    actions: tuple[ActionInvocation, ...] = ()
    relevant: tuple[RelevantAttribute, ...] | None = None
    """None where the plan does not tell (formats before 1.1)."""
    state: tuple[StateResource, ...] = ()
    configuration: Configuration | None = None
    variables: dict[str, object] = msgspec.field(default_factory=dict)
    """Root variables, masked."""
    behind: Behind = Behind()
    """What an apply depends on that stands in no resource."""
    caveats: tuple[Caveat, ...] = ()
