"""A picture of what changes and what that reaches, as SVG that needs nothing else.

Changes stand on the left, what depends on them to their right; instances of one block that fare
alike share a box. Names only ever stand in text and titles, escaped.
"""

from collections.abc import Iterable, Iterator, Sequence
from html import escape

import msgspec

from tfchange.errors import PlanError
from tfchange.plan.address import Address, block_of
from tfchange.plan.model import Action
from tfchange.report.diagram import COLOURS
from tfchange.report.layout import Edge, Spot, layout
from tfchange.risk.assessment import Assessment
from tfchange.words import SYMBOLS, VERBS, count, headline, plain, plan_name

MOST = 60
"""Boxes; a picture of more says nothing."""
BOX, TALL = 290, 38
GAP, STEP, EDGE = 64, 50, 24
LETTERS = 37
"""That fit on a line of a box."""
PLAIN = ("#ffffff", "#8c959f")


class Box(msgspec.Struct):
    """One resource, or alike instances of one block."""

    address: str
    action: Action | None
    addresses: list[str]


class Scene(msgspec.Struct, frozen=True):
    """What is drawn of one plan, and how many resources are not."""

    boxes: dict[str, Box]
    edges: dict[Edge, bool]
    """Whether the line is inferred."""
    hidden: int


def render(assessment: Assessment) -> str:
    """The picture; of several plans one below the other, the worst first."""
    busy = [s for s in assessment.sections if s.changes] or [assessment]
    parts: list[str] = []
    wide, y, left = 3.0 * (BOX + GAP), 84.0, MOST
    for section in busy:
        if left < 1:
            break
        scene = scene_of(section, left)
        left -= len(scene.boxes)
        if len(busy) > 1:
            parts.append(_text(EDGE, y, _short(plan_name(section.plan.path), 90), "name"))
            y += 18
        body, width, y = _draw(scene, y)
        parts += body
        wide, y = max(wide, width), y + 28
    unseen = len(busy) - sum(_is_name(part) for part in parts) if len(busy) > 1 else 0
    if unseen > 0:
        parts.append(_text(EDGE, y, f"… {count(unseen, 'more plan')}, in the report", "quiet"))
        y += 24
    return _page(assessment, parts, wide, y)


def scene_of(assessment: Assessment, most: int) -> Scene:
    """At most so many boxes, changes first, then what is nearest to them, with their lines."""
    actions = {c.address: c.action for c in assessment.changes if c.action in COLOURS}
    reached = assessment.blast_radius.reached
    names = list(dict.fromkeys([*actions, *(r.address for r in reached if not r.changed)]))
    boxes: dict[str, Box] = {}
    box_of: dict[str, str] = {}
    hidden = 0
    for name in names:
        key = f"{block_of(name)}\0{actions.get(name, '')}"
        if key in boxes:
            boxes[key].addresses.append(name)
        elif len(boxes) < most:
            boxes[key] = Box(name, actions.get(name), [name])
        else:
            hidden += 1
            continue
        box_of[name] = key
    edges: dict[Edge, bool] = {}
    for r in reached:
        for before, hop in zip(r.chain, r.chain[1:], strict=False):
            if before.address in box_of and hop.address in box_of:
                edge = (box_of[before.address], box_of[hop.address])
                edges[edge] = edges.get(edge, True) and hop.via == "value"
    return Scene(boxes, edges, hidden)


