"""Files, pages and notes on a ServiceNow change."""

from typing import Any

import pytest

from tests.change.requests import commit
from tests.servicenow.world import put, world
from tfchange.change.request import Attachment, Link


@pytest.mark.parametrize("hashes", [True, False])
def test_the_same_file_is_not_sent_again(hashes: bool) -> None:
    """A file is compared by its hash, or by its content where there is none."""
    some = world(hashes=hashes)
    put(some)
    before = len(some.fake.asked)
    put(some)
    uploads = [a for a in some.fake.asked[before:] if a == ("POST", "/api/now/attachment/file")]
    assert uploads == []


def test_files_of_people_stay() -> None:
    """A file of the same name that somebody else has attached is left alone."""
    some = world()
    ticket = put(some).ticket
    some.fake.tables.rows("sys_attachment")[0]["sys_created_by"] = "ann"
    newer = Attachment("assessment.json", "application/json", b'{"score": 1}')
    some.desk.attach(ticket, newer)
    assert len(some.fake.tables.rows("sys_attachment")) == 2


def test_a_file_that_is_refused_is_said() -> None:
    """A file that the instance does not want is no reason to fail."""
    some = world(blocked_extensions={"json"})
    (said,) = put(some).notes
    assert said.startswith("The file assessment.json was not attached: ServiceNow refused")


def test_links_that_nobody_can_read_are_not_repeated() -> None:
    """Where work notes cannot be read, a page is not added blindly, and that is said."""
    some = world(hidden_tables={"sys_journal_field"})
    ticket = put(some).ticket
    written = some.desk.link(ticket, Link("run", "Another", "https://ci.example.com/2"))
    assert written.notes[0].endswith("was not added: the user cannot read work notes.")
    assert len(some.notes(ticket)) == 1


def test_addresses_are_compared_whole() -> None:
    """A page whose address only begins like one that is there is added."""
    some = world()
    ticket = put(some).ticket
    shorter = commit().run_url[:-1] + "11"
    some.desk.link(ticket, Link("run", "Eleventh", shorter))
    some.desk.link(ticket, Link("run", "Eleventh", shorter))
    assert some.links(ticket).count(shorter) == 1


def test_notes_are_text() -> None:
    """Work notes have a mark for HTML, which no text of a plan can use."""
    some = world()
    ticket = put(some).ticket
    some.desk.comment(ticket, "x [code]<script>alert(1)</script>[/CODE]")
    assert "[code]" not in some.notes(ticket)[-1].lower()


def test_a_file_that_is_gone_is_gone() -> None:
    """An older file that somebody else removes at the same time is no error."""
    some = world()
    ticket = put(some).ticket
    send = some.fake.send

    def vanish(asked: Any, *args: Any, **given: Any) -> Any:
        if asked.method == "DELETE":
            send(asked)
        return send(asked, *args, **given)

    some.fake.send = vanish  # type: ignore[method-assign]
    some.desk.attach(ticket, Attachment("assessment.json", "application/json", b"{}"))
    assert some.files(ticket) == {"assessment.json": b"{}"}
