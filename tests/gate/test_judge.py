"""What keeps a plan from being applied, rule by rule."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.change.requests import request
from tfchange.change.compare import Comparison, Likeness
from tfchange.change.desk import Decision, State, Ticket
from tfchange.change.request import Window
from tfchange.gate.judge import Facts, Terms, judge
from tfchange.gate.verdict import Obstacle, Outcome
from tfchange.risk.assessment import Category, Emergency

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ANN = Decision("database", "approved", "ann", "2026-11-24T12:00:00Z")
SAME = Comparison(Likeness.IDENTICAL)
MORE = Comparison(Likeness.STRONGER, ("a is created, which was not approved.",))
PAST = Window("2026-11-24T10:00:00Z", "2026-11-24T12:00:00Z")
AHEAD = Window("2026-11-25T20:00:00Z", "2026-11-25T22:00:00Z")
AROUND = Window("2026-11-25T10:00:00Z", "2026-11-25T22:00:00Z")


def ticket(category: Category = Category.NORMAL, **given: Any) -> Ticket:
    """An approved change of Bo's."""
    told: dict[str, Any] = {
        "desk": "memory", "id": "1", "number": "CHG-0001", "url": "", "state": State.APPROVED,
        "created": "2026-11-23T10:00:00Z", "key": "", "approvals": (ANN,), "authors": ("bo",),
        "record": request(category=category).record,
    }  # fmt: skip
    return Ticket(**{**told, **given})


def facts(some: Ticket | None = None, comparison: Comparison = SAME, **given: Any) -> Facts:
    """What is known of it."""
    return Facts(some or ticket(), comparison, given.pop("category", Category.NORMAL), NOW, **given)


@pytest.mark.parametrize(
    ("known", "outcome", "said"),
    [
        (facts(), Outcome.PASSED, "CHG-0001 was approved by ann (Database team)."),
        (facts(ticket(state=State.IMPLEMENTING)), Outcome.PASSED, "was approved by ann"),
        (facts(ticket(state=State.WAITING, approvals=(Decision("cab", "waiting"),))),
         Outcome.WAITING, "CHG-0001 waits for approval by Change advisory board (CAB)."),
        (facts(ticket(state=State.NEW, approvals=())), Outcome.WAITING, "waits for approval."),
        (facts(ticket(state=State.REJECTED, approvals=(Decision("cab", "rejected", "eve"),))),
         Outcome.REJECTED, "CHG-0001 was rejected by eve (Change advisory board (CAB))."),
        (facts(ticket(state=State.CANCELLED)), Outcome.REJECTED, "CHG-0001 was cancelled."),
        (facts(ticket(state=State.CLOSED)), Outcome.WAITING, "is closed already"),
        (facts(ticket(state=State.REVIEW)), Outcome.WAITING, "done, and under review already"),
        (facts(comparison=MORE), Outcome.DIFFERENT, "is not the one that CHG-0001 is for"),
        (facts(ticket(authors=("Ann (@ann)", "Carl"))), Outcome.WAITING, "author is not approver"),
        (facts(ticket(authors=()), author="ann"), Outcome.WAITING, "author is not approver"),
        (facts(terms=Terms(approval_days=1)), Outcome.PASSED, "approved"),
        (facts(ticket(window=AROUND)), Outcome.PASSED, "approved"),
        (facts(ticket(window=AHEAD)), Outcome.HELD, "planned for 2026-11-25T20:00:00Z to"),
        (facts(ticket(window=PAST)), Outcome.HELD, "agree on another window"),
        (facts(conflicts=("CHG-0002 is being implemented.",)), Outcome.HELD, "CHG-0002"),
        (facts(ticket(Category.STANDARD, approvals=()), category=Category.STANDARD),
         Outcome.PASSED, "CHG-0001 is a standard change, approved beforehand and recorded."),
        (facts(ticket(Category.STANDARD, approvals=())),
         Outcome.WAITING, "by the rules of now it is a normal one"),
    ],
)  # fmt: skip
def test_each_rule(known: Facts, outcome: Outcome, said: str) -> None:
    """One thing that is wrong gives its outcome, and a sentence that says what."""
    verdict = judge(known)
    assert verdict.outcome is outcome
    assert any(said in reason for reason in verdict.reasons), verdict.reasons


def test_an_approval_expires() -> None:
    """After the days that the settings say; one whose day is not told does not."""
    old = msgspec.structs.replace(ANN, at="2026-10-20T12:00:00Z")
    assert judge(facts(ticket(approvals=(old,)))).outcome is Outcome.WAITING
    assert "hold for 30 days" in judge(facts(ticket(approvals=(old,)))).reasons[0]
    longer = Terms(approval_days=90)
    assert judge(facts(ticket(approvals=(old,)), terms=longer)).passed
    assert judge(facts(ticket(approvals=(msgspec.structs.replace(ANN, at=""),)))).passed


