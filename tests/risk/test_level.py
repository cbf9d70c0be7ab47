"""What makes the level: score, findings, floors and the matrix, the highest of them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from tests.build import change
from tests.risk.small import ENVELOPES, POLICY, assessed, judge
from tests.risk.worlds import World, addresses, entries, worlds
from tfchange.risk.assessment import Approval, Category, Level
from tfchange.risk.combine import combine
from tfchange.rulebook.judge import Judge
from tfchange.rulebook.rule import Floor, LevelPolicy, Policy, When

DOWN = change("aws_db_instance.a", ["delete"], {}, None)
NEW = change("aws_instance.a", ["create"], None, {})
TAGS = change("aws_db_instance.a", ["update"], {"tags": {}}, {"tags": {"a": "b"}})
BIGGER = change("aws_db_instance.a", ["update"], {"size": 1}, {"size": 2})
STEPS = ("low", "medium", "high", "critical")


def by(**said: Any) -> Judge:
    """Judges by the small rulebook with that in its policy."""
    return judge(policy=structs.replace(POLICY, **said))


def matrix(**cells: str) -> dict[str, dict[str, str]]:
    """A matrix that is low but for these cells, `impact_likelihood`."""
    rows = {i: dict.fromkeys(STEPS, "low") for i in STEPS}
    for cell, level in cells.items():
        impact, likelihood = cell.split("_")
        rows[impact][likelihood] = level
    return rows


def floor(level: str, *environments: str, **when: Any) -> Floor:
    """A floor with a reason."""
    return Floor(level, When(**when), "It matters.", environments)


def test_the_matrix_lifts_the_level_and_says_so() -> None:
    """The cell of impact and likelihood is the least level; a higher one stands by itself."""
    found = assessed([BIGGER], by(matrix=matrix(high_medium="high")))
    assert (found.impact, found.likelihood) == (Level.HIGH, Level.MEDIUM)
    assert (assessed([BIGGER]).level, found.level) == (Level.LOW, Level.HIGH)
    said = "The matrix makes it at least high: impact high and likelihood medium."
    assert found.level_why == (said,)
    assert {a.group for a in found.approvals} == {"change-authority", "cab"}
    assert found.score == assessed([BIGGER]).score
    worse = assessed([DOWN], by(matrix=matrix(critical_high="high")))
    assert (worse.level, worse.level_why) == (Level.CRITICAL, ())


def test_a_floor_lifts_what_it_matches_and_no_tags() -> None:
    """It names what it is for and why; what nothing can feel never counts."""
    pets = by(floors={"pet": floor("high", stateful=True)})
    found = assessed([BIGGER, NEW], pets)
    said = "The policy makes it at least high for aws_db_instance.a: It matters."
    assert (found.level, found.level_why) == (Level.HIGH, (said,))
    assert assessed([NEW], pets).level is Level.LOW
    assert assessed([TAGS], pets).level is Level.LOW
    many = [change(f"aws_db_instance.{n}", ["update"], {"s": 1}, {"s": 2}) for n in "abc"]
    assert "for aws_db_instance.a and 2 more" in assessed(many, pets).level_why[0]


@pytest.mark.parametrize(
    ("environment", "level"),
    [("prod", Level.HIGH), ("moon", Level.HIGH), (None, Level.HIGH), ("dev", Level.LOW)],
)
def test_a_floor_is_for_its_environments(environment: str | None, level: Level) -> None:
    """What is not known counts as production."""
    some = by(floors={"new": floor("high", "live", actions=("create",))})
    assert assessed([NEW], some, told={"environment": environment}).level is level


def test_what_is_high_by_the_policy_is_no_standard_change() -> None:
    """Floor and matrix forbid it as a finding of high severity does, and medium ones do not."""
    for level, category in (("medium", Category.STANDARD), ("high", Category.NORMAL)):
        some = by(floors={"new": floor(level, actions=("create",))})
        found = assessed([NEW], some, told={"environment": "dev"})
        assert (found.category, found.level) == (category, level)
        if category is Category.NORMAL:
            assert found.level_why[0] in found.why
    found = assessed([NEW], by(matrix=matrix(low_low="high")), told={"environment": "dev"})
    assert found.category is Category.NORMAL


def test_a_policy_names_its_levels() -> None:
    """Its own word stands beside ours."""
    levels = POLICY.levels | {"high": LevelPolicy(50, ("cab",), called="C2")}
    found = assessed([BIGGER], by(levels=levels, floors={"pet": floor("high", stateful=True)}))
    assert (found.level_called, found.level_words) == ("C2", "high (C2)")
    assert "at least high (C2) for" in found.level_why[0]
    assert assessed([NEW], by(levels=levels)).level_words == "low"


def test_a_policy_asks_by_trait() -> None:
    """Whoever answers for a trait is asked where more than tags of it changes, and told why."""
    some = by(approvals_by_trait={"database": ("database", "cab"), "dns": ("network",)})
    asked = assessed([BIGGER], some).approvals
    assert Approval("database", "the policy asks them for database") in asked
    assert "network" not in {a.group for a in asked}
    assert "database" not in {a.group for a in assessed([TAGS], some).approvals}
    both = combine((assessed([BIGGER], some), assessed([NEW], some)), some)
    assert Approval("database", "the policy asks them for database") in both.approvals


def test_several_plans_meet_in_the_matrix() -> None:
    """Impact of one and likelihood of another count together; a floor of one holds for all."""
    far, near = assessed([BIGGER], by()), assessed([NEW], by())
    high = by(matrix=matrix(high_medium="critical"))
    both = combine((far, near), high)
    assert (both.level, both.level_why[0][:10]) == (Level.CRITICAL, "The matrix")
    pets = by(floors={"pet": floor("high", stateful=True)})
    both = combine((assessed([BIGGER], pets), assessed([NEW], pets)), pets)
    assert both.level is Level.HIGH
    assert "aws_db_instance.a" in both.level_why[0]


def test_standard_plans_that_the_matrix_makes_high_together_are_normal() -> None:
    """Each fits its envelope, and together they are more than that envelope was approved for."""
    some = by(matrix=matrix(low_low="high"))
    quiet = [assessed([TAGS], judge(envelopes=ENVELOPES)) for _ in range(2)]
    assert {each.category for each in quiet} == {Category.STANDARD}
    assert combine(quiet, by()).category is Category.STANDARD
    assert combine(quiet, some).category is Category.NORMAL


levels = st.sampled_from(STEPS)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Policies with a matrix that falls along neither side, and with floors."""
    rows: dict[str, dict[str, str]] = {}
    for i, impact in enumerate(STEPS):
        row: dict[str, str] = {}
        for k, likelihood in enumerate(STEPS):
            least = [rows[STEPS[i - 1]][likelihood]] if i else []
            least += [row[STEPS[k - 1]]] if k else []
            row[likelihood] = max(*least, draw(levels), "low", key=STEPS.index)
        rows[impact] = row
    traits = st.sampled_from(["database", "compute", "identity"])
    floors = draw(st.dictionaries(traits, levels, max_size=2))
    made = {trait: floor(level, traits=(trait,)) for trait, level in floors.items()}
    return structs.replace(POLICY, matrix=rows, floors=made)


@given(worlds(), policies(), st.data())
def test_a_change_more_never_lowers_under_any_policy(
    world: World, policy: Policy, data: st.DataObject
) -> None:
    """Neither matrix nor floors fall when a change is added, and never below the score's level."""
    judged = judge(policy=policy)
    before, plain = world.assessed(judged), world.assessed()
    taken = {c["address"] for c in world.changes}
    world.changes.append(data.draw(entries(data.draw(addresses.filter(lambda a: a not in taken)))))
    after = world.assessed(judged)
    assert before.level.rank >= plain.level.rank
    assert after.level.rank >= before.level.rank
    if before.level.rank > plain.level.rank:
        assert before.level_why
