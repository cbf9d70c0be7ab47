"""Every bundled rule is held to the same standard; its own examples are its tests."""

import re
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tfchange.graph.build import build
from tfchange.plan.decode import decode
from tfchange.risk.assess import assess
from tfchange.rulebook.files import read_layers
from tfchange.rulebook.judge import Judge
from tfchange.rulebook.load import compile_files
from tfchange.rulebook.rule import Example, Rule, Rulebook

FIXTURES = ROOT / "fixtures"
FLOORS = {"low": 0, "medium": 15, "high": 40, "critical": 100}
"""The least points of a rule of each severity."""


@cache
def rulebook() -> Rulebook:
    """The bundled rulebook, without any cache, since tests are collected before there is one."""
    return compile_files(read_layers(), "")


@cache
def found_in(scenario: str) -> tuple[frozenset[tuple[str, str]], frozenset[str]]:
    """Which rules hit which addresses in a scenario's plan, and all addresses of the plan."""
    plan = decode(next(FIXTURES.glob(f"*/{scenario}/plan.json")).read_bytes())
    graph, caveats = build(plan)
    assessment = assess(plan, graph, Judge(rulebook()), caveats=caveats)
    hits = frozenset((finding.rule, finding.address) for finding in assessment.findings)
    return hits, frozenset(change.id for change in (*plan.changes, *plan.drift))


def rules() -> list[Rule]:
    """All rules, in the order of their ids."""
    return list(rulebook().rules)


def examples() -> list[object]:
    """Every example with what is expected of it."""
    return [
        pytest.param(rule, example, hit, id=f"{rule.id}-{'hit' if hit else 'miss'}-{i}")
        for rule in rules()
        for hit in (True, False)
        for i, example in enumerate(rule.examples.hit if hit else rule.examples.miss)
    ]


@pytest.mark.parametrize(("rule", "example", "hit"), examples())
def test_a_rule_does_what_its_examples_say(rule: Rule, example: Example, hit: bool) -> None:
    """Each hit is a finding in the plan that real Terraform made, and each miss is none."""
    assert example.scenario, "a bundled rule is shown by real plans"
    hits, addresses = found_in(example.scenario)
    assert example.address in addresses, "the plan has no such resource"
    assert ((rule.id, example.address) in hits) is hit


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_a_rule_is_complete(rule: Rule) -> None:
    """Title, reason, remedy and references are there, and points go with the severity."""
    assert rule.points >= FLOORS[rule.severity]
    assert not rule.title.endswith(".")
    assert rule.title[0].isupper()
    assert rule.message.endswith(".")
    assert rule.message.startswith("{address} ")
    assert rule.why.endswith(".")
    assert rule.remedy.endswith(".")
    assert all(re.match(r"https://\S+$", link) for link in rule.references)
    assert rule.when.actions or rule.when.drift, "a rule must not hit what does not change"


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
        assert found_in(scenario)[0] == frozenset(), scenario


def test_there_is_one_file_per_rule() -> None:
    """The folder holds exactly the rules that are loaded."""
    files = {file.stem for file in Path(ROOT / "rules" / "risk").iterdir()}
    assert files == {rule.id for rule in rules()}
