"""Whether a whole plan fits inside one pre-approved envelope, and what stands in the way.

Standard is allow-listed, never guessed from a low score: every single change must fit the same
envelope, the plan must keep its limits, and nothing may forbid it: no doubt about the plan, no
finding of high severity, no floor and no matrix of the policy that makes it high.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from tfchange.risk.assessment import Blocker, Counterfactual, Level
from tfchange.risk.environment import canonical
from tfchange.risk.facts import Facts
from tfchange.risk.findings import counted
from tfchange.risk.judged import Judged
from tfchange.risk.level import least
from tfchange.risk.uncertainty import blockers
from tfchange.rulebook.rule import Envelope, Policy
from tfchange.rulebook.subject import WORDS

if TYPE_CHECKING:
    from tfchange.risk.earned import Runs


class Fitting(msgspec.Struct, frozen=True):
    """Holds plans against all envelopes of a rulebook."""

    envelopes: tuple[Envelope, ...]
    policy: Policy
    environment: str
    """The canonical environment, production where it is not known."""
    rescore: Callable[[tuple[Facts, ...]], Judged]
    """Judges some of the changes as if they were a plan of their own."""
    runs: "Mapping[str, Runs]" = {}
    """What is known of earlier changes, by the id of the envelope."""

    def envelope_for(self, whole: Judged) -> Envelope | None:
        """The first envelope, by id, that holds every change and whose limits are kept."""
        fits = [e for e in self._holding(whole) if not any(self._against(e, whole))]
        return min(fits, key=lambda envelope: envelope.id, default=None)

    def earning(self, whole: Judged) -> Envelope | None:
        """The first envelope, by id, that only has to be earned to hold all of it."""
        fits = [
            e
            for e in self._holding(whole)
            if any(self._unearned(e)) and set(self._against(e, whole)) == set(self._unearned(e))
        ]
        return min(fits, key=lambda envelope: envelope.id, default=None)

    def evidence(self, envelope: Envelope) -> str:
        """By which changes the envelope was earned; `""` where it need not be."""
        if envelope.earned is None:
            return ""
        from tfchange.risk.earned import evidence

        return evidence(envelope, self.runs.get(envelope.id))

    def _holding(self, whole: Judged) -> list[Envelope]:
        return [
            envelope
            for i, envelope in enumerate(self.envelopes)
            if whole.facts and all(f.misfits[i] is None for f in whole.facts)
        ]

    def _unearned(self, envelope: Envelope) -> Iterator[Blocker]:
        if envelope.earned is not None:
            from tfchange.risk.earned import unearned

            yield from map(Blocker, unearned(envelope, self.runs.get(envelope.id)))

    def counterfactual(self, whole: Judged) -> Counterfactual:
        """What keeps the plan from being standard, by the envelope that comes nearest."""
        nearest = min(range(len(self.envelopes)), key=lambda i: self._distance(i, whole), default=0)
        own = _by_address(self._forbidden(whole))
        leaving = [b for f in whole.facts for b in self._leaving(f, nearest, own)]
        gone = {b.address for b in leaving}
        staying = tuple(f for f in whole.facts if f.id not in gone)
        if not staying or not self.envelopes:
            return Counterfactual((*self._reworded(whole.facts, leaving), *own.get(None, ())))
        envelope = self.envelopes[nearest]
        rest = "the other " if leaving else ""
        limits = tuple(self._against(envelope, self.rescore(staying), rest))
        said = "" if limits else _remainder(envelope, len(staying))
        return Counterfactual((*leaving, *limits), said, envelope.id)

    def covers(self, f: Facts) -> bool:
        """Whether any envelope for this environment allows the change."""
        return any(
            misfit is None and self._is_for_here(envelope)
            for envelope, misfit in zip(self.envelopes, f.misfits, strict=True)
        )

    def _reworded(self, facts: Sequence[Facts], leaving: Sequence[Blocker]) -> Iterator[Blocker]:
        """The blockers, but where no envelope fits a change, in words that name none of them."""
        lost = {f.id: f for f in facts if not self.covers(f)}
        for f in lost.values():
            done = "imported" if not f.change.acts else WORDS[f.change.action]
            where = "" if all(f.misfits) else f" in {self.environment}"
            reason = f"is {done}, which no envelope allows for {f.change.type}{where}"
            yield Blocker(reason, f.id)
        yield from (b for b in leaving if b.address not in lost)

    def _leaving(
        self, f: Facts, at: int, own: dict[str | None, list[Blocker]]
    ) -> tuple[Blocker, ...]:
        misfit = f.misfits[at] if self.envelopes else None
        found = [Blocker(misfit, f.id)] if misfit else []
        return (*found, *own.get(f.id, ()))

    def _distance(self, i: int, whole: Judged) -> tuple[bool, int, int, str]:
        envelope = self.envelopes[i]
        misfits = sum(f.misfits[i] is not None for f in whole.facts)
        limits = len(list(self._limits(envelope, whole)))
        return not self._is_for_here(envelope), misfits, limits, envelope.id

    def _is_for_here(self, envelope: Envelope) -> bool:
        allowed = {canonical(name, self.policy) or name for name in envelope.environments}
        return not allowed or self.environment in allowed

    def _against(self, envelope: Envelope, whole: Judged, rest: str = "") -> Iterator[Blocker]:
        yield from self._limits(envelope, whole, rest)
        yield from self._forbidden(whole)

    def _limits(self, envelope: Envelope, whole: Judged, rest: str = "") -> Iterator[Blocker]:
        """What of the envelope's limits these changes exceed; `rest` says that more leave it."""
        id_, n = envelope.id, len(whole.facts)
        changes = f"{rest}{n} changes" if n > 1 else f"{rest}change"
        if not self._is_for_here(envelope):
            here = f"The environment counts as {self.environment}"
            yield Blocker(f"{here}, and {id_} is for {', '.join(envelope.environments)}.")
        if envelope.max_changes is not None and n > envelope.max_changes:
            other = "other " if rest else ""
            yield Blocker(f"There are {n} {other}changes, and {id_} allows {envelope.max_changes}.")
        if envelope.max_score is not None and whole.score > envelope.max_score:
            of = f" of {changes} alone" if rest else ""
            score = f"The score{of} is {whole.score}"
            yield Blocker(f"{score}, and {id_} allows {envelope.max_score}.")
        yield from self._unearned(envelope)

    def _forbidden(self, whole: Judged) -> Iterator[Blocker]:
        yield from blockers(whole.doubts)
        for f in counted(whole.findings):
            if f.severity.rank >= Level.HIGH.rank:
                yield Blocker(f"has a finding of {f.severity} severity ({f.rule})", f.address)
        for each in least(whole, self.policy, self.environment):
            if each.level.rank >= Level.HIGH.rank:
                yield Blocker(each.why)


def _by_address(blockers: Iterator[Blocker]) -> dict[str | None, list[Blocker]]:
    found: dict[str | None, list[Blocker]] = {}
    for blocker in blockers:
        found.setdefault(blocker.address, []).append(blocker)
    return found


def _remainder(envelope: Envelope, n: int) -> str:
    others = "The other change" if n == 1 else f"The other {n} changes"
    return f"{others} would be a standard change ({envelope.id})."
