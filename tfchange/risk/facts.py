"""What the rest of the room needs to know of each change, taken while its values are at hand.

Values are decoded once per change and let go at once, so that 8,000 changes cost no more memory
than one.
"""

from collections.abc import Sequence

import msgspec

from tfchange.plan.attributes import Attributes, readable
from tfchange.plan.model import MASK, Action, ResourceChange, Values
from tfchange.plan.paths import marked_paths, plain_path
from tfchange.risk.attributes import matches, only_cosmetic
from tfchange.risk.drift import Drifted
from tfchange.rulebook.judge import Hit, Judge, subject_of
from tfchange.rulebook.rule import Policy, TypeTraits
from tfchange.rulebook.subject import NOTHING, Gone, Subject

_TAGS = ("tags", "tags_all", "labels")


class Facts(msgspec.Struct, frozen=True):
    """One change as judged, without its values."""

    change: ResourceChange
    paths: tuple[str, ...]
    traits: TypeTraits
    cosmetic: bool
    """Whether nothing that runs can tell that it happened."""
    hits: tuple[Hit, ...] = ()
    misfits: tuple[str | None, ...] = ()
    """For each envelope why the change falls out of it; None where it fits."""
    floors: tuple[str, ...] = ()
    """The floors of the policy that hold for it, wherever they are for."""
    unknown: tuple[str, ...] = ()
    """Paths that matter for this type and whose values are known only after apply."""
    known_type: bool = True
    environment: str | None = None
    """As the resource's own tags name it."""
    reach: int = 0
    drifted: Drifted | None = None

    @property
    def id(self) -> str:
        """The id of the change."""
        return self.change.id


class Around(msgspec.Struct, frozen=True):
    """What the whole plan says of one change."""

    reach: int = 0
    """How many resources depend on it."""
    drifted: Drifted | None = None
    gone: Gone = NOTHING
    """Ids and ARNs of all objects that the plan destroys for good."""
    provisioners: frozenset[str] = frozenset()
    """The types of provisioners that its block has."""


def gather(change: ResourceChange, values: Values, judge: Judge, around: Around) -> Facts:
    """The facts of one change that acts or imports."""
    drifted, reach = around.drifted, around.reach
    subject = subject_of(
        change,
        judge,
        values,
        drift=drifted.state if drifted else (),
        reach=reach,
        gone=around.gone,
        provisioners=around.provisioners,
    )
    cosmetic = _is_cosmetic(change, subject.paths, subject.traits)
    return Facts(
        change=change,
        paths=subject.paths,
        traits=subject.traits,
        cosmetic=cosmetic,
        hits=judge.hits(subject),
        misfits=_misfits(judge, subject),
        floors=() if cosmetic else judge.floors(subject),
        unknown=_unknown(values, subject.traits),
        known_type=judge.known(change.type),
        environment=named_environment(values, judge.rulebook.policy),
        reach=reach,
        drifted=drifted,
    )


def named_environment(values: Values, policy: Policy) -> str | None:
    """What the resource's own tags call its environment, after the change or else before."""
    after, before = readable(values.after), readable(values.before)
    for tree, names in ((after, _TAGS), (before, _unlike(before, after))):
        for tags in map(tree.get, names) if tree else ():
            if isinstance(tags, dict):
                found = _tag(tags, policy.environment_tags)
                if found:
                    return found
    return None


def _unlike(before: Attributes | None, after: Attributes | None) -> Sequence[str]:
    """Which tags may say something else before; most stay as they are."""
    if before is None or after is None:
        return _TAGS
    return [name for name in _TAGS if not after.alike(before, name)]


def _tag(tags: dict[str, object], names: Sequence[str]) -> str | None:
    if tags.keys().isdisjoint(names):
        return None
    for name in names:
        value = tags.get(name)
        if isinstance(value, str) and value and value != MASK:
            return value
    return None


def _misfits(judge: Judge, subject: Subject) -> tuple[str | None, ...]:
    # The environment belongs to the whole plan and is judged there, once.
    reasons = judge.misfits(subject)
    if subject.change.acts:
        return reasons
    return tuple(
        reason and f"is imported, which {envelope.id} does not cover"
        for envelope, reason in zip(judge.rulebook.envelopes, reasons, strict=True)
    )


def _is_cosmetic(change: ResourceChange, paths: tuple[str, ...], traits: TypeTraits) -> bool:
    return change.action is Action.UPDATE and only_cosmetic(paths, traits.cosmetic)


def _unknown(values: Values, traits: TypeTraits) -> tuple[str, ...]:
    if not traits.sensitive or not values.unknown:
        return ()
    marked = {plain_path(path) for path in marked_paths(values.unknown)}
    return tuple(sorted(path for path in marked if matches(path, traits.sensitive)))
