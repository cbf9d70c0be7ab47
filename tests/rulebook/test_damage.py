"""Files with several faults: one hides no other, and none makes the loader raise anything else."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rulebook.layer import rule, write
from tfchange.errors import RulebookError
from tfchange.rulebook.files import RuleFile, read_layers
from tfchange.rulebook.load import compile_files, load

FEW = ("itil/default.yaml", "risk/dns-changed.yaml", "traits/names.yaml")
BUNDLED = tuple(file for file in read_layers() if file.relative in FEW)
SOUND: dict[str, tuple[str, dict[str, Any]]] = {
    "rule": ("risk/thing.yaml", yaml.safe_load(rule("thing"))),
    "overlay": ("risk/dns-changed.yaml", {"id": "dns-changed", "points": 90, "severity": "high"}),
    "envelope": ("envelopes/e.yaml", {
        "id": "e", "title": "E", "why": "So.", "record": "A note.",
        "allow": [{"actions": ["update"], "traits": ["dns"]}],
        "earned": {"runs": 1, "days": 2, "failures": 3}, "environments": ["test"],
    }),
    "traits": ("traits/t.yaml", {
        "names": {"x": "A thing."}, "types": {"aws_vpc": {"traits": ["x"], "stateful": True}},
        "families": [{"facts": {"traits": ["x"]}, "types": ["x_a"]}],
        "patterns": [{"match": "x_*", "traits": ["x"]}],
    }),
    "policy": ("itil/p.yaml", {
        "name": "p", "levels": {"high": {"at": 40, "approvals": ["peer"], "lead_days": 4}},
        "floors": {"f": {"level": "high", "when": {"traits": ["dns"]}, "why": "So."}},
        "findings": {"dns-changed": {"severity": "high"}}, "emergency": {"review_days": 1},
        "freezes": {"soft": {"blocks": ["standard"]}}, "environments": {"production": ["x"]},
        "approvals_by_trait": {"dns": ["peer"]}, "weights": {"action.create": 9},
        "matrix": {"low": {"low": "low"}}, "groups": {"a": "A"},
    }),
    "waivers": ("waivers.yaml", {"waivers": [
        {"rule": "dns-changed", "addresses": ["a"], "ticket": "T", "owner": "w",
         "expires": "2027-01-01"},
    ]}),
}  # fmt: skip
"""A file of each kind, as it should be."""


def test_what_is_wrong_by_the_schema_hides_nothing_else_of_its_file(tmp_path: Path) -> None:
    """Beside an unknown key, a missing full stop or a missing date all else is judged as well."""
    layer = write(
        tmp_path,
        risk__thing=rule("thing").replace("{action}.", "{action}").replace(
            "[x_thing]}", "[x_thing], expression: 'after.'}") + "approvers: [nobody]\n",
        risk__dns_changed="id: dns-changed\nseverity: low\npoints: 1\ntitle: Another\n",
        itil__p="name: p\nlevels: {low: {bogus: 1}, high: {at: 300, lead_days: 0}}\n",
        traits__t="types:\n  a_b: {traits: [dns], bogus: 1}\n  a_c: {traits: [no-such]}\n",
        envelopes__e="id: e\ntitle: E\nwhy: So.\nallow: [{actions: [boom]}, {actions: [update], "
        "traits: [neither]}]\nrecord: A note.\nenvironments: [moon]\n",
        waivers="waivers:\n  - {rule: thing}\n  - {rule: none, addresses: [a], ticket: T-1, "
        "owner: w, expires: 2027-02-30}\n",
    )  # fmt: skip
    with pytest.raises(RulebookError) as caught:
        load([layer])
    said = caught.value.message
    for expected in (
        "must end with a full stop", "there is no approval group 'nobody'", "Syntax error",
        "dns-changed.yaml:2: a lower layer", "dns-changed.yaml:3: a lower layer",
        "dns-changed.yaml:4: title: unknown key",
        "levels.low.bogus: unknown key", "a threshold of 50", "a lead time of 3 working days",
        "types.a_b.bogus: unknown key", "there is no trait 'no-such'",
        "allow[0].actions[0]: 'boom'", "there is no trait 'neither'", "no environment 'moon'",
        "waivers[0]: the key 'expires' is missing", "waivers.yaml:3: there is no rule 'none'",
        "'2027-02-30' is not a day",
    ):  # fmt: skip
        assert expected in said, said
    assert "there is no rule 'thing'" not in said


def test_what_is_too_much_or_too_little_is_said_in_words(tmp_path: Path) -> None:
    """No regular expression and no dump of a schema is shown to people."""
    layer = write(
        tmp_path,
        risk__a=rule("a").replace("{types: [x_thing]}", "{destroyed: 3, types: [x]}"),
        risk__b=rule("b").replace("{types: [x_thing]}", "{}"),
        risk__c=rule("c").replace("https://example.com/", "ftp://example.com/"),
    )
    with pytest.raises(RulebookError) as caught:
        load([layer])
    said = caught.value.message
    assert "when: holds destroyed, types, of which only 1 may stand here" in said
    assert "when: needs at least 1 keys" in said
    assert "references[0]: 'ftp://example.com/' must begin with https://" in said


def damaged(tree: Any, junk: object, at: list[int]) -> Any:
    """The tree with junk at the place to which the numbers lead."""
    if not at or not isinstance(tree, dict | list) or not tree:
        return junk
    copy = dict(tree) if isinstance(tree, dict) else dict(enumerate(tree))
    key = list(copy)[at[0] % len(copy)]
    copy[key] = damaged(copy[key], junk, at[1:])
    return copy if isinstance(tree, dict) else list(copy.values())


junk = st.sampled_from([None, True, 7, -1, "x", "", [], {}, ["x"], {"x": "x"}, {"level": "low"}])
damages = st.lists(
    st.tuples(junk, st.lists(st.integers(0, 20), min_size=1, max_size=5)), min_size=1, max_size=3
)


@settings(deadline=None)
@given(st.sampled_from(sorted(SOUND)), damages)
def test_a_damaged_file_is_loaded_or_a_fault(
    kind: str, damages: list[tuple[object, list[int]]]
) -> None:
    """Whatever stands wherever in a file, the answer is a rulebook or a list of faults."""
    relative, content = SOUND[kind]
    for what, at in damages:
        content = damaged(content, what, at)
    text = yaml.safe_dump(content, sort_keys=False).encode()
    file = RuleFile(1, "rule" if kind == "overlay" else kind, relative, relative, "own", text)
    said = relative
    try:
        compile_files([*BUNDLED, file], "")
    except RulebookError as error:
        said = error.message
    assert relative in said
