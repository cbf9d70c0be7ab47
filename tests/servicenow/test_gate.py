"""What the gate asks of ServiceNow before an apply: files, conflicts, clean runs, approvals."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.change.requests import commit, request
from tests.servicenow.fake import ServiceNowFake
from tests.servicenow.world import ServiceNowWorld, put, world
from tfchange.change.desk import State, Ticket
from tfchange.change.ending import close
from tfchange.change.request import Attachment, Block, Result
from tfchange.errors import AccessDeniedError, UnreachableError
from tfchange.risk.assessment import Category, Emergency
from tfchange.servicenow.kept import FIELD, Kept, kept
from tfchange.servicenow.rows import Cell

EVER = "2020-01-01T00:00:00Z"
DONE = (Block("items", ("all done",)),)
STANDARD: dict[str, Any] = {"category": Category.STANDARD, "envelope": "tags-only", "approvals": ()}
TOLD = st.text(max_size=80).map(lambda text: " ".join(text.split()))


def filed(some: ServiceNowWorld, number: int, **told: Any) -> Ticket:
    """A change of another pull request, filed."""
    return put(some, commit=commit(pull_request=number), **told).ticket


def implemented(some: ServiceNowWorld, number: int, **told: Any) -> Ticket:
    """Another change that is approved and being implemented."""
    ticket = filed(some, number, **told)
    some.approve(ticket)
    assert some.desk.transition(ticket, State.IMPLEMENTING).notes == ()
    return some.desk.read(ticket.id)


@given(
    authors=st.lists(TOLD.filter(bool), unique=True, max_size=10), told=st.tuples(TOLD, TOLD, TOLD)
)
def test_what_is_kept_is_read_again(authors: list[str], told: tuple[str, str, str]) -> None:
    """Whatever is kept comes back as it was, each line by itself."""
    made = Kept(tuple(authors), *told)
    assert kept({FIELD: Cell(made.to_text())}) == made


def test_a_line_cannot_pretend_to_be_another() -> None:
    """An author whose name breaks off and goes on like an envelope remains an author."""
    made = Kept(authors=("Bo\nEnvelope: anything\u2028Incident: INC1",), envelope="tags-only")
    read = kept({FIELD: Cell(made.to_text())})
    assert (read.envelope, read.incident) == ("tags-only", "")


@pytest.mark.parametrize("api", ["change", "table"])
def test_who_wrote_the_commit_follows_the_plan(api: str) -> None:
    """The last author is that of the plan that was filed last; what people write stays beside."""
    some = world(api=api)
    ticket = put(some, commit=commit(author="Bo <bo@example.com>")).ticket
    some.row(ticket)[FIELD] += "\nCall the database team first."
    assert some.desk.read(ticket.id).authors == ("Bo <bo@example.com>",)
    put(some, commit=commit(author="Ann", sha="b" * 40), at=1_763_000_900)
    assert some.desk.read(ticket.id).authors == ("Bo <bo@example.com>", "Ann")


def test_the_author_of_a_standard_change_follows_too() -> None:
    """Also where its template lets nothing else be written."""
    some = world({"templates": {"default": "Tags only"}})
    put(some, **STANDARD, commit=commit(author="Bo"))
    some.fake.options.restricts_standard = True
    newer = commit(author="Ann", sha="b" * 40)
    again = put(some, **STANDARD, commit=newer, at=1_763_000_900)
    assert again.notes[0].startswith("Only a work note could be written")
    assert again.ticket.authors == ("Bo", "Ann")


def test_an_author_that_is_not_kept_is_said() -> None:
    """Where the field may not be written, that is said and the author is not known."""
    some = world(read_only={FIELD})
    made = put(some, commit=commit(author="Bo"))
    assert made.notes[0] == f"ServiceNow did not take, or changed: {FIELD}."
    assert made.ticket.authors == ()


def test_who_decided_has_an_address() -> None:
    """Who approved is told with the address that other programs know too, and when."""
    some = world()
    for user in some.fake.tables.rows("sys_user"):
        user["email"] = f"{user['user_name']}@example.com"
    ticket = put(some).ticket
    assert {(d.by, d.at) for d in ticket.approvals} == {("", "")}
    some.approve(ticket)
    decided = some.desk.read(ticket.id).approvals
    assert "ann <ann@example.com>" in {d.by for d in decided}
    assert all(d.at.startswith("2026-11-23T10:") for d in decided)


PLAN = Attachment("fingerprint.json", "application/json", b'{"items": []}')


def test_the_newest_file_counts() -> None:
    """Of two files of one name the newer is read, and a page is a file like any other."""
    some = world()
    page = Attachment("report.html", "text/html", b"<!DOCTYPE html><p>High risk")
    ticket = put(some, attachments=(PLAN, page)).ticket
    assert some.desk.fetch(ticket, "report.html") == page.data
    some.fake.tables.rows("sys_attachment")[0]["sys_created_by"] = "ann"
    newer = Attachment(PLAN.name, PLAN.media_type, b'{"items": [1]}')
    some.desk.attach(ticket, newer)
    assert some.desk.fetch(ticket, PLAN.name) == newer.data


@pytest.mark.parametrize("hashes", [True, False])
def test_half_a_file_is_no_file(hashes: bool) -> None:
    """What does not fit to size and hash is never given out."""
    some = world(hashes=hashes)
    ticket = put(some, attachments=(PLAN,)).ticket
    (id_,) = some.fake.files
    some.fake.files[id_] = PLAN.data[:5]
    with pytest.raises(UnreachableError, match=r"did not send the file fingerprint\.json"):
        some.desk.fetch(ticket, PLAN.name)


def test_a_file_that_was_just_removed_is_none() -> None:
    """A file that is gone between the list and the reading is none."""
    some = world()
    ticket = put(some, attachments=(PLAN,)).ticket
    send = some.fake.send

    def vanish(asked: Any, *args: Any, **told: Any) -> Any:
        if asked.path_url.endswith("/file"):
            some.fake.tables.tables["sys_attachment"].clear()
        return send(asked, *args, **told)

    some.fake.send = vanish  # type: ignore[method-assign]
    assert some.desk.fetch(ticket, PLAN.name) is None


def ended(some: ServiceNowWorld, number: int, outcome: str = "successful", **told: str) -> str:
    """The number of a standard change that was filed and closed."""
    filed(some, number, **{**STANDARD, **told})
    key = commit(pull_request=number).key
    return close(some.desk, key, Result(outcome, DONE, proven=True)).number


def test_outcomes_are_those_of_the_settings() -> None:
    """A close code of the instance's own is read as the settings say; an unknown one as none."""
    fake = ServiceNowFake()
    for value, label in {"ok": "Done well", "bad": "Went wrong"}.items():
        fake.tables.add("sys_choice", {"name": "change_request", "element": "close_code",
                                       "value": value, "label": label,
                                       "inactive": "false"})  # fmt: skip
    codes = {"successful": "Done well", "failed": "Went wrong"}
    some = ServiceNowWorld(fake, close_codes=codes)
    numbers = [ended(some, 20), ended(some, 21, "failed"), ended(some, 22)]
    fake.tables.rows("change_request")[2]["close_code"] = "unheard of"
    found = {each.number: each.outcome for each in some.desk.finished("tags-only", EVER)}
    assert found == dict(zip(numbers, ("successful", "failed", ""), strict=True))


