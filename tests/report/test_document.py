"""The JSON report keeps its promise to programs: the published schema, in every case."""

import json
import re

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report import samples
from tfchange import schema
from tfchange.report import document

CASES = {
    "rich": samples.rich,
    "empty": samples.empty,
    "standard": samples.standard,
    "emergency": samples.emergency,
    "several": samples.several,
    "hostile": samples.hostile,
}


def closed(tree: object) -> object:
    """The schema with every object closed, so that an unpublished key is a fault."""
    if isinstance(tree, list):
        return [closed(each) for each in tree]
    if not isinstance(tree, dict):
        return tree
    shut = {key: closed(value) for key, value in tree.items()}
    if tree.get("type") == "object":
        shut.setdefault("additionalProperties", False)
    return shut


@pytest.mark.parametrize("name", CASES)
def test_every_document_is_valid_and_has_no_unpublished_key(name: str) -> None:
    """Each kind of assessment matches the published schema, and all it says is published."""
    validator = jsonschema.Draft202012Validator(closed(schema.load("assessment-1.0")))
    found = json.loads(document.render(CASES[name]()))
    assert [e.message for e in validator.iter_errors(found)] == []


def test_the_points_of_a_document_sum_to_its_score() -> None:
    """A reader can check the score by adding up."""
    found = document.document(samples.rich())
    assert sum(c["points"] for c in found["contributions"]) == found["score"]  # type: ignore[index, attr-defined]


def test_a_document_of_several_plans_has_a_section_for_each() -> None:
    """Several plans keep the top-level keys and add a full section each, in their order."""
    found = document.document(samples.several())
    alone = document.document(samples.rich())
    paths = [s["plan"]["path"] for s in found["sections"]]  # type: ignore[attr-defined]
    assert paths == ["prod/plan.json", "staging.json", "dev.json", "test.json"]
    assert found.keys() == alone.keys()
    assert found["sections"][0].keys() == alone.keys() - {"schema_version", "tool", "sections"}  # type: ignore[index]


@pytest.mark.parametrize("name", samples.HOSTILE[:-1])
def test_names_come_back_as_they_were(name: str) -> None:
    """A program reads the exact address, whatever characters are in it."""
    found = json.loads(document.render(samples.named([name])))
    assert found["changes"][0]["address"] == name


def test_a_broken_surrogate_is_made_visible() -> None:
    """What no encoding can hold (from the name of a file, say) does not stop the report."""
    found = json.loads(document.render(samples.named(["aws_x.a", "b\ud800"], "plan\udcff.json")))
    assert found["plan"]["path"] == "plan\\udcff.json"


@given(st.lists(st.text(max_size=30), min_size=1, max_size=6))
def test_nothing_a_terminal_acts_on_is_in_the_text(names: list[str]) -> None:
    """Whatever names a plan brings, the JSON is valid and holds no bare control character."""
    text = document.render(samples.named(names))
    json.loads(text)
    assert (
        re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]", text)
        is None
    )


def test_the_same_assessment_gives_the_same_bytes() -> None:
    """Counts are sorted by name, so that the order in which they were made does not show."""
    import msgspec

    rich = samples.rich()
    backwards = dict(reversed(rich.blast_radius.counts.items()))
    radius = msgspec.structs.replace(rich.blast_radius, counts=backwards)
    other = msgspec.structs.replace(rich, blast_radius=radius)
    assert document.render(rich) == document.render(other)
