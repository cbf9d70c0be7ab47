"""Bytes become plans."""

import json
import mmap
from pathlib import Path as File

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.build import change, plan, plan_json, seen, state
from tfchange.errors import PlanError
from tfchange.plan.decode import decode
from tfchange.plan.model import Action, Importing, RelevantAttribute, verb_of


@pytest.mark.parametrize(
    ("words", "action", "first"),
    [
        (["no-op"], Action.NO_OP, False),
        (["read"], Action.READ, False),
        (["create"], Action.CREATE, False),
        (["update"], Action.UPDATE, False),
        (["delete"], Action.DELETE, False),
        (["forget"], Action.FORGET, False),
        (["delete", "create"], Action.REPLACE, False),
        (["create", "delete"], Action.REPLACE, True),
        (["create", "forget"], Action.REPLACE, True),
        ([], Action.NO_OP, False),
    ],
)
def test_the_action_follows_from_the_words_present(
    words: list[str], action: Action, first: bool
) -> None:
    """Both orders of a replacement and `create, forget` are told apart."""
    read = plan([change("aws_x.a", words)]).changes[0]
    assert (read.action, read.create_before_destroy) == (action, first)
    assert read.forgets is ("forget" in words)


@given(st.permutations(["create", "delete", "read"]))
def test_further_words_never_hide_a_replacement(words: list[str]) -> None:
    """Presence decides, not the length of the list."""
    assert verb_of(tuple(words)).action is Action.REPLACE


def test_an_action_from_the_future_is_a_caveat_and_counts_as_an_update() -> None:
    """What is not understood is said, and keeps the plan from being standard."""
    read = plan([change("aws_x.a", ["transmogrify"])])
    assert read.changes[0].action is Action.UPDATE
    assert [(c.kind, c.blocks_standard) for c in read.caveats] == [("construct", True)]


def test_one_address_can_stand_twice() -> None:
    """A deposed object shares its address with the current one and has an id of its own."""
    entries = [change("aws_x.a", ["no-op"]), change("aws_x.a", ["delete"], deposed="ab12cd34")]
    assert [c.id for c in plan(entries).changes] == ["aws_x.a", "aws_x.a (deposed ab12cd34)"]


def test_terraform_0_12_said_true_for_deposed() -> None:
    """The old bare boolean is read as a deposed object without a known key."""
    assert plan([change("aws_x.a", ["delete"], deposed=True)]).changes[0].deposed == "unknown"


def test_moves_and_imports_are_kept() -> None:
    """Previous addresses, and imports by id, by identity and not known yet."""
    entries = [
        change("aws_x.a", ["no-op"], previous_address="aws_x.b"),
        change("aws_x.c", ["no-op"], importing={"id": "i-1"}),
        change("aws_x.d", ["no-op"], importing={"identity": {"arn": "x"}}),
        change("aws_x.e", ["no-op"], importing={"unknown": True}),
    ]
    moved, *imported = plan(entries).changes
    assert moved.moved
    assert [c.importing for c in imported] == [
        Importing("i-1"),
        Importing(identity=True),
        Importing(unknown=True),
    ]


def test_reasons_may_be_new() -> None:
    """An unknown `action_reason` is kept as it is."""
    entry = change(
        "aws_x.a",
        ["delete", "create"],
        action_reason="replace_because_of_moonlight",
        replace_paths=[["list", 1, "id"], ["ami"]],
    )
    read = plan([entry]).changes[0]
    assert read.reason == "replace_because_of_moonlight"
    assert read.replace_paths == (("list", 1, "id"), ("ami",))


def test_a_replacement_lists_what_forces_it_and_not_all_that_is_computed() -> None:
    """Unknown attributes are changed paths only where they are a cause."""
    entry = change(
        "aws_x.a",
        ["delete", "create"],
        {"id": "1", "arn": "a", "ami": "x"},
        {"ami": "y"},
        after_unknown={"id": True, "arn": True},
        replace_paths=[["arn"]],
    )
    assert plan([entry]).changes[0].read().changed == (("arn",), ("ami",))


def test_deferred_changes_stand_apart_and_forbid_standard() -> None:
    """They are not among the changes, and each is a caveat with its reason."""
    deferred = [
        {"reason": "provider_config_unknown", "resource_change": change("aws_x.a", ["create"])}
    ]
    read = plan(deferred_changes=deferred)
    assert [(d.address, d.deferred) for d in read.deferred] == [
        ("aws_x.a", "provider_config_unknown")
    ]
    assert [c.kind for c in read.caveats] == ["deferred"]
    assert read.changes == ()


