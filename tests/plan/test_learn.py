"""What a plan itself says is secret."""

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tfchange.plan import wire
from tfchange.plan.learn import known_secrets

names = st.sampled_from(["a", "b", "true", "c d"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=12,
)
marks = st.recursive(
    st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)


def plainly(value: Any, mark: Any) -> Iterator[str]:
    """The texts below a mark, found by walking all of a decoded value."""
    deeper: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        below = mark if isinstance(mark, dict) else {}
        deeper = [(v, mark is True or below.get(name)) for name, v in value.items()]
        yield from value if mark is True else ()
    elif isinstance(value, list):
        below = mark if isinstance(mark, list) else []
        deeper = [
            (v, mark is True or (below[i] if i < len(below) else None)) for i, v in enumerate(value)
        ]
    elif mark is True and value is not None and not isinstance(value, bool):
        yield str(value)
    for inner, inner_mark in deeper:
        yield from plainly(inner, inner_mark)


@given(st.tuples(values, values), st.tuples(marks, marks), st.booleans(), st.booleans())
def test_every_marked_text_is_learnt_and_no_other(
    pair: tuple[Any, Any], marked: tuple[Any, Any], alike: bool, pretty: bool
) -> None:
    """Only what is marked is decoded, and that finds what walking everything would."""
    after, after_marks = (pair[0], marked[0]) if alike else (pair[1], marked[1])
    change = {
        "before": pair[0],
        "after": after,
        "before_sensitive": marked[0],
        "after_sensitive": after_marks,
    }
    text = json.dumps({"resource_changes": [{"change": change}]}, indent=2 if pretty else None)
    expected = {*plainly(pair[0], marked[0]), *plainly(after, after_marks)}
    assert set(known_secrets(wire.DECODER.decode(text))) == expected
