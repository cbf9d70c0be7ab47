"""`.tf.json` of any shape is read or refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfchange.source import json_syntax
from tfchange.source.references import gather
from tfchange.source.scan import ScanError

_KEYS = ["resource", "locals", "module", "dynamic", "provisioner", "lifecycle", "//", "aws_a", "x"]
_VALUES = ["depends_on", "provider", "providers", "${aws_c.d.id}", "${", 'a"b\\', "é\n"]
WORDS = st.sampled_from([*_KEYS, *_VALUES])
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=12,
)


@given(JSON, st.sampled_from([None, 1]))
def test_any_json_yields_blocks_with_references(value: object, indent: int | None) -> None:
    """However the objects are nested, blocks come out, each on a line of the file."""
    text = json.dumps(value, indent=indent)
    try:
        found = json_syntax.blocks(text)
    except ScanError:
        # NaN and the like are Python's own idea of JSON.
        assert "NaN" in text or "Infinity" in text
        return
    for block in found:
        assert 1 <= block.start_line <= text.count("\n") + 1
        items = json_syntax.items(block.text)
        for reference in gather(block.kind, items, json_syntax.traversals):
            assert "aws_c.d" in reference.target or reference.argument.startswith("provider")


def test_the_same_label_at_another_place_has_its_own_line() -> None:
    """Lines come from where a key stands, not from where its word is first seen."""
    text = """{
  "output": {"aws_a": {"value": "aws_b"}},
  "resource": [
    {"aws_a": {"one": {}}},
    {"aws_a": [
      {"two": {}}
    ]}
  ]
}"""
    found = [(b.kind, b.labels, b.start_line) for b in json_syntax.blocks(text)]
    assert found == [
        ("output", ("aws_a",), 2),
        ("resource", ("aws_a", "one"), 4),
        ("resource", ("aws_a", "two"), 6),
    ]


@pytest.mark.parametrize("depth", [150, 900, 100_000])
@pytest.mark.parametrize("pair", [("[", "]"), ('{"resource":', "}")])
def test_what_is_nested_too_deep_is_refused(depth: int, pair: tuple[str, str]) -> None:
    """No depth crashes the reader."""
    with pytest.raises(ScanError):
        json_syntax.blocks(pair[0] * depth + "1" + pair[1] * depth)