def test_checks_outputs_actions_and_relevant_attributes_are_read() -> None:
    """Everything else that a report or a judgement needs is in the model."""
    read = plan(
        output_changes={"o": {"actions": ["update"], "after_sensitive": True}},
        checks=[
            {
                "address": {"kind": "check", "to_display": "check.up"},
                "status": "fail",
                "instances": [{"status": "fail", "problems": [{"message": "It is down."}]}],
            }
        ],
        action_invocations=[
            {
                "address": "action.aws_lambda_invoke.x",
                "type": "aws_lambda_invoke",
                "lifecycle_action_trigger": {"triggering_resource_address": "aws_x.a"},
            }
        ],
        relevant_attributes=[
            {"resource": "aws_x.a", "attribute": ["groups", 0]},
            {"resource": "aws_x.b", "attribute": []},
        ],
    )
    assert (read.outputs[0].name, read.outputs[0].sensitive) == ("o", True)
    assert [c.kind for c in read.caveats] == ["construct", "checks"]
    assert "It is down." in read.caveats[1].message
    assert read.actions[0].triggered_by == "aws_x.a"
    assert read.relevant == (
        RelevantAttribute("aws_x.a", ("groups", 0)),
        RelevantAttribute("aws_x.b", ()),
    )


@pytest.mark.parametrize(
    ("part", "said", "fault"),
    [
        ("checks", 5, "Expected `array | null`, got `int` - at `$.checks`"),
        ("checks", [{"status": 1}], "Expected `str`, got `int` - at `$.checks[0].status`"),
        ("deferred_changes", [None], "got `null` - at `$.deferred_changes[0]`"),
        ("action_invocations", [{"type": 1}], "at `$.action_invocations[0].type`"),
        ("deferred_action_invocations", {}, "at `$.deferred_action_invocations`"),
    ],
)
def test_a_fault_in_what_few_plans_hold_names_its_place(
    part: str, said: object, fault: str
) -> None:
    """Checks, actions and what is put off are as strict as all else, and faults as exact."""
    with pytest.raises(PlanError) as caught:
        plan(**{part: said})
    assert caught.value.message.endswith(fault)


@pytest.mark.parametrize("nothing", [None, []])
def test_what_few_plans_hold_can_be_empty(nothing: object) -> None:
    """`null` and an empty list stand for none, beside parts that hold some."""
    read = plan(checks=nothing, action_invocations=nothing, deferred_changes=nothing)
    assert (read.checks, read.actions, read.deferred) == ((), (), ())
    some = plan(checks=[{"status": "pass"}], action_invocations=nothing, deferred_changes=nothing)
    assert ([c.status for c in some.checks], some.actions, some.deferred) == (["pass"], (), ())


def test_state_is_flattened_through_child_modules() -> None:
    """Every instance of the prior state is there with what it depended on."""
    child = {"address": "module.a", "resources": state(**{"aws_x.b": ["aws_x.a"]})}
    child["resources"][0]["address"] = "module.a.aws_x.b"
    prior = {
        "values": {"root_module": {"resources": state(**{"aws_x.a": []}), "child_modules": [child]}}
    }
    read = plan(prior_state=prior)
    assert {(r.address, r.depends_on) for r in read.state} == {
        ("aws_x.a", ()),
        ("module.a.aws_x.b", ("aws_x.a",)),
    }


def test_drift_without_an_address_gets_one() -> None:
    """Early formats name only module, type, name and index."""
    entry = change('module.a.aws_x.b["k.1"]', ["update"])
    del entry["address"]
    assert plan(drift=[entry]).drift[0].address == 'module.a.aws_x.b["k.1"]'


@pytest.mark.parametrize("version", ["0.1", "0.2", "1.0", "1.1", "1.2"])
def test_known_formats_are_read_without_a_caveat(version: str) -> None:
    """Terraform 0.12 to today."""
    assert plan(format_version=version).caveats == ()


def test_a_newer_minor_is_read_with_a_caveat_and_a_newer_major_refused() -> None:
    """1.x may only add; 2.0 may mean anything."""
    assert [c.kind for c in plan(format_version="1.9").caveats] == ["version"]
    with pytest.raises(PlanError, match=r"format 2\.0") as caught:
        plan(format_version="2.0")
    assert "pip install --upgrade tfchange" in caught.value.advice


def test_incomplete_and_errored_plans_say_so() -> None:
    """Both forbid a standard change."""
    assert [(c.kind, c.blocks_standard) for c in plan(complete=False).caveats] == [
        ("incomplete", True)
    ]
    assert [c.kind for c in plan(errored=True, complete=False).caveats] == ["errored"]


def test_integers_beyond_64_bits_keep_every_digit() -> None:
    """They are compared exactly, as Terraform does."""
    entry = change(
        "aws_x.a", ["update"], {"n": 12345678901234567890123}, {"n": 12345678901234567890124}
    )
    assert plan([entry]).changes[0].read().changed == (("n",),)


