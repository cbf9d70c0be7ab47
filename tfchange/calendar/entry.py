"""Windows and freezes: when they are, whom they bind, who lifts them."""

from collections.abc import Collection
from datetime import datetime, timedelta, tzinfo
from typing import Protocol

import msgspec

from tfchange.calendar.days import MINUTES, at_minute
from tfchange.calendar.times import Span, local_span

WINDOW, FREEZE = "window", "freeze"


class Pattern(Protocol):
    """When something happens."""

    def between(self, start: datetime, end: datetime) -> list[Span]:
        """Every occurrence of which some part lies between, whole and in any order."""


class Once(msgspec.Struct, frozen=True):
    """A pattern that happens one time."""

    span: Span

    def between(self, start: datetime, end: datetime) -> list[Span]:
        """The one span, if it overlaps."""
        return [self.span] if self.span.start < end and self.span.end > start else []


class Weekly(msgspec.Struct, frozen=True):
    """A pattern of hours on some days of the week, at local time all year round."""

    days: frozenset[int]
    """Monday is 0."""
    opens: int
    """Minutes of the local day."""
    closes: int
    """Minutes of the local day; not more than `opens` for the next day."""
    zone: tzinfo

    def between(self, start: datetime, end: datetime) -> list[Span]:
        """The hours of each such day, save those that the clocks leap over."""
        closes = self.closes + (MINUTES if self.closes <= self.opens else 0)
        day = start.astimezone(self.zone).date() - timedelta(days=2)
        spans = []
        while day <= end.astimezone(self.zone).date():
            if day.weekday() in self.days:
                opening, closing = at_minute(day, self.opens), at_minute(day, closes)
                spans.append(local_span(opening, closing, self.zone))
            day += timedelta(days=1)
        return [s for s in spans if s.start < s.end and s.start < end and s.end > start]


class Scope(msgspec.Struct, frozen=True):
    """Whom an entry binds, and who lifts it."""

    kind: str
    """`window` or `freeze`."""
    hard: bool = True
    lifted_by: frozenset[str] = frozenset()
    """The groups of which one approval lifts a freeze."""
    categories: frozenset[str] = frozenset()
    """None given: as is usual for its kind."""
    environments: frozenset[str] = frozenset()
    """None given: all."""

    def binds(self, category: str, environments: Collection[str], usual: Collection[str]) -> bool:
        """Whether a change of this category, in an environment of any of these names, is bound.

        `usual` are the categories that it binds unless it says so itself.
        """
        return category in (self.categories or usual) and (
            not self.environments or bool(self.environments & set(environments))
        )


class Entry(msgspec.Struct, frozen=True):
    """One window or freeze."""

    name: str
    scope: Scope
    pattern: Pattern
