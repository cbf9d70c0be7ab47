"""Policies in layers: a lower one may add and raise, never lower, whatever it says."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from tests.goldens import scenarios
from tests.rulebook.layer import write
from tfchange.errors import RulebookError
from tfchange.graph.build import build
from tfchange.plan.decode import decode
from tfchange.risk.assess import assess
from tfchange.risk.assessment import Assessment
from tfchange.rulebook.check import unknown_names
from tfchange.rulebook.document import Document
from tfchange.rulebook.files import RuleFile
from tfchange.rulebook.judge import Judge
from tfchange.rulebook.layers import Draft, merge
from tfchange.rulebook.load import load
from tfchange.rulebook.merged import rules
from tfchange.rulebook.rise import SEVERITIES
from tfchange.rulebook.rule import Policy, Rule, Rulebook
from tfchange.rulebook.weights import DEFAULTS
from tfchange.schema import faults

LEVELS = st.sampled_from(SEVERITIES)
ROW = "{low: low, medium: medium, high: high, critical: critical}"
MATRIX = f"matrix: {{low: {ROW}, medium: {ROW}, high: {ROW}, critical: {ROW}}}\n"


def policy(folder: Path, text: str, *, base: str = "default") -> str:
    """A layer with that policy alone."""
    return write(folder, itil__p=f"name: p\nextends: {base}\n{text}")


def wrong(*layers: str) -> str:
    """What is wrong with these layers."""
    with pytest.raises(RulebookError) as caught:
        load(layers)
    return caught.value.message


def test_a_layer_adds_and_raises(tmp_path: Path) -> None:
    """A matrix, floors, approvers, what freezes stop and the names of levels come in."""
    book = load([policy(tmp_path, MATRIX + """
