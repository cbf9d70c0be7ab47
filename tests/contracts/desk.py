"""What every service desk must do; `DeskContract` is subclassed once per desk.

A subclass has a fixture `world` that gives a fresh, empty desk and the eyes and hands of people
at it. The suite speaks to the port and to the world, never to one desk.
"""

from contextlib import suppress
from typing import Any, Protocol

import pytest

from tests.change.applies import created, filed, plan
from tests.change.requests import commit, request
from tfchange.change.approved import attachment
from tfchange.change.closing import Heard, close_by
from tfchange.change.desk import Desk, State, Ticket
from tfchange.change.ending import cancel, close
from tfchange.change.file import file
from tfchange.change.outcome import FILE
from tfchange.change.request import Attachment, Block, Link, Result, Stamp, Texts, Window
from tfchange.errors import DeskError, FrozenError, OvertakenError
from tfchange.risk.assessment import Approval, Category, Emergency


class World(Protocol):
    """A desk with what people see and do there, without tfchange."""

    desk: Desk

    def approve(self, ticket: Ticket) -> None:
        """Everybody who was asked has approved."""

    def reject(self, ticket: Ticket) -> None:
        """Somebody who was asked has rejected."""

    def declare(self, id_: str, *, open_: bool) -> None:
        """An incident of that name is there, where the desk keeps any."""

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


