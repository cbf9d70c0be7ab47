"""Where in a sentence the addresses of a page stand, so that a format can set them as code."""

import re
from collections.abc import Iterator

from tfchange.report.page import Page

Names = re.Pattern[str]


def names(page: Page) -> Names:
    """A pattern that finds each address the page or one of its sections is about."""
    found = {
        item.subject
        for each in (page, *page.sections)
        for part in each.parts
        for item in part.items
        if item.is_address and len(item.subject) > 3
    }
    longest_first = sorted(found, key=lambda name: (-len(name), name))
    either = "|".join(map(re.escape, longest_first)) or r"(?!)"
    return re.compile(rf'(?<![\w.])(?:{either})(?![\w\["])')


def spans(text: str, pattern: Names) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is an address.

    >>> list(spans("The aws_a.x is new.", re.compile("aws_a.x")))
    [('The ', False), ('aws_a.x', True), (' is new.', False)]
    """
    at = 0
    for found in pattern.finditer(text):
        if found.start() > at:
            yield text[at : found.start()], False
        yield found[0], True
        at = found.end()
    if at < len(text):
        yield text[at:], False
