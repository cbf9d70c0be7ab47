"""Lengths of time, as people write and read them."""

import re

from tfchange.words import count, listing

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_NAMES = {"d": "day", "h": "hour", "m": "minute", "s": "second"}


def seconds(text: str) -> int:
    """The seconds of something like `10m` or `1h30m`.

    >>> seconds("1h30m")
    5400
    """
    return sum(int(n) * SECONDS[unit] for n, unit in re.findall(r"(?<!\d)(\d+)([smhdw])", text))


def words(length: float) -> str:
    """So many seconds in words.

    >>> words(600), words(5400)
    ('10 minutes', '1 hour and 30 minutes')
    """
    left, said = round(length), []
    for unit, name in _NAMES.items():
        number, left = divmod(left, SECONDS[unit])
        said += [count(number, name)] if number else []
    return listing(said) or "0 seconds"
