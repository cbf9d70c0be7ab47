"""Comparing plans with what was approved: identical, weaker, or stronger with what is new."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.build import change
from tests.change.test_fingerprint import AFTER, BEFORE, GONE, MARKER, NEW, plan, update
from tfchange.change import approved
from tfchange.change.approved import Approved, PlanItems
from tfchange.change.compare import RESALTED, UNKEPT, Comparison, Likeness, compare
from tfchange.change.fingerprint import items

SALT = "a secret"
OPEN = "acme/shop"
REPLACED = change("aws_db.a", ["delete", "create"], BEFORE, AFTER)
SAFER = change("aws_db.a", ["create", "delete"], BEFORE, AFTER)
MOVED = change("aws_x.b", ["no-op"], {"a": 1}, {"a": 1}, previous_address="aws_x.a")
REST = change("aws_x.rest", ["create"], None, {"a": 1})
EVERYTHING = (update(), NEW, GONE, MOVED)


def filed(*changes: dict[str, Any], salt: str = SALT, path: str = "p.json") -> Approved:
    """What a plan of these changes does."""
    secret = salt != OPEN
    return approved.approved([PlanItems(path, items(plan(*changes), salt))], salt, secret=secret)


def held(was: Approved, now: Approved) -> Comparison:
    """The comparison, by what is read back from the desk."""
    kept = approved.read(approved.attachment(was).data)
    return compare(kept, was.fingerprint, now)


def test_the_same_is_identical() -> None:
    """Also where nothing was kept item by item."""
    assert held(filed(*EVERYTHING), filed(*EVERYTHING)) == Comparison(Likeness.IDENTICAL)
    found = compare(None, filed(NEW).fingerprint, filed(NEW))
    assert found.likeness is Likeness.IDENTICAL


@given(some=st.sets(st.sampled_from(range(len(EVERYTHING)))))
def test_any_part_of_what_was_approved_is_covered(some: set[int]) -> None:
    """And what is left out is named; the other way round all that is more is new."""
    part = filed(*(EVERYTHING[i] for i in sorted(some)))
    whole = filed(*EVERYTHING)
    less, more = held(whole, part), held(part, whole)
    missing = len(EVERYTHING) - len(some)
    assert (less.likeness is Likeness.IDENTICAL) is (missing == 0)
    assert not less.new
    assert len(less.left_out) == len(more.new) == missing
    assert not more.left_out
    assert (more.likeness is Likeness.STRONGER) is (missing > 0)


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        (update(), REPLACED, "aws_db.a is replaced; approved was that it is updated."),
        (SAFER, REPLACED, "aws_db.a is replaced; approved was that it is replaced, created"),
        (update(), change("aws_db.a", ["delete"], BEFORE, None), "aws_db.a is destroyed; approved"),
        (update(), change("aws_db.a", ["forget"], BEFORE, None), "aws_db.a is dropped from the"),
        (update(), update(after={**AFTER, "size": 41}), "aws_db.a: size changes from or to"),
        (update(), update(before={**BEFORE, "size": 9}), "aws_db.a: size changes from or to"),
        (update(), update(after={**AFTER, "new": 1}), "aws_db.a: new changes, which was not"),
        (update(), update(after={**AFTER, "password": "x"}), "aws_db.a: password changes from"),
        (update(), update({**BEFORE, "id": "x"}, {**AFTER, "id": "x"}), "aws_db.a is another"),
        (NEW, change("aws_x.new", ["create"], None, {"a": 2}), "aws_x.new is created with other"),
        (GONE, change("aws_x.gone", ["delete"], {"id": "x-2"}, None), "aws_x.gone is another"),
        (
            MOVED,
            change("aws_x.b", ["no-op"], {"a": 1}, {"a": 1}, previous_address="aws_x.z"),
            "aws_x.b is moved from aws_x.z, not as it was approved.",
        ),
        (update(), update(address="aws_db.b"), "aws_db.b is updated, which was not approved."),
    ],
)
def test_what_is_new_is_named(was: Any, now: Any, said: str) -> None:
    """A stronger action, another value, another object, another address."""
    found = held(filed(was, REST), filed(now, REST))
    assert found.likeness is Likeness.STRONGER
    assert any(each.startswith(said) for each in found.new), found


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        (REPLACED, update(), "aws_db.a is only updated."),
        (REPLACED, SAFER, "aws_db.a is only replaced, created before it is destroyed."),
        (SAFER, update(), "aws_db.a is only updated."),
        (update(), update(after={**AFTER, "size": 20}), "aws_db.a: size stays as it is."),
        (update(previous_address="aws_db.z"), update(), "aws_db.a is only updated."),
    ],
)
def test_what_is_less_is_covered(was: Any, now: Any, said: str) -> None:
    """A lesser action, a value left as it is, no move; and the comparison says so."""
    found = held(filed(was, REST), filed(now, REST))
    assert found == Comparison(Likeness.WEAKER, (), (said,))


def test_why_it_is_replaced_does_not_matter() -> None:
    """The reason is Terraform's; what is done is the same."""
    tainted = change("aws_db.a", ["delete", "create"], BEFORE, AFTER, action_reason="tainted")
    assert held(filed(REPLACED), filed(tainted)).likeness is Likeness.WEAKER