PROVEN = Result("successful", (Block("paragraph", ("By the log.",)),), proven=True)
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

    def test_closing_by_what_happened(self, world: World) -> None:
        """What was filed is read back and compared with the log; nothing of the notes is lost."""
        does = {f"r{number}": "create" for number in range(150)}
        items = filed(plan(**does, left="update"))
        file(
            world.desk,
            request(fingerprint=items.fingerprint, attachments=(attachment(items),)),
            pause=never,
        )
        world.approve(world.desk.find(request().key)[0])
        ticket = close_by(world.desk, request().key, Heard((created([*does, "extra"]),))).ticket
        assert ticket.state is State.CLOSED
        assert "extra: created" in world.texts(ticket)
        whole = world.files(ticket)[FILE].decode()
        assert all(f"terraform_data.{name}: created" in whole for name in does)
        assert "terraform_data.left: update" in whole

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

    def test_what_has_begun_is_not_filed_anew(self, world: World) -> None:
        """Another plan waits until somebody has said how the first one went."""
        ticket = put(world)
        world.approve(ticket)
        world.desk.transition(world.desk.read(ticket.id), State.IMPLEMENTING)
        if world.desk.read(ticket.id).state is not State.IMPLEMENTING:
            pytest.skip("this desk offers no way to begin")
        with pytest.raises(DeskError, match="another plan"):
            put(world, fingerprint="d" * 32, at=1_763_000_900)
        assert world.desk.read(ticket.id).state is State.IMPLEMENTING
        close(world.desk, request().key, DONE)
        assert put(world, fingerprint="d" * 32, at=1_763_000_900).successor_of == ticket.number

    def test_a_file_is_read_back(self, world: World) -> None:
        """What hangs on a change is read back to the byte, the newest of its name; else None."""
        data = bytes(range(256)) * 40
        ticket = put(world, attachments=(Attachment("items.json", "application/json", data),))
        assert world.desk.fetch(ticket, "items.json") == data
        assert world.desk.fetch(ticket, "other.json") is None
        put(world, attachments=(Attachment("items.json", "application/json", b"{}"),))
        assert world.desk.fetch(ticket, "items.json") == b"{}"

    def test_a_window_is_told_as_it_was_planned(self, world: World) -> None:
        """One that people asked for, and one that is only proposed, which stays one when filed
        again."""
        asked = Window("2027-03-01T20:00:00Z", "2027-03-01T22:00:00Z")
        assert put(world, window=asked).window == asked
        proposed = Window("2027-03-02T20:00:00Z", "2027-03-02T22:00:00Z", proposed=True)
        given: dict[str, Any] = {"commit": commit(pull_request=13), "window": proposed}
        assert put(world, **given).window == proposed
        assert put(world, **given, title="another", at=1_763_000_900).window == proposed

    def test_whoever_decides_is_told(self, world: World) -> None:
        """A decision says who made it and when, and the ticket whose commit it was filed for."""
        ticket = put(world, commit=commit(author="Bo <bo@example.com> (@bo)"))
        world.approve(ticket)
        read = world.desk.read(ticket.id)
        assert read.authors == ("Bo <bo@example.com> (@bo)",)
        assert all(each.by for each in read.approvals)
        assert all(each.at.endswith("Z") for each in read.approvals)

    def test_all_authors_are_told(self, world: World) -> None:
        """Whoever wrote a commit that the change was filed for is told as long as it is not closed,
        whatever plan is filed, and by whom; and also of what follows a change that was cancelled.
        """
        names = ("Ann Lee <ann@example.com>", "Carl", "Ann Lee <ann@example.com>", "Dora")
        for number, (name, plan_) in enumerate(zip(names, "aabb", strict=True)):
            at = commit(author=name, sha=f"{number}" * 40)
            asked = request(commit=at, fingerprint=plan_ * 32, at=1_763_000_900 + number)
            ticket = file(world.desk, asked, pause=never).ticket
            assert ticket
            assert set(ticket.authors) == set(names[: number + 1])
            assert ticket.authors[-1] == name
            world.approve(ticket)
        cancel(world.desk, request().key, "Not now.")
        given: dict[str, Any] = {"commit": commit(author="Eve"), "at": 1_763_001_900}
        assert set(put(world, **given).authors) == {*names, "Eve"}

    def test_clean_runs_are_counted(self, world: World) -> None:
        """The closed changes of an envelope are told with their outcome, and no others.

        Normal ones count as well: by them it is earned.
        """
        numbers = [
            finish(world, pull_request=n, envelope="tags-only", outcome=outcome)
            for n, outcome in enumerate(("successful", "failed", "partly"), 20)
        ]
        normal = put(world, commit=commit(pull_request=29), envelope="tags-only")
        world.approve(normal)
        close(world.desk, commit(pull_request=29).key, PROVEN)
        finish(world, pull_request=30, envelope="capacity-up", outcome="successful")
        standard(world, pull_request=31, envelope="tags-only")
        gone = commit(pull_request=32)
        standard(world, pull_request=32, envelope="tags-only")
        cancel(world.desk, gone.key, "Not now.")
        found = world.desk.finished("tags-only", "2020-01-01T00:00:00Z")
        assert sorted((f.number, f.outcome) for f in found) == sorted(
            [
                *zip(numbers, ("successful", "failed", "partly"), strict=True),
                (normal.number, "successful"),
            ]
        )
        assert [f.closed for f in found] == sorted((f.closed for f in found), reverse=True)
        assert all(f.closed.endswith("Z") for f in found)
        assert world.desk.finished("tags-only", "2999-01-01T00:00:00Z") == ()
        assert world.desk.finished("another", "2020-01-01T00:00:00Z") == ()

    def test_a_success_that_is_only_claimed_counts_neither_way(self, world: World) -> None:
        """Neither gate nor log speaks for it; what is claimed to have failed has failed, and what
        went through the gate is believed.
        """
        given: dict[str, Any] = {"envelope": "tags-only", "proven": False}
        claimed = finish(world, pull_request=20, outcome="successful", **given)
        failed = finish(world, pull_request=21, outcome="failed", **given)
        gated = standard(world, pull_request=22, envelope="tags-only")
        world.desk.transition(gated, State.IMPLEMENTING)
        began = world.desk.read(gated.id).state is State.IMPLEMENTING
        close(world.desk, commit(pull_request=22).key, DONE)
        found = world.desk.finished("tags-only", "2020-01-01T00:00:00Z")
        told = {each.number: each.outcome for each in found}
        believed = "successful" if began else ""
        assert told == {claimed: "", failed: "failed", gated.number: believed}

    def test_nothing_is_in_the_way_of_a_change_alone(self, world: World) -> None:
        """A change alone at its desk has no conflicts."""
        assert world.desk.conflicts(put(world)) == ()

    def test_an_incident_is_known(self, world: World) -> None:
        """An incident is open, closed or missing, or the desk keeps none at all."""
        world.declare("INC0010001", open_=True)
        world.declare("INC0010002", open_=False)
        names = ("INC0010001", "INC0010002", "INC0010003")
        found = [world.desk.incident(name) for name in names]
        if found == [None] * 3:
            pytest.skip("this desk keeps no incidents")
        assert [each and each.state for each in found] == ["open", "closed", "missing"]

    def test_an_emergency_is_reviewed_afterwards(self, world: World) -> None:
        """An emergency that nobody approved is to be reviewed until it has been, closed or not.

        Where the desk closes nothing that is not approved, it says so and changes nothing.
        """
        late = emergency(world, pull_request=40, due="2026-11-30")
        soon = emergency(world, pull_request=41, due="2026-11-28")
        put(world)
        assert world.desk.read(late.id).emergency == Emergency("INC0010001", "2026-11-30")
        told = world.desk.reviews()
        assert [(r.number, r.due) for r in told] == [
            (soon.number, "2026-11-28"),
            (late.number, "2026-11-30"),
        ]
        assert {r.incident for r in told} == {"INC0010001"}
        assert told[0].waiting_for
        after = end(world, pull_request=41)
        assert len(world.desk.reviews()) == 2
        world.desk.review(world.desk.read(soon.id), "The runbook was followed.")
        assert "The runbook was followed." in world.texts(soon)
        assert [r.number for r in world.desk.reviews()] == [late.number]
        assert world.desk.read(soon.id).state is after

    def test_what_had_begun_is_reviewed_although_it_is_cancelled(self, world: World) -> None:
        """Cancelling takes no review away, save of an emergency that nobody ever began."""
        idle = emergency(world, pull_request=40, due="2026-11-30")
        done = emergency(world, pull_request=41, due="2026-11-28")
        # Where nobody begins without an approval, the gate has let it pass all the same.
        world.desk.transition(done, State.IMPLEMENTING)
        for number in (40, 41):
            cancel(world.desk, commit(pull_request=number).key, "It is over.")
        assert not world.desk.read(idle.id).state.live
        assert [r.number for r in world.desk.reviews()] == [done.number]
        world.desk.review(world.desk.read(done.id), "It was rolled back.")
        assert world.desk.reviews() == ()

    def test_an_approved_emergency_needs_no_review(self, world: World) -> None:
        """Everybody who was asked has approved, so nothing is left to review."""
        ticket = emergency(world, pull_request=40, due="2026-11-30")
        world.approve(ticket)
        assert world.desk.reviews() == ()