def test_null_is_tolerated_where_lists_are_expected() -> None:
    """Absent, null and empty mean the same."""
    names = [
        "resource_changes",
        "resource_drift",
        "relevant_attributes",
        "checks",
        "variables",
        "output_changes",
        "prior_state",
        "deferred_changes",
    ]
    read = decode(plan_json(**dict.fromkeys(names)))
    assert (read.changes, read.relevant) == ((), None)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_every_encoding_of_a_plan_gives_the_same_plan(encoding: str) -> None:
    """PowerShell's redirects write UTF-16, with a byte order mark."""
    text = plan_json([change('aws_x.a["ü"]', ["create"])]).decode()
    assert decode(text.encode(encoding)).changes[0].address == 'aws_x.a["ü"]'


def test_a_memory_mapped_file_is_read_as_it_is(tmp_path: File) -> None:
    """Large plans are not copied first."""
    file = tmp_path / "plan.json"
    file.write_bytes(plan_json([change("aws_x.a", ["create"], None, {"b": 1})]))
    with file.open("rb") as opened:
        data = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        assert decode(data).changes[0].read().after == {"b": 1}


def test_text_of_a_ci_wrapper_is_left_out_and_named() -> None:
    """The plan is read, and the caveat says how to keep the wrapper away."""
    wrapped = b"[command]terraform-bin show -json p\n" + plan_json() + b"\n::debug::exitcode: 0\n"
    read = decode(wrapped)
    assert [c.kind for c in read.caveats] == ["text-around"]
    assert "before and after" in read.caveats[0].message


def test_a_redacted_plan_has_no_graph_and_is_never_standard() -> None:
    """HCP Terraform's redacted form carries another version key."""
    read = decode(
        json.dumps(
            {
                "plan_format_version": "1.2",
                "provider_schemas": {},
                "resource_changes": [change("aws_x.a", ["update"])],
            }
        ).encode()
    )
    assert read.redacted
    assert read.configuration is None
    assert [(c.kind, c.blocks_standard) for c in read.caveats] == [("redacted", True)]


@given(st.binary(max_size=300))
def test_any_bytes_decode_or_raise_plan_error(data: bytes) -> None:
    """Nothing else ever comes out."""
    with pytest.raises(PlanError):
        decode(data)


@given(st.data())
def test_a_damaged_plan_decodes_or_raises_plan_error(data: st.DataObject) -> None:
    """Cutting or overwriting a plan anywhere never gives a traceback."""
    whole = plan_json(
        [change("aws_x.a", ["update"], {"a": [1, {"b": "c"}]}, {"a": []})],
        state=state(**{"aws_x.a": ["aws_x.b"]}),
    )
    at = data.draw(st.integers(0, len(whole) - 1))
    junk = data.draw(st.binary(max_size=8))
    error = _error_of(whole[:at] + junk + whole[at + data.draw(st.integers(0, 8)) :])
    assert error is None or (error.message and error.advice)


def _error_of(data: bytes) -> PlanError | None:
    try:
        for entry in decode(data).changes:
            seen(entry)
    except PlanError as error:
        return error
    return None


@pytest.mark.parametrize(
    "opening",
    [
        b"[",
        b'{"a":',
        b'{"resource_changes":[',
        b'{"format_version":"1.2","resource_changes":[{"change":{"before":' + b"[",
    ],
)
def test_hostile_nesting_is_an_error_of_ours(opening: bytes) -> None:
    """100,000 brackets are refused without a crash."""
    with pytest.raises(PlanError):
        decode(opening * 100_000)


def test_values_nested_beyond_reason_are_an_error_of_ours() -> None:
    """Also where the brackets hide inside a value that is decoded late."""
    deep = "[" * 900 + "]" * 900
    text = plan_json([change("aws_x.a", ["update"], "HERE", "THERE")]).decode()
    text = text.replace('"HERE"', deep).replace('"THERE"', deep.replace("[]", "[1]"))
    error = _error_of(text.encode())
    assert error is not None
    assert "aws_x.a" in error.message or "nested" in error.message


def test_errors_hold_no_values() -> None:
    """A secret in a broken plan stays in the plan."""
    entry = change("aws_x.a", ["update"], {"password": "MARKER-1"}, {"password": "MARKER-2"})
    whole = plan_json([entry])
    for at in range(0, len(whole), 7):
        for broken in (whole[:at], whole[:at] + b"\xff" + whole[at:], whole + whole[at:]):
            error = _error_of(broken)
            if error:
                assert "MARKER" not in f"{error!r} {error.advice} {error.__cause__!r}"