def test_a_replacement_covers_what_it_would_have_renewed() -> None:
    """What a provider computes anew is not asked for in a replacement, and so not in an update."""
    computed = update(after={**AFTER, "size": 40, "arn": None}, after_unknown={"arn": True})
    known = update(after={**AFTER, "arn": "x"})
    assert held(filed(REPLACED, REST), filed(computed, REST)).likeness is Likeness.WEAKER
    assert held(filed(REPLACED, REST), filed(known, REST)).likeness is Likeness.STRONGER
    assert held(filed(update(), REST), filed(computed, REST)).likeness is Likeness.STRONGER


def test_what_is_not_kept_covers_nothing() -> None:
    """Without the file, with one that was altered, or one of another change, nothing is less."""
    was, less = filed(update(), NEW), filed(NEW)
    assert compare(None, was.fingerprint, less).new == (UNKEPT,)
    assert compare(filed(update()), was.fingerprint, less).new == (UNKEPT,)
    forged = msgspec.structs.replace(was, plans=filed(update(), NEW, GONE).plans)
    assert compare(forged, was.fingerprint, filed(GONE)).new == (UNKEPT,)


def test_what_claims_to_be_withheld_is_not_believed() -> None:
    """With a secret nothing is, so that a file that says so was altered."""
    was = filed(NEW)
    gap = msgspec.structs.replace(filed(update()).plans[0].items[0].values[-1], value="")
    more = msgspec.structs.replace(filed(GONE).plans[0].items[0], values=(gap,))
    forged = msgspec.structs.replace(was, plans=(PlanItems("p.json", (more,)),))
    assert compare(forged, was.fingerprint, filed(GONE)).new == (UNKEPT,)


def test_another_salt_says_so() -> None:
    """Instead of calling everything new."""
    assert held(filed(NEW, GONE), filed(NEW, salt="other")).new == (RESALTED,)


def test_secrets_are_withheld_where_the_salt_is_known_to_all() -> None:
    """Nothing of them is published, and a plan that sets them is not called less."""
    was = filed(update(), NEW, salt=OPEN)
    file = approved.attachment(was)
    kept = approved.read(file.data)
    assert kept
    assert MARKER not in file.data.decode()
    whole = {v.path: v.value for p in was.plans for i in p.items for v in i.values if v.secret}
    assert whole["password"]
    assert whole["password"] not in file.data.decode()
    assert compare(kept, was.fingerprint, filed(NEW, salt=OPEN)).likeness is Likeness.WEAKER
    found = compare(kept, was.fingerprint, filed(update(), salt=OPEN))
    assert found.likeness is Likeness.STRONGER
    assert "TFCHANGE_FINGERPRINT_SALT" in found.new[0]


def several(*plans: tuple[str, tuple[dict[str, Any], ...]]) -> Approved:
    """What several plans do."""
    listed = [PlanItems(at, items(plan(*c), SALT)) for at, c in plans]
    return approved.approved(listed, SALT, secret=True)


def test_several_plans_are_compared_one_by_one() -> None:
    """By what they do, else by their path; the same address in two of them is two things."""
    was = several(("a.json", (update(), NEW)), ("b.json", (update(),)))
    moved = several(("x/b.json", (update(),)), ("a.json", (NEW,)))
    assert held(was, moved) == Comparison(
        Likeness.WEAKER, (), ("a.json: aws_db.a is not updated any more.",)
    )
    more = several(("a.json", (update(), NEW)), ("b.json", (update(), GONE)))
    assert held(was, more).new == ("b.json: aws_x.gone is destroyed, which was not approved.",)
    third = several(("a.json", (update(), NEW)), ("b.json", (update(),)), ("c.json", (NEW,)))
    assert held(was, third).new == ("c.json: aws_x.new is created, which was not approved.",)
    fewer = several(("b.json", (update(),)))
    assert held(was, fewer).likeness is Likeness.WEAKER


def test_one_plan_may_have_another_name() -> None:
    """A plan alone is the same plan wherever its file lies."""
    assert held(filed(NEW, GONE), filed(NEW, path="other.json")).likeness is Likeness.WEAKER


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b'{"fingerprint": 1, "plans": []}'])
def test_what_is_no_such_file_is_not_read(data: bytes) -> None:
    """It counts as not kept."""
    assert approved.read(data) is None
