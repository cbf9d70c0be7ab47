"""Files that are read back from Jira: whole, ours, and never with the token elsewhere."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.change.requests import request
from tests.contracts.desk import never
from tests.jira.fake import JiraFake, Told, refused, serve
from tests.jira.shop import Shop, cloud, data_center
from tests.jira.world import config, put, world
from tfchange.change.request import Attachment
from tfchange.errors import DeskError
from tfchange.jira.desk import connect

PAGE = b"<!DOCTYPE html><html><body>12 changes</body></html>"
KINDS = [
    ("report.html", PAGE),
    ("odd.json", b'{"cut": of'),
    ("x", b"\x00\xff"),
    ("g.svg", b"<svg/>"),
]


@pytest.fixture(autouse=True)
def _described() -> Iterator[None]:
    """Nothing is asked of a site that Atlassian does not describe."""
    JiraFake.made.clear()
    yield
    assert [fake.breaches for fake in JiraFake.made if fake.breaches] == []


@pytest.mark.parametrize("shop", [cloud, data_center])
def test_any_file_comes_back_over_a_real_socket(shop: Callable[[], Shop]) -> None:
    """Pages and broken JSON too: a file is no reply of Jira's to be judged."""
    fake = JiraFake(shop())
    with serve(fake) as url:
        desk = connect(config(fake.shop, url), pause=never)
        ticket = desk.read(desk.open(request()).id)
        for name, data in KINDS:
            desk.attach(ticket, Attachment(name, "text/plain", data))
        assert [desk.fetch(ticket, name) for name, _ in KINDS] == [data for _, data in KINDS]


@pytest.mark.parametrize("shop", [cloud, data_center])
def test_a_file_of_somebody_else_is_not_ours(shop: Callable[[], Shop]) -> None:
    """What others hang up under the same name later is not taken for what tfchange has attached."""
    some = world(shop())
    ticket = put(some)
    files = some.issue(ticket).files
    files.append({**files[0], "id": "900", "author": some.fake.store.user("bob")})
    some.fake.contents["900"] = b'{"score": 1}'
    assert some.desk.fetch(ticket, "assessment.json") == b'{"score": 52}'
    del files[0]
    assert some.desk.fetch(ticket, "assessment.json") is None


def test_of_several_the_newest_is_read() -> None:
    """Where an older one was not taken away yet, the younger counts, whatever their order."""
    some = world()
    ticket = put(some)
    some.fake.planned = [("DELETE", refused(422, "odd"))]
    newer = Attachment("assessment.json", "application/json", b"newer")
    with pytest.raises(DeskError, match="odd"):
        some.desk.attach(ticket, newer)
    assert [f["filename"] for f in some.issue(ticket).files] == ["assessment.json"] * 2
    assert some.desk.fetch(ticket, "assessment.json") == b"newer"
    some.issue(ticket).files.reverse()
    assert some.desk.fetch(ticket, "assessment.json") == b"newer"


def test_the_bytes_are_asked_for_directly() -> None:
    """Cloud would send us on to another host, and a token follows no redirect."""
    some = world()
    ticket = put(some)
    assert some.desk.fetch(ticket, "assessment.json") == b'{"score": 52}'
    some.fake.calls.clear()
    there = Told(303, None, {"Location": "https://media.example.com/file?token=signed"})
    some.fake.planned = [("attachment/content", there)]
    with pytest.raises(DeskError, match="credentials follow no redirect") as caught:
        some.desk.fetch(ticket, "assessment.json")
    assert "signed" not in str(caught.value)
    assert [call for call in some.fake.calls if "media" in call] == []


def test_no_token_is_sent_to_another_address() -> None:
    """A Data Center that calls itself otherwise than its settings is not followed."""
    for other in ("https://elsewhere.example.com", "http://127.0.0.1.example.com", "/secure"):
        some = world(replace(data_center(), files_at=other))
        ticket = put(some)
        some.fake.calls.clear()
        with pytest.raises(DeskError, match="at another address than jira"):
            some.desk.fetch(ticket, "assessment.json")
        assert [call for call in some.fake.calls if "/issue/" not in call] == []


@pytest.mark.parametrize("wrong", [PAGE, b'{"score": 99}', b'{"sco', b""])
def test_what_is_not_the_file_is_not_believed(wrong: bytes) -> None:
    """A login page, a stranger's content of the same size and half a file are no file."""
    some = world()
    ticket = put(some)
    some.fake.planned = [("attachment/content", Told(200, wrong, {"Content-Type": "text/html"}))]
    with pytest.raises(DeskError, match=r"not assessment\.json as it was attached"):
        some.desk.fetch(ticket, "assessment.json")


@pytest.mark.parametrize("value", [{}, "words", {"assessment.json": "words"}])
def test_digests_that_were_meddled_with_do_not_count(value: object) -> None:
    """The property may be gone or changed by people; the size still has to be right."""
    some = world()
    ticket = put(some)
    some.issue(ticket).properties["tfchange-files"] = value
    assert some.desk.fetch(ticket, "assessment.json") == b'{"score": 52}'
