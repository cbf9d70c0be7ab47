"""An assessment in colour for a terminal; the only home of rich."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tfchange.report.page import Caps, Item, Page, Part
from tfchange.report.story import tell
from tfchange.risk.assessment import Assessment

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

TONES = {
    "low": "green",
    "medium": "yellow",
    "high": "red",
    "critical": "bold red",
    "waived": "dim",
}
SIGNS = {
    "+": "green",
    "~": "yellow",
    "-": "red",
    "-/+": "red",
    "+/-": "red",
    ".": "magenta",
    "=>": "cyan",
    "&": "cyan",
}


def render(
    assessment: Assessment, *, width: int = 100, color: bool = True, caps: Caps | None = None
) -> str:
    """The report for a terminal of `width` columns; without `color` no escape sequence is in it."""
    console = _console(width, color)
    page = tell(assessment, caps)
    with console.capture() as captured:
        for block in _page(page, page.headline, console.width):
            console.print(block)
        for section in page.sections:
            title = f"{section.name}: {section.headline[:1].lower()}{section.headline[1:]}"
            console.print()
            for block in _page(section, title, console.width):
                console.print(block)
        if page.quiet:
            console.print(_text(f"\n{page.quiet}", "dim"))
    return "\n".join(line.rstrip() for line in captured.get().split("\n"))


def _console(width: int, color: bool) -> "Console":
    from io import StringIO

    from rich.console import Console

    return Console(
        file=StringIO(),
        width=max(width, 40),
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=not color,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
        _environ={},  # what the environment says has been decided by the caller
    )


def _page(page: Page, title: str, width: int) -> "Iterator[RenderableType]":
    from rich.console import Group
    from rich.panel import Panel
    from rich.table import Table

    tone = TONES[page.level] if page.category != "none" else "green"
    why = _text("\n".join(page.why))
    heading = _said((title, f"bold {tone}"))
    if len(title) + 6 > width:
        yield Panel(Group(heading, why), border_style=tone)
    else:
        yield Panel(why, title=heading, title_align="left", border_style=tone)
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    for fact in page.facts:
        facts.add_row(_text(fact.name), _text(fact.value))
    yield _indented(facts, 1)
    for part in page.parts:
        yield ""
        yield _text(part.title, "bold underline" if part.key == "destroyed" else "bold")
        yield from _part(part, width)


def _part(part: Part, width: int) -> "Iterator[RenderableType]":
    if part.lead:
        yield _indented(_text(part.lead), 2)
    if part.key == "points":
        yield _indented(_points(part), 2)
    else:
        for item in part.items:
            if item.depth:
                yield _branch(item, width)
            else:
                yield from _item(item, part)
    if part.more:
        yield _indented(_text(f"… {part.more}", "dim"), 6)
    if part.close:
        yield _indented(_text(part.close), 2)


def _item(item: Item, part: Part) -> "Iterator[RenderableType]":
    head = _said((item.subject, "bold"))
    if item.aside:
        head.append(f" ({item.aside})", "red" if item.tone and part.brief else "dim")
    lines = [_line(line.text, line.tone) for line in item.lines]
    if part.brief and lines:
        head.append(" " if item.phrase else ": " if head else "").append_text(
            _text(" ").join(lines)
        )
        lines = []
    yield _indented(_signed(item.symbol, head), 2)
    for line in lines:
        yield _indented(line, 8 if item.symbol else 4)


def _signed(sign: str, head: "Text") -> "RenderableType":
    from rich.table import Table

    if not sign:
        return head
    row = Table.grid(padding=(0, 1))
    row.add_column(width=3, justify="right")
    row.add_column(overflow="fold")
    row.add_row(_said((sign, SIGNS.get(sign, "dim"))), head)
    return row


def _branch(item: Item, width: int) -> "RenderableType":
    aside = f" ({item.aside})" if item.aside else ""
    said = _said((f"<- {item.via} - ", "cyan"), (item.subject, ""), (aside, "dim"))
    return _indented(said, min(2 + 3 * item.depth, width // 3))


def _line(text: str, tone: str) -> "Text":
    said = f"{tone.upper()}: " if tone else ""
    return _said((said, TONES.get(tone, "")), (text, "dim" if tone == "waived" else ""))


def _points(part: Part) -> "RenderableType":
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(style="dim", overflow="fold")
    for item in part.items:
        said = " ".join(line.text for line in item.lines)
        if said:
            at = f"{item.aside}: " if item.aside else ""
            table.add_row(_text(item.symbol), _text(f"{at}{said}"), _text(item.subject))
        else:
            table.add_row(_text(item.symbol), _text(item.subject, "bold"), "")
    return table


def _text(text: str, style: str = "") -> "Text":
    from rich.text import Text

    return Text(text, style=style, overflow="fold")


def _said(*pieces: tuple[str, str]) -> "Text":
    said = _text("")
    for text, style in pieces:
        said.append(text, style)
    return said


def _indented(block: "RenderableType", left: int) -> "RenderableType":
    from rich.padding import Padding

    return Padding(block, (0, 0, 0, left), expand=False)