levels: {high: {called: P2}}
floors: {queue: {level: high, when: {traits: [messaging]}, why: Queues matter.}}
findings: {dns-changed: {severity: high, approvers: [identity]}}
approvals_by_trait: {storage: [storage]}
freezes: {soft: {blocks: [standard]}}
""")])  # fmt: skip
    assert book.policy.matrix["low"]["critical"] == "critical"
    assert book.policy.levels["high"].called == "P2"
    assert book.policy.floors["queue"].when.traits == ("messaging",)
    assert book.policy.freezes.soft.blocks == ("normal", "standard")
    assert book.policy.approvals_by_trait == {"storage": ("storage",)}
    (rule,) = (r for r in book.rules if r.id == "dns-changed")
    assert (rule.severity, rule.approvers) == ("high", ("network", "identity"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("matrix: {critical: {high: high}}", "a level of critical"),
        ("floors: {pet-down: {level: high, when: {traits: [database]}, why: W.}}",
         "a level of critical"),
        ("floors: {pet: {level: high, when: {traits: [glue]}, why: W.}}", "only the level of"),
        ("findings: {capacity-decreased: {severity: low}}", "severity high"),
        ("freezes: {soft: {level: critical}}", "frozen from high on"),
        ("weights: {action.delete: 3}", "a weight of 4"),
        ("weights: {blast.half: 601}", "a weight of 600"),
        ("weights: {uncertainty.of-ours: 1}", "a weight of 2"),
        ("emergency: {review_days: 9}", "a review within"),
        ("levels: {high: {called: C4}}", "the level is called 'C2' above"),
        ("levels: {high: {lead_time: none}}", "is said anew where its lead_days rise"),
    ],
)  # fmt: skip
def test_a_layer_never_lowers(tmp_path: Path, text: str, expected: str) -> None:
    """Whatever would make the judgement milder is a fault that says what stands above."""
    base = "strict" if text.startswith("matrix") else "gitlab"
    assert expected in wrong(policy(tmp_path, text, base=base))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("matrix: {low: {low: low}}", "the impact low has no level for the likelihood medium"),
        (MATRIX.replace("medium: {low: low,", "medium: {low: critical,"),
         "'low' is lower than for the impact medium and the likelihood low"),
        ("floors: {a: {level: high, when: {traits: [no-such]}, why: W.}}", "no trait 'no-such'"),
        ("floors: {a: {level: high, when: {expression: '1 +'}, why: W.}}", "p.yaml:3: ERROR"),
        ("floors: {a: {level: high, when: {actions: [read]}, why: W., environments: [moon]}}",
         "there is no environment 'moon'"),
        ("findings: {no-such: {severity: high}}", "there is no rule 'no-such'"),
        ("findings: {dns-changed: {approvers: [nobody]}}", "there is no approval group 'nobody'"),
        ("approvals_by_trait: {no-such: [peer]}", "there is no trait 'no-such'"),
        ("approvals_by_trait: {dns: [nobody]}", "there is no approval group 'nobody'"),
        ("freezes: {soft: {blocks: [emergency]}}", "'emergency' is not one of standard, normal"),
        ("levels: {high: {called: '*C2*'}}", "does not have the form"),
    ],
)  # fmt: skip
def test_what_a_policy_names_must_be_there(tmp_path: Path, text: str, expected: str) -> None:
    """A matrix has all its cells and falls along neither side; names are known."""
    assert expected in wrong(policy(tmp_path, text))


def test_only_the_organisation_says_where_an_environment_is_read(tmp_path: Path) -> None:
    """A tag or variable more could find one that is not production, and so lower."""
    above, below = write(tmp_path / "a"), tmp_path / "b"
    for key in ("environment_tags", "environment_variables"):
        layer = policy(below, f"{key}: [zone]\n")
        assert "zone" in getattr(load([layer]).policy, key)
        assert "may read an environment from 'zone'" in wrong(above, layer)


def told(book: Rulebook, name: str) -> Assessment:
    """A scenario as that rulebook judges it."""
    plan = PLANS[name]
    graph, gaps = build(plan)
    return assess(plan, graph, Judge(book, "2026-11-23"), caveats=gaps)


PLANS = {f.name: decode((f / "plan.json").read_bytes()) for f in scenarios() if f.name in {
    "platform", "database-resized", "tags-only", "capacity-up", "drift-reverted", "destroy-all",
}}  # fmt: skip

when = st.fixed_dictionaries(
    {"traits": st.lists(st.sampled_from(["database", "compute", "dns", "identity"]), min_size=1,
                        max_size=2, unique=True)},
    optional={"stateful": st.booleans(), "actions": st.just(["update", "delete"])},
)  # fmt: skip
floor = st.fixed_dictionaries({"level": LEVELS, "when": when, "why": st.just("W.")})
groups = st.lists(st.sampled_from(["peer", "cab", "security"]), max_size=2, unique=True)
level = st.fixed_dictionaries(
    {}, optional={"at": st.integers(0, 120), "lead_days": st.integers(0, 12), "approvals": groups}
)
cells = st.dictionaries(LEVELS, LEVELS, min_size=1, max_size=4)
overlays = st.fixed_dictionaries(
    {},
    optional={
        "levels": st.dictionaries(LEVELS, level, max_size=2),
        "matrix": st.dictionaries(LEVELS, cells, max_size=4),
        "floors": st.dictionaries(st.sampled_from(["pet", "decrease", "ours"]), floor, max_size=2),
        "findings": st.dictionaries(
            st.sampled_from(["capacity-decreased", "dns-changed", "wide-reach"]),
            st.fixed_dictionaries({"severity": LEVELS}),
            max_size=2,
        ),
        "weights": st.dictionaries(
            st.sampled_from([*DEFAULTS, "uncertainty.of-ours"]), st.integers(0, 700), max_size=3
        ),
        "environments": st.just({"production": ["paris"]}),
    },
)


def over(base: Rulebook, said: list[dict[str, Any]]) -> Rulebook | None:
    """The rulebook with layers that say this, None where that has faults."""
    draft = Draft()
    draft.rules = {rule.id: msgspec.to_builtins(rule) for rule in base.rules}
    draft.names = {trait: "" for facts in base.traits.values() for trait in facts.traits}
    draft.policy = msgspec.to_builtins(base.policy)
    for number, overlay in enumerate(said, 1):
        file = RuleFile(number, "policy", "itil/p.yaml", "p.yaml", "", b"")
        document = Document(file, {"name": "p", **overlay}, {})
        if faults(document.content, "policy-1.0") or merge(draft, document):
            return None
        if unknown_names(draft, [document]):
            return None
    return structs.replace(
        base,
        policy=msgspec.convert(draft.policy, Policy),
        rules=tuple(msgspec.convert(rule, Rule) for rule in rules(draft)),
    )


@given(
    st.sampled_from(["default", "strict", "gitlab", "startup"]),
    st.lists(overlays, min_size=1, max_size=2),
    st.sampled_from(sorted(PLANS)),
)
def test_no_layer_lowers_a_level(base: str, said: list[dict[str, Any]], name: str) -> None:
    """Whatever an overlay says, it is a fault, or every plan's level is what it was or higher."""
    above = load(policy=base)
    book = over(above, said)
    if book is None:
        return
    before, after = told(above, name), told(book, name)
    assert after.level.rank >= before.level.rank
    assert after.score >= before.score
    if after.category is before.category:
        assert {a.group for a in before.approvals} <= {a.group for a in after.approvals}
        assert after.lead_days >= before.lead_days


@pytest.mark.parametrize(
    ("said", "words"),
    [("{lead_days: 1}", "1 working day"), ("{lead_days: 7}", "7 working days"),
     ("{lead_days: 7, lead_time: a week}", "a week"), ("{at: 40}", "3 working days")],
)  # fmt: skip
def test_the_words_of_a_lead_time_follow_its_days(tmp_path: Path, said: str, words: str) -> None:
    """Where nobody words a longer one, its days are told."""
    name = "low" if "1" in said else "high"
    book = load([policy(tmp_path, f"levels: {{{name}: {said}}}\n")])
    assert book.policy.levels[name].lead_time == words
