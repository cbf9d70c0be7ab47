"""Reports as files to hang onto a change: whole where they fit, else with less, and saying so."""

from collections.abc import Callable

from msgspec import structs

from tfchange.plan.model import Caveat
from tfchange.report import document, html, markdown
from tfchange.report.detail import LENGTHS
from tfchange.report.page import ALL
from tfchange.risk.assessment import Assessment

MOST = 5_000_000
"""Bytes of one file; desks and their mail gateways refuse much larger ones."""
_COMMENT = 1_000_000

Less = Callable[[Assessment], Assessment]


def json_file(assessment: Assessment, most: int = MOST) -> bytes:
    """The assessment as JSON; what does not fit is left out in the order of `LESS`."""
    data = document.render(assessment).encode()
    dropped: list[str] = []
    for what, less in LESS.items():
        if len(data) <= most:
            break
        dropped.append(what)
        assessment = _everywhere(assessment, less)
        data = document.render(_noted(assessment, dropped)).encode()
    return data


def html_file(assessment: Assessment, most: int = MOST) -> bytes:
    """The report as HTML; where that would be too large its lists are the shorter the more there is
    to say, and each says by how much.
    """
    data = b""
    for caps in (ALL, *map(ALL.at_most, (*LENGTHS, 50, 10, 3, 1))):
        data = html.render(assessment, caps).encode()
        if len(data) <= most:
            break
    return data


def markdown_file(assessment: Assessment) -> bytes:
    """The report as Markdown."""
    return markdown.render(assessment, limit=_COMMENT, caps=ALL).encode()


def _everywhere(assessment: Assessment, less: Less) -> Assessment:
    smaller = less(assessment)
    return structs.replace(smaller, sections=tuple(map(less, smaller.sections)))


def _noted(assessment: Assessment, dropped: list[str]) -> Assessment:
    said = f"This file would be too large, so it is without {', '.join(dropped)}."
    note = Caveat("left-out", said)
    return structs.replace(assessment, caveats=(note, *assessment.caveats))


def _no_chains(a: Assessment) -> Assessment:
    reached = tuple(structs.replace(r, chain=()) for r in a.blast_radius.reached)
    return structs.replace(a, blast_radius=structs.replace(a.blast_radius, reached=reached))


def _no_reached(a: Assessment) -> Assessment:
    return structs.replace(a, blast_radius=structs.replace(a.blast_radius, reached=()))


def _no_paths(a: Assessment) -> Assessment:
    changes = tuple(structs.replace(c, changed_paths=(), reasons=()) for c in a.changes)
    items = tuple(structs.replace(i, paths=()) for i in a.drift.items)
    return structs.replace(a, changes=changes, drift=structs.replace(a.drift, items=items))


def _first(most: int) -> Less:
    """Of each list no more than the first; the worst stands first in most of them."""

    def less(a: Assessment) -> Assessment:
        blockers = structs.replace(a.counterfactual, blockers=a.counterfactual.blockers[:most])
        return structs.replace(
            a,
            changes=a.changes[:most],
            findings=a.findings[:most],
            contributions=a.contributions[:most],
            backout=a.backout[:most],
            caveats=a.caveats[:most],
            drift=structs.replace(a.drift, items=a.drift.items[:most]),
            counterfactual=blockers,
        )

    return less


def _no_sections(a: Assessment) -> Assessment:
    return structs.replace(a, sections=(), why=a.why[:10])


LESS: dict[str, Less] = {
    "the chains to what is reached": _no_chains,
    "the list of what is reached": _no_reached,
    "the paths that change": _no_paths,
    "all but the first 2,000 of each list": _first(2_000),
    "all but the first 200 of each list": _first(200),
    "the sections of the plans": _no_sections,
    "all but the first 10 of each list": _first(10),
}
"""What is left out of a file that would be too large, the least missed first."""
