"""Who may decide in the register, and what follows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.change.requests import commit, request
from tests.register.world import opened
from tfchange.change.desk import Decision, State, Ticket
from tfchange.change.ending import cancel
from tfchange.change.file import file
from tfchange.errors import DeskError, UsageError
from tfchange.register.approvals import standing
from tfchange.register.desk import Register
from tfchange.risk.assessment import Approval, Category

BOB = commit(author="Bob Lee <bob@example.com>")
TWO = (Approval("database", "data"), Approval("security", "keys"))


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    """A fresh register; the rules are the same in both databases."""
    with opened("sqlite", tmp_path) as made:
        yield made


def put(register: Register, **told: object) -> Ticket:
    """A change by Bob that two groups are asked about."""
    return file(register, request(**{"commit": BOB, "approvals": TWO, **told})).ticket


def test_all_groups_must_approve(register: Register) -> None:
    """A change is approved when the last group has approved, and not before."""
    put(register)
    assert register.approve("1", "Database team", "ann").state is State.WAITING
    assert register.list()[0].waiting_for == ("security",)
    ticket = register.approve("1", "SECURITY", "ann", "fine")
    assert ticket.state is State.APPROVED
    assert ticket.approvals == (
        Decision("database", "approved", "ann", "2026-11-23T10:00:06Z"),
        Decision("security", "approved", "ann", "2026-11-23T10:00:07Z"),
    )


def test_one_rejection_is_enough(register: Register) -> None:
    """One rejection rejects the change, whatever the others say before or after."""
    put(register)
    register.approve("1", "database", "ann")
    assert register.reject("1", "security", "eve").state is State.REJECTED
    register.approve("1", "database", "ann", "really")
    assert register.read("1").state is State.REJECTED


def test_a_decision_may_be_changed(register: Register) -> None:
    """Deciding again replaces the decision, and the trail keeps both; the same again is nothing."""
    put(register)
    register.approve("1", "database", "ann")
    register.reject("1", "security", "eve", "no keys")
    assert register.approve("1", "security", "eve", "keys now").state is State.APPROVED
    before = register.head()
    register.approve("1", "security", "eve", "keys now")
    assert register.head() == before
    told = register.log("1")[-1].told()
    assert (told["before"], told["by"], told["from"]) == ("rejected", "eve", "rejected")


@pytest.mark.parametrize("by", ["Bob Lee", "bob@example.com", "bob  lee", "@Bob Lee", BOB.author])
def test_the_author_does_not_decide(register: Register, by: str) -> None:
    """Whoever wrote the commit neither approves nor rejects it, by any of their names."""
    put(register)
    for decide in (register.approve, register.reject):
        with pytest.raises(DeskError, match="separation of duties: author is not approver"):
            decide("1", "database", by)
    assert register.read("1").state is State.WAITING


def test_an_unknown_author_is_said(register: Register) -> None:
    """Where the author is not known the decision stands, with a note that nobody compared."""
    put(register, commit=commit())
    assert "nobody checked" in register.approve("1", "database", "ann").notes[0]


def test_an_approver_who_becomes_the_author_no_longer_counts(register: Register) -> None:
    """An approval is asked for again if a later commit of the same plan is by the approver."""
    put(register)
    register.approve("1", "database", "ann")
    register.approve("1", "security", "eve")
    by_ann = commit(author="ann", sha="decafbad" * 5)
    ticket = put(register, commit=by_ann)
    assert ticket.state is State.WAITING
    assert [each.decision for each in ticket.approvals] == ["waiting", "approved"]
    assert register.log("1")[-1].told()["reset"] == ["database"]


def test_another_plan_is_asked_about_afresh(register: Register) -> None:
    """All decisions fall with the plan they were for, rejections too, and the trail says so."""
    put(register)
    register.approve("1", "database", "ann")
    register.reject("1", "security", "eve")
    ticket = put(register, fingerprint="0" * 32)
    assert {each.decision for each in ticket.approvals} == {"waiting"}
    assert ticket.state is State.WAITING
    updated = next(e for e in reversed(register.log("1")) if e.action == "updated")
    assert updated.told()["reset"] == ["database", "security"]


def test_running_again_does_not_undo_a_rejection(register: Register) -> None:
    """Filing the rejected plan again leaves it rejected, and a note says so."""
    put(register)
    register.reject("1", "security", "eve")
    filed = file(register, request(commit=BOB, approvals=TWO))
    assert filed.ticket.state is State.REJECTED
    assert "nobody is asked again" in filed.notes[0]


def test_a_rejection_is_not_dropped_with_its_group(register: Register) -> None:
    """Rules that no longer ask a group do not take back what it has decided on this plan."""
    put(register)
    register.reject("1", "security", "eve")
    ticket = put(register, approvals=TWO[:1])
    assert ticket.state is State.REJECTED
    again = put(register, category=Category.STANDARD, envelope="tags-only", approvals=())
    assert again.state is State.REJECTED
    assert [each.group for each in again.approvals] == ["security"]


def test_a_new_group_must_be_asked(register: Register) -> None:
    """What was approved waits again if another group is asked about the same plan."""
    put(register, approvals=TWO[:1])
    register.approve("1", "database", "ann")
    ticket = put(register)
    assert ticket.state is State.WAITING
    assert [each.decision for each in ticket.approvals] == ["approved", "waiting"]


def test_somebody_is_always_asked(register: Register) -> None:
    """A change that is not standard and that no rule asks about waits for the change authority."""
    assert [a.group for a in put(register, approvals=()).approvals] == ["change-authority"]
    assert register.approve("1", "Change authority", "ann").state is State.APPROVED


def test_who_was_not_asked_cannot_decide(register: Register) -> None:
    """A group that was not asked is an error that names those that were."""
    put(register)
    with pytest.raises(DeskError, match="'network' was not asked about CHG-0001") as caught:
        register.approve("1", "network", "ann")
    assert '"Database team", "Security team"' in caught.value.advice
    with pytest.raises(DeskError, match="which group decides"):
        register.approve("1", "", "ann")


def test_nobody_decides_on_a_standard_change(register: Register) -> None:
    """A standard change is approved beforehand; there is nobody to reject it."""
    put(register, category=Category.STANDARD, envelope="tags-only", approvals=())
    with pytest.raises(DeskError, match="approved beforehand: nobody is asked"):
        register.reject("1", "database", "ann")


def test_whoever_decides_has_a_name(register: Register) -> None:
    """A decision without a name is refused as a wrong command."""
    put(register)
    with pytest.raises(UsageError, match="must be named") as caught:
        register.approve("1", "database", " ")
    assert "--by" in caught.value.advice


@pytest.mark.parametrize(
    "mark", ["\n", "\r", "\x1b[2K", "\0", "\u202e", "\u200b", "\u2028", "\x9b"]
)
def test_what_nobody_sees_is_in_no_name(register: Register, mark: str) -> None:
    """A name that could write lines of its own is refused, and a comment is one plain line."""
    put(register)
    for decide in (register.approve, register.reject):
        with pytest.raises(UsageError, match="characters that nobody sees"):
            decide("1", "database", f"eve{mark}ann")
        with pytest.raises(DeskError, match="was not asked") as caught:
            decide("1", f"data{mark}base", "eve")
        assert mark not in caught.value.message
    register.approve("1", "database", "eve", f" fine{mark}\n  by  me ")
    text = str(register.log("1")[-1].told()["comment"])
    assert text.isprintable()
    assert (text[:4], text[-6:]) == ("fine", " by me")


def test_it_can_be_too_late_to_decide(register: Register) -> None:
    """What is over, or being implemented, is no longer decided on."""
    ticket = put(register, approvals=TWO[:1])
    register.approve("1", "database", "ann")
    register.transition(ticket, State.IMPLEMENTING)
    with pytest.raises(DeskError, match="being implemented"):
        register.reject("1", "database", "ann")
    cancel(register, BOB.key, "Not now.")
    with pytest.raises(DeskError, match="cancelled, so there is nothing to decide"):
        register.approve("1", "database", "ann")


def test_a_decision_may_name_its_plan(register: Register) -> None:
    """With a fingerprint the decision counts only if the change is still for that plan."""
    put(register)
    register.approve("1", "database", "ann", fingerprint="F" * 8)
    put(register, fingerprint="0" * 32)
    with pytest.raises(DeskError, match="for another plan by now"):
        register.approve("1", "database", "ann", fingerprint="f" * 8)


DECISIONS = st.lists(
    st.builds(Decision, st.just("g"), st.sampled_from(["waiting", "approved", "rejected"]))
)


@given(DECISIONS, st.sampled_from([Category.NORMAL, Category.EMERGENCY]))
def test_approval_needs_everybody(decided: list[Decision], category: Category) -> None:
    """Whatever the decisions: approved means that there are some and all of them approve."""
    found = {each.decision for each in decided}
    state = standing(category, decided)
    assert (state is State.APPROVED) == (found == {"approved"})
    assert (state is State.REJECTED) == ("rejected" in found)


def test_a_name_that_may_be_the_author_is_said(register: Register) -> None:
    """What an address begins with is nobody for certain: it counts, and a note tells of it."""
    put(register)
    (note,) = register.approve("1", "database", "bob").notes
    assert note == f"bob may be {BOB.author}, who wrote the commit; nobody checked."
    assert register.approve("1", "security", "eve").notes == ()


def test_who_filed_before_is_an_author_too(register: Register) -> None:
    """A commit of somebody else on top makes nobody an approver of their own change."""
    ticket = file(register, request(commit=BOB)).ticket
    carl = commit(author="Carl", sha="decafbad" * 5)
    file(register, request(commit=carl, at=1_763_000_900))
    assert ticket
    assert register.read(ticket.id).authors == (BOB.author, "Carl")
    for by in ("Bob Lee", "carl"):
        with pytest.raises(DeskError, match="author is not approver"):
            register.approve(ticket.id, "", by)
    (note,) = register.approve(ticket.id, "", "Lee, Bob").notes
    assert note == f"Lee, Bob may be {BOB.author}, who wrote the commit; nobody checked."
