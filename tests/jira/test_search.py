"""Finding changes at Jira, whose search is late, and files and links that stand once."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.change import faults
from tests.change.once import Once
from tests.change.requests import request
from tests.contracts.desk import never
from tests.jira.fake import JiraFake, Told, refused
from tests.jira.shop import Shop, cloud, data_center, managed
from tests.jira.world import JiraWorld, put, world
from tfchange.change.desk import State
from tfchange.change.ending import cancel
from tfchange.change.file import file
from tfchange.change.request import Attachment, Block, Link, Texts
from tfchange.errors import DeskError, OutcomeUnknownError, OvertakenError


@pytest.fixture(autouse=True)
def _described() -> Iterator[None]:
    """Nothing is asked of a site that Atlassian does not describe."""
    JiraFake.made.clear()
    yield
    assert [fake.breaches for fake in JiraFake.made if fake.breaches] == []


def test_the_search_is_told_what_is_known() -> None:
    """Right after opening, the change is found although the index has not seen it yet."""
    some = world(replace(cloud(), lag=50))
    written = some.desk.open(request())
    assert some.desk.find(request().key) == ()
    assert [t.id for t in some.desk.find(request().key, near=written.id)] == [written.id]


def test_a_lost_answer_is_searched_for_until_it_shows() -> None:
    """After an opening without an answer the late index is asked until it knows."""
    fake = JiraFake(replace(cloud(), lag=4))
    some = JiraWorld(fake, Once(fake, "POST", "/issue", faults.lost_after))
    assert file(some.desk, request(), pause=never).done == "opened"
    assert len(fake.store.issues) == 1


def test_an_opening_is_never_repeated() -> None:
    """Where the answer is lost and the index stays silent, running again is what is advised."""
    fake = JiraFake(replace(cloud(), lag=20))
    some = JiraWorld(fake, Once(fake, "POST", "/issue", faults.late))
    with pytest.raises(OutcomeUnknownError) as caught:
        file(some.desk, request(), pause=never)
    assert "again" in caught.value.advice
    assert len(fake.store.issues) == 1


def test_a_hit_without_the_label_is_not_ours() -> None:
    """The search is a copy: what it finds is read again, and must carry the label."""
    some = world()
    ticket = put(some)
    some.issue(ticket).fields["labels"] = ["tfchange"]
    some.fake.planned = [
        ("search/jql", Told(200, {"issues": [{"id": ticket.id, "key": "CHG-1"}], "isLast": True}))
    ]
    assert some.desk.find(request().key) == ()


def test_pages_of_the_search_are_followed() -> None:
    """All changes of a key are found, however many, by number and not by their order."""
    for shop in (cloud(), data_center()):
        some = world(shop)
        ids = [some.desk.open(request()).id for _ in range(5)]
        some.fake.store.settle()
        assert [t.id for t in some.desk.find(request().key)] == ids


def test_a_newer_run_in_between_is_not_overwritten() -> None:
    """What another run has written since it was read is seen before anything is written."""
    some = world()
    old = put(some)
    put(some, at=1_763_000_900, title="newer")
    with pytest.raises(OvertakenError):
        some.desk.update(old, request(at=1_763_000_500, title="older"), "x")
    assert "older" not in some.texts(old)


def test_an_upload_after_a_busy_reply_is_whole() -> None:
    """A file that is sent again after 429 arrives as it is."""
    fake = JiraFake()
    some = JiraWorld(fake, Once(fake, "POST", "/attachments", faults.busy_until))
    assert some.files(put(some)) == {"assessment.json": b'{"score": 52}'}


def test_a_link_type_that_is_missing_is_replaced() -> None:
    """Without the type for duplicates any relation is drawn, and without any a page is linked."""
    some = world(replace(cloud(), link_types=("Relates",)))
    one, two = some.desk.open(request()).id, some.desk.open(request()).id
    ticket, other = some.desk.read(one), some.desk.read(two)
    link = Link("duplicate of", other.number, other.url, other.id)
    assert some.desk.link(ticket, link).notes == ()
    assert some.links(ticket) == [other.number]
    gone = Link("successor of", "CHG-99", "https://x/CHG-99", "99")
    assert some.desk.link(ticket, gone).notes
    assert gone.url in some.links(ticket)
    bare = world(replace(cloud(), link_types=()))
    ticket = put(bare)
    assert bare.desk.link(ticket, Link("duplicate of", "CHG-7", "https://x/CHG-7", "7")).notes
    assert "https://x/CHG-7" in bare.links(ticket)


def test_a_long_address_is_linked_once() -> None:
    """Addresses beyond the limit of the global id are known by their hash."""
    some = world()
    ticket = put(some)
    link = Link("run", "long", "https://ci.example.com/" + "x" * 300)
    some.desk.link(ticket, link)
    some.desk.link(ticket, link)
    assert some.links(ticket).count(link.url) == 1


@pytest.mark.parametrize("shop", [cloud, managed, data_center])
def test_comments_are_internal(shop: Callable[[], Shop]) -> None:
    """No customer of a service desk reads what tfchange writes to those who work there."""
    some = world(shop())
    ticket = put(some)
    some.desk.comment(ticket, "one")
    put(some, title="two")
    cancel(some.desk, request().key, "three")
    internal = {"key": "sd.public.comment", "value": {"internal": True}}
    comments = some.issue(ticket).comments
    assert len(comments) == 3
    assert all(internal in each["properties"] for each in comments)


def test_hostile_text_is_shown_on_data_center() -> None:
    """Markup in names is shown and does nothing."""
    some = world(data_center())
    text = Texts(description=(Block("items", ("{code} [~admin] !x.png! |a| h1. b",)),))
    ticket = put(some, texts=text, title="[x] {code}")
    assert r"\{code\} \[\~admin\] \!x.png\! \|a\|" in some.issue(ticket).fields["description"]
    assert some.issue(ticket).fields["summary"] == "[x] {code}"


def test_what_was_deleted_is_not_found() -> None:
    """The search may still know an issue that is gone, and a file may be gone before we look."""
    some = world()
    ticket = put(some)
    hit = {"issues": [{"id": "10099", "key": "CHG-99"}, {"id": ticket.id, "key": "CHG-1"}]}
    some.fake.planned = [("search/jql", Told(200, {**hit, "isLast": True}))]
    assert [t.id for t in some.desk.find(request().key)] == [ticket.id]
    some.fake.planned = [("DELETE", refused(404, "The attachment does not exist"))]
    newer = Attachment("assessment.json", "application/json", b"newer")
    assert some.desk.attach(ticket, newer).notes == ()


def test_refusals_that_mean_something_else_are_errors() -> None:
    """Only what is known to be harmless is taken lightly."""
    some = world()
    ticket = put(some)
    file_ = Attachment("other.txt", "text/plain", b"x")
    link = Link("successor of", "CHG-7", "", "7")
    acts: list[tuple[str, Callable[[], object]]] = [
        ("GET .*issue/10001$", lambda: some.desk.find(request().key)),
        ("POST .*attachments", lambda: some.desk.attach(ticket, file_)),
        ("POST .*issueLink", lambda: some.desk.link(ticket, link)),
        ("POST .*transitions", lambda: some.desk.transition(ticket, State.APPROVED)),
        ("PUT .*issue/10001$", lambda: some.desk.cancel(ticket, "x")),
    ]
    for pattern, act in acts:
        some.fake.planned = [(pattern, refused(422, "odd"))]
        with pytest.raises(DeskError, match="odd"):
            act()
        some.fake.planned = []
