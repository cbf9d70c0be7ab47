"""The door that secrets do not pass."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.build import change, plan, plan_json, seen
from tfchange.plan import wire
from tfchange.plan.decode import decode
from tfchange.plan.learn import known_secrets
from tfchange.plan.secrets import MASK, Door
from tfchange.plan.shapes import named_secret

MARKER = "MARKER-f3b1c8"

leaves = st.none() | st.booleans() | st.integers() | st.text(max_size=6)


def _mark(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {name: _mark(deeper) for name, deeper in tree.items()}
    return tree


@given(
    before=st.dictionaries(st.sampled_from("abcdef"), leaves, max_size=4),
    place=st.lists(st.sampled_from(["x", "y", "z"]), min_size=1, max_size=4),
    as_key=st.booleans(),
)
def test_no_marker_in_a_sensitive_position_gets_into_the_model(
    before: dict[str, Any], place: list[str], as_key: bool
) -> None:
    """A value, or a whole object with its keys, below a mark never shows in values or paths."""
    secret: Any = {MARKER: 1} if as_key else MARKER
    marks: Any = True
    for step in reversed(place):
        secret, marks = {step: secret}, {step: marks}
    entry = change(
        "aws_x.a",
        ["update"],
        before,
        {**before, **secret},
        after_sensitive=marks,
        before_sensitive={},
    )
    decoded = plan([entry])
    assert MARKER not in repr(seen(decoded.changes[0]))
    assert MARKER not in repr(decoded)


def test_a_masked_value_still_counts_as_changed() -> None:
    """Two different secrets are a change, two equal ones are none."""
    marks = {"before_sensitive": {"p": True, "q": True}, "after_sensitive": {"p": True, "q": True}}
    entry = change("aws_x.a", ["update"], {"p": "1", "q": "s"}, {"p": "2", "q": "s"}, **marks)
    values = plan([entry]).changes[0].read()
    assert values.changed == (("p",),)
    assert values.after == {"p": MASK, "q": MASK}


def test_sensitive_variables_are_masked_wherever_their_values_turn_up() -> None:
    """The plan prints them in clear; not even inside another text or base64 do they pass."""
    encoded = base64.b64encode(f"#!/bin/sh\necho {MARKER}\n".encode()).decode()
    entry = change(
        "aws_x.a",
        ["create"],
        None,
        {"a": f"pre-{MARKER}-post", "user_data": encoded, "n": [f"{MARKER}"]},
    )
    decoded = plan(
        [entry],
        variables={"db": {"value": {"inner": [MARKER]}}, "plain": {"value": "visible"}},
        configuration={"root_module": {"variables": {"db": {"sensitive": True}, "plain": {}}}},
    )
    assert MARKER not in repr(decoded)
    assert decoded.changes[0].read().after == {"a": MASK, "user_data": MASK, "n": [MASK]}
    assert decoded.variables == {"db": MASK, "plain": "visible"}


@pytest.mark.parametrize(
    "text",
    [
        "AKIA" + "ABCDEFGHIJKLMNOP",
        "-----BEGIN RSA " + "PRIVATE KEY-----\nx",
        "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0In0.sig",
        "postgres://app:" + "hunter2@db.internal/app",
        "DB_PASSWORD=" + "correct-horse",
        '{"password": ' + '"correct-horse"}',
        "ghp_" + "a" * 36,
        base64.b64encode(b"#!/bin/sh\nexport API_TOKEN=" + b"abcdef123456").decode(),
    ],
)
def test_values_of_a_secrets_shape_are_masked(text: str) -> None:
    """Keys, tokens, credentials in URLs and assignments are masked, also inside base64."""
    assert Door().mask({"x": text}, None, []) == {"x": MASK}


@pytest.mark.parametrize(
    "value",
    [
        "arn:aws:iam::123456789012:role/token-service",
        "https://example.com/path?x=1",
        "vpc-0a1b2c3d4e5f60718",
        "Reset your password here",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        443,
        "",
    ],
)
def test_ordinary_values_pass(value: object) -> None:
    """What only resembles a secret stays readable, or rules could not see it."""
    assert Door().mask({"x": value}, None, []) == {"x": value}


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "master_password",
        "secret_string",
        "private_key_pem",
        "auth_token",
        "DB_PASSWORD",
        "client_secret",
        "apiKey",
        "password_wo",
        "connection_string",
    ],
)
def test_attributes_known_to_hold_secrets(name: str) -> None:
    """Names of providers' attributes and of environment variables are recognised."""
    assert named_secret(name)
    assert Door().mask({name: "x"}, None, []) == {name: MASK}


@pytest.mark.parametrize(
    "name",
    [
        "kms_key_id",
        "secret_arn",
        "key_name",
        "password_length",
        "token_ttl",
        "secretsmanager_name",
        "author",
        "bypass",
        "compass",
        "manage_master_user_password",
        "iam_instance_profile",
    ],
)
def test_attributes_that_only_sound_like_secrets(name: str) -> None:
    """References to secrets, their limits and switches are not secrets themselves."""
    assert Door().mask({name: True}, None, []) == {name: True}
    if name != "manage_master_user_password":
        assert not named_secret(name)


def test_a_sensitive_number_is_masked_where_it_stands_alone() -> None:
    """A sensitive variable need not be a string."""
    door = Door(("123456",))
    assert door.mask({"a": 123456, "b": 12}, None, []) == {"a": MASK, "b": 12}


@given(st.text(max_size=200))
def test_masking_never_fails_on_any_text(text: str) -> None:
    """Any leaf passes the door or is masked; none crashes it."""
    assert Door().mask(text, None, []) in (text, MASK)


