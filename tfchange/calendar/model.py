"""The calendar as one frozen value: all windows and freezes, and what a working day is."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta, tzinfo
from typing import Protocol

import msgspec

from tfchange.calendar.days import Days, Hours
from tfchange.calendar.entry import FREEZE, Entry
from tfchange.calendar.times import Span
from tfchange.errors import SettingsError

BOUND = frozenset({"normal", "standard"})
"""The categories that windows and freezes can bind."""
SEARCH = (timedelta(days=62), timedelta(days=731))
"""How far ahead is looked: not far first, since most answers are near and all else costs time."""
_PRODUCTION = "production"
_MOST = 100_000
"""Occurrences that are looked at; more than any calendar of people has."""


class Holidays(Protocol):
    """Where holidays come from."""

    def on(self, first: date, last: date) -> Iterable[date]:
        """The holidays from the first to the last day, both included."""


class Force(msgspec.Struct, frozen=True):
    """What freezes of one strength stop, as the policy says."""

    categories: frozenset[str]
    rank: int = 0
    """From this level on, 0 for low to 3 for critical."""


class Calendar(msgspec.Struct, frozen=True):
    """When changes may be done. Without entries it binds nothing."""

    given: bool = False
    """Whether there is one at all; without, a change may start when it is filed."""
    working: frozenset[int] = frozenset(range(5))
    hours: Hours = Hours()
    duration: timedelta = timedelta(hours=1)
    """How long a change takes where nobody says otherwise."""
    holidays: tuple[Holidays, ...] = ()
    entries: tuple[Entry, ...] = ()
    environments: frozenset[str] = frozenset()
    """Those that the policy knows; any other counts as production."""
    soft: Force = Force(frozenset({"normal"}))
    """What a soft freeze stops; of all else that it binds it is only spoken."""
    hard: Force = Force(BOUND)
    enforced: bool = True
    """Whether a change waits until its lead time is over; else it is only told."""
    notes: tuple[str, ...] = ()
    """What whoever asks should know, as sentences."""

    @property
    def zone(self) -> tzinfo:
        """The zone of dates, of hours, and of sentences."""
        return self.hours.zone

    def days(self, first: date, last: date) -> Days:
        """The working days, right from the first to the last day."""
        return Days(
            self.working, frozenset(day for some in self.holidays for day in some.on(first, last))
        )

    def binding(self, kind: str, category: str, environment: str | None) -> list[Entry]:
        """The windows or freezes that bind such a change."""
        names = {environment or _PRODUCTION}
        if self.environments and not names <= self.environments:
            names.add(_PRODUCTION)
        return [
            entry
            for entry in self.entries
            if entry.scope.kind == kind and entry.scope.binds(category, names, self._usual(entry))
        ]

    def _usual(self, entry: Entry) -> frozenset[str]:
        if entry.scope.kind == FREEZE and entry.scope.hard:
            return BOUND
        more = self.soft.categories if entry.scope.kind == FREEZE else frozenset[str]()
        return more | {"normal"}

    def stops(self, freeze: Entry, category: str, rank: int, approved: Collection[str]) -> bool:
        """Whether a freeze that binds such a change stops it, which these groups approved.

        `rank` is that of the level. What a freeze lists itself it stops where it is hard, and one
        with `except` whatever it binds, until one of those groups has approved.
        """
        scope = freeze.scope
        if scope.lifted_by:
            return not scope.lifted_by & set(approved)
        force = self.hard if scope.hard else self.soft
        listed = scope.hard and category in scope.categories
        return listed or (category in force.categories and rank >= force.rank)


def spans(entries: Iterable[Entry], start: datetime, end: datetime) -> list[Span]:
    """Every occurrence between, whole; raises `SettingsError` where they are too many."""
    found: list[Span] = []
    for entry in entries:
        found += entry.pattern.between(start, end)
        if len(found) > _MOST:
            raise SettingsError(
                f"the calendar holds more than {_MOST:,} windows or freezes within two years; "
                f'"{entry.name}" is the last that was looked at',
                "Take out of it what does not speak of changes.",
            )
    return found