def end(world: World, *, pull_request: int) -> State:
    """Where an emergency stands that was to be closed without approval: closed, or as before."""
    key = commit(pull_request=pull_request).key
    (before,) = world.desk.find(key)
    said = ""
    try:
        close(world.desk, key, DONE)
    except DeskError as error:
        said = error.message
    after = world.desk.read(before.id).state
    assert after is (before.state if "not approved" in said else State.CLOSED)
    return after


def standard(world: World, *, pull_request: int, envelope: str) -> Ticket:
    """A standard change, filed."""
    given = {"category": Category.STANDARD, "approvals": (), "envelope": envelope}
    return put(world, commit=commit(pull_request=pull_request), **given)


def finish(
    world: World, *, pull_request: int, envelope: str, outcome: str, proven: bool = True
) -> str:
    """The number of a standard change that was filed and closed."""
    standard(world, pull_request=pull_request, envelope=envelope)
    done = Result(outcome, DONE.notes, proven=proven)
    return close(world.desk, commit(pull_request=pull_request).key, done).number


def emergency(world: World, *, pull_request: int, due: str) -> Ticket:
    """An emergency for an incident that is open, filed."""
    world.declare("INC0010001", open_=True)
    return put(
        world,
        commit=commit(pull_request=pull_request),
        category=Category.EMERGENCY,
        emergency=Emergency("INC0010001", due),
        approvals=(Approval("emergency", "it was declared an emergency"),),
    )
