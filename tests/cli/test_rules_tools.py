"""`tfchange rules check`, `backtest` and `new` as the owners of a policy run them."""

import json
from pathlib import Path

import pytest

from tests.conftest import ROOT, Run
from tests.rulebook.layer import rule, write

SCENARIOS = ROOT / "fixtures" / "scenarios"
DRAFT = """
name: draft
levels:
  medium: {at: 5}
"""


def test_check_of_sound_rules(tfchange: Run, tmp_path: Path) -> None:
    """The bundled rules are sound: all examples hold, and nothing stands behind anything."""
    code, out, err = tfchange("rules", "check", "--format", "json", "--strict")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert (found["failed"], found["untried"], found["shadows"], found["idle"]) == ([], 0, [], [])


def test_check_tells_examples_that_do_not_hold(tfchange: Run, tmp_path: Path) -> None:
    """A hit that is none and a miss that hits fail the check, each with its address."""
    same = "{actions: [no-op], before: {a: 1}, after: {a: 1}}"
    made = "{actions: [create], before: null, after: {a: 1}}"
    text = rule("thing").replace("x_thing.a, change: {}", f"x_thing.a, change: {same}")
    text = text.replace("types: [x_thing]", "types: [x_thing], actions: [create]")
    layer = write(
        tmp_path / "own",
        risk__thing=text.replace("x_thing.b, change: {}", f"x_thing.b, change: {made}"),
    )
    code, out, err = tfchange("rules", "check", "--rules", layer)
    assert code == 1
    assert "thing: x_thing.a should hit and does not" in out
    assert "thing: x_thing.b should not hit and does" in out
    assert "not as they should be" in err


def test_check_tells_all_faults_of_all_files_at_once(tfchange: Run, tmp_path: Path) -> None:
    """Files that cannot be loaded are an error that names each fault with file and line."""
    layer = write(tmp_path / "own", risk__a="id: a\nnonsense: 1\n", risk__b="id: c\n")
    code, out, err = tfchange("rules", "check", "--rules", layer)
    assert (code, out) == (1, "")
    assert "a.yaml:2: nonsense" in err
    assert "b.yaml" in err


def test_check_names_what_has_no_effect(tfchange: Run, tmp_path: Path) -> None:
    """What says no more than above, and a waiver of the past; --strict fails for them."""
    waiver = """
    waivers:
      - {rule: dns-changed, addresses: [a.b], ticket: T-1, owner: w, expires: 2020-01-01}
    """
    layer = write(
        tmp_path / "own", risk__dns_changed="id: dns-changed\npoints: 1000\n", waivers=waiver
    )
    lower = write(tmp_path / "more", risk__dns_changed="id: dns-changed\npoints: 1000\n")
    code, out, _ = tfchange("rules", "check", "--rules", layer, "--rules", lower)
    assert code == 0
    assert f"Without effect: rule dns-changed in {lower}" in " ".join(out.split())
    assert "Without effect: the waiver T-1, which has expired." in out
    assert tfchange("rules", "check", "--strict", "--rules", layer, "--rules", lower)[0] == 1


def test_backtest_counts_shares_and_what_decides(tfchange: Run) -> None:
    """Without others to compare with: how many of each class, and by what."""
    code, out, err = tfchange(
        "rules",
        "backtest",
        SCENARIOS / "tags-only",
        SCENARIOS / "database-replaced",
        "--format",
        "json",
    )
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert found["now"]["shares"] == {"normal critical": 1, "standard": 1}
    assert {"name": "tags-only", "plans": 1} in found["now"]["deciding"]
    assert {"name": "database-replaced", "plans": 1} in found["now"]["deciding"]
    assert (found["other"], found["shifts"]) == (None, [])
    assert all(u["plan"].endswith("assessment.json") for u in found["unread"])


def test_backtest_shows_who_would_shift(tfchange: Run, tmp_path: Path) -> None:
    """A draft with a lower threshold moves plans up, and the table says from where to where."""
    layer = write(tmp_path / "draft", itil__draft=DRAFT)
    plan = SCENARIOS / "greenfield" / "plan.json"
    code, out, _ = tfchange("rules", "backtest", plan, "--against", layer)
    assert code == 0
    assert "1 plan would be classified otherwise" in out
    assert "normal low → normal medium" in " ".join(out.split())
    code, out, _ = tfchange("rules", "backtest", plan, "--against", layer, "--format", "json")
    assert json.loads(out)["shifts"] == [{"from": "normal low", "to": "normal medium", "plans": 1}]


