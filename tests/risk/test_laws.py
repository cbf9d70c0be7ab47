"""The laws that hold for every plan."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.build import change
from tests.risk.small import judge, waiver
from tests.risk.worlds import BEFORE, EVERY, World, addresses, drifts, entries, worlds
from tfchange.plan.model import QUIET
from tfchange.risk.assessment import Assessment, Category


def at_least(more: Assessment, less: Assessment) -> bool:
    """Whether neither score nor level fell."""
    return (more.score, more.level.rank) >= (less.score, 0) and more.level.rank >= less.level.rank


@given(worlds())
def test_points_sum_to_the_score(world: World) -> None:
    """The contributions add up to the score, to the point, and none is below one."""
    found = world.assessed()
    assert sum(c.points for c in found.contributions) == found.score
    assert all(c.points > 0 for c in found.contributions)


@given(worlds(), st.randoms(use_true_random=False))
def test_order_is_irrelevant(world: World, random: Any) -> None:
    """The order of changes and drift in the file changes nothing at all."""
    before = world.assessed()
    random.shuffle(world.changes)
    random.shuffle(world.drift)
    assert world.assessed() == before


@given(worlds(), st.data())
def test_a_change_more_never_lowers(world: World, data: st.DataObject) -> None:
    """Adding a change of a resource that was not there never lowers score or level."""
    before = world.assessed()
    taken = {c["address"] for c in world.changes}
    place = data.draw(addresses.filter(lambda a: a not in taken))
    world.changes.append(data.draw(entries(place)))
    assert at_least(world.assessed(), before)


@given(worlds(), st.data())
def test_acting_instead_of_resting_never_lowers(world: World, data: st.DataObject) -> None:
    """A resource that is destroyed instead of left alone never lowers score or level."""
    quiet = [i for i, c in enumerate(world.changes) if c["change"]["actions"] == ["no-op"]]
    if not quiet:
        return
    before = world.assessed()
    at = data.draw(st.sampled_from(quiet))
    world.changes[at] = change(world.changes[at]["address"], ["delete"], BEFORE, None)
    assert at_least(world.assessed(), before)


@given(worlds(), st.data())
def test_an_edge_more_never_lowers(world: World, data: st.DataObject) -> None:
    """Adding a dependency never lowers score, level or radius, and never hides who is reached."""
    before = world.assessed()
    places = [c["address"] for c in world.changes]
    edge = data.draw(st.tuples(st.sampled_from(places), st.sampled_from(places)))
    if edge[0] != edge[1]:
        world.edges.add(edge)
    after = world.assessed()
    assert at_least(after, before)
    assert after.blast_radius.score >= before.blast_radius.score
    was = {r.address for r in before.blast_radius.reached}
    assert was <= {r.address for r in after.blast_radius.reached}


@given(worlds(), st.data())
def test_drift_more_never_lowers(world: World, data: st.DataObject) -> None:
    """Adding a drifted resource never lowers score, level or the drift's own score."""
    before = world.assessed()
    taken = {d["address"] for d in world.drift}
    rest = [c["address"] for c in world.changes if c["address"] not in taken]
    if rest:
        world.drift.append(data.draw(drifts(data.draw(st.sampled_from(rest)))))
    after = world.assessed()
    assert at_least(after, before)
    assert after.drift.score >= before.drift.score


@given(worlds())
def test_radii_unite(world: World) -> None:
    """What a plan reaches is the union of what each of its changes reaches alone."""
    whole = {r.address for r in world.assessed().blast_radius.reached}
    parts: set[str] = set()
    entries_ = world.changes
    for i, entry in enumerate(entries_):
        if entry["change"]["actions"] != ["no-op"]:
            world.changes = [
                e if i == j else change(e["address"], ["no-op"], BEFORE, BEFORE)
                for j, e in enumerate(entries_)
            ]
            alone = world.assessed()
            parts |= {r.address for r in alone.blast_radius.reached}
            assert [c.reached for c in alone.changes] == [len(alone.blast_radius.reached)]
    assert whole == parts


@given(worlds())
def test_waived_findings_count_neither_points_nor_floor(world: World) -> None:
    """With every rule waived, all findings stay visible but score as if there were no rules."""
    waivers = tuple(waiver(r.id, "*") for r in EVERY)
    waived = world.assessed(judge(rules=EVERY, waivers=waivers))
    without = world.assessed(judge(rules=()))
    shown = world.assessed().findings
    assert len(waived.findings) == len(shown)
    assert all(f.waived for f in waived.findings)
    assert (waived.score, waived.level) == (without.score, without.level)


@given(worlds())
def test_standard_only_where_every_change_fits(world: World) -> None:
    """A standard change has an envelope, a plan with nothing in it is none, the rest is normal."""
    found = world.assessed()
    acting = [c for c in found.changes if c.action not in QUIET]
    assert (found.category is Category.NONE) == (not acting)
    assert (found.category is Category.STANDARD) == (found.envelope is not None)
    if found.envelope == "tags-only":
        assert all({p.split(".")[0] for p in c.changed_paths} <= {"tags"} for c in acting)
    assert bool(found.why)


@given(worlds())
def test_backout_has_a_step_for_each_change(world: World) -> None:
    """No change is left out, and what depends on another new thing goes before it."""
    found = world.assessed()
    steps = [step.address for step in found.backout]
    assert set(steps) == {c.address for c in found.changes}
    new = {c.address: c.reached for c in found.changes if c.action == "create"}
    order = [new[a] for a in steps if a in new]
    assert order == sorted(order)
