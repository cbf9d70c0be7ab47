"""What was done beside what was approved: nothing more may happen, and what is left out is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.change.applies import APPLIES, PREFIX, SUCCESSFUL, filed, plan, told
from tfchange.change.applied import together
from tfchange.change.approved import PlanItems
from tfchange.change.fingerprint import Item
from tfchange.change.fit import plain
from tfchange.change.happened import happened
from tfchange.change.outcome import OUTCOMES, result


def test_what_was_approved_was_done() -> None:
    """Then nothing differs, and the change was successful."""
    found = happened([told("successful")], filed(plan(**SUCCESSFUL)))
    assert (found.outcome, found.extra, found.missing, found.strange) == (
        "successful",
        (),
        (),
        False,
    )
    assert found.done == (("p.json", (PREFIX + "second", PREFIX + "third")),)


def test_what_nobody_approved_is_told_loudly() -> None:
    """Another resource, or another action on an approved one, makes it no success."""
    other = happened([told("successful")], filed(plan(second="replace:delete-first")))
    assert (other.outcome, other.extra) == ("partly", ((PREFIX + "third", "updated"),))
    stronger = happened([told("successful")], filed(plan(second="update", third="update")))
    assert stronger.extra == ((PREFIX + "second", "replaced; approved was: update"),)
    said = plain(result(stronger).notes)
    assert said.index("Done, and not approved") < said.index("\nDone\n")


@pytest.mark.parametrize(
    ("log", "claimed", "unwell", "said"),
    [
        ("successful", None, False, "More was done than was approved. Of"),
        (
            "successful",
            None,
            True,
            "Services were not well after it. More was done than was approved. Of",
        ),
        ("successful", "failed", False, "The change failed. More was done than was approved. "),
        ("partly", None, False, "The change was done in part. More was done than was approved. Of"),
    ],
)
def test_the_first_sentence_is_the_reason(
    log: str, claimed: str | None, unwell: bool, said: str
) -> None:
    """Where nothing else went wrong, it is not called done in part."""
    found = happened([told(log)], filed(plan(third="update")))
    assert plain(result(found, claimed, unwell=unwell).notes).startswith(said)


def test_services_that_were_not_well_are_the_reason() -> None:
    """All was done as approved, and the change was no success."""
    found = happened([told("successful")], filed(plan(**SUCCESSFUL)))
    made = result(found, unwell=True)
    assert made.outcome == "partly"
    assert plain(made.notes).startswith("All of it was done, and services were not well after it.")


def test_less_than_was_approved_is_told_and_no_failure() -> None:
    """As where somebody else did the rest, or an update does in place of a replacement."""
    more = filed(plan(first="update", **SUCCESSFUL))
    found = happened([told("successful")], more)
    assert (found.outcome, found.missing) == ("successful", ((PREFIX + "first", "update"),))
    assert "Approved, and not done" in plain(result(found).notes)
    lesser = filed(plan(second="replace:create-first", third="replace:delete-first"))
    assert happened([told("successful")], lesser).missing == ()
    assert happened([told("successful")], lesser).extra == ()


def test_what_the_log_tells_of_is_told_once() -> None:
    """What failed or was not started is in its own list, and not among what nobody heard of."""
    does = dict.fromkeys(("first", "second", "third", "fails", "after", "gone"), "create")
    found = happened([told("partly")], filed(plan(**does)))
    assert (found.outcome, found.missing) == ("partly", ((PREFIX + "gone", "create"),))


def test_a_left_over_may_share_its_address() -> None:
    """The log does not tell a deposed object from its successor; the plan does."""
    items = (
        Item(PREFIX + "first", "update"),
        Item(f"{PREFIX}first (deposed a8c8a630)", "delete"),
        Item(PREFIX + "second", "replace:delete-first"),
    )
    found = happened([told("left-over")], filed(PlanItems("p", items)))
    assert (found.outcome, found.extra, found.missing) == ("successful", (), ())
    without = happened([told("left-over")], filed(PlanItems("p", (items[0], items[2]))))
    assert without.extra == ((PREFIX + "first", "updated and destroyed; approved was: update"),)


def test_the_state_and_outputs_change_without_a_word() -> None:
    """Moves, imports and outputs are not missed; what is forgotten is compared."""
    items = (
        Item(PREFIX + "renamed", "move", f"from {PREFIX}first"),
        Item(PREFIX + "second", "delete"),
        Item(PREFIX + "third", "forget"),
        Item("output.word", "create"),
    )
    found = happened([told("state-only")], filed(PlanItems("p", items)))
    assert (found.outcome, found.extra, found.missing) == ("successful", (), ())
    kept = happened([told("state-only")], filed(PlanItems("p", items[:2])))
    assert kept.extra == ((PREFIX + "third", "dropped from the state"),)
    quiet = filed(PlanItems("p", (items[0], items[3])))
    assert not happened([told("nothing")], quiet).strange


@pytest.mark.parametrize("name", ["successful", "partly", "stale"])
def test_the_log_of_another_apply(name: str) -> None:
    """It shares no resource with what was approved."""
    found = happened([told(name)], filed(plan(elsewhere="update")))
    assert found.strange
    assert {address for address, _ in found.extra} == {a for a, _ in told(name).steps}


def test_a_log_for_each_plan() -> None:
    """Each log belongs to the plan that it shares most with, in whatever order they are given."""
    plans = filed(plan("a.json", **SUCCESSFUL), plan("b.json", first="create", second="create",
                                                     third="create"))  # fmt: skip
    logs = [told("created"), told("successful")]
    for given_ in (logs, logs[::-1]):
        found = happened(given_, plans)
        assert (found.outcome, found.extra, found.missing) == ("successful", (), ())
        assert [path for path, _ in found.done] == ["a.json", "b.json"]
        assert f"b.json: {PREFIX}first" in dict(found.applied.done)


def test_plans_that_do_the_same_have_a_log_each() -> None:
    """The stacks of two environments have the same addresses; one log is for one of them."""
    plans = filed(plan("prod.json", **SUCCESSFUL), plan("test.json", **SUCCESSFUL))
    assert happened([told("successful")] * 2, plans).outcome == "successful"
    one = happened([told("successful")], plans)
    assert (one.outcome, one.without) == ("partly", ("test.json",))
    assert one.missing == (
        (f"test.json: {PREFIX}second", "replace"),
        (f"test.json: {PREFIX}third", "update"),
    )
    assert "There is no log of test.json." in plain(result(one).notes)


def test_nothing_to_compare_with() -> None:
    """Then it is what the log tells, and the notes say that nothing was compared."""
    found = happened([told("partly")], None)
    assert (found.outcome, found.compared, found.extra) == ("partly", False, ())
    assert "could not be compared" in plain(result(found).notes)


NAMES = sorted(path.stem for path in APPLIES.glob("*.jsonl"))


@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4), st.booleans())
def test_together_they_are_no_better_than_each(names: list[str], several: bool) -> None:
    """No set of logs is a success unless each of them is."""
    logs = [told(name) for name in names]
    labels = [f"{i}: " if several else "" for i in range(len(logs))]
    whole = together(list(zip(labels, logs, strict=True)))
    worst = max(OUTCOMES.index(log.outcome) for log in logs)
    assert (whole.outcome == "successful") == (worst == 0)
    assert (whole.outcome == "failed") == all(log.outcome == "failed" for log in logs)
    assert whole.ended == all(log.ended for log in logs)
    assert len(whole.known) == sum(len(log.known) for log in logs)


@given(st.sampled_from(NAMES), st.dictionaries(
    st.sampled_from(["first", "second", "third", "x"]),
    st.sampled_from(["create", "update", "delete", "replace:delete-first", "move,update"]),
))  # fmt: skip
def test_an_approval_never_makes_it_better(name: str, does: dict[str, str]) -> None:
    """Comparing can lower what the log tells, and never raises it."""
    log = told(name)
    found = happened([log], filed(plan(**does)))
    assert OUTCOMES.index(found.outcome) >= OUTCOMES.index(log.outcome)
    done = {address for address, _ in log.steps}
    assert {address for address, _ in found.extra} <= done
    assert {PREFIX + each for each in does} >= done - {address for address, _ in found.extra}