@pytest.mark.parametrize("api", ["change", "table"])
def test_clean_runs_are_counted_in_one_request(api: str) -> None:
    """However many changes there are, those of the envelope are asked for at once."""
    some = world({"templates": {"default": "Tags only"}}, api=api)
    for number in range(20, 28):
        ended(some, number)
    some.desk.finished("tags-only", EVER)
    before = len(some.fake.asked)
    assert len(some.desk.finished("tags-only", EVER)) == 8
    assert some.fake.asked[before:] == [("GET", "/api/now/table/change_request")]


def test_runs_are_those_of_the_envelope_and_of_the_time() -> None:
    """Neither an envelope whose name goes on, nor a run of long ago that was touched lately."""
    some = world()
    number = ended(some, 20)
    ended(some, 21, envelope="tags-only-everywhere")
    ended(some, 22)
    some.fake.tables.rows("change_request")[2]["closed_at"] = "2026-10-01 10:00:00"
    found = some.desk.finished("tags-only", "2026-11-01T00:00:00Z")
    assert [each.number for each in found] == [number]


def test_a_run_without_a_time_of_closing_is_dated_by_its_last_update() -> None:
    """Where the time of closing is hidden, that of the last update stands for it."""
    some = world()
    ended(some, 20)
    some.fake.options.hidden_fields = {"closed_at"}
    updated = some.fake.tables.rows("change_request")[0]["sys_updated_on"]
    (found,) = some.desk.finished("tags-only", EVER)
    assert found.closed == updated.replace(" ", "T") + "Z"


def test_hidden_runs_are_not_taken_for_none() -> None:
    """Where the envelope of changes is hidden, nobody says that there were no runs."""
    some = world()
    ended(some, 20)
    some.fake.options.hidden_fields = {FIELD}
    with pytest.raises(AccessDeniedError, match=FIELD):
        some.desk.finished("tags-only", EVER)


