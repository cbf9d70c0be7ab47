"""What a service catalogue adds to an assessment, and what it never does."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.build import change
from tests.risk.small import POLICY, assessed, judge
from tests.risk.test_combine import section, together
from tests.risk.worlds import NAMES, TYPES, World, addresses, entries, worlds
from tfchange.catalogue.model import Catalogue, Service
from tfchange.plan.model import MASK
from tfchange.risk.assessment import (
    AffectedService,
    Approval,
    Assessment,
    Category,
    Emergency,
    Informed,
    Level,
)
from tfchange.rulebook.rule import EmergencyPolicy

SHOP = Service("shop", 1, "team-shop", "shop-prod", ("*aws_db_instance.*",))
PAY = Service("pay", 1, "team-pay", "", ("aws_lambda_function.*",))
LOGS = Service("logs", 3, "team-logs", "", ("aws_instance.*",))
CATALOGUE = Catalogue((LOGS, PAY, SHOP))
GROUPS = st.sampled_from(["team-a", "team-b", "cab", "@acme/db", ""])
CATALOGUES = st.builds(
    lambda some: Catalogue(tuple(some)),
    st.lists(
        st.builds(
            Service,
            st.sampled_from("stuvw"),
            st.sampled_from([None, 1, 2, 4]),
            GROUPS,
            st.sampled_from(["", "ci"]),
            st.sampled_from([f"{t}.*" for t in TYPES] + [f"*.{n}" for n in NAMES]).map(
                lambda p: (p,)
            ),
        ),
        max_size=4,
        unique_by=lambda s: s.name,
    ),
)


def resized(address: str, **fields: Any) -> dict[str, Any]:
    """A change that can be felt."""
    before = {"size": "small", **fields}
    return change(address, ["update"], before, {**before, "size": "large"})


def owned(changes: list[dict[str, Any]], **fields: Any) -> Assessment:
    """The assessment with the catalogue."""
    told = {"catalogue": CATALOGUE, **fields.pop("told", {})}
    return assessed(changes, told=told, **fields)


def groups(found: Assessment) -> set[str]:
    """Who must approve."""
    return {a.group for a in found.approvals}


def using(user: str, used: str) -> dict[str, Any]:
    """The configuration in which one of two resources uses the other."""
    blocks = [
        {
            "address": a,
            "mode": "managed",
            "type": a.split(".")[0],
            "name": a.split(".")[1],
            "expressions": {"uses": {"references": [f"{used}.id"] if a == user else []}},
        }
        for a in (user, used)
    ]
    return {"root_module": {"resources": blocks}}


def test_owners_of_what_changes_are_asked() -> None:
    """Each service that changes is counted, the most critical first, and its owner approves."""
    found = owned([resized("aws_instance.a"), resized("aws_instance.b"),
                   resized("aws_db_instance.a")])  # fmt: skip
    assert found.services == (
        AffectedService("shop", 1, "team-shop", "shop-prod", 1, 0),
        AffectedService("logs", 3, "team-logs", "", 2, 0),
    )
    own = [a for a in found.approvals if a.group.startswith("team-")]
    assert own == [
        Approval("team-shop", "owns shop, which changes"),
        Approval("team-logs", "owns logs, which changes"),
    ]
    assert found.informed == ()


def test_owners_of_what_is_only_reached_are_told() -> None:
    """A service of the first tier that depends on what changes is told; others are only counted."""
    for user, told in {
        "aws_lambda_function.f": (Informed("team-pay", "owns pay (tier 1), which depends on what "
                                           "changes"),),
        "aws_instance.i": (),
    }.items():  # fmt: skip
        still = change(user, ["no-op"], {"size": "s"}, {"size": "s"})
        found = owned([resized("aws_vpc.v"), still], configuration=using(user, "aws_vpc.v"))
        assert found.services is not None
        assert [(s.changed, s.reached) for s in found.services] == [(0, 1)]
        assert found.informed == told
        assert not any(a.group.startswith("team-") for a in found.approvals)


def test_whoever_is_asked_is_not_told_as_well() -> None:
    """A group that owns both approves, with both services counted."""
    same = Catalogue((replace(PAY, owner="team-shop"), SHOP))
    still = change("aws_lambda_function.f", ["no-op"], {}, {})
    configuration = using("aws_lambda_function.f", "aws_db_instance.d")
    found = assessed([resized("aws_db_instance.d"), still], configuration=configuration,
                     told={"catalogue": same})  # fmt: skip
    assert [s.name for s in found.services or ()] == ["shop", "pay"]
    assert "team-shop" in {a.group for a in found.approvals}
    assert found.informed == ()


def test_the_first_tier_raises_the_impact_by_a_step() -> None:
    """Where it changes or is reached and can feel it; not for tags, nor for other tiers."""
    plain, raised = assessed([resized("aws_db_instance.d")]), owned([resized("aws_db_instance.d")])
    assert raised.impact.rank == plain.impact.rank + 1
    tags = change("aws_db_instance.d", ["update"], {"tags": {"a": "x"}}, {"tags": {"a": "y"}})
    assert owned([tags]).impact is assessed([tags]).impact is Level.LOW
    assert owned([resized("aws_instance.a")]).impact is assessed([resized("aws_instance.a")]).impact
    still = change("aws_lambda_function.f", ["no-op"], {}, {})
    reached = {"configuration": using("aws_lambda_function.f", "aws_vpc.v")}
    changes = [resized("aws_vpc.v"), still]
    assert owned(changes, **reached).impact.rank == assessed(changes, **reached).impact.rank + 1
    tags = change("aws_vpc.v", ["update"], {"tags": {"a": "x"}}, {"tags": {"a": "y"}})
    quiet = owned([tags, still], **reached)
    assert (quiet.services or ())[0].reached == 1
    assert quiet.impact is Level.LOW


def test_data_sources_are_of_no_service() -> None:
    """They are read, and nobody answers for them."""
    every = Catalogue((Service("all", 1, "team-all", "", ("*",)),))
    read = change("data.aws_ami.a", ["read"], None, {"id": "x"})
    configuration = using("data.aws_ami.a", "aws_vpc.v")
    data = configuration["root_module"]["resources"][0]
    data |= {"mode": "data", "type": "aws_ami", "name": "a"}
    found = assessed([resized("aws_vpc.v"), read], configuration=configuration,
                     told={"catalogue": every})  # fmt: skip
    assert [r.address for r in found.blast_radius.reached] == ["data.aws_ami.a"]
    assert [(s.changed, s.reached) for s in found.services or ()] == [(1, 0)]


def test_an_emergency_tells_owners_where_it_waits_for_others() -> None:
    """Where the policy names who approves an emergency, owners are told; else they are asked."""
    emergency = {"emergency": Emergency("INC1"), "catalogue": CATALOGUE}
    policy = replace(POLICY, emergency=EmergencyPolicy(("ecab",)))
    found = assessed([resized("aws_db_instance.d")], judge(policy=policy), told=emergency)
    assert [a.group for a in found.approvals] == ["ecab"]
    assert found.informed == (Informed("team-shop", "owns shop, which changes"),)
    found = assessed([resized("aws_db_instance.d")], told=emergency)
    assert "team-shop" in {a.group for a in found.approvals}


def test_nobody_is_asked_about_a_standard_change() -> None:
    """It was approved before; its services are told of all the same."""
    tags = change("aws_db_instance.d", ["update"], {"tags": {"a": "x"}}, {"tags": {"a": "y"}})
    found = owned([tags])
    assert (found.category, found.approvals, found.informed) == (Category.STANDARD, (), ())
    assert [s.name for s in found.services or ()] == ["shop"]
    assert owned([]).services == ()


@pytest.mark.parametrize(
    ("tags", "name"),
    [
        ({"tags": {"Service": "pay"}}, "pay"),
        ({"tags": None, "tags_all": {"app": "PAY"}}, "pay"),
        ({"tags": {"Service": "x"}, "tags_all": {"Service": "pay"}}, None),
        ({"labels": {"service": "pay"}}, "pay"),
        ({"metadata": [{"labels": {"app.kubernetes.io/name": "pay"}}]}, "pay"),
        ({"tags": {"Service": MASK}}, None),
        ({"tags": ["Service"]}, None),
    ],
)
def test_tags_tell_the_service(tags: dict[str, Any], name: str | None) -> None:
    """Of what changes and of what is reached, from whatever kind of tags it has."""
    expected = [name] if name else []
    found = owned([resized("aws_vpc.v", **tags)])
    assert [s.name for s in found.services or ()] == expected
    still = change("aws_thing.t", ["no-op"], tags, tags)
    found = owned([resized("aws_vpc.v"), still], configuration=using("aws_thing.t", "aws_vpc.v"))
    assert [(s.name, s.reached) for s in found.services or ()] == [(n, 1) for n in expected]


def test_what_moves_between_services_belongs_to_both() -> None:
    """By its tags or its address, so that nobody takes a resource away from a service unasked."""
    before, after = {"tags": {"Service": "pay"}}, {"tags": {"Service": "logs"}}
    found = owned([change("aws_vpc.v", ["update"], before, after)])
    assert {s.name for s in found.services or ()} == {"logs", "pay"}
    moved = resized("aws_instance.i") | {"previous_address": "module.old.aws_db_instance.i"}
    assert {s.name for s in owned([moved]).services or ()} == {"logs", "shop"}


def test_several_plans_add_up() -> None:
    """Services of all plans together, and each group once."""
    told: dict[str, Any] = {"catalogue": CATALOGUE}
    one = section("a.json", resized("aws_db_instance.d"), **told)
    two = section("b.json", resized("aws_db_instance.e"), resized("aws_instance.i"), **told)
    found = together(one, two)
    assert [(s.name, s.changed) for s in found.services or ()] == [("shop", 2), ("logs", 1)]
    assert [a.reason for a in found.approvals if a.group == "team-shop"] == [
        "owns shop, which changes"
    ]
    assert together(section("c.json", resized("aws_instance.i"))).services is None


@given(worlds(), CATALOGUES)
def test_a_catalogue_only_adds(world: World, catalogue: Catalogue) -> None:
    """It lowers nothing: score, level and category stay, impact and approvals can only grow."""
    without, found = world.assessed(), world.assessed(catalogue=catalogue)
    assert found.impact.rank >= without.impact.rank
    assert groups(found) >= groups(without)
    same = {"services": None, "informed": (), "approvals": (), "impact": Level.LOW}
    assert replace(found, **same) == replace(without, **same)
    assert without.services is None


@given(worlds(), CATALOGUES, st.randoms(use_true_random=False), st.data())
def test_a_change_more_leaves_no_service_out(
    world: World, catalogue: Catalogue, dice: Any, data: st.DataObject
) -> None:
    """The order of a plan means nothing, and with one change more no service is less affected."""
    before = world.assessed(catalogue=catalogue)
    dice.shuffle(world.changes)
    assert world.assessed(catalogue=catalogue) == before
    taken = {c["address"] for c in world.changes}
    place = data.draw(addresses.filter(lambda a: a not in taken))
    world.changes.append(data.draw(entries(place)))
    after = world.assessed(catalogue=catalogue)
    changed = {s.name: s.changed for s in after.services or ()}
    assert all(changed.get(s.name, -1) >= s.changed for s in before.services or ())
    assert after.impact.rank >= before.impact.rank


@given(worlds(), CATALOGUES, st.data())
def test_a_service_more_critical_never_lowers(
    world: World, catalogue: Catalogue, data: st.DataObject
) -> None:
    """A service that becomes one of the first tier raises what it is in, or leaves it."""
    if not catalogue.services:
        return
    name = data.draw(st.sampled_from([s.name for s in catalogue.services]))
    raised = tuple(replace(s, tier=1) if s.name == name else s for s in catalogue.services)
    before = world.assessed(catalogue=catalogue)
    after = world.assessed(catalogue=Catalogue(raised))
    assert after.impact.rank >= before.impact.rank
    assert set(after.informed) >= set(before.informed)
    assert groups(after) == groups(before)
