"""Whether what a check saw is what has to be, in a sentence."""

import operator
from collections.abc import Iterable
from datetime import UTC, datetime
from math import isnan

from tfchange.duration import words
from tfchange.health.model import Check, Result
from tfchange.health.prometheus import step
from tfchange.health.reply import Answer, Series
from tfchange.words import plain

RELATIONS = {
    "below": (operator.lt, "below"),
    "at_most": (operator.le, "at most"),
    "above": (operator.gt, "above"),
    "at_least": (operator.ge, "at least"),
    "equals": (operator.eq, "equal to"),
}
_LONGEST = 120


def failing(check: Check, answer: Answer, end: datetime) -> Result | None:
    """The first moment until `end` at which a series was not as it has to be; None: all were."""
    holds = RELATIONS[check.must][0]
    # NaN compares to nothing, so that it fails whatever has to be.
    wrong = [
        (at, value, series)
        for series in answer.series
        for at, value in series.points
        if not holds(value, check.limit)
    ]
    if not wrong:
        return None
    at, value, series = min(wrong, key=lambda each: (each[0], sorted(each[2].labels.items())))
    where = _labels(series) if len(answer.series) > 1 else ""
    return _result(check, False, f"was {number(value)} {clock(_moment(at), end)}{where}")


def judged(check: Check, answer: Answer, end: datetime) -> Result:
    """How the check came out at `end`, or over its time until then.

    Where the last moment has no data there is none: what has vanished is no proof of health.
    """
    if not _reaches(check, answer, end):
        said = f"had no data {clock(end)}"
        if check.none == "pass":
            return Result(check.name, True, f"{plain(check.name)} {said}, which passes.")
        return _result(check, False, said)
    wrong = failing(check, answer, end)
    if wrong:
        return wrong
    values = [value for series in answer.series for _, value in series.points]
    span = " to ".join(dict.fromkeys((number(min(values)), number(max(values)))))
    over = (
        f"for {words(check.seconds)} until {end.astimezone(UTC):%H:%M UTC}"
        if check.seconds
        else clock(end)
    )
    return _result(check, True, f"was {span} {over}")


def gaps(check: Check, answer: Answer, start: datetime, end: datetime) -> list[str]:
    """What there is to note on times without data, and what the server remarks."""
    notes = [f"{plain(check.name)}: the server says: {remark}" for remark in answer.remarks]
    if check.seconds and answer.series and check.none == "fail":
        length = (end - start).total_seconds()
        looks = int(length * 1000) // max(1, int(step(length) * 1000)) + 1
        seen = len({at for series in answer.series for at, _ in series.points})
        if seen < looks:
            missing = f"{looks - seen} of {looks} moments"
            notes.append(f"{plain(check.name)} had no data at {missing} that were looked at.")
    return notes


def _reaches(check: Check, answer: Answer, end: datetime) -> bool:
    last = max((at for series in answer.series for at, _ in series.points), default=None)
    return last is not None and (
        not check.seconds or last > end.timestamp() - step(check.seconds) - 0.001
    )


def _result(check: Check, ok: bool, seen: str) -> Result:
    must = f"must be {RELATIONS[check.must][1]} {number(check.limit)}"
    return Result(check.name, ok, f"{plain(check.name)} {seen}, and {must}.")


def number(value: float) -> str:
    """The number as people read it.

    >>> number(0.034), number(1234567.0), number(float("nan"))
    ('0.034', '1,234,567', 'NaN')
    """
    if isnan(value):
        return "NaN"
    whole = float(value).is_integer() and abs(value) < 1e15
    return f"{value:,.0f}" if whole else f"{value:.6g}"


def clock(when: datetime, seen: datetime | None = None) -> str:
    """The moment, to the minute, in UTC; with the day where it is another than when it is seen."""
    there, here = when.astimezone(UTC), (seen or when).astimezone(UTC)
    day = "" if there.date() == here.date() else f"{there:%Y-%m-%d} "
    return f"at {day}{there:%H:%M UTC}"


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def _labels(series: Series) -> str:
    pairs: Iterable[str] = (
        f"{name}={value}" for name, value in sorted(series.labels.items()) if name != "__name__"
    )
    text = plain(", ".join(pairs))
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return f" for {short}" if short else ""
