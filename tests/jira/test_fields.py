"""What a change says in the fields of Jira, and what becomes of the rest."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.change.requests import request
from tests.contracts.desk import never
from tests.jira.fake import JiraFake, Told, refused
from tests.jira.shop import AREA, SELECT, Custom, Shop, cloud, data_center, managed
from tests.jira.world import put, shown, world
from tfchange.change.file import file
from tfchange.change.request import Attachment, Block, Texts, Window
from tfchange.errors import (
    DeskError,
    SettingsError,
)


@pytest.fixture(autouse=True)
def _described() -> Iterator[None]:
    """Nothing is asked of a site that Atlassian does not describe."""
    JiraFake.made.clear()
    yield
    assert [fake.breaches for fake in JiraFake.made if fake.breaches] == []


FRENCH = tuple(
    replace(f, name=f"Le champ {n}", english=f.name) for n, f in enumerate(managed().fields)
)


def test_fields_are_filled() -> None:
    """With the template for changes, each thing stands in the field that is made for it."""
    some = world(managed())
    window = Window("2026-11-24T08:00:00Z", "2026-11-24T10:00:00Z")
    ticket = put(some, window=window)
    fields = some.issue(ticket).fields
    assert fields["customfield_10004"] == {"id": "0041"}
    assert fields["customfield_10005"] == {"id": "0051"}
    assert fields["customfield_10006"] == {"id": "0061"}
    assert fields["customfield_10003"] == [{"accountId": "ann"}]
    assert fields["customfield_10008"] == "2026-11-24T08:00:00.000+0000"
    assert "re-apply the previous commit" in shown(fields["customfield_10031"])
    assert "re-apply the previous commit" not in shown(fields["description"])
    assert ticket.window == window


def test_a_window_that_people_moved_is_read() -> None:
    """The window is what stands in the fields, not what was filed once."""
    some = world(managed())
    ticket = put(some, window=Window("2026-11-24T08:00:00Z", "2026-11-24T10:00:00Z"))
    some.issue(ticket).fields["customfield_10009"] = "2026-11-24T14:00:00.000+0200"
    read = some.desk.read(ticket.id).window
    assert read == Window("2026-11-24T08:00:00Z", "2026-11-24T12:00:00Z")


def test_translated_fields_are_found() -> None:
    """Where names are translated, fields and the issue type are found by their English names."""
    shop = replace(managed(), fields=FRENCH, issue_types={"10012": "Changement"},
                   english_types={"10012": "[System] Change"})  # fmt: skip
    some = world(shop)
    assert some.issue(put(some)).fields["customfield_10004"] == {"id": "0041"}


def test_fields_can_be_named_by_id_and_switched_off() -> None:
    """The settings win over names; an empty name means that there is no field."""
    extra = Custom("customfield_10777", "Rückweg", AREA)
    shop = replace(managed(), fields=(*managed().fields, extra))
    some = world(shop, fields={"backout": "customfield_10777", "impact": ""})
    fields = some.issue(put(some)).fields
    assert "re-apply" in shown(fields["customfield_10777"])
    assert "customfield_10031" not in fields
    assert "customfield_10004" not in fields
    assert "Impact: high" in shown(fields["description"])


def test_what_has_no_field_is_told_in_the_description() -> None:
    """Without fields for changes nothing is lost, and a note says where it stands."""
    some = world()
    filed = file(some.desk, request(), pause=never)
    text = shown(some.issue(filed.ticket).fields["description"])
    for said in ("Risk: high", "Affected services: shop", "Backout plan", "Database team"):
        assert said in text
    assert any("they stand in the description" in note for note in filed.notes)


def test_a_field_that_is_refused_is_left_out() -> None:
    """What createmeta offers and Jira then refuses goes into the description, with a note."""
    shop = managed()
    shop.locked = {"customfield_10031", "customfield_10004"}
    some = world(shop)
    filed = file(some.desk, request(), pause=never)
    fields = some.issue(filed.ticket).fields
    assert "customfield_10031" not in fields
    assert "re-apply the previous commit" in shown(fields["description"])
    assert any("not on the appropriate screen" in note for note in filed.notes)
    assert filed.ticket.record == request().record


def test_options_are_matched_in_any_case() -> None:
    """An option is the same in small and large letters, and the settings may name another."""
    field = Custom("customfield_10006", "Change risk", SELECT, "option",
                   options=("HIGH", "Quite bad"))  # fmt: skip
    some = world(replace(cloud(), fields=(field,)))
    assert some.issue(put(some)).fields["customfield_10006"] == {"id": "0060"}
    other = world(replace(cloud(), fields=(field,)), choices={"risk": {"high": "quite bad"}})
    assert other.issue(put(other)).fields["customfield_10006"] == {"id": "0061"}


def test_an_option_that_is_not_there_is_told() -> None:
    """A value without an option is never replaced by another; it stands in the description."""
    field = Custom("customfield_10006", "Change risk", SELECT, "option", options=("Red", "Green"))
    some = world(replace(cloud(), fields=(field,)))
    filed = file(some.desk, request(), pause=never)
    assert "customfield_10006" not in some.issue(filed.ticket).fields
    assert any("Risk" in note for note in filed.notes)


def test_a_required_field_nobody_knows_is_named() -> None:
    """A field that must be filled in is named, with what to do, and a constant fills it."""
    field = Custom("customfield_10999", "Cost centre", required=True)
    shop = replace(cloud(), fields=(field,))
    with pytest.raises(DeskError, match="Cost centre is required") as caught:
        put(world(shop))
    assert "jira.constants" in caught.value.advice
    some = world(shop, constants={"customfield_10999": "4711", "labels": ["terraform"]})
    fields = some.issue(put(some)).fields
    assert fields["customfield_10999"] == "4711"
    assert fields["labels"] == ["terraform", "tfchange", f"tfchange-{request().key.digest}"]


def test_without_labels_nothing_is_filed() -> None:
    """A change that could not be found again is not opened."""
    some = world(replace(cloud(), hidden={"labels"}))
    with pytest.raises(DeskError, match="labels") as caught:
        put(some)
    assert "screens" in caught.value.advice
    assert some.fake.store.issues == {}


def test_an_issue_type_that_is_not_there_is_named() -> None:
    """The error names those that are."""
    with pytest.raises(SettingsError, match="no issue type") as caught:
        put(world(replace(cloud(), issue_types={"1": "Bug", "2": "Story"})))
    assert "Bug, Story" in caught.value.advice


def test_a_request_type_makes_it_a_request() -> None:
    """The Request Type field is set where it is there and the settings name one."""
    some = world(managed(), request_type="chg/change")
    assert some.issue(put(some)).fields["customfield_10010"] == "chg/change"


@pytest.mark.parametrize("shop", [cloud, data_center])
def test_a_site_with_lower_limits_gets_shorter_texts(shop: Callable[[], Shop]) -> None:
    """Where an administrator has lowered the limit, texts are cut until Jira takes them."""
    some = world(replace(shop(), longest=4_000))
    items = tuple(f"aws_instance.web[{n}]: ami" for n in range(2_000))
    ticket = put(some, texts=Texts(description=(Block("items", items),)))
    text = some.texts(ticket)
    assert "aws_instance.web[0]: ami" in text
    assert "more, all in the attached report" in text


def test_a_file_that_is_too_large_is_noted() -> None:
    """A file beyond the limit does not keep the change from being filed."""
    some = world(replace(cloud(), upload_limit=10))
    filed = file(some.desk, request(), pause=never)
    assert some.files(filed.ticket) == {}
    assert any("assessment.json is not attached" in note for note in filed.notes)


def test_an_empty_file_is_noted() -> None:
    """A file without content is not attached, which Jira and its package take for a mistake."""
    some = world()
    empty = Attachment("empty.txt", "text/plain", b"")
    assert some.desk.attach(put(some), empty).notes == ("empty.txt is not attached: it is empty.",)


def test_a_user_who_may_not_attach_is_noted() -> None:
    """Missing the permission for attachments is said, and nothing fails."""
    some = world(replace(cloud(), permissions={"CREATE_ATTACHMENTS": False}))
    assert any("not attached" in n for n in file(some.desk, request(), pause=never).notes)


def test_a_file_of_somebody_else_stays() -> None:
    """Only files of our own are replaced, whatever they are called."""
    some = world()
    ticket = put(some)
    some.issue(ticket).files[0]["author"] = {"accountId": "ann"}
    some.desk.attach(ticket, Attachment("assessment.json", "application/json", b"new"))
    assert len(some.issue(ticket).files) == 2


def test_an_edit_conflict_is_tried_again() -> None:
    """409 says that the edit was not done; it is done a moment later."""
    some = world()
    ticket = put(some)
    some.fake.planned = [("PUT .*issue/10001$", refused(409, "conflict"))]
    assert file(some.desk, request(title="new"), pause=never).done == "updated"
    assert "new" in some.texts(ticket)


def test_lasting_conflicts_are_an_error() -> None:
    """After some tries the conflict is told."""
    some = world()
    put(some)
    some.fake.planned = [("PUT .*issue/10001$", refused(409, "conflict"))] * 3
    with pytest.raises(DeskError, match="409"):
        file(some.desk, request(title="new"), pause=never)


def test_a_call_that_is_gone_is_told() -> None:
    """Should Atlassian remove a call, its words are in the error."""
    some = world()
    some.fake.planned = [("search/jql", refused(410, "The requested API has been removed."))]
    with pytest.raises(DeskError, match="has been removed"):
        put(some)


def test_what_is_no_api_is_told() -> None:
    """A reply that is not JSON is no empty success."""
    some = world()
    some.fake.planned = [("serverInfo", Told(200, b"hello", {"Content-Type": "text/plain"}))]
    with pytest.raises(DeskError, match="not Jira's API"):
        put(some)


def test_a_field_that_is_named_and_not_there_is_noted() -> None:
    """Whoever names a field is told when it is not on the screen."""
    some = world(fields={"backout": "Way back"})
    notes = file(some.desk, request(), pause=never).notes
    assert any("Named in jira.fields and not on the screen: backout" in note for note in notes)
