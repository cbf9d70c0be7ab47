"""Whether a change may be done now, and why not: windows and freezes, in finished sentences."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta

import msgspec

from tfchange.calendar.entry import FREEZE, WINDOW, Entry
from tfchange.calendar.model import BOUND, SEARCH, Calendar, spans
from tfchange.calendar.times import Span, merged, span_worded, without, worded
from tfchange.risk.assessment import Level
from tfchange.words import group_name


class Standing(msgspec.Struct, frozen=True):
    """What the calendar says about one moment."""

    allowed: bool
    reasons: tuple[str, ...] = ()
    """Why not, as sentences; none where it is allowed."""
    notes: tuple[str, ...] = ()
    """What else is worth knowing, as sentences."""
    opens: datetime | None = None
    """When it is next allowed, in UTC; None where it is now, or not within two years."""


def standing(  # noqa: PLR0913  # a change has all these sides
    calendar: Calendar,
    moment: datetime,
    category: str,
    environment: str | None,
    approved: Collection[str] = (),
    *,
    level: Level = Level.CRITICAL,
) -> Standing:
    """What the calendar says of a change that begins at the moment, which must have a zone.

    `environment` is None or `""` where it is not known; `approved` names the groups that approved;
    `level` is the highest where it is not known.
    """
    moment = moment.astimezone(UTC)
    if category not in BOUND:
        return Standing(True, notes=_unbound(calendar, moment, category, environment))
    freezes = calendar.binding(FREEZE, category, environment)
    windows = calendar.binding(WINDOW, category, environment)
    stopping = [e for e in freezes if calendar.stops(e, category, level.rank, approved)]
    reasons = [
        *(_holds(calendar, e, until) for e, until in _in_force(stopping, moment)),
        *_outside(calendar, windows, stopping, moment),
    ]
    passed = [entry for entry in freezes if entry not in stopping]
    notes = [_passed(calendar, e, until, approved) for e, until in _in_force(passed, moment)]
    following = _next(windows, stopping, moment) if reasons else None
    return Standing(
        not reasons,
        tuple(reasons),
        (*notes, *calendar.notes),
        max(following.start, moment) if following else None,
    )


def _in_force(entries: Iterable[Entry], moment: datetime) -> list[tuple[Entry, datetime]]:
    """The entries that hold at the moment, each with its end."""
    return [
        (entry, span.end)
        for entry in entries
        for span in merged(spans([entry], moment - _DAY, moment + SEARCH[0]))
        if span.holds(moment)
    ]


_DAY = timedelta(days=1)


def _outside(
    calendar: Calendar, windows: list[Entry], freezes: list[Entry], moment: datetime
) -> list[str]:
    if not windows or _in_force(windows, moment):
        return []
    following = _next(windows, freezes, moment)
    if following is None:
        return ["It is outside every change window, and none is open within two years."]
    when = span_worded(following, calendar.zone)
    return [f"It is outside every change window; the next is {when}."]


def _next(windows: list[Entry], freezes: list[Entry], moment: datetime) -> Span | None:
    """The first span from the moment on that is in a window, if any binds, and not frozen."""
    for ahead in SEARCH:
        end = moment + ahead
        room = spans(windows, moment, end) if windows else [Span(moment, end)]
        left = without(room, spans(freezes, moment, end))
        found = next((s for s in left if s.end > moment and s.start < end), None)
        if found:
            return found
    return None


def _holds(calendar: Calendar, entry: Entry, until: datetime) -> str:
    lifting = _either(entry.scope.lifted_by)
    more = f"; an approval by {lifting} lifts it" if lifting else ""
    kind = "freeze" if entry.scope.hard else "soft freeze"
    return f'The {kind} "{entry.name}" holds until {worded(until, calendar.zone)}{more}.'


def _passed(calendar: Calendar, entry: Entry, until: datetime, approved: Collection[str]) -> str:
    end = worded(until, calendar.zone)
    if lifted := _either(entry.scope.lifted_by & set(approved)):
        return f'The freeze "{entry.name}" until {end} is lifted: {lifted} approved.'
    kind = "freeze" if entry.scope.hard else "soft freeze"
    return (
        f'The {kind} "{entry.name}" holds until {end}; by the policy it does not stop this change.'
    )


def _unbound(
    calendar: Calendar, moment: datetime, category: str, environment: str | None
) -> tuple[str, ...]:
    if category != "emergency" or not calendar.entries:
        return ()
    freezes = calendar.binding(FREEZE, "normal", environment)
    held = [_holds(calendar, e, until) for e, until in _in_force(freezes, moment)]
    return (*held, "An emergency is bound by no change window and no freeze.", *calendar.notes)


def _either(groups: Iterable[str]) -> str:
    return " or ".join(sorted(map(group_name, groups)))
