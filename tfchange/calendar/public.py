"""Public holidays by country, and single days; the home of the package `holidays`."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec


class Country(msgspec.Struct, frozen=True):
    """The public holidays of a country or a part of it, as `DE` or `DE-BE` (ISO 3166)."""

    code: str

    def on(self, first: date, last: date) -> Iterable[date]:
        """The holidays from the first to the last day."""
        known = _of(self.code, range(first.year, last.year + 1))
        return [day for day in known if first <= day <= last]

    def known(self) -> bool:
        """Whether such a country, and such a part of it, is known."""
        try:
            return _of(self.code, ()) is not None
        except NotImplementedError:
            return False


class Single(msgspec.Struct, frozen=True):
    """Days that somebody wrote down."""

    days: frozenset[date]

    def on(self, first: date, last: date) -> Iterable[date]:
        """Those from the first to the last day."""
        return [day for day in self.days if first <= day <= last]


def _of(code: str, years: Iterable[int]) -> Any:
    from holidays import country_holidays

    country, _, part = code.partition("-")
    return country_holidays(country, subdiv=part or None, years=years)
