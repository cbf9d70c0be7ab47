"""How plans of the past would be classified, by one rulebook or by two, and what decides it."""

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from tfchange.risk.assessment import Assessment, Category
from tfchange.risk.findings import counted
from tfchange.rulebook.rule import Policy

CLASSES = (
    *("none", "standard", "normal low", "normal medium", "normal high", "normal critical"),
    *("emergency low", "emergency medium", "emergency high", "emergency critical"),
)
"""What a plan can be, the lightest first."""


class Verdict(msgspec.Struct, frozen=True):
    """What one rulebook makes of one plan."""

    plan: str
    kind: str
    """One of `CLASSES`."""
    score: int
    decides: tuple[str, ...]
    """The envelope of a standard change; else the rules whose severity is that of the level, and
    those without whose points the score would not reach it."""
    why: str


class Ruled(msgspec.Struct, frozen=True):
    """One rulebook, and what it makes of all plans, in their order."""

    name: str
    hash: str
    verdicts: tuple[Verdict, ...]

    @property
    def shares(self) -> Mapping[str, int]:
        """How many plans are of each class."""
        return Counter(verdict.kind for verdict in self.verdicts)

    @property
    def deciding(self) -> tuple[tuple[str, int], ...]:
        """Envelopes and rules, and how many plans each decides, most first."""
        found = Counter(name for verdict in self.verdicts for name in verdict.decides)
        return tuple(sorted(found.items(), key=lambda item: (-item[1], item[0])))


class Unread(msgspec.Struct, frozen=True):
    """A file that could not be read, and why."""

    plan: str
    reason: str


class Backtest(msgspec.Struct, frozen=True):
    """Plans of the past judged by the rules in force, and by others where there are any."""

    now: Ruled
    other: Ruled | None = None
    unread: tuple[Unread, ...] = ()

    @property
    def shifts(self) -> Mapping[tuple[str, str], int]:
        """How many plans go from which class to which; those that stay count too."""
        return Counter((a.kind, b.kind) for a, b in self.pairs)

    @property
    def pairs(self) -> tuple[tuple[Verdict, Verdict], ...]:
        """Each plan under both rulebooks."""
        other = self.other.verdicts if self.other else ()
        return tuple(zip(self.now.verdicts, other, strict=True)) if self.other else ()


def ruled(name: str, hash_: str, verdicts: Iterable[Verdict]) -> Ruled:
    """What a rulebook makes of the plans."""
    return Ruled(name, hash_, tuple(verdicts))


def verdict(assessment: Assessment, policy: Policy) -> Verdict:
    """What the assessment comes to, and what decides it."""
    kind = str(assessment.category)
    if assessment.category in (Category.NORMAL, Category.EMERGENCY):
        kind = f"{kind} {assessment.level}"
    decides = (assessment.envelope,) if assessment.envelope else _decide(assessment, policy)
    why = next(iter(assessment.why), "")
    return Verdict(assessment.plan.path, kind, assessment.score, decides, why)


def _decide(assessment: Assessment, policy: Policy) -> tuple[str, ...]:
    level = assessment.level
    floors = {f.rule for f in counted(assessment.findings) if f.severity is level}
    return tuple(sorted(floors | _carrying(assessment, policy.levels[level].at)))


def _carrying(assessment: Assessment, threshold: int) -> set[str]:
    """The rules without whose points the threshold would not be reached; the first, if none is."""
    points: Counter[str] = Counter()
    for contribution in assessment.contributions:
        points[contribution.rule] += contribution.points
    spare = assessment.score - threshold
    if not threshold or spare < 0:
        return set()
    needed = {rule for rule, some in points.items() if some > spare}
    return needed or {rule for rule, _ in points.most_common(1)}
