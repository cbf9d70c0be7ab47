"""What was altered behind the trail stays found: no later act vouches for it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from tests.change.requests import commit, request
from tests.register.world import BOTH, opened, unguarded
from tfchange.change.desk import State, Ticket
from tfchange.change.file import file
from tfchange.change.request import Attachment, Link, Result
from tfchange.errors import DeskError
from tfchange.register.audit import details, digests, sealed
from tfchange.register.desk import Register
from tfchange.risk.assessment import Approval, Category, Emergency

GROUPS = (Approval("Database team", "one"), Approval("Peer review", "two"))
TAMPERED = {
    "state": "UPDATE changes SET state = 'approved' WHERE id = 1",
    "title": "UPDATE changes SET title = 'Harmless' WHERE id = 1",
    "record": "UPDATE changes SET record = '{}' WHERE id = 1",
    "author": "UPDATE changes SET author = 'somebody' WHERE id = 1",
    "number": "UPDATE changes SET number = 'CHG-0009' WHERE id = 1",
    "decision": "UPDATE approvals SET decision = 'approved', decided_by = 'x' WHERE change = 1",
    "fewer approvals": "DELETE FROM approvals WHERE change = 1 AND position = 0",
    "transition": "DELETE FROM transitions WHERE change = 1",
    "file": "UPDATE files SET media_type = 'text/plain' WHERE change = 1",
    "no file": "DELETE FROM files WHERE change = 1",
    "link": "UPDATE links SET url = 'https://example.com' WHERE change = 1",
    "entry": "UPDATE audit SET actor = 'somebody' WHERE change = 'CHG-0001'",
    "review": "UPDATE changes SET reviewed = '2026-11-24T00:00:00Z' WHERE id = 1",
    "no entry": "DELETE FROM audit WHERE change = 'CHG-0001'",
}
Act = Callable[[Register, Ticket], object]
ACTS: dict[str, Act] = {
    "update": lambda desk, ticket: desk.update(ticket, request(approvals=GROUPS), "Again."),
    "transition": lambda desk, ticket: desk.transition(ticket, State.APPROVED),
    "comment": lambda desk, ticket: desk.comment(ticket, "Hello."),
    "attach": lambda desk, ticket: desk.attach(ticket, Attachment("a.txt", "text/plain", b"a")),
    "link": lambda desk, ticket: desk.link(ticket, Link("run", "Run", "https://example.com/1")),
    "close": lambda desk, ticket: desk.close(ticket, Result("successful")),
    "cancel": lambda desk, ticket: desk.cancel(ticket, "Not now."),
    "approve": lambda desk, _: desk.approve("1", "Peer review", "zed"),
    "reject": lambda desk, _: desk.reject("1", "Peer review", "zed"),
    "review": lambda desk, ticket: desk.review(ticket, "It went well."),
}
URGENT = {"category": Category.EMERGENCY, "emergency": Emergency("INC0010001", "2026-11-30")}


@pytest.fixture(params=BOTH)
def register(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Register]:
    """A fresh register in either database."""
    with opened(request.param, tmp_path) as made:
        yield made


def refused(desk: Register, act: Act, ticket: Ticket) -> None:
    """The act is refused, names the way to see more, and has written nothing."""
    before = desk.head()
    with pytest.raises(DeskError, match=r"CHG-000\d was altered behind the audit trail") as caught:
        act(desk, ticket)
    assert "tfchange change verify" in caught.value.advice
    assert desk.head() == before
    assert desk.verify().faults != ()


@pytest.mark.parametrize("tampered", TAMPERED)
def test_no_act_vouches_for_what_was_altered(register: Register, tampered: str) -> None:
    """Every kind of act refuses to follow any kind of tampering, which is still found then."""
    ticket = file(register, request(approvals=GROUPS)).ticket
    other = file(register, request(commit=commit(pull_request=13))).ticket
    unguarded(register, TAMPERED[tampered])
    for act in ACTS.values():
        refused(register, act, ticket)
    refused(register, lambda desk, _: desk.fetch(ticket, "assessment.json"), ticket)
    register.comment(other, "Other changes go on.")
    assert register.verify().faults != ()


@pytest.mark.parametrize("act", ACTS)
def test_every_act_is_possible_without(register: Register, act: str) -> None:
    """The acts above fail for the tampering alone, and verifying finds nothing after them."""
    ticket = file(register, request(approvals=GROUPS, **URGENT)).ticket
    before = register.head()
    ACTS[act](register, ticket)
    assert act == "transition" or register.head() != before
    assert register.verify().faults == ()


def test_a_file_with_other_bytes_is_not_replaced(register: Register) -> None:
    """Replaced, nobody could find any more that it was not the one that had been attached."""
    ticket = file(register, request()).ticket
    unguarded(register, "UPDATE files SET data = :data", data=b"forged")
    new = Attachment("assessment.json", "application/json", b"new")
    refused(register, lambda desk, _: desk.attach(ticket, new), ticket)
    with pytest.raises(DeskError, match=r"assessment\.json of CHG-0001 is not the one") as caught:
        register.fetch(ticket, "assessment.json")
    assert "tfchange change verify" in caught.value.advice
    register.comment(ticket, "Hello.")
    assert any("assessment.json" in fault for fault in register.verify().faults)


@pytest.mark.parametrize("entries", [True, False])
def test_a_deleted_change_is_not_followed_by_another_of_its_number(
    register: Register, entries: bool
) -> None:
    """Neither its entries nor what is left of it become those of a new change."""
    file(register, request())
    unguarded(register, *(f"DELETE FROM {name}" for name in ("links", "files", "transitions")))  # noqa: S608
    unguarded(register, "DELETE FROM approvals", "DELETE FROM changes")
    if not entries:
        unguarded(register, "DELETE FROM audit", "UPDATE head SET seq = 0, hash = :no", no="0" * 64)
        register.open(request())
        return
    with pytest.raises(DeskError, match="CHG-0001 was altered behind the audit trail"):
        register.open(request())
    assert register.verify().faults != ()


LEAD_ELSEWHERE = {
    "CHG-0001 is approved, and its entries lead to waiting.": TAMPERED["state"],
    "What Database team decided on CHG-0001 is not what its entries tell.": TAMPERED["decision"],
    "The record of CHG-0001 is not the one that its entries tell of.": TAMPERED["record"],
    "The file assessment.json of CHG-0001 is not the one that its entries tell of.": TAMPERED[
        "no file"
    ],
}


@pytest.mark.parametrize("fault", LEAD_ELSEWHERE)
def test_a_digest_that_was_made_to_fit_is_not_enough(register: Register, fault: str) -> None:
    """An entry that vouches for altered rows is found, since no entry tells how they came to be."""
    ticket = file(register, request(approvals=GROUPS)).ticket
    unguarded(register, LEAD_ELSEWHERE[fault])
    _vouch(register)
    register.comment(ticket, "Hello.")
    assert fault in register.verify().faults
    assert not any("Entry" in each or "altered" in each for each in register.verify().faults)


def _vouch(register: Register) -> None:
    """The last entry is forged with all hashes, as whoever may write everything can do."""
    (*_, last) = register.log()
    digest = register._database.read(lambda connection: digests(connection, 1)[1])
    said = {**last.told(), "digest": digest}
    forged = msgspec.structs.replace(last, details=details(digest, said))
    values = {"told": forged.details, "hash": sealed(forged), "seq": last.seq}
    unguarded(register, "UPDATE audit SET details = :told, hash = :hash WHERE seq = :seq", **values)
    unguarded(register, "UPDATE head SET hash = :hash", **values)
