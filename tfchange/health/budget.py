"""What is left of error budgets, by what Prometheus counted."""

from collections.abc import Iterable
from datetime import datetime
from math import isfinite

from tfchange.health import promql
from tfchange.health.model import Budget, Objective, Ratio, Slo, Threshold
from tfchange.health.prometheus import Prometheus
from tfchange.health.window import began, said
from tfchange.words import plain


def budgets(
    slos: Iterable[Slo], prometheus: Prometheus, now: datetime
) -> tuple[tuple[Budget, ...], list[str]]:
    """The budget of every objective, and what there is to note on how it was measured."""
    found: list[Budget] = []
    notes: list[str] = []
    for slo in slos:
        measure = _Measure(slo, prometheus, now, notes)
        found += [measure.budget(objective) for objective in slo.objectives]
    return tuple(found), notes


def remaining(measured: float, target: float) -> float:
    """The share of the error budget that is left; below 0 where more than all is spent.

    >>> remaining(0.9995, 0.999), remaining(0.998, 0.999)
    (0.5, -1.0)
    """
    # Rounded, so that a budget spent to the last event is spent, whatever binary makes of it.
    return round(1 - (1 - measured) / (1 - target), 9)


class _Measure:
    """One objective's events over its window, asked for when they are needed."""

    def __init__(self, slo: Slo, prometheus: Prometheus, now: datetime, notes: list[str]) -> None:
        self._slo, self._prometheus, self._now, self._notes = slo, prometheus, now, notes
        self._start = began(slo.window, now)
        self._shares: dict[Objective | None, float | None] = {}

    def budget(self, objective: Objective) -> Budget:
        name = plain(self._slo.title)
        if objective.name or len(self._slo.objectives) > 1:
            name += f" ({plain(objective.name) or _percent(objective.target)})"
        if self._start is None:
            return self._made(objective, None, f"{name} has no error budget before its window.")
        window = said(self._slo.window, self._start)
        share = self._share(objective)
        if share is None:
            sentence = f"The error budget of {name} is not known: nothing was counted {window}."
            return self._made(objective, None, sentence)
        left = remaining(share, objective.target)
        if left > 0:
            sentence = f"{name} has {_percent(left)} of its error budget left {window}."
        else:
            have, need = _percent(share, 3), _percent(objective.target, 3)
            sentence = f"{name} has spent its error budget {window}: {have} was good, "
            sentence += f"and {need} has to be."
        return self._made(objective, left, sentence)

    def _made(self, objective: Objective, left: float | None, sentence: str) -> Budget:
        state = "unknown" if left is None else "healthy" if left > 0 else "spent"
        return Budget(self._slo.name, objective.target, left, state, sentence)

    def _share(self, objective: Objective) -> float | None:
        # Of a ratio, all objectives share the events.
        by = objective if isinstance(self._slo.indicator, Threshold) else None
        if by not in self._shares:
            self._shares[by] = self._measured(objective)
        return self._shares[by]

    def _measured(self, objective: Objective) -> float | None:
        indicator, window = self._slo.indicator, self._range()
        if isinstance(indicator, Threshold):
            kept = promql.kept(indicator.query, objective.relation, objective.value)
            good = self._ask(promql.added(kept, window))
            total = self._ask(promql.counted(indicator.query, window))
            return _quotient(good, total)
        events = promql.grown if indicator.counter else promql.added
        total = self._ask(events(indicator.total, window))
        part = self._ask(events(indicator.part, window))
        if part is None and total is not None and isfinite(total):
            part = 0.0
            self._notes.append(self._absent(indicator))
        share = _quotient(part, total)
        return share if share is None or indicator.part_is_good else 1 - share

    def _absent(self, indicator: Ratio) -> str:
        what = "good" if indicator.part_is_good else "bad"
        return f"{plain(self._slo.title)}: no {what} event was ever counted; that is taken as none."

    def _range(self) -> str:
        window = self._slo.window
        if not window.start:
            return f"{window.number}{window.unit}"
        length = (self._now - (self._start or self._now)).total_seconds()
        return f"{max(1, round(length))}s"

    def _ask(self, query: str) -> float | None:
        told = self._prometheus.at(self._slo.name, query, self._now)
        self._notes += [f"{plain(self._slo.title)}: the server says: {r}" for r in told.remarks]
        values = [value for series in told.series for _, value in series.points]
        return values[0] if len(values) == 1 else None


def _quotient(part: float | None, total: float | None) -> float | None:
    if part is None or total is None or not isfinite(part + total) or total <= 0:
        return None
    # Both are estimated at the ends of the window, so that a part can seem to be more than all.
    return min(1.0, max(0.0, part / total))


def _percent(share: float, digits: int = 1) -> str:
    """In percent, never rounded up to what it is not: 99.96 is not 100."""
    scale = 10**digits
    whole = int(share * 100 * scale + 1e-6) / scale
    return f"less than {1 / scale:g} %" if not whole and share else f"{whole:g} %"