def test_an_emergency_is_bound_by_less() -> None:
    """No approval, window or conflict stops it; a rejection and another plan do."""
    urgent = {"category": Category.EMERGENCY, "emergency": Emergency("INC1", "2026-11-30")}
    waiting = {"state": State.WAITING, "approvals": (Decision("emergency", "waiting"),)}
    verdict = judge(facts(ticket(**urgent, **waiting, window=AHEAD), conflicts=("X is going on.",)))
    assert verdict.passed
    assert "emergency for INC1; it is to be reviewed until 2026-11-30" in verdict.reasons[0]
    assert "Approval is outstanding by Emergency change advisory board (ECAB)." in verdict.notes
    assert any("X is going on." in note for note in verdict.notes)
    assert judge(facts(ticket(**urgent, state=State.REJECTED))).outcome is Outcome.REJECTED
    assert judge(facts(ticket(**urgent), MORE)).outcome is Outcome.DIFFERENT


def test_people_before_time() -> None:
    """Of several reasons the one for people to act on decides and stands first; all are told."""
    known = facts(ticket(state=State.WAITING, window=AHEAD), MORE, conflicts=("X is going on.",))
    verdict = judge(known)
    assert verdict.outcome is Outcome.DIFFERENT
    assert "not the one" in verdict.reasons[0]
    assert len(verdict.reasons) == 4
    assert verdict.new == MORE.new


def test_when_it_opens() -> None:
    """It is told only where time alone is in the way, and is the last of all times."""
    freeze = Obstacle(Outcome.HELD, "The freeze holds.", "2026-11-26T08:00:00Z")
    held = facts(ticket(window=AHEAD), obstacles=(freeze,))
    assert judge(held).opens == "2026-11-26T08:00:00Z"
    assert judge(facts(ticket(window=PAST), obstacles=(freeze,))).opens == ""
    waiting = ticket(state=State.WAITING)
    assert judge(facts(waiting, obstacles=(freeze,))).opens == ""


def test_doubts_are_told() -> None:
    """Who may be the author, who is not known, and that it has begun."""
    begun = judge(facts(ticket(state=State.IMPLEMENTING)))
    assert "being implemented already" in begun.notes[0]
    nobody = judge(facts(ticket(authors=())))
    assert "nobody checked that somebody else approved" in nobody.notes[0]
    alike = judge(facts(ticket(authors=("Carl", "Ann <ann@example.com>"), approvals=(
        Decision("cab", "approved", "ann@example.org"),))))  # fmt: skip
    assert alike.passed or "author is not approver" in alike.reasons[0]


HINDRANCES: dict[str, Any] = {
    "state": st.sampled_from(State),
    "window": st.sampled_from([None, PAST, AHEAD, AROUND]),
    "authors": st.sampled_from([(), ("bo",), ("ann", "bo")]),
}


@given(
    fields=st.fixed_dictionaries(HINDRANCES),
    comparison=st.sampled_from([SAME, MORE]),
    category=st.sampled_from([Category.STANDARD, Category.NORMAL, Category.EMERGENCY]),
    conflict=st.booleans(),
)
def test_one_more_hindrance_never_opens(
    fields: dict[str, Any], comparison: Comparison, category: Category, conflict: bool
) -> None:
    """Whatever is known, a freeze more, a stronger plan or an older approval lets nothing pass."""
    known = facts(ticket(category, **fields), comparison, conflicts=("X.",) if conflict else ())
    verdict = judge(known)
    freeze = Obstacle(Outcome.HELD, "The freeze holds.")
    worse = (
        msgspec.structs.replace(known, obstacles=(freeze,)),
        msgspec.structs.replace(known, comparison=MORE),
        msgspec.structs.replace(known, now=NOW + timedelta(days=400)),
        msgspec.structs.replace(known, conflicts=("Y.",)),
    )
    assert verdict.reasons
    if not verdict.passed:
        assert not any(judge(each).passed for each in worse[:2])
        assert fields["window"] is AHEAD or not judge(worse[2]).passed


def test_one_person_for_several_groups() -> None:
    """It is noted, under whichever name each time; several people, or nobody, are not."""
    names = ("Ann Lee <ann@example.com>", "ann@example.com", "bob", "", "")
    groups = ("database", "peer", "cab", "storage", "network")
    given = tuple(
        Decision(group, "approved", by, "2026-11-24T10:00:00Z")
        for group, by in zip(groups, names, strict=True)
    )
    notes = judge(facts(ticket(approvals=given))).notes
    assert [note for note in notes if "One person" in note] == [
        "One person, Ann Lee <ann@example.com>, approved as Database team and Peer review."
    ]
