"""Closing from what happened, at a desk in memory: what counts, what is refused, what is told."""

import msgspec
import pytest

from tests.change.applies import PREFIX, SUCCESSFUL, created, filed, plan, told
from tests.change.memory import MemoryDesk, MemoryWorld
from tests.change.requests import request
from tfchange.change import approved
from tfchange.change.approved import Approved
from tfchange.change.closing import Heard, close_by
from tfchange.change.desk import State, Ticket
from tfchange.change.file import file
from tfchange.change.outcome import so_far
from tfchange.change.request import Attachment, Block
from tfchange.errors import DeskError, SourceError

KEY = request().key
CREATED = ("first", "second", "third", "fails", "after")
BACKOUT = [
    {"address": PREFIX + name, "step": f"Re-apply the previous commit: {name}.", "reversible": ok}
    for name, ok in (("after", True), ("third", True), ("fails", True), ("first", False))
]


def world(items: Approved | None, assessment: object = None) -> MemoryWorld:
    """A desk with one approved change for these items, with that assessment."""
    there = MemoryWorld()
    files = [approved.attachment(items)] if items else []
    if assessment is not None:
        files.append(
            Attachment("assessment.json", "application/json", msgspec.json.encode(assessment))
        )
    mark = items.fingerprint if items else "f" * 32
    ticket = file(there.desk, request(fingerprint=mark, attachments=tuple(files))).ticket
    assert ticket
    there.approve(ticket)
    return there


def live(desk: MemoryDesk) -> Ticket:
    """The change."""
    return desk.find(KEY)[0]


def history(desk: MemoryDesk) -> str:
    """All that stands in it."""
    return "\n".join(desk.kept[live(desk).id].history)


def test_closed_by_the_log() -> None:
    """With the outcome of the log, and its lists in the notes."""
    desk = world(filed(plan(**SUCCESSFUL))).desk
    closed = close_by(desk, KEY, Heard((told("successful"),))).ticket
    assert closed.state is State.CLOSED
    assert desk.kept[closed.id].outcome == "successful"
    assert "could not be compared" not in history(desk)
    assert "To take back" not in history(desk)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("killed", "ends before the apply was over"),
        ("failed", "is that of another apply"),
        ("stale", "nothing that was done: Saved plan is stale"),
        ("nothing", "nothing that was done"),
    ],
)
def test_what_proves_nothing_closes_nothing(name: str, reason: str) -> None:
    """A log that is cut, is of another apply or tells of nothing is refused, unless one says so."""
    items = filed(plan(waits="create") if name == "killed" else plan(elsewhere="update"))
    desk = world(items).desk
    with pytest.raises(SourceError) as refused:
        close_by(desk, KEY, Heard((told(name),)))
    assert reason in refused.value.message
    assert "tfchange change close --result" in refused.value.advice
    assert live(desk).state is State.APPROVED
    close_by(desk, KEY, Heard((told(name),), "failed"))
    assert desk.kept[live(desk).id].outcome == "failed"
    wanted = "The log ends before" if name == "killed" else "shares no resource"
    assert wanted in history(desk)


def test_what_is_over_stays_so() -> None:
    """Closing again writes nothing, whatever log is given."""
    desk = world(filed(plan(**SUCCESSFUL))).desk
    close_by(desk, KEY, Heard((told("successful"),)))
    before = history(desk)
    again = close_by(desk, KEY, Heard((told("killed"),))).ticket
    assert "over already" in again.notes[-1]
    assert history(desk) == before


def test_only_what_was_done_is_taken_back() -> None:
    """In the order of the backout plan; what failed is to be looked at, what has no step named."""
    items = filed(plan(**dict.fromkeys(CREATED, "create")))
    desk = world(items, {"backout": BACKOUT, "sections": [], "new": 1}).desk
    close_by(desk, KEY, Heard((told("partly"),)))
    said = history(desk).split("To take back what was done\n")[1]
    assert "Look first what became of terraform_data.fails." in said
    assert "previous commit is re-applied once for all steps" in said
    third, first = said.index("third: Re-apply"), said.index("first (cannot be undone): Re-apply")
    assert third < first
    assert "after: Re-apply" not in said
    assert "terraform_data.second: no backout step was filed for it." in said


def test_several_plans_are_taken_back_from_the_last() -> None:
    """Each under its name, with the steps of its own section."""
    does = dict.fromkeys(CREATED, "create")
    items = filed(plan("a.json", **does), plan("b.json", **SUCCESSFUL))
    sections = [
        {"plan": {"path": path}, "backout": [dict(step, step=f"In {path}.") for step in BACKOUT]}
        for path in ("a.json", "b.json")
    ]
    desk = world(items, {"backout": [], "sections": sections}).desk
    close_by(desk, KEY, Heard((told("partly"), told("successful"))))
    said = history(desk).split("To take back what was done\n")[1]
    assert said.index("b.json") < said.index("third: In b.json") < said.index("third: In a.json")
    assert "first (cannot be undone): In a.json" in said
    assert "first (cannot be undone): In b.json" not in said


def test_nothing_is_made_up() -> None:
    """Where the desk does not keep the files any more, the notes say what could not be told."""
    desk = world(None).desk
    close_by(desk, KEY, Heard((told("partly"),)))
    assert "could not be compared" in history(desk)
    assert "The assessment is not at the desk any more" in history(desk)


def test_a_list_that_is_not_of_the_record_is_not_believed() -> None:
    """Somebody may have put another file of that name there."""
    desk = world(filed(plan(**SUCCESSFUL))).desk
    desk.attach(live(desk), approved.attachment(filed(plan(other="update"))))
    close_by(desk, KEY, Heard((told("successful"),)))
    assert desk.kept[live(desk).id].outcome == "successful"
    assert "could not be compared" in history(desk)


def test_what_nobody_approved_is_not_closed_as_done() -> None:
    """The log does not replace the approval."""
    there = world(filed(plan(**SUCCESSFUL)))
    there.desk.transition(live(there.desk), State.WAITING)
    with pytest.raises(DeskError, match="not approved"):
        close_by(there.desk, KEY, Heard((told("successful"),)))


def test_what_desks_would_cut_is_attached() -> None:
    """The notes of a large apply hang on the change as a file, complete; others need none."""
    names = [f"r{number}" for number in range(200)]
    log = created(names)
    desk = world(filed(plan(**dict.fromkeys(names, "create")))).desk
    close_by(desk, KEY, Heard((log,)))
    file = desk.fetch(live(desk), "closing-report.txt")
    assert file
    assert all(f"terraform_data.{name}: created" in file.decode() for name in names)
    small = world(filed(plan(**SUCCESSFUL))).desk
    close_by(small, KEY, Heard((told("successful"),)))
    assert small.fetch(live(small), "closing-report.txt") is None
    assert len(so_far(log)) < 2_000


def test_without_a_log() -> None:
    """The outcome is what a person says, and what they say stands in the notes."""
    desk = world(filed(plan(**SUCCESSFUL))).desk
    close_by(desk, KEY, Heard(claimed="partly", said=(Block("paragraph", ("Quota reached.",)),)))
    assert desk.kept[live(desk).id].outcome == "partly"
    assert history(desk).endswith("The change was done in part.\nQuota reached.")
