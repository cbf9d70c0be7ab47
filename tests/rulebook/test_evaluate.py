"""Expressions answered without CEL: the same answers as CEL's, or none."""

import re
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tfchange.pipeline import rulebook
from tfchange.reading import Options
from tfchange.rulebook import view
from tfchange.rulebook.cel import Expression, ExpressionError, compile_expression, tree_of
from tfchange.rulebook.evaluate import answer
from tfchange.rulebook.form import form
from tfchange.rulebook.operations import BeyondError, WrongError

BOOK = rulebook(Options())
BUNDLED = sorted(
    {rule.when.expression for rule in BOOK.rules if rule.when.expression}
    | {limit.expression for e in BOOK.envelopes for limit in e.allow if limit.expression}
)
ERROR, BEYOND = "an error", "left to CEL"

NUMBERS = (0, 1, -1, 2, 1.0, 0.5, -0.0, 2**53, 2**53 + 1, 2.0**53, 2**63 - 1, -(2**63), 2.0**63)
TEXTS = ("", "a", "b", "aé", "𝄞", "a\n", "tags", "tags.x", "update", "delete", "1", view.UNKNOWN)
scalars = st.sampled_from([None, True, False, *NUMBERS, *TEXTS])


def values_of(names: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """What JSON can say, in objects with these names."""
    return st.recursive(
        scalars | names,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
        max_leaves=5,
    )


def seen_of(names: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    """A change with attributes of these names."""
    value = values_of(names)
    resource = st.none() | st.dictionaries(names, value, max_size=6)
    return st.fixed_dictionaries(
        {"before": resource, "after": resource, "change": st.dictionaries(names, value, max_size=6)}
    )


def without_cel(text: str, seen: dict[str, Any]) -> object:
    """What is answered without CEL."""
    try:
        return answer(tree_of(form(text)), seen)
    except WrongError:
        return ERROR
    except BeyondError:
        return BEYOND


def by_cel(text: str, seen: dict[str, Any]) -> object:
    """What CEL answers."""
    from cel_expr_python import cel

    result = compile_expression(text).eval(data=seen)
    return ERROR if result.type() == cel.Type.ERROR else result.value()


def same(one: object, other: object) -> bool:
    """Whether two answers are the same truth value, both an error, or both some other value."""
    return all((one is x) is (other is x) for x in (True, False, ERROR))


@pytest.mark.parametrize("text", BUNDLED)
@settings(max_examples=40)
@given(st.data())
def test_bundled_rules_are_answered_as_by_cel(text: str, data: st.DataObject) -> None:
    """Every expression of the bundled rulebook has CEL's answer, whatever the values are."""
    words = sorted(set(re.findall(r"\w+", text)))
    seen = data.draw(seen_of(st.sampled_from(words)))
    answer = without_cel(text, seen)
    assert answer is BEYOND or same(answer, by_cel(text, seen))


ATOMS = (
    "before", "after", "before.a", "after.a", "before.b", "after.b.a", "change.a", "before[\"b\"]",
    "before.a[0]", "null", "true", "false", "0", "1", "2", '"a"', '"tags"', '""', "[]", "k",
    'version_step(before.a, after.a)',
)  # fmt: skip
FORMS = (
    "({0} == {1})", "({0} != {1})", "({0} < {1})", "({0} <= {1})", "({0} > {1})", "({0} >= {1})",
    "({0} in {1})", "{0} && {1}", "({0} || {1})", "!({0})", "!{0}", "[{0}, {1}]", "dyn({0})[{1}]",
    "({0} ? {1} : {2})", "{0} && {1} || {2}", "{0} == {1} || {2}", "size({0})", "dyn({0})",
    "has(before.a)", "has(after.b.a)", "dyn({0}).exists(k, {1})", "dyn({0}).all(k, {1})",
    'dyn({0}).matches("^(a|tags)\\\\b")', 'dyn({0}).matches("a$")', 'dyn({0}).endsWith("a")',
    'dyn({0}).matches("\\\\b(a|x)\\\\b|tag\\\\b")', 'dyn({0}).matches("^\\\\b|x$")',
    "dyn({0}).endsWith(dyn({1}))",
    '["a", "b"].exists(k, k in before && before[k] != after[k])', "dyn({0}).a",
    "opens_to_world({0}, {1})", "(dyn({0}) * dyn({1}))", "{0} <= dyn({1}) * dyn({2})",
)  # fmt: skip


def expressions_of(*forms: str) -> st.SearchStrategy[str]:
    """Expressions of these forms, some inside of others."""
    return st.recursive(
        st.sampled_from(ATOMS),
        lambda inner: st.builds(
            lambda form, parts: form.format(*parts),
            st.sampled_from(forms),
            st.tuples(inner, inner, inner),
        ),
        max_leaves=6,
    )


@settings(max_examples=400)
@given(expressions_of(*FORMS), seen_of(st.sampled_from(["a", "b", "tags", "type"])))
def test_any_expression_is_answered_as_by_cel(text: str, seen: dict[str, Any]) -> None:
    """Any expression of the part that is read here has CEL's answer or none."""
    try:
        expected = by_cel(text, seen)
    except ExpressionError:
        assume(False)
    answer = without_cel(text, seen)
    assert answer is BEYOND or same(answer, expected)


NAMES = ("before", "after", "change")
SHADOWED = (
    *FORMS,
    *(f"dyn({{0}}).{loop}({name}, {{1}})" for loop in ("exists", "all") for name in NAMES),
)


@settings(max_examples=400)
@given(expressions_of(*SHADOWED), seen_of(st.sampled_from(["a", "b", "tags", "type"])))
def test_a_change_is_asked_as_by_cel(text: str, seen: dict[str, Any]) -> None:
    """An expression holds for a change where CEL says so, also where loops take its names."""
    try:
        expected = by_cel(text, seen)
    except ExpressionError:
        assume(False)
    change = view.View(seen["before"], seen["after"], None)
    assert Expression(text).holds(change, seen["change"]) is (expected is True)


@pytest.mark.parametrize("text", ["!" * 3000 + "true", "!" * 980 + "true"])
def test_what_is_nested_too_deep_is_left_to_cel(text: str) -> None:
    """What is nested deeper than Python can follow is answered by CEL."""
    assert Expression(text).holds(view.View({}, {}, {}), {})


@pytest.mark.parametrize(
    "text",
    [
        "before.a + 1 == 2", "1u == 1u", "1.5 > 1.0", "-1 < 0", "before.a == 'a'", 'r"\\d" == "a"',
        'before.a.matches("[0-9]+")', 'before.a == "\\n"', 'before.a.contains("b")', "{} == before",
        "before.a.map(x, x) == []", "before.a.exists_one(x, x)", "int(before.a) == 1", "// a\ntrue",
        "type(before) == map", 'before.a == """a"""', "0x10 == 16",
    ],
)  # fmt: skip
def test_what_is_not_read_here_is_left_to_cel(text: str) -> None:
    """Whatever is not of the small part is not guessed at, and CEL answers it."""
    assert without_cel(text, {"before": {"a": 1}, "after": {}, "change": {}}) is BEYOND
    assert Expression(text).holds(view.View({"a": 1}, {}, {}), {}) is (
        by_cel(text, {"before": {"a": 1}, "after": {}, "change": {}}) is True
    )


def test_a_function_that_fails_is_left_to_cel() -> None:
    """What a function of ours does not expect is CEL's to tell."""
    seen = {"before": {"ingress": [{"cidr_blocks": ["0.0.0.0/0"]}]}, "after": [], "change": {}}
    text = "trusts_more(before, after)"
    assert same(without_cel(text, seen), by_cel(text, seen))


def test_no_bundled_expression_needs_cel() -> None:
    """All that the bundled rules and envelopes ask is answered here."""
    nothing = {"before": None, "after": None, "change": {}}
    assert [text for text in BUNDLED if without_cel(text, nothing) is BEYOND] == []
