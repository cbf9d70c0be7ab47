"""Every bundled rule is held to the same standard; its own examples are its tests."""

import re
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tfchange.plan.decode import decode
from tfchange.risk.examples import Shown, inline, shown
from tfchange.rulebook.example import Example
from tfchange.rulebook.files import read_layers
from tfchange.rulebook.judge import Judge
from tfchange.rulebook.load import compile_files
from tfchange.rulebook.rule import Rule, Rulebook

FIXTURES = ROOT / "fixtures"
PLANNED = ("aws_", "terraform_data")
"""Types that Terraform can plan here."""
FLOORS = {"low": 0, "medium": 15, "high": 40, "critical": 100}
"""The least points of a rule of each severity."""


@cache
def rulebook() -> Rulebook:
    """The bundled rulebook, without any cache, since tests are collected before there is one."""
    return compile_files(read_layers(), "")


@cache
def found_in(scenario: str) -> Shown:
    """Which rules hit which addresses in a scenario's plan, and all addresses of the plan."""
    plan = decode(next(FIXTURES.glob(f"*/{scenario}/plan.json")).read_bytes())
    return shown(plan, judge())


@cache
def judge() -> Judge:
    """Judges by the bundled rules."""
    return Judge(rulebook())


def found_by(example: Example) -> Shown:
    """The same of an example, be that of a scenario or made by hand."""
    if example.scenario:
        return found_in(example.scenario)
    plan, bumps = inline(example)
    assert bumps or not plan.changes[0].type.startswith(PLANNED), "this can be shown by real plans"
    return shown(plan, judge(), bumps)


def rules() -> list[Rule]:
    """All rules, in the order of their ids."""
    return list(rulebook().rules)


def told(rule: Rule, hit: bool) -> tuple[Example, ...]:
    """What the rule must hit, or must miss."""
    examples = rulebook().examples[rule.id]
    return examples.hit if hit else examples.miss


def examples() -> list[object]:
    """Every example with what is expected of it."""
    return [
        pytest.param(rule, example, hit, id=f"{rule.id}-{'hit' if hit else 'miss'}-{i}")
        for rule in rules()
        for hit in (True, False)
        for i, example in enumerate(told(rule, hit))
    ]


@pytest.mark.parametrize(("rule", "example", "hit"), examples())
def test_a_rule_does_what_its_examples_say(rule: Rule, example: Example, hit: bool) -> None:
    """Each hit is a finding in the plan that real Terraform made, and each miss is none.

    Only what no provider on this machine can plan, and versions, are made by hand.
    """
    found = found_by(example)
    assert example.address in found.addresses, "the plan has no such resource"
    assert ((rule.id, example.address) in found.hits) is hit


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_a_rule_is_complete(rule: Rule) -> None:
    """Title, reason, remedy and references are there, and points go with the severity."""
    assert rule.points >= FLOORS[rule.severity]
    assert not rule.title.endswith(".")
    assert rule.title[0].isupper()
    assert rule.message.endswith(".")
    assert rule.message.startswith("The plan " if rule.when.destroyed else "{address} ")
    assert rule.why.endswith(".")
    assert rule.remedy.endswith(".")
    assert all(re.match(r"https://\S+$", link) for link in rule.references)
    when = rule.when
    acts = when.actions or when.drift or when.destroyed or when.bumped
    assert acts, "a rule must not hit what does not change"


def test_the_types_of_rules_are_known() -> None:
    """Each type that a rule or an envelope names has facts."""
    known = rulebook().traits
    named = [(rule.id, t) for rule in rules() for t in rule.when.types]
    named += [(e.id, t) for e in rulebook().envelopes for limits in e.allow for t in limits.types]
    missing = [
        f"{where}: {type_}"
        for where, type_ in named
        if "*" not in type_ and type_ not in known and not Judge(rulebook()).traits_of(type_).traits
    ]
    assert missing == []


def test_every_trait_is_used() -> None:
    """Each trait that has a name is a fact about some type."""
    used = {t for facts in rulebook().traits.values() for t in facts.traits}
    used |= {t for _, facts in rulebook().patterns for t in facts.traits}
    text = (ROOT / "rules" / "traits" / "names.yaml").read_text()
    assert set(re.findall(r"^  ([a-z-]+):", text, re.MULTILINE)) == used


def test_no_rule_hits_where_nothing_changes() -> None:
    """Plans without a change have no finding."""
    for scenario in ("no-change", "outputs-only", "moved", "drift-noise"):
        assert found_in(scenario).hits == frozenset(), scenario


def test_there_is_one_file_per_rule() -> None:
    """The folder holds exactly the rules that are loaded."""
    files = {file.stem for file in Path(ROOT / "rules" / "risk").iterdir()}
    assert files == {rule.id for rule in rules()}