pieces = st.sampled_from(
    ["AKIA" + "ABCDEFGHIJKLMNOP", "postgres" + "://", "app:hunter2", "@", "DB_PASS",
     "WORD=" + "abcdefg", "known-0007", "known-12", "vpc-0a1b2c", " ", "\n", "/",
     "\x1c", "\u00a0", "\u03a3", "abcd1234",
     base64.b64encode(b"API_TOKEN=" + b"abcdef123456789").decode()]
)  # fmt: skip
texts = st.lists(st.lists(pieces, max_size=4).map("".join), max_size=6)
knowns = st.sampled_from([(), ("known-0007", "abcd"), [f"known-{i:04}" for i in range(60)]])


@given(texts, knowns)
def test_texts_looked_at_together_are_masked_as_each_alone(
    some: list[str], known: list[str]
) -> None:
    """Looking at many texts at once lets through nothing, and masks nothing, beyond one by one."""
    alone = [MASK if Door(known).secret(text) else text for text in some]
    assert Door(known).mask(some, None, []) == alone
    assert Door(known).mask([[{"a": text}] for text in some], None, []) == [
        [{"a": text}] for text in alone
    ]


members = st.none() | st.booleans() | st.sampled_from([1234, 1234.0, 1, 1.0]) | texts
blocks = st.lists(
    st.dictionaries(st.sampled_from(["a", "secret"]), members, max_size=2), max_size=2
)
trees = st.dictionaries(st.sampled_from(["a", "b", "password", "c"]), members | blocks, max_size=4)
some_marks = st.sampled_from([False, {}, {"a": True}, {"b": [True]}, {"c": [{"a": True}]}])


@given(trees, trees, st.tuples(some_marks, some_marks), knowns | st.just(("1234", "1234.0")))
def test_attributes_asked_for_one_by_one_are_masked_as_all_at_once(
    before: dict[str, Any], more: dict[str, Any], marks: tuple[Any, Any], known: list[str]
) -> None:
    """What is clean in one version, or in another resource, is not taken for clean elsewhere."""
    after = {**before, **more}
    fields = {"before_sensitive": marks[0], "after_sensitive": marks[1]}
    entries = [change(f"aws_x.{n}", ["update"], before, after, **fields) for n in "ab"]
    variables = {f"v{n}": {"value": text} for n, text in enumerate(known)}
    root = {"variables": {name: {"sensitive": True} for name in variables}}
    data = plan_json(entries, variables=variables, configuration={"root_module": root})
    door = Door(known_secrets(wire.DECODER.decode(data)))
    whole = door.mask(before, marks[0], []), door.mask(after, marks[1], [])
    for each in decode(data).changes:
        assert repr(seen(each)[:2]) == repr(whole)


def test_of_what_is_secret_as_a_whole_no_name_is_told() -> None:
    """A mark on a whole resource hides its attributes, and what of them changes."""
    marks = {"before_sensitive": True, "after_sensitive": True}
    entry = change("aws_x.a", ["update"], {MARKER: 1, "b": {"c": 1}}, {MARKER: 2}, **marks)
    assert seen(plan([entry]).changes[0]) == (MASK, MASK, ((),))


@pytest.mark.parametrize("marks", [{"before_sensitive": True}, {"after_sensitive": True}])
def test_a_digest_tells_that_something_is_secret_as_a_whole(marks: dict[str, Any]) -> None:
    """Also where the mark is on the version that is not there."""
    entry = change("aws_x.a", ["create"], None, {"a": 1}, **marks)
    (digest,) = plan([entry]).changes[0].read.digests(b"key", "label")
    assert digest.secret


def test_configuration_keeps_references_and_no_constants() -> None:
    """Constants of the configuration never enter the model, and URLs lose their credentials."""
    decoded = plan(
        configuration={
            "root_module": {
                "resources": [
                    {
                        "address": "aws_x.a",
                        "type": "aws_x",
                        "name": "a",
                        "expressions": {
                            "x": {"constant_value": MARKER},
                            "y": {"references": ["aws_x.b.id", "aws_x.b"]},
                        },
                    }
                ],
                "module_calls": {
                    "m": {"source": f"git::https://bot:{MARKER}@example.com/m.git", "module": {}}
                },
            },
            "provider_config": {
                "aws": {"name": "aws", "expressions": {"k": {"constant_value": MARKER}}}
            },
        }
    )
    assert MARKER not in repr(decoded)
    assert json.dumps([r.target for r in decoded.configuration.root.resources[0].references]) == (
        '["aws_x.b.id", "aws_x.b"]'
    )


def test_a_value_marked_once_is_masked_everywhere() -> None:
    """Providers copy sensitive inputs to attributes that they do not mark."""
    entries = [
        change(
            "terraform_data.a",
            ["update"],
            {"input": f"{MARKER}-old", "output": f"{MARKER}-old"},
            {"input": f"{MARKER}-new"},
            before_sensitive={"input": True},
            after_sensitive={"input": True},
        ),
        change("aws_x.b", ["create"], None, {"a": [f"x-{MARKER}-out-y"]}),
    ]
    outputs = {"o": {"actions": ["create"], "after": f"{MARKER}-out", "after_sensitive": True}}
    decoded = plan(entries, output_changes=outputs)
    assert [c.read().after for c in decoded.changes] == [{"input": MASK}, {"a": [MASK]}]
    assert MARKER not in repr([seen(c) for c in decoded.changes])


def test_many_known_secrets_are_still_found_inside_texts() -> None:
    """Beyond 50 of them, texts are compared word by word."""
    door = Door(f"secret-{i:04}" for i in range(600))
    assert door.mask(["a secret-0042 b", "a secret-9999 b"], None, []) == [MASK, "a secret-9999 b"]