def test_backtest_against_a_policy(tfchange: Run, tmp_path: Path) -> None:
    """A policy that comes with tfchange is compared by its name, on top of the rules in force; a
    folder and a policy are compared together."""
    plan = SCENARIOS / "greenfield" / "plan.json"
    asked = ("rules", "backtest", plan, "--format", "json", "--against")
    code, out, err = tfchange(*asked, "strict")
    found = json.loads(out)
    assert (code, err, found["now"]["name"], found["other"]["name"]) == (0, "", "default", "strict")
    assert found["shifts"] == [{"from": "normal low", "to": "normal medium", "plans": 1}]
    own = write(tmp_path / "own", risk__thing=rule("thing"))
    ruled = json.loads(tfchange(*asked, "gitlab", "--rules", own)[1])["other"]
    both = json.loads(tfchange(*asked, "gitlab", "--against", own)[1])["other"]
    assert (
        ruled["hash"] == both["hash"] != json.loads(tfchange(*asked, "gitlab")[1])["other"]["hash"]
    )


def test_backtest_against_what_is_not_there(tfchange: Run, tmp_path: Path) -> None:
    """What is neither a policy nor a folder is told, with the policies there are; one policy at
    a time; and what the organisation has settled cannot be chosen otherwise."""
    plan = SCENARIOS / "greenfield" / "plan.json"
    code, out, err = tfchange("rules", "backtest", plan, "--against", "stric")
    assert (code, out) == (2, "")
    assert "'stric' is neither a policy nor a folder of rules" in err
    assert "default, gitlab, startup, strict" in err
    code, _, err = tfchange("rules", "backtest", plan, "--against", "strict", "--against", "gitlab")
    assert code == 2
    assert "one policy at a time" in err
    own = write(tmp_path / "own", itil__own="name: own\nextends: strict\n")
    code, _, err = tfchange("rules", "backtest", plan, "--rules", own, "--against", "gitlab")
    assert code == 1
    assert "'gitlab' cannot be chosen" in err


def test_backtest_goes_on_over_a_broken_file(tfchange: Run, tmp_path: Path) -> None:
    """It is listed with its reason; only if nothing can be read the command fails."""
    (tmp_path / "broken.json").write_text("{")
    plan = SCENARIOS / "tags-only" / "plan.json"
    code, out, _ = tfchange("rules", "backtest", plan, tmp_path)
    assert code == 0
    assert "Could not be read: 1" in out
    code, out, err = tfchange("rules", "backtest", tmp_path)
    assert (code, out) == (1, "")
    assert "none of these is a plan" in err


@pytest.mark.parametrize("shown", [False, True])
def test_new_writes_a_rule_that_holds(tfchange: Run, tmp_path: Path, shown: bool) -> None:
    """The new rule can be loaded, and its examples are as it says, also those of a real change."""
    into = str(tmp_path / "own")
    plan = SCENARIOS / "sensitive-value-changed" / "plan.json"
    change = ("--plan", plan, "--address", "aws_db_instance.this") if shown else ()
    code, out, err = tfchange("rules", "new", "ours", "--into", into, *change)
    assert (code, err) == (0, "")
    assert f"tfchange rules check --rules {into}" in out
    code, out, _ = tfchange("rules", "check", "--rules", into, "--format", "json")
    assert (code, json.loads(out)["failed"]) == (0, [])
    assert (tmp_path / "own" / ".schemas" / "rule-1.0.json").exists()


def test_new_masks_what_it_writes(tfchange: Run, tmp_path: Path) -> None:
    """A password of the plan does not get into the rule."""
    into = tmp_path / "own"
    plan = SCENARIOS / "sensitive-value-changed" / "plan.json"
    tfchange(
        "rules", "new", "ours", "--into", into, "--plan", plan, "--address", "aws_db_instance.this"
    )
    text = (into / "risk" / "ours.yaml").read_text()
    assert "(sensitive)" in text
    assert "fixture-not-a-secret" not in text