def _draw(scene: Scene, top: float) -> tuple[list[str], float, float]:
    """The parts of a picture, how wide it is and where it ends."""
    spots = layout(list(scene.boxes), scene.edges)
    layers = max((s.layer for s in spots.values()), default=-1) + 1
    rows = max((s.row for s in spots.values()), default=-1.0) + 1
    places = {key: (_x(spot), top + spot.row * STEP) for key, spot in spots.items()}
    lone = [key for key in scene.boxes if key not in spots]
    columns, y = max(layers, 3), top + rows * STEP
    if lone and spots:
        y += 14
    for number, key in enumerate(lone):
        column, row = number % columns, number // columns
        places[key] = (EDGE + column * (BOX + GAP), y + row * STEP)
    y += -(-len(lone) // columns) * STEP
    parts = [_line(places[a], places[b], weak) for (a, b), weak in scene.edges.items() if a != b]
    parts += [part for key, box in scene.boxes.items() for part in _box(box, *places[key])]
    if scene.hidden:
        said = f"… {count(scene.hidden, 'more resource')}, in the report"
        parts.append(_text(EDGE, y + 14, said, "quiet"))
        y += 24
    return parts, EDGE * 2 + columns * (BOX + GAP) - GAP, y


def _x(spot: Spot) -> float:
    return EDGE + spot.layer * (BOX + GAP)


def _box(box: Box, x: float, y: float) -> Iterator[str]:
    fill, stroke = COLOURS[box.action] if box.action else PLAIN
    address = plain(box.address)
    module, name = _split(block_of(address) if len(box.addresses) > 1 else address)
    sign = f"{SYMBOLS[box.action]} " if box.action else ""
    what = VERBS[box.action].split(",")[0] if box.action else "does not change"
    said = [what, count(len(box.addresses), "instance") if len(box.addresses) > 1 else "", module]
    yield "<g>"
    yield f"<title>{escape(_titled(box, what))}</title>"
    yield (
        f'<rect x="{x:g}" y="{y:g}" width="{BOX}" height="{TALL}" rx="5" fill="{fill}" '
        f'stroke="{stroke}"/>'
    )
    yield _text(x + 9, y + 16, _short(f"{sign}{name}", LETTERS), "name")
    yield _text(x + 9, y + 30, _short(" · ".join(filter(None, said)), LETTERS + 11), "quiet")
    yield "</g>"


def _titled(box: Box, what: str) -> str:
    names = [plain(name) for name in box.addresses[:20]]
    more = len(box.addresses) - len(names)
    return f"{', '.join(names)}{f' and {more} more' if more else ''}: {what}"


def _split(address: str) -> tuple[str, str]:
    """In which modules a resource is, from the outermost on, and what it is called there."""
    try:
        parsed = Address.parse(address)
    except PlanError:
        return "", address
    steps = (str(step).removeprefix("module.") for step in parsed.modules)
    return " / ".join(steps), str(msgspec.structs.replace(parsed, modules=()))


def _line(start: tuple[float, float], end: tuple[float, float], weak: bool) -> str:
    x, y = start[0] + BOX, start[1] + TALL / 2
    to_x, to_y = end[0] - 5, end[1] + TALL / 2
    bend = max(30.0, (to_x - x) / 2)
    dashed = ' stroke-dasharray="5 4"' if weak else ""
    return (
        f'<path d="M{x:g} {y:g}C{x + bend:g} {y:g} {to_x - bend:g} {to_y:g} {to_x:g} {to_y:g}" '
        f'class="line"{dashed} marker-end="url(#tip)"/>'
    )


def _page(assessment: Assessment, parts: Sequence[str], wide: float, tall: float) -> str:
    size = f'width="{wide:g}" height="{tall + 44:g}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {wide:g} {tall + 44:g}">',
            f"<title>{escape(headline(assessment))}</title>",
            f"<style>{_STYLE}</style>",
            _TIP,
            f'<rect {size} fill="#ffffff"/>',
            _text(EDGE, 34, headline(assessment), "head"),
            _text(EDGE, 56, _lead(assessment), "quiet"),
            *parts,
            *_legend(tall + 6),
            "</svg>",
            "",
        ]
    )


def _lead(a: Assessment) -> str:
    unchanged = sum(not r.changed for r in a.blast_radius.reached)
    changes = count(sum(c.action in COLOURS for c in a.changes), "resource")
    reach = f"{unchanged:,} more {'depends' if unchanged == 1 else 'depend'} on them"
    told = f"{changes} changed{f'; {reach}' if unchanged else ''}."
    return f"{told} An arrow runs from what changes to what depends on it."


def _legend(y: float) -> Iterator[str]:
    x = float(EDGE)
    entries: Iterable[tuple[str, tuple[str, str]]] = (
        *((VERBS[action].split(",")[0], colours) for action, colours in COLOURS.items()),
        ("reached, does not change", PLAIN),
    )
    for name, (fill, stroke) in entries:
        yield (
            f'<rect x="{x:g}" y="{y:g}" width="14" height="14" rx="3" fill="{fill}" '
            f'stroke="{stroke}"/>'
        )
        yield _text(x + 20, y + 11.5, name, "quiet")
        x += 34 + 6.6 * len(name)
    yield f'<path d="M{x:g} {y + 7:g}h26" class="line" stroke-dasharray="5 4"/>'
    yield _text(x + 32, y + 11.5, "inferred", "quiet")


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" class="{kind}">{escape(plain(text))}</text>'


def _is_name(part: str) -> bool:
    return part.startswith(f'<text x="{EDGE}"') and 'class="name"' in part


def _short(text: str, most: int) -> str:
    """The text with its middle left out where it is too long: both ends tell things apart."""
    if len(text) <= most:
        return text
    tail = most // 3
    return f"{text[: most - tail - 1]}…{text[-tail:]}"


_STYLE = (
    "text{fill:#1f2328;font-family:ui-sans-serif,system-ui,'Segoe UI',Helvetica,Arial,sans-serif}"
    ".head{font-size:19px;font-weight:600}"
    ".name{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:12px}"
    ".quiet{font-size:11px;fill:#59636e}"
    ".line{fill:none;stroke:#59636e;stroke-width:1.2}"
)
_TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" '
    'orient="auto"><path d="M0 0L8 4L0 8z" fill="#59636e"/></marker></defs>'
)
