"""An assessment as plain text for logs and pipes: no colour, no heavy import, never too wide."""

from collections.abc import Iterator

from tfchange.report.page import Caps, Item, Line, Page, Part
from tfchange.report.story import tell
from tfchange.risk.assessment import Assessment

NARROWEST = 40


def render(assessment: Assessment, *, width: int = 100, caps: Caps | None = None) -> str:
    """The report as text of at most `width` columns (40 at least), ending with a line break."""
    page, width = tell(assessment, caps), max(width, NARROWEST)
    lines = list(_page(page, page.headline, "=", width))
    for section in page.sections:
        title = f"{section.name}: {section.headline[:1].lower()}{section.headline[1:]}"
        lines += ["", "", *_page(section, title, "-", width)]
    if page.quiet:
        lines += ["", *wrap(page.quiet, width)]
    return "\n".join(lines) + "\n"


def facts(page: Page, width: int) -> Iterator[str]:
    """The facts at the head, their values under each other."""
    for fact in page.facts:
        yield from wrap(fact.value, width, f"{fact.name:<13}", " " * 13)


def part_lines(part: Part, width: int) -> Iterator[str]:
    """A part: its title, what is to be said of all of it, and its items."""
    yield from wrap(part.title, width)
    if part.lead:
        yield from wrap(part.lead, width, "  ", "  ")
    for item in part.items:
        yield from _points(item, width) if part.key == "points" else _item(item, part, width)
    if part.more:
        yield from wrap(f"… {part.more}", width, "      ", "      ")
    if part.close:
        yield from wrap(part.close, width, "  ", "  ")


def wrap(text: str, width: int, first: str = "", rest: str = "") -> Iterator[str]:
    """The text in lines of at most `width` columns; a word too long for a line is broken."""
    words = text.split()
    whole = first + " ".join(words)
    if words and columns(whole) <= width:
        yield whole.rstrip()
        return
    line, empty = first, True
    for word in words:
        if not empty and columns(line) + 1 + columns(word) <= width:
            line = f"{line} {word}"
            continue
        if not empty:
            yield line.rstrip()
            line = rest
        line += word
        while columns(line) > width:
            head = _head(line, width, len(rest))
            yield head
            line = rest + line[len(head) :]
        empty = False
    if not empty:
        yield line.rstrip()


def columns(text: str) -> int:
    """How many columns of a terminal the text takes."""
    # Only texts with other signs than ours need to know how wide those are.
    if text.isascii() or text.replace("…", ".").isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 1 + (east_asian_width(c) in "WF") for c in text)


def _page(page: Page, title: str, rule: str, width: int) -> Iterator[str]:
    titles = list(wrap(title, width))
    yield from titles
    yield rule * max(map(columns, titles), default=0)
    for reason in page.why:
        yield from wrap(reason, width)
    yield ""
    yield from facts(page, width)
    for part in page.parts:
        yield ""
        yield from part_lines(part, width)


def _head(line: str, width: int, least: int) -> str:
    """What of the line fits, broken before a dot or a slash where one is near."""
    end = width
    while columns(line[:end]) > width:
        end -= 1
    better = max(line.rfind(".", 0, end), line.rfind("/", 0, end))
    return line[: better if better > max(least, end // 2) else end]


def _item(item: Item, part: Part, width: int) -> Iterator[str]:
    if item.depth:
        yield from _branch(item, width)
        return
    sign = f"  {item.symbol:>3} " if item.symbol else "  "
    deep = " " * (len(sign) + 2)
    said = f"{item.subject} ({item.aside})" if item.aside else item.subject
    texts = [_line(line) for line in item.lines]
    if part.brief and texts:
        joined = " " if item.phrase else ": " if said else ""
        said, texts = f"{said}{joined}{' '.join(texts)}", []
    yield from wrap(said, width, sign, deep)
    for text in texts:
        yield from wrap(text, width, deep, deep + "  ")


def _branch(item: Item, width: int) -> Iterator[str]:
    # A chain longer than the page is wide goes on at the same depth.
    pad = " " * min(2 + 3 * item.depth, width // 3)
    said = f"{item.subject} ({item.aside})" if item.aside else item.subject
    yield from wrap(f"<- {item.via} - {said}", width, pad, pad + "   ")


def _line(line: Line) -> str:
    return f"{line.tone.upper()}: {line.text}" if line.tone else line.text


def _points(item: Item, width: int) -> Iterator[str]:
    said = " ".join(line.text for line in item.lines)
    at = f"{item.aside}: " if item.aside else ""
    text = f"{at}{said} ({item.subject})" if said else item.subject
    yield from wrap(text, width, f"{item.symbol:>8}  ", " " * 10)
