"""What every service desk must do; `DeskContract` is subclassed once per desk.

A subclass has a fixture `world` that gives a fresh, empty desk and the eyes and hands of people
at it. The suite speaks to the port and to the world, never to one desk.
"""

from contextlib import suppress
from typing import Any, Protocol

import pytest

from tests.change.requests import commit, request
from tfchange.change.desk import Desk, State, Ticket
from tfchange.change.ending import cancel, close
from tfchange.change.file import file
from tfchange.change.request import Attachment, Block, Link, Result, Stamp, Texts
from tfchange.errors import DeskError, FrozenError, OvertakenError
from tfchange.risk.assessment import Category


class World(Protocol):
    """A desk with what people see and do there, without tfchange."""

    desk: Desk

    def approve(self, ticket: Ticket) -> None:
        """Everybody who was asked has approved."""

    def reject(self, ticket: Ticket) -> None:
        """Somebody who was asked has rejected."""

    def texts(self, ticket: Ticket) -> str:
        """All that people can read in the change, its fields and its history, as plain text."""

    def files(self, ticket: Ticket) -> dict[str, bytes]:
        """The files that hang on the change; fails where one name is there twice."""

    def links(self, ticket: Ticket) -> list[str]:
        """The addresses and the numbers of changes that it refers to, with repetitions."""


def never(_: float) -> None:
    """Waits for nobody."""


def put(world: World, **given: Any) -> Ticket:
    """A change, filed."""
    return file(world.desk, request(**given), pause=never).ticket


DONE = Result("successful", (Block("items", ("aws_db_instance.main: updated",)),))


