"""Where in a sentence the addresses of a page stand, so that a format can set them as code."""

import re
from collections.abc import Iterable, Iterator

import msgspec

from tfchange.report.page import Page

_LEAST = 4
"""Characters of an address; what is shorter could be a word."""
_END = re.compile(r'(?![\w\["])')


class Names(msgspec.Struct, frozen=True):
    """The addresses of a page, made ready to be looked for, however many they are."""

    starts: re.Pattern[str]
    """Where one can begin: by the first characters of all of them, which are few."""
    known: dict[str, tuple[frozenset[str], tuple[int, ...]]]
    """By their first characters, with their lengths, the longest first."""


def names(page: Page) -> Names:
    """The addresses that the page or one of its sections is about."""
    return names_of(
        item.subject
        for each in (page, *page.sections)
        for part in each.parts
        for item in part.items
        if item.is_address
    )


def names_of(addresses: Iterable[str]) -> Names:
    """These addresses."""
    by_start: dict[str, set[str]] = {}
    for address in addresses:
        if len(address) >= _LEAST:
            by_start.setdefault(address[:_LEAST], set()).add(address)
    either = "|".join(map(re.escape, sorted(by_start))) or r"(?!)"
    known = {
        start: (frozenset(some), tuple(sorted({len(name) for name in some}, reverse=True)))
        for start, some in by_start.items()
    }
    return Names(re.compile(rf"(?<![\w.])(?:{either})"), known)


def spans(text: str, names: Names) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is an address.

    >>> list(spans("The aws_a.x is new.", names_of(["aws_a.x", "aws_a"])))
    [('The ', False), ('aws_a.x', True), (' is new.', False)]
    """
    at = look = 0
    while found := names.starts.search(text, look):
        start = found.start()
        end = _end(text, start, names.known[found[0]])
        look = end or start + 1
        if end:
            if start > at:
                yield text[at:start], False
            yield text[start:end], True
            at = end
    if at < len(text):
        yield text[at:], False


def _end(text: str, start: int, some: tuple[frozenset[str], tuple[int, ...]]) -> int:
    """Where the longest address that begins there ends; 0 where none does."""
    known, lengths = some
    for length in lengths:
        end = start + length
        if text[start:end] in known and _END.match(text, end):
            return end
    return 0
