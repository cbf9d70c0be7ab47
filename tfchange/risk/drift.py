"""What changed outside Terraform, and what this plan does about it.

Relevance follows Terraform's own filter (`internal/command/jsonformat/diff.go`): a drifted
attribute matters where `relevant_attributes` names it, something around it or something in it.
Terraform hides the rest; here it is told apart as `irrelevant`.
"""

from collections.abc import Iterable, Sequence

import msgspec

from tfchange.plan.address import block_of
from tfchange.plan.model import Action, Plan, ResourceChange, Values
from tfchange.plan.paths import Path, path_text, plain_path, value_at
from tfchange.risk.assessment import Drift, DriftItem
from tfchange.risk.attributes import only_cosmetic
from tfchange.risk.noise import differences, is_noise, telling
from tfchange.risk.siblings import Siblings
from tfchange.risk.weights import saturate, weight
from tfchange.rulebook import access
from tfchange.rulebook.rule import Policy, TypeTraits
from tfchange.rulebook.view import resource

_RECREATED = frozenset({Action.CREATE, Action.REPLACE, Action.DELETE})
WEIGHTS = {"deleted": 10, "reverted": 6, "kept": 3, "irrelevant": 3, "cosmetic": 1}
"""What one drifted resource weighs; kept as irrelevant, so that planning more costs no less."""
GRAVE = 2
"""How many times that where it holds data and is gone, or where it says who may do what."""


class Drifted(msgspec.Struct, frozen=True):
    """One drift entry, judged."""

    item: DriftItem
    weight: int = 0
    paths: tuple[Path, ...] = ()
    """What differs, without the noise."""
    opened: bool = False
    """Whether more is let in by it."""

    @property
    def state(self) -> frozenset[str]:
        """What rules may ask for; nothing where the drift is noise."""
        if self.item.noise:
            return frozenset()
        words = {self.item.kind, self.item.status}
        return frozenset(words | {"opened"} if self.opened else words)


class DriftReader:
    """Judges drift entries against what the plan does to the same resource."""

    def __init__(self, plan: Plan) -> None:
        self._siblings = Siblings(plan)
        # Where nothing is planned, there is nothing that drift could be irrelevant to.
        self._all_relevant = plan.relevant is None or not any(c.acts for c in plan.changes)
        self._relevant: dict[str, list[Path]] = {}
        for attribute in plan.relevant or ():
            self._relevant.setdefault(attribute.address, []).append(attribute.path)

    def examine(
        self,
        entry: ResourceChange,
        values: Values,
        change: ResourceChange | None,
        planned: Values | None,
        traits: TypeTraits,
    ) -> Drifted | None:
        """The entry with its status; None where nothing differs, as after a mere move.

        `change` is what the plan does to the resource and `planned` its values, if it acts.
        """
        if entry.action is Action.NO_OP:
            return None
        if values.after is None and entry.action is Action.DELETE:
            return self._deleted(entry, change, traits)
        sets = planned.changed if planned else ()
        known = [p for p in sets if planned and not value_at(planned.unknown, p)]
        real = [
            d.path
            for d in differences(values, known)
            if not is_noise(d, values, entry, traits, self._siblings)
        ]
        status = self._status(entry.address, real or values.changed, change, sets)
        texts = tuple(sorted(path_text(p) for p in real))
        noise = not real and values.before is not None
        item = DriftItem(entry.id, entry.type, "changed", status, texts, noise)
        weight = 0 if noise else _weigh(status, real, traits)
        return Drifted(item, weight, tuple(real), _opened(values, real))

    def _deleted(
        self, entry: ResourceChange, change: ResourceChange | None, traits: TypeTraits
    ) -> Drifted:
        back = change is not None and change.action in _RECREATED
        item = DriftItem(entry.id, entry.type, "deleted", "reverted" if back else "kept")
        return Drifted(
            item, WEIGHTS["deleted"] * (GRAVE if traits.stateful or traits.loses_data else 1)
        )

    def _status(
        self,
        address: str,
        paths: Sequence[Path],
        change: ResourceChange | None,
        sets: Iterable[Path],
    ) -> str:
        if change is not None and change.action in _RECREATED:
            return "reverted"
        sets = list(sets)
        if any(_overlap(path, p) for path in paths for p in sets):
            return "reverted"
        return "kept" if self._is_relevant(address, paths) else "irrelevant"

    def _is_relevant(self, address: str, paths: Sequence[Path]) -> bool:
        if self._all_relevant:
            return True
        block = block_of(address)
        named = [*self._relevant.get(address, ())]
        if block != address:
            named += self._relevant.get(block, ())
        return any(_overlap(path, p) for path in paths or ((),) for p in named)


def summarise(drifted: Iterable[Drifted], policy: Policy) -> Drift:
    """All drift of a plan: what is real, worst first, how much was noise, and 0 to 100 for it."""
    drifted = list(drifted)
    real = [d for d in drifted if not d.item.noise]
    real.sort(key=lambda d: (-d.weight, d.item.address))
    raw = sum(d.weight for d in real)
    score = saturate(raw, weight(policy, "drift.half"))
    return Drift(score, tuple(d.item for d in real), len(drifted) - len(real))


def _weigh(status: str, paths: Iterable[Path], traits: TypeTraits) -> int:
    paths = list(paths)
    if only_cosmetic(map(plain_path, paths), traits.cosmetic):
        return WEIGHTS["cosmetic"]
    return WEIGHTS[status] * (GRAVE if any(telling(p, traits) for p in paths) else 1)


def _opened(values: Values, real: Iterable[Path]) -> bool:
    """Whether what differs lets in more than before; asked of what was found, not of the plan."""
    if not any(path and path[0] in access.FIELDS for path in real):
        return False
    return access.lets_in_more(resource(values.before), resource(values.after))


def _overlap(one: Path, other: Path) -> bool:
    one, other = _names(one), _names(other)
    n = min(len(one), len(other))
    return one[:n] == other[:n]


def _names(path: Path) -> Path:
    # Positions of sets move when a member comes or goes, so they name nothing.
    return tuple(step for step in path if isinstance(step, str))