class DeskContract:
    """The suite."""

    def test_what_is_opened_is_found(self, world: World) -> None:
        """An opened change is found by its key and read by its id, with its record."""
        asked = request()
        written = world.desk.open(asked)
        (found,) = world.desk.find(asked.key, near=written.id)
        read = world.desk.read(written.id)
        assert found.id == read.id == written.id
        assert read.key == asked.key.digest
        assert read.record == asked.record
        assert read.state.live
        assert read.number
        assert read.created.endswith("Z")

    def test_another_key_finds_nothing(self, world: World) -> None:
        """A key that nothing was filed under finds nothing."""
        put(world)
        assert world.desk.find(request(commit=commit(pull_request=13)).key) == ()

    def test_filing_makes_one(self, world: World) -> None:
        """Filing twice makes one change, and the second time nothing is written."""
        first = file(world.desk, request(), pause=never)
        second = file(world.desk, request(), pause=never)
        assert (first.done, second.done) == ("opened", "unchanged")
        assert second.ticket.id == first.ticket.id
        assert len(world.desk.find(request().key, near=first.ticket.id)) == 1

    def test_people_can_read_it(self, world: World) -> None:
        """What was told stands in the change: title, texts, who is asked."""
        text = world.texts(put(world))
        for said in (
            "1 to update in production",
            "instance_class",
            "re-apply the previous commit",
            "a_b.c: *x* {y} [z]",
            "terraform plan shows no changes",
            "52 points",
        ):
            assert said in text

    def test_links_stand_once(self, world: World) -> None:
        """Each link is there once, however often the change is filed."""
        ticket = put(world)
        put(world, title="another title")
        links = world.links(ticket)
        for url in (commit().commit_url, commit().pull_request_url, commit().run_url):
            assert links.count(url) == 1

    def test_files_are_replaced(self, world: World) -> None:
        """A file of the same name replaces the older one; the same file is not added again."""
        ticket = put(world)
        put(world)
        assert world.files(ticket) == {"assessment.json": b'{"score": 52}'}
        newer = Attachment("assessment.json", "application/json", b'{"score": 60}')
        put(world, attachments=(newer,))
        assert world.files(ticket) == {"assessment.json": b'{"score": 60}'}

    def test_an_update_says_so(self, world: World) -> None:
        """A changed plan updates the change, and its history tells."""
        first = put(world)
        asked = request(score=60, title="2 to update", at=1_763_000_200)
        filed = file(world.desk, asked, pause=never)
        assert filed.done == "updated"
        assert filed.ticket.id == first.id
        assert "2 to update" in world.texts(first)
        assert "Assessed again" in world.texts(first)

    def test_an_older_run_is_left_behind(self, world: World) -> None:
        """A run with an older plan does not overwrite what a newer one has filed."""
        put(world, at=1_763_000_500, title="newer")
        late = file(world.desk, request(at=1_763_000_400, title="older"), pause=never)
        assert late.done == "left"
        assert "older" not in world.texts(late.ticket)

    def test_an_older_commit_is_left_behind(self, world: World) -> None:
        """A plan made later, but of an older commit, does not overwrite either."""
        put(world, stamp=Stamp(200, 10), title="newer")
        assert file(world.desk, request(stamp=Stamp(100, 90)), pause=never).done == "left"

    def test_normal_waits_for_approval(self, world: World) -> None:
        """A normal change waits for its approvers, and is approved when they have said so."""
        ticket = put(world)
        assert ticket.state is State.WAITING
        world.approve(ticket)
        assert world.desk.read(ticket.id).state is State.APPROVED

    def test_rejection_is_seen(self, world: World) -> None:
        """A rejection is seen as such: it is neither waiting nor approved."""
        ticket = put(world)
        world.reject(ticket)
        read = world.desk.read(ticket.id)
        assert read.state is State.REJECTED
        assert "rejected" in {a.decision for a in read.approvals}

    def test_a_rejection_stands(self, world: World) -> None:
        """Filing the same plan again asks nobody again: what was rejected stays rejected."""
        ticket = put(world)
        world.reject(ticket)
        again = file(world.desk, request(), pause=never)
        assert again.ticket
        assert again.ticket.state is State.REJECTED
        assert again.notes

    def test_what_nobody_approved_is_not_closed_as_done(self, world: World) -> None:
        """A change that waits, or was rejected, is not closed as successful."""
        ticket = put(world)
        with pytest.raises(DeskError, match="not approved"):
            close(world.desk, request().key, DONE)
        world.reject(ticket)
        with pytest.raises(DeskError, match="not approved"):
            close(world.desk, request().key, DONE)
        assert world.desk.read(ticket.id).state.live

    def test_an_older_run_does_not_follow_a_closed_change(self, world: World) -> None:
        """Neither an older plan nor the very plan that was closed opens a successor."""
        ticket = put(world)
        world.approve(ticket)
        close(world.desk, request().key, DONE)
        assert file(world.desk, request(), pause=never).done == "unchanged"
        assert file(world.desk, request(at=1_763_000_050), pause=never).done == "left"
        assert len(world.desk.find(request().key, near=ticket.id)) == 1

    def test_standard_is_approved_beforehand(self, world: World) -> None:
        """A standard change needs nobody's approval, and is recorded all the same."""
        ticket = put(world, category=Category.STANDARD, envelope="tags-only", approvals=())
        assert ticket.state is State.APPROVED

    def test_what_becomes_standard_is_approved_beforehand(self, world: World) -> None:
        """A waiting change that fits into an envelope by now waits no more, or a note says why."""
        ticket = put(world)
        standard = {"category": Category.STANDARD, "envelope": "tags-only", "approvals": ()}
        asked = request(**standard, fingerprint="a" * 32, at=1_763_000_900)
        filed = file(world.desk, asked, pause=never)
        assert filed.ticket
        assert filed.ticket.state is State.APPROVED or filed.notes
        assert filed.ticket.id == ticket.id or not world.desk.read(ticket.id).state.live

    def test_approval_is_for_what_was_approved(self, world: World) -> None:
        """A change approved for one plan is not approved for another."""
        ticket = put(world)
        world.approve(ticket)
        filed = file(world.desk, request(fingerprint="e" * 32, at=1_763_000_900), pause=never)
        assert filed.ticket.state is not State.APPROVED
        live = [t for t in world.desk.find(request().key, near=filed.ticket.id) if t.state.live]
        assert [t.id for t in live] == [filed.ticket.id]

    def test_approval_outlives_a_rewording(self, world: World) -> None:
        """The same plan at another commit stays approved."""
        ticket = put(world)
        world.approve(ticket)
        moved = commit(sha="decafbad" * 5)
        filed = file(world.desk, request(commit=moved, at=1_763_000_900), pause=never)
        assert (filed.ticket.id, filed.ticket.state) == (ticket.id, State.APPROVED)

    @pytest.mark.parametrize("outcome", ["successful", "partly", "failed"])
    def test_closing(self, world: World, outcome: str) -> None:
        """An approved change is closed with its result, once, and stays closed."""
        ticket = put(world)
        world.approve(ticket)
        done = Result(outcome, DONE.notes)
        assert close(world.desk, request().key, done).state is State.CLOSED
        assert close(world.desk, request().key, done).id == ticket.id
        assert "aws_db_instance.main: updated" in world.texts(ticket)

    def test_cancelling(self, world: World) -> None:
        """A cancelled change is over, and says why."""
        ticket = put(world)
        assert cancel(world.desk, request().key, "The plan is empty now.").state is State.CANCELLED
        assert "The plan is empty now." in world.texts(ticket)

    def test_a_closed_change_gets_a_successor(self, world: World) -> None:
        """What is filed after closing is a new change that refers to the closed one."""
        first = put(world)
        cancel(world.desk, request().key, "Not now.")
        filed = file(world.desk, request(at=1_763_000_900), pause=never)
        assert filed.done == "opened"
        assert filed.ticket.id != first.id
        assert filed.ticket.successor_of == first.number
        assert first.number in world.links(filed.ticket)

    def test_of_two_the_oldest_wins(self, world: World) -> None:
        """Where two were opened at once, the oldest stays, the other is cancelled and linked."""
        first = world.desk.open(request())
        try:
            second = world.desk.open(request())
        except DeskError:
            pytest.skip("this desk cannot hold two changes of one key")
        ticket = file(world.desk, request(), pause=never).ticket
        assert ticket.id == first.id
        loser = world.desk.read(second.id)
        assert not loser.state.live
        assert ticket.number in world.links(loser)

    def test_a_comment_is_read(self, world: World) -> None:
        """A comment stands in the history."""
        ticket = put(world)
        world.desk.comment(ticket, "The window was moved. ü")
        assert "The window was moved. ü" in world.texts(ticket)

    def test_long_texts_are_cut_where_they_make_sense(self, world: World) -> None:
        """Texts beyond the desk's limits are cut between entries, and say that they are."""
        long = tuple(f"aws_instance.web[{n}]: ami, instance_type" for n in range(3000))
        texts = Texts(
            description=(Block("paragraph", ("First.",)), Block("items", long)),
            risk=(Block("items", long),),
            backout=(Block("steps", long),),
        )
        ticket = put(world, title="x" * 160, texts=texts)
        text = world.texts(ticket)
        assert "aws_instance.web[0]: ami, instance_type" in text
        assert "more" in text

    def test_a_record_that_was_removed_is_written_again(self, world: World) -> None:
        """Somebody may edit everything; the next run brings the change up to date again."""
        ticket = put(world)
        # A desk that compares stamps itself leaves nothing to repair.
        with suppress(OvertakenError):
            world.desk.update(ticket, request(title="meddled", at=1), "by hand")
        assert file(world.desk, request(), pause=never).done in ("updated", "unchanged")

    def test_a_link_to_a_page_is_replaced_by_relation(self, world: World) -> None:
        """The run that filed last is linked, beside those before."""
        ticket = put(world)
        world.desk.link(ticket, Link("run", "Another run", "https://ci.example.com/2"))
        assert "https://ci.example.com/2" in world.links(ticket)

    def test_frozen_or_waiting(self, world: World) -> None:
        """An approved change of another plan is either set back, or refuses to be edited."""
        ticket = put(world)
        world.approve(ticket)
        approved = world.desk.read(ticket.id)
        try:
            world.desk.update(approved, request(fingerprint="d" * 32, at=1_763_000_900), "new")
        except FrozenError:
            assert world.desk.read(ticket.id).state is State.APPROVED
        else:
            assert world.desk.read(ticket.id).state in (State.NEW, State.WAITING)
