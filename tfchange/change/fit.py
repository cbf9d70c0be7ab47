"""Texts within the limits of a desk, cut between entries and never inside one."""

from bisect import bisect_left
from collections.abc import Callable

from tfchange.change.request import Block, Text

LISTS = frozenset({"items", "steps"})
NUMBERED = "steps"


def plain(text: Text) -> str:
    """The text without any markup: headings on lines of their own, entries with marks."""
    return "\n\n".join("\n".join(_lines(block)) for block in text)


def fit(text: Text, write: Callable[[Text], str], limit: int) -> Text:
    """The most of the text that `write` makes at most `limit` characters of.

    All lists are cut to the same length first and say how many entries are left out; only if that
    is not enough, blocks go from the end.
    """

    def small(some: Text) -> bool:
        return len(write(some)) <= limit

    if small(text):
        return text
    longest = max((len(block.lines) for block in text if block.kind in LISTS), default=0)
    kept = bisect_left(range(longest), True, key=lambda n: not small(capped(text, n))) - 1
    # Saying that one entry is left out can be longer than the entry.
    while kept >= 0 and not small(capped(text, kept)):
        kept -= 1
    if kept >= 0:
        return capped(text, kept)
    short = capped(text, 0)
    count = bisect_left(range(len(short)), True, key=lambda n: not small(short[: n + 1]))
    return short[:count]


def capped(text: Text, most: int) -> Text:
    """The text with at most so many entries in each list, and a word on those left out."""
    return tuple(_capped(block, most) for block in text)


def one_line(text: str, limit: int) -> str:
    """The text as one line of at most `limit` characters, cut after a word."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    head, space, _ = line[: limit - 1].rpartition(" ")
    return f"{head if space and len(head) > limit // 2 else line[: limit - 1]}…"


def _capped(block: Block, most: int) -> Block:
    left = len(block.lines) - most
    if block.kind not in LISTS or left <= 0:
        return block
    if most == 0:
        return Block("paragraph", (f"{left} entries, all in the attached report.",))
    said = f"… and {left} more, all in the attached report."
    return Block(block.kind, (*block.lines[:most], said))


def _lines(block: Block) -> list[str]:
    if block.kind == NUMBERED:
        return [f"{number}. {line}" for number, line in enumerate(block.lines, 1)]
    if block.kind in LISTS:
        return [f"- {line}" for line in block.lines]
    return list(block.lines)