@pytest.mark.parametrize("api", ["change", "table"])
def test_what_is_implemented_on_the_same_things_is_in_the_way(api: str) -> None:
    """A change under way is in the way of those that share a service, an item, or its main item."""
    some = world(api=api)
    mine = put(some, items=("orders-db",)).ticket
    busy = implemented(some, 20)
    assert some.desk.conflicts(mine) == (
        f"{busy.number} is being implemented, and affects shop too.",
    )
    quiet = filed(some, 21, services=(), items=("orders-db",))
    both = implemented(some, 22, items=("orders-db",))
    assert some.desk.conflicts(quiet) == (
        f"{both.number} is being implemented, and affects orders-db too.",
    )
    by_hand = some.row(busy)
    by_hand["cmdb_ci"] = some.fake.seeds.database
    assert len(some.desk.conflicts(quiet)) == 2
    close(some.desk, commit(pull_request=20).key, Result("successful", DONE))
    assert len(some.desk.conflicts(quiet)) == 1
    assert some.fake.bad == []


def test_a_change_is_not_in_its_own_way() -> None:
    """A change that is being implemented already has no conflict with itself."""
    some = world()
    mine = implemented(some, 20, items=("orders-db",))
    assert some.desk.conflicts(mine) == ()


def detect(some: ServiceNowWorld, mine: Ticket, theirs: Ticket | None) -> None:
    """ServiceNow has seen that these are planned for the same time, or for a blackout."""
    kind = "ci_already_scheduled" if theirs else "blackout"
    other = theirs.id if theirs else ""
    told = {"change": mine.id, "conflicting_change": other, "type": kind}
    some.fake.tables.add("conflict", told)


def test_conflicts_that_servicenow_has_seen_are_read() -> None:
    """Its conflicts with changes that are still open are told; nothing is started for that."""
    some = world()
    mine, theirs = put(some).ticket, filed(some, 20)
    detect(some, mine, theirs)
    detect(some, mine, None)
    detect(some, theirs, mine)
    before = len(some.fake.asked)
    told = f"{theirs.number} is planned for the same time (ci_already_scheduled)."
    assert some.desk.conflicts(mine) == (told,)
    assert {method for method, _ in some.fake.asked[before:]} == {"GET"}
    some.desk.cancel(theirs, "Not now.")
    assert some.desk.conflicts(mine) == ()


def test_detection_may_be_left_out_or_missing() -> None:
    """Without ServiceNow's own detection what is under way is still seen."""
    for some in (world({"conflicts": False}, hidden_tables={"conflict"}),
                 world(absent_tables={"conflict"})):  # fmt: skip
        mine = put(some).ticket
        implemented(some, 20)
        assert len(some.desk.conflicts(mine)) == 1


@pytest.mark.parametrize("table", ["conflict", "task_cmdb_ci_service"])
def test_hidden_conflicts_are_not_taken_for_none(table: str) -> None:
    """Where the user may not look, the error says at what, and nobody says that all is free."""
    some = world()
    mine = put(some).ticket
    some.fake.options.hidden_tables = {table}
    with pytest.raises(AccessDeniedError, match=f"read the table {table}") as caught:
        some.desk.conflicts(mine)
    assert ("servicenow.conflicts" in caught.value.advice) is (table == "conflict")


@pytest.mark.parametrize("api", ["change", "table"])
@pytest.mark.parametrize("category", [Category.NORMAL, Category.EMERGENCY])
def test_nothing_is_implemented_past_its_approval(api: str, category: Category) -> None:
    """What waits stays where it is, and the note says why; what is approved is implemented."""
    some = world(api=api)
    ticket = put(some, category=category, emergency=Emergency("INC0010001")).ticket
    before = some.row(ticket)["state"]
    written = some.desk.transition(ticket, State.IMPLEMENTING)
    told = f"{ticket.number} is not moved to Implement: it waits for approval."
    assert (written.notes, some.row(ticket)["state"]) == ((told,), before)
    some.approve(ticket)
    assert some.desk.transition(ticket, State.IMPLEMENTING).notes == ()
    assert some.desk.read(ticket.id).state is State.IMPLEMENTING


def test_a_standard_change_is_implemented_from_new() -> None:
    """What was approved beforehand goes the whole way."""
    some = world()
    written = some.desk.open(request(**STANDARD))
    some.desk.transition(some.desk.read(written.id), State.IMPLEMENTING)
    assert some.desk.read(written.id).state is State.IMPLEMENTING
