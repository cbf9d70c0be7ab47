"""The picture of a blast radius: well-formed, bounded, the same each time, and harmless."""

from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.goldens import SCENARIOS, TODAY, assessed, scenarios
from tfchange.pipeline import assess
from tfchange.plan.model import Action
from tfchange.reading import Options
from tfchange.report import picture
from tfchange.report.layout import layout
from tfchange.risk.assessment import (
    Assessment,
    BlastRadius,
    Category,
    Change,
    Hop,
    Level,
    PlanFacts,
    Reached,
)

SVG = "{http://www.w3.org/2000/svg}"
NAMED = [pytest.param(folder, id=folder.name) for folder in scenarios()]


def made(changes: tuple[Change, ...], reached: tuple[Reached, ...] = ()) -> Assessment:
    """An assessment with these changes and what they reach."""
    radius = BlastRadius(reached=reached)
    low = Level.LOW
    return Assessment(PlanFacts(), Category.NORMAL, low, 1, low, low, ("why",),
                      changes=changes, blast_radius=radius)  # fmt: skip


@pytest.mark.parametrize("folder", NAMED)
def test_every_scenario_has_a_picture(folder: Path) -> None:
    """It is XML, shows each change or says how many it does not, and is drawn the same again."""
    assessment = assessed(folder)
    drawn = picture.render(assessment)
    assert drawn == picture.render(assessment)
    root = ElementTree.fromstring(drawn)  # noqa: S314 - our own
    titles = " ".join(title.text or "" for title in root.iter(f"{SVG}title"))
    acting = [c for c in assessment.changes if c.action in picture.COLOURS]
    for change in acting:
        assert change.address in titles
    for box in root.iter(f"{SVG}rect"):
        assert float(box.get("x", 0)) + float(box.get("width", 0)) <= float(root.get("width", 0))
        assert float(box.get("y", 0)) + float(box.get("height", 0)) <= float(root.get("height", 0))


def test_instances_that_fare_alike_share_a_box() -> None:
    """A picture of a hundred equal boxes says less."""
    changes = tuple(Change(f"aws_x.a[{n}]", "aws_x", Action.UPDATE) for n in range(100))
    drawn = picture.render(made(changes))
    assert drawn.count("<g>") == 1
    assert "100 instances" in drawn


def test_a_large_picture_is_bounded_and_says_so() -> None:
    """Changes first, then what is near; the rest is counted."""
    changes = tuple(Change(f"aws_x.a{n}", "aws_x", Action.UPDATE) for n in range(50))
    reached = tuple(
        Reached(f"aws_y.b{n}", "aws_y", 1, (Hop("aws_x.a0"), Hop(f"aws_y.b{n}", "reference")))
        for n in range(500)
    )
    drawn = picture.render(made(changes, reached))
    assert drawn.count("<g>") == picture.MOST
    assert "… 490 more resources, in the report" in drawn


def test_several_plans_are_drawn_below_each_other() -> None:
    """Those that do not fit any more are counted, those that do nothing are not drawn."""
    names = ("platform", "tags-only", "greenfield", "destroy-all", "no-change", "vpc-replaced")
    plans = [str(SCENARIOS / name / "plan.json") for name in names]
    drawn = picture.render(assess(plans, Options(today=TODAY)))
    assert drawn.count("<g>") <= picture.MOST
    assert "more plan" in drawn
    assert "no-change" not in drawn


def test_a_hostile_name_is_only_text() -> None:
    """Nothing of a name is markup, and nothing in it turns or hides the text."""
    name = 'aws_x.a["</title><script>alert(1)</script>&\u202e\x1b"]'
    chain = (Hop(name), Hop("aws_y.b", "value"))
    drawn = picture.render(
        made((Change(name, "aws_x", Action.DELETE),), (Reached("aws_y.b", "aws_y", 1, chain),))
    )
    ElementTree.fromstring(drawn)  # noqa: S314 - our own
    assert "<script" not in drawn
    assert "\u202e" not in drawn
    assert "stroke-dasharray" in drawn


nodes = st.integers(1, 12).map(lambda n: [f"n{i}" for i in range(n)])


@given(
    data=st.data(),
    some=nodes,
)
def test_every_line_runs_to_the_right(data: st.DataObject, some: list[str]) -> None:
    """Of any graph, circles included: no two boxes in one place, and no way back but in circles."""
    edges = data.draw(st.lists(st.tuples(st.sampled_from(some), st.sampled_from(some))))
    spots = layout(some, edges)
    places = [(spot.layer, spot.row) for spot in spots.values()]
    assert len(set(places)) == len(places)
    assert all(spot.row >= 0 for spot in spots.values())
    straight = [(a, b) for a, b in edges if some.index(a) < some.index(b)]
    calm = layout(some, straight)
    assert all(calm[a].layer < calm[b].layer for a, b in straight)
    assert msgspec.json.encode(spots) == msgspec.json.encode(layout(some, edges))
