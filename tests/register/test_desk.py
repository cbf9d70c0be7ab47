"""The register beyond the contract: what it keeps, what it refuses, and what it says."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.change.requests import commit, request
from tests.register.world import BOTH, opened, unguarded
from tfchange.change.desk import State
from tfchange.change.ending import cancel, close
from tfchange.change.file import file
from tfchange.change.request import Attachment, Block, Link, Result, Window
from tfchange.errors import DeskError, FrozenError, OvertakenError
from tfchange.register.desk import Register
from tfchange.risk.assessment import Approval, Category


@pytest.fixture(params=BOTH)
def register(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Register]:
    """A fresh register in either database."""
    with opened(request.param, tmp_path) as made:
        yield made


def test_a_live_change_keeps_its_key(register: Register) -> None:
    """A second live change of one key is refused by the database itself, while the first lives."""
    first = register.open(request())
    with pytest.raises(OvertakenError, match="a live change for acme/shop@default#12 already"):
        register.open(request())
    register.cancel(register.read(first.id), "Not now.")
    assert register.open(request()).id == "CHG-0002"


def test_numbers_may_be_written_as_people_do(register: Register) -> None:
    """`CHG-0001`, `chg-1` and `1` are the same change; what is none is said to be none."""
    register.open(request())
    assert {register.read(each).number for each in ("CHG-0001", "chg-1", " 1 ")} == {"CHG-0001"}
    for wrong in ("CHG-0002", "two", "", "0", "-1", "9" * 30):
        with pytest.raises(DeskError, match="there is no change") as caught:
            register.read(wrong)
        assert "tfchange change list" in caught.value.advice


def test_everything_filed_is_kept(register: Register) -> None:
    """The request comes back as it was, with its files, links and window."""
    window = Window("2026-11-24T20:00:00Z", "2026-11-24T22:00:00Z")
    asked = request(window=window, items=("db-1",), title="ü — ’ \U0001f4a5")
    ticket = file(register, asked).ticket
    assert ticket.window == window
    assert register.request(ticket.number) == asked


def test_what_no_database_keeps_is_replaced(register: Register) -> None:
    """NUL and broken characters become marks; nothing fails for them."""
    ticket = file(register, request(title="a\0b")).ticket
    register.comment(ticket, "c\0d \ud800")
    register.approve(ticket.number, "", "ann", "e\0f")
    assert register.list()[0].title == "a\ufffdb"
    assert register.verify().faults == ()


def test_the_list_is_filtered(register: Register) -> None:
    """The newest change comes first; live ones, those in a state, or a few may be asked for."""
    for pull in (1, 2, 3):
        file(register, request(commit=commit(pull_request=pull)))
    cancel(register, commit(pull_request=2).key, "Not now.")
    register.approve("3", "", "ann")
    numbers = lambda **given: [each.number for each in register.list(**given)]  # noqa: E731
    assert numbers() == ["CHG-0003", "CHG-0002", "CHG-0001"]
    assert numbers(limit=1) == ["CHG-0003"]
    assert numbers(live=True) == ["CHG-0003", "CHG-0001"]
    assert numbers(live=False) == ["CHG-0002"]
    assert numbers(state=State.WAITING) == ["CHG-0001"]
    waiting = register.list(state=State.WAITING)[0]
    assert (waiting.waiting_for, waiting.subject) == (("Database team",), "#1")


def test_the_result_is_kept(register: Register) -> None:
    """A closed change says how it went, for whoever counts clean runs later."""
    file(register, request())
    register.approve("1", "", "ann")
    close(register, request().key, Result("partly", (Block("items", ("a: done",)),)))
    assert register.list()[0].result == "partly"
    told = register.log()[-1].told()
    assert (told["result"], told["text"]) == ("partly", "- a: done")


def test_clean_runs_are_told_newest_first(register: Register) -> None:
    """Each with its time and result; what is still live, or was closed before then, is not."""
    told = {"category": Category.STANDARD, "envelope": "tags-only", "approvals": ()}
    for pull in (1, 2, 3):
        file(register, request(commit=commit(pull_request=pull), **told))
    for pull, outcome in ((2, "successful"), (1, "failed")):
        close(register, commit(pull_request=pull).key, Result(outcome, proven=True))
    found = register.finished("tags-only", "2026-11-23")
    assert [(f.number, f.outcome) for f in found] == [
        ("CHG-0001", "failed"),
        ("CHG-0002", "successful"),
    ]
    assert register.finished("tags-only", found[0].closed) == found[:1]
    assert found[0].closed > found[1].closed


def test_no_incidents_are_kept(register: Register) -> None:
    """None says that nobody looked, not that there is none."""
    assert register.incident("INC0010001") is None


def test_what_is_over_stays_over(register: Register) -> None:
    """Closing or cancelling again changes nothing and says so; editing is refused."""
    ticket = file(register, request()).ticket
    register.close(ticket, Result("successful"))
    before = register.head()
    assert register.cancel(ticket, "no").notes == ("CHG-0001 is closed already.",)
    assert register.close(ticket, Result("failed")).notes == ("CHG-0001 is closed already.",)
    assert register.head() == before
    with pytest.raises(FrozenError, match="CHG-0001 is closed by now"):
        register.update(ticket, request(title="new"), "a note")


def test_an_older_run_is_refused_by_the_register_itself(register: Register) -> None:
    """Stamps are compared in the transaction that writes, so no race lets an older run through."""
    ticket = file(register, request(at=1_763_000_900)).ticket
    with pytest.raises(OvertakenError, match="a newer run has written CHG-0001"):
        register.update(ticket, request(at=1_763_000_800, title="older"), "a note")
    assert register.request("1").title == request().title


def test_what_is_being_implemented_is_not_edited(register: Register) -> None:
    """Once begun, a change takes no other plan, but still takes the same one reworded."""
    ticket = file(register, request()).ticket
    register.approve("1", "", "ann")
    register.transition(ticket, State.IMPLEMENTING)
    register.update(ticket, request(title="reworded"), "a note")
    with pytest.raises(FrozenError):
        register.update(ticket, request(fingerprint="0" * 32), "a note")
    assert register.read("1").state is State.IMPLEMENTING
    register.transition(ticket, State.REVIEW)
    assert register.read("1").state is State.REVIEW


def test_a_program_cannot_approve(register: Register) -> None:
    """Going to a state that is for people, or that is not next, changes nothing and says why."""
    ticket = file(register, request()).ticket
    said = {to: register.transition(ticket, to).notes for to in State if to is not State.WAITING}
    assert said[State.APPROVED] == ("CHG-0001 waits for Database team.",)
    assert said[State.IMPLEMENTING] == (
        "CHG-0001 is waiting, and from there it cannot become implementing.",
    )
    assert all(said.values())
    assert register.read("1").state is State.WAITING


def test_standard_is_logged_as_approved_beforehand(register: Register) -> None:
    """The trail names the envelope that approved a standard change."""
    file(register, request(category=Category.STANDARD, envelope="tags-only", approvals=()))
    told = register.log()[-1].told()
    assert (told["to"], told["beforehand"]) == ("approved", "tags-only")


def test_what_becomes_standard_or_normal(register: Register) -> None:
    """With its category the need for approval goes and comes back, for the same plan too."""
    normal = request()
    standard = request(category=Category.STANDARD, envelope="tags-only", approvals=())
    assert file(register, normal).ticket.state is State.WAITING
    assert file(register, standard).ticket.state is State.APPROVED
    assert file(register, normal).ticket.state is State.WAITING


def test_the_same_is_not_written_twice(register: Register) -> None:
    """A link or a file that is there already leaves no second entry in the trail."""
    ticket, before = file(register, request()).ticket, register.head()
    register.link(ticket, Link("run", "Again", commit().run_url))
    register.attach(ticket, request().attachments[0])
    register.transition(ticket, State.WAITING)
    assert register.head() == before
    register.attach(ticket, Attachment("assessment.json", "application/json", b"{}"))
    assert register.log()[-1].action == "attached"


def test_a_large_file_is_kept(register: Register) -> None:
    """Reports of many megabytes come back byte by byte."""
    data = bytes(range(256)) * 40_000
    ticket = file(register, request(attachments=(Attachment("r.html", "text/html", data),))).ticket
    assert register.request(ticket.number).attachments[0].data == data


def test_what_cannot_be_read_back_is_said(register: Register) -> None:
    """A request that somebody has broken is an error that names the way to see more."""
    file(register, request())
    unguarded(register, "UPDATE changes SET told = '{}'")
    with pytest.raises(DeskError, match="CHG-0001 cannot be read") as caught:
        register.read("1")
    assert "tfchange change verify" in caught.value.advice


def test_groups_are_asked_once(register: Register) -> None:
    """A group that two rules ask for is asked once, for the first reason."""
    twice = (Approval("database", "first"), Approval("Database", "second"), Approval("cab", "x"))
    ticket = file(register, request(approvals=twice)).ticket
    assert [each.group for each in ticket.approvals] == ["database", "cab"]


def test_tickets_are_values(register: Register) -> None:
    """What the register returns is plain data that any format can print."""
    file(register, request())
    for told in (register.list(), register.log(), register.verify(), register.read("1")):
        assert msgspec.json.decode(msgspec.json.encode(told))
