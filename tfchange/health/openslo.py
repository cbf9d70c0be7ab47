"""OpenSLO files as service level objectives; what we could only measure wrongly is refused.

The specification, version 1: https://github.com/OpenSLO/OpenSLO
"""

from collections.abc import Sequence
from typing import Any

from tfchange.duration import SECONDS
from tfchange.errors import SettingsError
from tfchange.health import objects, promql
from tfchange.health.model import Objective, Ratio, Slo, Threshold, Window
from tfchange.health.objects import Piece, Where
from tfchange.health.window import read as read_time

_RELATIONS = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_ADVICE = "docs/health.md says which parts of OpenSLO are understood."


def read(files: Sequence[str], base: str) -> tuple[Slo, ...]:
    """The objectives in the files; `SettingsError` with all faults, each with file and line."""
    pieces, faults = objects.read(files, base)
    if not faults:
        known = {(piece.said["kind"], piece.name): piece for piece in pieces}
        slos = [
            _Reader(piece, known, faults).slo() for piece in pieces if piece.said["kind"] == "SLO"
        ]
        names = [slo.name for slo in slos if slo]
        twice = sorted({name for name in names if names.count(name) > 1})
        faults += [f"there are several SLOs with the name {name}" for name in twice]
    if faults:
        raise SettingsError("\n".join(faults), _ADVICE)
    return tuple(slo for slo in slos if slo)


class _Reader:
    """Reads one SLO; what cannot be is added to the faults."""

    def __init__(
        self, piece: Piece, known: dict[tuple[str, str], Piece], faults: list[str]
    ) -> None:
        self._piece, self._known, self._faults = piece, known, faults
        self._spec = piece.said["spec"]

    def slo(self) -> Slo | None:
        before = len(self._faults)
        if self._spec["budgetingMethod"] != "Occurrences":
            method = self._spec["budgetingMethod"]
            self._wrong(("spec", "budgetingMethod"), f"{method} is not supported, Occurrences is")
        window = self._window()
        indicator = self._indicator()
        objectives = [
            self._objective(i, each, indicator) for i, each in enumerate(self._spec["objectives"])
        ]
        if len(self._faults) > before or indicator is None:
            return None
        title = self._piece.said["metadata"].get("displayName") or self._piece.name
        return Slo(self._piece.name, title, window, indicator, tuple(objectives))

    def _wrong(self, where: Where, message: str, piece: Piece | None = None) -> None:
        self._faults.append((piece or self._piece).fault(where, message))

    def _window(self) -> Window:
        (given,) = self._spec["timeWindow"]
        at: Where = ("spec", "timeWindow", 0)
        number, unit = int(given["duration"][:-1]), given["duration"][-1]
        calendar = given.get("calendar")
        if bool(calendar) == given.get("isRolling", not calendar):
            self._wrong(at, "needs either isRolling: true or a calendar")
        if not calendar:
            if unit not in SECONDS:
                self._wrong((*at, "duration"), "months have no length of their own; take days")
            return Window(number, unit)
        self._clock(calendar, (*at, "calendar"))
        return Window(number, unit, calendar["startTime"], calendar["timeZone"])

    def _clock(self, calendar: dict[str, str], at: Where) -> None:
        from zoneinfo import ZoneInfo

        try:
            read_time(calendar["startTime"])
        except ValueError:
            self._wrong((*at, "startTime"), "is no time such as 2026-01-01 00:00:00")
        try:
            ZoneInfo(calendar["timeZone"])
        except (OSError, ValueError, KeyError):
            self._wrong((*at, "timeZone"), "is no time zone such as Europe/Paris")

    def _indicator(self) -> Ratio | Threshold | None:
        spec = self._spec
        at: Where = ("spec",)
        if any("indicator" in each or "indicatorRef" in each for each in spec["objectives"]):
            self._wrong(
                (*at, "objectives"), "indicators of their own (composite) are not supported"
            )
            return None
        if ("indicator" in spec) == ("indicatorRef" in spec):
            self._wrong(at, "needs one of indicator and indicatorRef")
            return None
        if "indicator" in spec:
            return self._metric(spec["indicator"]["spec"], self._piece, (*at, "indicator", "spec"))
        sli = self._known.get(("SLI", spec["indicatorRef"]))
        if sli is None:
            self._wrong((*at, "indicatorRef"), f"there is no SLI {spec['indicatorRef']!r}")
            return None
        return self._metric(sli.said["spec"], sli, at)

    def _metric(self, spec: dict[str, Any], piece: Piece, at: Where) -> Ratio | Threshold | None:
        if ("ratioMetric" in spec) == ("thresholdMetric" in spec):
            self._wrong(at, "needs one of ratioMetric and thresholdMetric", piece)
            return None
        if "thresholdMetric" in spec:
            query = self._query(spec["thresholdMetric"], piece, (*at, "thresholdMetric"))
            return Threshold(query)
        return self._ratio(spec["ratioMetric"], piece, (*at, "ratioMetric"))

    def _ratio(self, ratio: dict[str, Any], piece: Piece, at: Where) -> Ratio | None:
        if "raw" in ratio:
            said = "is not supported: how many events a ratio stands for is not known"
            self._wrong((*at, "raw"), said, piece)
            return None
        parts = [key for key in ("good", "bad") if key in ratio]
        if len(parts) != 1 or "total" not in ratio or "counter" not in ratio:
            self._wrong(at, "needs counter, total, and one of good and bad", piece)
            return None
        total, part = (self._query(ratio[k], piece, (*at, k)) for k in ("total", parts[0]))
        for key, query in (("total", total), (parts[0], part)):
            if ratio["counter"] and promql.counter(query) is None:
                said = "a counter has to be one selector, or the sum() of one, to be measured"
                self._wrong((*at, key), said, piece)
        return Ratio(total, part, parts[0] == "good", ratio["counter"])

    def _query(self, metric: dict[str, Any], piece: Piece, at: Where) -> str:
        source, at = metric["metricSource"], (*at, "metricSource")
        kind, ref = source.get("type"), source.get("metricSourceRef")
        if kind is None and ref is not None:
            known = self._known.get(("DataSource", ref))
            if known is None:
                self._wrong((*at, "metricSourceRef"), f"there is no DataSource {ref!r}", piece)
                return ""
            kind = known.said["spec"]["type"]
        if str(kind).casefold() != "prometheus":
            self._wrong(at, f"the type {kind!r} is not supported, Prometheus is", piece)
        query = source.get("spec", {}).get("query")
        if not isinstance(query, str) or not query.strip():
            self._wrong((*at, "spec"), "the key 'query' is missing: PromQL", piece)
            return ""
        if "{{" in query or "${" in query:
            self._wrong((*at, "spec", "query"), "templates are not supported", piece)
        return query

    def _objective(
        self, i: int, given: dict[str, Any], indicator: Ratio | Threshold | None
    ) -> Objective:
        at: Where = ("spec", "objectives", i)
        if ("target" in given) == ("targetPercent" in given):
            self._wrong(at, "needs one of target and targetPercent")
        target = given.get("target", given.get("targetPercent", 0) / 100)
        name = given.get("displayName", "")
        if not isinstance(indicator, Threshold):
            return Objective(target, name)
        if "op" not in given or "value" not in given:
            self._wrong(at, "needs op and value, since its metric is a threshold")
        relation = _RELATIONS.get(given.get("op", ""), "")
        return Objective(target, name, relation, float(given.get("value", 0)))
