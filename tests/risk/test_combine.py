"""Several plans as one change."""

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.build import change, plan
from tests.risk.small import ENVELOPES, assess_plan, judge
from tests.risk.test_category import resized, tags
from tests.risk.worlds import World, worlds
from tfchange.risk.assessment import Assessment, Category, Emergency, Level
from tfchange.risk.combine import combine


def section(path: str, *changes: Any, **told: Any) -> Assessment:
    """The assessment of one plan of that path."""
    return assess_plan(replace(plan(list(changes)), path=path), **told)


def together(*sections: Assessment) -> Assessment:
    """All as one change, by the small rulebook."""
    return combine(sections, judge())


def test_the_worst_comes_first_and_decides() -> None:
    """Level, category and reasons are those of the worst plan; the score is the sum."""
    bad = section("b.json", change("aws_db_instance.x", ["delete"], {}, None))
    good = section("a.json", tags("aws_vpc.x"))
    idle = section("c.json")
    found = together(good, idle, bad)
    assert [s.plan.path for s in found.sections] == ["b.json", "a.json", "c.json"]
    assert (found.category, found.level) == (Category.NORMAL, Level.CRITICAL)
    assert found.score == bad.score + good.score == sum(c.points for c in found.contributions)
    assert found.findings[0].address == "b.json: aws_db_instance.x"
    assert found.why == tuple(f"b.json: {w}" for w in bad.why)
    assert [b.address for b in found.counterfactual.blockers] == ["b.json: aws_db_instance.x"]
    assert found.counterfactual.remainder == (
        "The other plan would be a standard change (tags-only)."
    )
    assert {a.group for a in found.approvals} == {"cab", "database"}
    assert found.summary.delete == found.summary.update == 1


def test_the_longest_lead_time_counts() -> None:
    """All together wait as long as the one that waits longest, and in an emergency not at all."""
    bad = change("aws_db_instance.x", ["delete"], {}, None)
    some = (section("a.json", bad), section("b.json", tags("aws_vpc.x")))
    assert [s.lead_days for s in some] == [10, 0]
    assert together(*some).lead_days == 10
    now = section("a.json", bad, emergency=Emergency("INC1"))
    assert (now.lead_days, together(now).lead_days) == (0, 0)


def test_one_envelope_for_all() -> None:
    """Plans are standard together in one envelope, whose limits then hold for the sum."""
    both = (section("a.json", tags("aws_vpc.x")), section("b.json", tags("aws_vpc.x")))
    found = together(*both)
    assert (found.category, found.envelope, found.approvals) == (
        Category.STANDARD,
        "tags-only",
        (),
    )
    tight = judge(envelopes=tuple(replace(e, max_changes=1) for e in ENVELOPES))
    found = combine(both, tight)
    assert (found.category, found.envelope) == (Category.NORMAL, None)
    new = section("n.json", change("aws_vpc.n", ["create"], None, {}), environment="dev")
    found = together(both[0], new)
    assert found.category is Category.NORMAL
    assert found.why == (
        "Each plan is a standard change, but no one envelope holds them together.",
    )
    assert {a.group for a in found.approvals} == {"peer"}


def test_nothing_in_any() -> None:
    """Plans that all change nothing are no change."""
    found = together(section("a.json"), section("b.json"))
    assert (found.category, found.why) == (
        Category.NONE,
        ("Nothing changes in any of the plans.",),
    )


def test_emergency() -> None:
    """A declared emergency is one for all plans that change something."""
    emergency = Emergency("INC1")
    found = together(
        section("a.json", resized("aws_vpc.x"), emergency=emergency),
        section("b.json", emergency=emergency),
    )
    assert (found.category, found.emergency) == (Category.EMERGENCY, emergency)


def test_thresholds_hold_for_the_sum() -> None:
    """Many small plans are more than each of them."""
    small = [section(f"{i}.json", change("aws_vpc.x", ["delete"], {}, None)) for i in range(6)]
    assert {s.level for s in small} == {Level.LOW}
    assert together(*small).level is Level.MEDIUM


def test_environments() -> None:
    """Of several environments the most careful one counts, asked of plans that change something."""
    dev = section("d.json", tags("aws_vpc.x"), environment="dev")
    test = section("t.json", environment="staging")
    prod = section("p.json", tags("aws_vpc.x"), environment="prod")
    assert together(dev, test).environment == "development"
    assert together(dev, prod).environment == "production"


@given(st.lists(worlds(), min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_sum_and_order(some: Sequence[World], random: Any) -> None:
    """Points sum to the score, no level falls, and the order of the plans changes nothing."""
    sections = [
        replace(w.assessed(), plan=replace(w.assessed().plan, path=f"{i}.json"))
        for i, w in enumerate(some)
    ]
    found = together(*sections)
    assert sum(c.points for c in found.contributions) == found.score
    assert found.score == sum(s.score for s in sections)
    assert found.level.rank >= max(s.level.rank for s in sections)
    random.shuffle(sections)
    assert together(*sections) == found
