"""The judge: which rules hit, what they say, and what fits an envelope."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.build import change, plan
from tests.rulebook.layer import rule, write
from tfchange.plan.model import MASK
from tfchange.rulebook.cel import ExpressionError, compile_expression
from tfchange.rulebook.form import form
from tfchange.rulebook.judge import Hit, Judge, subject_of
from tfchange.rulebook.load import load
from tfchange.rulebook.rule import Envelope, Limits
from tfchange.rulebook.subject import Gone, Subject


def judge_with(tmp_path: Path, when: str, message: str = "{address} is {action}.") -> Judge:
    """A judge with one rule more, whose id is `ours`."""
    text = rule("ours").replace("{types: [x_thing]}", when)
    text = text.replace("{address} is {action}.", message)
    return Judge(load([write(tmp_path, risk__ours=text)]))


def asked(judge: Judge, entry: dict[str, Any], **more: Any) -> Subject:
    """The entry as a subject."""
    return subject_of(plan([entry]).changes[0], judge, **more)


def ours(judge: Judge, entry: dict[str, Any], **more: Any) -> Hit | None:
    """The hit of our own rule, if any."""
    return next((h for h in judge.hits(asked(judge, entry, **more)) if h.rule.id == "ours"), None)


CREATED = change("x_thing.a", ["create"], after={"n": 1})
UPDATED = change("x_thing.a", ["update"], before={"n": 1, "l": [{"m": 1}]},
                 after={"n": 2, "l": [{"m": 2}]})  # fmt: skip
DELETED = change("x_thing.a", ["delete"], before={"n": 1})
FORCED = change("x_thing.a", ["delete", "create"], before={"n": 1}, after={"n": 2})
SOFT = change("x_thing.a", ["create", "delete"], before={"n": 1}, after={"n": 2})


@pytest.mark.parametrize(
    ("when", "entry", "more", "expected"),
    [
        ("{types: [x_*]}", CREATED, {}, True),
        ("{types: [y_*]}", CREATED, {}, False),
        ("{traits: [database]}", CREATED, {}, False),
        ("{actions: [replace]}", FORCED, {}, True),
        ("{actions: ['replace:create-first']}", FORCED, {}, False),
        ("{actions: ['replace:create-first']}", SOFT, {}, True),
        ("{actions: ['replace:delete-first']}", SOFT, {}, False),
        ("{changed: [l.m]}", UPDATED, {}, True),
        ("{changed: [l.k]}", UPDATED, {}, False),
        ("{changed: [l.k]}", DELETED, {}, True),
        ("{drifted: true}", UPDATED, {"drift": {"changed"}}, True),
        ("{drifted: true}", UPDATED, {}, False),
        ("{drifted: false}", UPDATED, {}, True),
        ("{drift: [kept, reverted]}", UPDATED, {"drift": {"changed", "kept"}}, True),
        ("{drift: [reverted]}", UPDATED, {"drift": {"changed", "kept"}}, False),
        ("{reach: 3}", UPDATED, {"reach": 3}, True),
        ("{reach: 3}", UPDATED, {"reach": 2}, False),
        ("{types: [x_thing], actions: [delete]}", UPDATED, {}, False),
        ("{expression: after.n > before.n}", UPDATED, {}, True),
        ("{expression: after.n > before.n}", CREATED, {}, False),
        ("{expression: after.missing == 1}", UPDATED, {}, False),
        ("{expression: 'before == null && after.n == 1'}", CREATED, {}, True),
        ("{expression: 'change.action == \"update\" && change.reach > 2'}", UPDATED,
         {"reach": 3}, True),
        ("{expression: '\"i-1\" in change.gone'}", UPDATED, {"gone": Gone(["i-1"])}, True),
        ("{expression: 'change.gone.map(i, i) == [\"i-1\"]'}", UPDATED,
         {"gone": Gone(["i-1"])}, True),
        ("{expression: '!([null, 1, \"i-2\"].exists(i, i in change.gone))'}", UPDATED,
         {"gone": Gone(["i-1"])}, True),
    ],
)  # fmt: skip
def test_all_matchers_must_hold(
    tmp_path: Path, when: str, entry: dict[str, Any], more: dict[str, Any], expected: bool
) -> None:
    """Each matcher holds by any of its members, and a rule hits where all that are given hold."""
    assert (ours(judge_with(tmp_path, when), entry, **more) is not None) is expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("has(after.key)", True),
        ("!has(after.key)", False),
        ("after.key in [null, '']", False),
        ("after.key == before.key", False),
        ("after.n < 5", False),
        ("after.block[0].inner == 1", False),
        ("has(after.block[0].inner)", True),
    ],
)
def test_what_is_not_known_yet_is_there_and_equals_nothing(
    tmp_path: Path, expression: str, expected: bool
) -> None:
    """An unknown value is neither absent nor any value a rule could name."""
    entry = change("x_thing.a", ["update"], before={"key": "k", "n": 1, "block": [{"inner": 1}]},
                   after={"block": [{}]},
                   after_unknown={"key": True, "n": True, "block": [{"inner": True}]})  # fmt: skip
    judge = judge_with(tmp_path, f'{{expression: "{expression}"}}')
    assert (ours(judge, entry) is not None) is expected


def test_json_in_strings_compares_by_meaning(tmp_path: Path) -> None:
    """Two spellings of one policy are equal, and its fields can be asked for."""
    one = '{"Statement":[{"Action":["a:B","a:C"],"Effect":"Allow"}]}'
    two = '{"Statement": [{"Effect": "Allow", "Action": ["a:C", "a:B"]}]}'
    entry = change("x_thing.a", ["update"], before={"p": one}, after={"p": two})
    when = "{expression: 'before.p == after.p && after.p.Statement[0].Effect == \"Allow\"'}"
    assert ours(judge_with(tmp_path, when), entry)


@pytest.mark.parametrize("number", [10**30, 10**400], ids=["30", "400"])
def test_integers_beyond_64_bits_do_not_break_a_rule(tmp_path: Path, number: int) -> None:
    """A number that CEL cannot hold is still larger than a small one."""
    entry = change("x_thing.a", ["update"], before={"n": 1}, after={"n": number})
    assert ours(judge_with(tmp_path, "{expression: after.n > 5.0}"), entry)


def test_a_message_is_filled_with_names_alone(tmp_path: Path) -> None:
    """Address, type, action, paths and reach come in; braces in keys stay as they are."""
    judge = judge_with(
        tmp_path, "{changed: [n, l]}", "{address} {type} is {action} at {paths}, {reach} below."
    )
    address = 'module.m["{paths}"].x_thing.a["b.c"]'
    hit = ours(judge, {**UPDATED, **change(address, ["update"], UPDATED["change"]["before"],
                                           UPDATED["change"]["after"])}, reach=7)  # fmt: skip
    assert hit is not None
    assert hit.message == f"{address} x_thing is updated at l.m, n, 7 below."
    assert hit.path == "l.m"


def test_rules_see_masked_values_only(tmp_path: Path) -> None:
    """A sensitive value reaches an expression as the mask, and still counts as changed."""
    entry = change("x_thing.a", ["update"], before={"s": "old"}, after={"s": "new"},
                   before_sensitive={"s": True}, after_sensitive={"s": True})  # fmt: skip
    when = f'{{changed: [s], expression: after.s == "{MASK}"}}'
    assert ours(judge_with(tmp_path, when), entry)


def test_rules_see_nothing_of_what_is_secret_as_a_whole(tmp_path: Path) -> None:
    """Not even that it has no attributes."""
    entry = change("x_thing.a", ["create"], after={"s": "new"}, after_sensitive=True)
    assert ours(judge_with(tmp_path, "{expression: after == null}"), entry)


def test_null_against_empty_is_no_change() -> None:
    """What a provider spells null here and empty there is not among the changed paths."""
    entry = change("x_thing.a", ["update"], before={"a": None, "b": [], "c": None, "d": 0},
                   after={"a": "", "b": None, "c": 0, "d": 0})  # fmt: skip
    assert asked(Judge(load()), entry).paths == ("c",)


def test_traits_come_from_the_type_or_its_name() -> None:
    """An entry beats a pattern, a pattern beats nothing, and only an entry is knowledge."""
    judge = Judge(load())
    assert "database" in judge.traits_of("aws_db_instance").traits
    assert judge.known("aws_db_instance")
    assert judge.traits_of("acme_storage_bucket").traits == ("storage",)
    assert not judge.known("acme_storage_bucket")
    assert judge.traits_of("acme_nothing").traits == ()


@pytest.mark.parametrize(
    ("name", "expected"),
    [("prod", "production"), (" Live ", "production"), ("DEV", "development"), ("uat", "staging"),
     ("", "production"), (None, "production"), ("moon", "production")],
)  # fmt: skip
def test_an_unknown_environment_is_production(name: str | None, expected: str) -> None:
    """Names are canonical, and what nobody knows is production."""
    assert Judge(load()).environment(name) == expected


GROWN = change("x_thing.a", ["update"], before={"n": 1}, after={"n": 2})
SAME = change("x_thing.a", ["update"], before={"n": 1}, after={"n": 1})
DROPPED = change("x_thing.a", ["create", "forget"], before={}, after={})
RISEN = change("y_b.a", ["update"], before={"n": 1}, after={"n": 2})
SUNK = change("y_b.a", ["update"], before={"n": 2}, after={"n": 1})
ENVELOPE = Envelope(
    id="ours", title="T", why="W",
    allow=(
        Limits(actions=("update",), types=("x_thing",), paths=("n",)),
        Limits(actions=("create",), traits=("observability",)),
        Limits(actions=("update",), types=("y_*",), expression="after.n > before.n"),
    ),
    environments=("test",),
    forbid_traits=("dns",),
)  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "environment", "expected"),
    [
        (GROWN, "tst", None),
        (GROWN, "prod", "is in production, where ours does not apply"),
        (GROWN, None, "is in production, where ours does not apply"),
        (UPDATED, "qa", "changes l.m, which ours does not cover"),
        (SAME, "qa", "changes what the plan does not show, which ours does not cover"),
        (DELETED, "qa", "is destroyed, which ours forbids"),
        (DROPPED, "qa", "is replaced, which ours forbids"),
        (CREATED, "qa", "is of type x_thing, which ours does not cover"),
        (change("aws_cloudwatch_dashboard.a", ["create"], after={}), "qa", None),
        (change("aws_route53_record.a", ["create"], after={}), "qa", "is dns, which ours forbids"),
        (RISEN, "qa", None),
        (SUNK, "qa", "is not the kind of change that ours covers"),
    ],
)  # fmt: skip
def test_a_misfit_says_why(
    entry: dict[str, Any], environment: str | None, expected: str | None
) -> None:
    """A change fits one of the allowed kinds, or a phrase says what the nearest kind lacks."""
    judge = Judge(load())
    assert judge.misfit(ENVELOPE, asked(judge, entry), environment) == expected


@pytest.mark.parametrize(
    ("text", "fields", "change"),
    [
        ("before.a > after.b", {"a", "b"}, set()),
        ("before['a'] == null && before != null", {"a"}, set()),
        ("has(after.a.deep) && change.reach > 1", {"a"}, {"reach"}),
        ('["a", "b"].exists(k, k in before && before[k] == after[k])', {"a", "b"}, set()),
        ('["a"].exists(k, before[k] == 1) && after == before', None, set()),
        ("change.paths.exists(k, before[k] == after[k])", None, {"paths"}),
        ("version_step(before.v, after.v) == 'major'", {"v"}, set()),
    ],
)
def test_only_what_an_expression_names_is_handed_over(
    text: str, fields: set[str] | None, change: set[str]
) -> None:
    """Top-level attributes are found in the text; one that cannot be found means all of them."""
    found = form(text)
    assert found.fields == (None if fields is None else frozenset(fields))
    assert found.change == change
    compile_expression(text)


@given(st.text(max_size=40))
def test_any_text_is_an_expression_or_an_error(text: str) -> None:
    """Nothing in a rule file makes CEL raise anything else."""
    with suppress(ExpressionError):
        assert compile_expression(text)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
names = st.sampled_from(
    ["policy", "ingress", "acl", "engine_version", "point_in_time_recovery", "min_size", "route",
     "kms_key_id", "publicly_accessible", "inline_policy", "assume_role_policy", "cidr_blocks"]
)  # fmt: skip
attributes = st.dictionaries(names, json_values, max_size=6)
types = st.sampled_from(
    ["aws_iam_role", "aws_security_group", "aws_s3_bucket_policy", "aws_db_instance", "x_thing",
     "aws_autoscaling_group", "aws_route_table", "aws_s3_bucket_public_access_block"]
)  # fmt: skip


@given(types, attributes, attributes, st.sampled_from(["update", "create", "delete", "replace"]))
def test_no_values_make_a_rule_raise(
    type_: str, before: dict[str, Any], after: dict[str, Any], action: str
) -> None:
    """Whatever shapes the values have, every rule and envelope answers."""
    actions = ["delete", "create"] if action == "replace" else [action]
    entry = change(f"{type_}.a", actions, None if action == "create" else before,
                   None if action == "delete" else after)  # fmt: skip
    judge = Judge(load())
    subject = asked(judge, entry)
    judge.hits(subject)
    for envelope in judge.rulebook.envelopes:
        judge.misfit(envelope, subject, "test")


JUDGE = Judge(load())


@given(types, st.lists(attributes, min_size=2, max_size=2), st.booleans())
def test_all_envelopes_asked_together_answer_as_each_does_alone(
    type_: str, versions: list[dict[str, Any]], both: bool
) -> None:
    """What is found once for a type and action never stands in for what each change says."""
    judge, alone = JUDGE, Judge(JUDGE.rulebook)
    for after in versions:
        entry = change(f"{type_}.a", ["update"], versions[0] if both else {}, after)
        subject = asked(judge, entry)
        expected = [
            alone.misfit(envelope, subject, (envelope.environments or (None,))[0])
            for envelope in judge.rulebook.envelopes
        ]
        assert judge.misfits(subject) == tuple(expected)