ODD = {
    "address": 'module.m["ü.{x}: #"].aws_x.a["it\'s ${y} \\"q\\""]',
    "module_address": 'module.m["ü.{x}: #"]', "mode": "managed", "type": "aws_x", "name": "a",
    "index": 'it\'s ${y} "q"', "provider_name": "registry.terraform.io/hashicorp/aws",
}  # fmt: skip
KEYS = ("a: b", "c,d", "e{f}", 'q"r', "[x]", "*", "null", "true", "~", "#", "- g", "ü", "a.b")


@pytest.mark.parametrize(
    ("actions", "before", "after"),
    [
        (["update"], dict.fromkeys(KEYS, 1), dict.fromkeys(KEYS, 2)),
        (["update"], {"tags": {"a": "1: #"}}, {"tags": {"a": "{}\n\u2028'\""}}),
        (["delete"], {"a": None}, None),
        (["create"], None, {}),
        (["create", "delete"], {"a": "x"}, {"a": "y"}),
        (["forget"], {"a": "x"}, None),
    ],
)
def test_new_of_any_change_holds(
    tfchange: Run, tmp_path: Path, actions: list[str], before: object, after: object
) -> None:
    """Whatever an address, a key or a value looks like, the rule can be loaded and hits it."""
    change = {"actions": actions, "before": before, "after": after, "after_unknown": {}}
    said = {"format_version": "1.2", "resource_changes": [{**ODD, "change": change}]}
    plan, own = tmp_path / "plan.json", str(tmp_path / "own")
    plan.write_text(json.dumps(said))
    asked = ("--plan", plan, "--address", ODD["address"])
    assert tfchange("rules", "new", "null", "--into", own, *asked)[::2] == (0, "")
    code, out, err = tfchange("rules", "check", "--rules", own, "--format", "json")
    assert (code, err, json.loads(out)["failed"]) == (0, "", [])


@pytest.mark.parametrize(
    "marks", [{"after_unknown": True}, {"before_sensitive": True, "after_sensitive": True}]
)
def test_new_of_a_change_that_shows_nothing(
    tfchange: Run, tmp_path: Path, marks: dict[str, object]
) -> None:
    """Where nothing is known of a resource, or all is secret, the rule still begins and loads."""
    change = {"actions": ["update"], "before": {"a": 1}, "after": {"a": 2}, **marks}
    said = {"format_version": "1.2", "resource_changes": [{**ODD, "change": change}]}
    plan, own = tmp_path / "plan.json", str(tmp_path / "own")
    plan.write_text(json.dumps(said))
    asked = ("--plan", plan, "--address", ODD["address"])
    assert tfchange("rules", "new", "blind", "--into", own, *asked)[::2] == (0, "")
    assert tfchange("rules", "show", "blind", "--rules", own)[::2] == (0, "")


def test_new_refuses_what_no_rule_looks_at(tfchange: Run, tmp_path: Path) -> None:
    """Data sources and what stays as it is are hit by no rule, so that none is begun of them."""
    same = {"actions": ["no-op"], "before": {}, "after": {}}
    read = {"actions": ["read"], "before": None, "after": {}}
    data = {"address": "data.aws_x.a", "mode": "data", "type": "aws_x", "name": "a", "change": read}
    said = {"format_version": "1.2", "resource_changes": [{**ODD, "change": same}, data]}
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(said))
    for address, why in ((ODD["address"], "left as it is"), ("data.aws_x.a", "a data source")):
        into = str(tmp_path / "own")
        asked = ("--plan", plan, "--address", address)
        code, _, err = tfchange("rules", "new", "x", "--into", into, *asked)
        assert code == 2
        assert why in err


def test_new_refuses_what_is_no_id_and_what_is_there(tfchange: Run, tmp_path: Path) -> None:
    """Nothing is overwritten, and the name of a rule is that of its file."""
    into = str(tmp_path / "own")
    assert tfchange("rules", "new", "../x", "--into", into)[0] == 2
    assert tfchange("rules", "new", "1e3", "--into", into)[0] == 2
    assert tfchange("rules", "new", "x", "--into", into, "--plan", "p.json")[0] == 2
    assert tfchange("rules", "new", "x", "--into", into)[0] == 0
    code, _, err = tfchange("rules", "new", "x", "--into", into)
    assert code == 2
    assert "is there already" in err
