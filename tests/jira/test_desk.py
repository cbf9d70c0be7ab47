"""Speaking to Jira: credentials, the wire, rehearsals, and what is kept secret."""

import json
import logging
import traceback
from collections.abc import Callable, Iterator

import pytest
import requests

from tests.change.requests import commit, request
from tests.contracts.desk import DONE, never
from tests.jira import spec as jira_spec
from tests.jira.fake import TOKEN, JiraFake, Told, refused, serve
from tests.jira.shop import Shop, cloud, data_center, managed
from tests.jira.world import JiraWorld, config, put, world
from tfchange.change.desk import Ticket
from tfchange.change.ending import cancel, close
from tfchange.change.file import file
from tfchange.errors import (
    AccessDeniedError,
    DeskError,
    SettingsError,
    UnreachableError,
)
from tfchange.http import Rehearsal
from tfchange.jira.desk import connect, is_read, pretend


@pytest.fixture(autouse=True)
def _described() -> Iterator[None]:
    """Nothing is asked of a site that Atlassian does not describe."""
    JiraFake.made.clear()
    yield
    assert [fake.breaches for fake in JiraFake.made if fake.breaches] == []


def test_the_specs_are_there() -> None:
    """Requests and the fake's replies are judged by Atlassian's own descriptions."""
    if jira_spec.FOLDER is None:
        pytest.skip("Atlassian's descriptions are not there; TFCHANGE_SPECS names their folder")
    fake = JiraFake()
    session = requests.Session()
    session.mount("http://", fake)
    session.auth = ("robot@example.com", TOKEN)
    session.post("http://127.0.0.1/rest/api/3/search/jql", json={
        "jql": 'project = "CHG" AND labels = "x"', "fields": ["labels"], "startAt": 3})  # fmt: skip
    assert any("startAt" in each for each in fake.breaches)
    fake.breaches.clear()


@pytest.mark.parametrize("shop", [cloud, data_center])
def test_an_expired_token_is_no_empty_site(shop: Callable[[], Shop]) -> None:
    """A search that finds nothing since the token has expired is an error, and nothing is filed."""
    some = world(shop())
    put(some)
    some.fake.expired = True
    with pytest.raises(AccessDeniedError, match="expired"):
        file(some.desk, request(), pause=never)
    assert len(some.fake.store.issues) == 1


def test_an_expired_token_is_found_without_the_header() -> None:
    """Also where something strips the header, nothing found is only believed of who is known."""
    some = world()
    put(some)
    some.fake.planned = [
        ("search/jql", Told(200, {"issues": [], "isLast": True})),
        ("myself", Told(401, {"message": "Client must be authenticated."})),
    ]
    with pytest.raises(AccessDeniedError):
        file(some.desk, request(), pause=never)
    assert len(some.fake.store.issues) == 1


def test_settings_are_checked_before_anything_is_sent() -> None:
    """Wrong settings are named, all of them, and the site hears nothing."""
    wrong = config(cloud(), project="", states={"aproved": "Yes"}, fields={"impakt": "x"})
    with pytest.raises(SettingsError) as caught:
        connect(wrong)
    for said in ("jira.project", "aproved", "impakt"):
        assert said in caught.value.message
    for url, said in (("http://jira.example.com", "in the clear"), ("https://h:99999", "port")):
        with pytest.raises(SettingsError, match=said) as caught:
            connect(config(cloud(), url=url))
        assert caught.value.message.startswith("jira.url (TFCHANGE_JIRA_URL)")


@pytest.mark.parametrize("token", ["s\u00e9cr\u00e9t\u20ac", "key\n", " key"])
def test_a_token_that_cannot_be_sent_is_named(token: str) -> None:
    """A personal access token is sent as a header, which does not take everything."""
    with pytest.raises(SettingsError, match="TFCHANGE_JIRA_TOKEN or _TOKEN_FILE") as caught:
        connect(config(data_center(), token=token))
    assert token not in caught.value.message
    connect(config(cloud(), token="caf\u00e9 \u20ac"))  # noqa: S106  # not one


def test_no_secret_is_logged_or_told(caplog: pytest.LogCaptureFixture) -> None:
    """Neither logs at the finest level nor errors with their causes hold the token or a body."""
    caplog.set_level(logging.DEBUG)
    for name in ("jira", "jira.resilientsession", "urllib3", "requests"):
        caplog.set_level(logging.DEBUG, logger=name)
    some = world()
    put(some, title="marker-in-a-body")
    told = [repr(some.config), str(some.config)]
    some.fake.planned = [
        ("PUT", refused(400, summary="no")),
        ("POST .*comment", Told(429, {"a": "body-of-a-reply"}, {"Retry-After": "1"})),
        ("POST .*comment", Told(500, b"body-of-a-reply", {"Content-Type": "text/plain"})),
        ("GET", Told(200, b"body-of-a-reply", {"Content-Type": "text/plain"})),
    ]
    some.fake.expired = False
    acts: list[Callable[[], object]] = [
        lambda: some.desk.update(some.desk.read("10001"), request(), "x"),
        lambda: some.desk.comment(Ticket(*(["jira", "10001"] + [""] * 5)), "x"),  # type: ignore[arg-type]
        lambda: some.desk.read("10001"),
    ]
    for act in acts:
        try:
            act()
        except DeskError as error:
            told += traceback.format_exception(error)
            cause = error.__context__
            while cause is not None:
                told.append(repr(cause))
                cause = cause.__context__
    some.fake.expired = True
    with pytest.raises(AccessDeniedError) as caught:
        some.desk.read("10001")
    told += traceback.format_exception(caught.value)
    everything = "\n".join([*told, caplog.text])
    for secret in (TOKEN, "Authorization", "marker-in-a-body", "body-of-a-reply"):
        assert secret not in everything


def test_a_rehearsal_writes_nothing() -> None:
    """In a rehearsal reads are real, and what would be written is known."""
    fake = JiraFake()
    stage = Rehearsal(pretend, inner=fake, is_read=is_read)
    desk = connect(config(fake.shop), transport=stage, pause=never)
    assert file(desk, request(), pause=never, rehearsal=True).done == "opened"
    assert fake.store.issues == {}
    assert {call.method for call in stage.calls} <= {"POST", "PUT"}
    body = json.loads(next(c.body for c in stage.calls if c.url.endswith("/issue")))
    assert f"tfchange-{request().key.digest}" in body["fields"]["labels"]
    assert TOKEN not in repr(stage.calls)


def test_a_rehearsal_of_every_command() -> None:
    """Updating, closing and cancelling can be rehearsed too, and leave no trace."""
    fake = JiraFake()
    some = JiraWorld(fake)
    ticket = put(some)
    some.approve(ticket)
    before = json.dumps(some.issue(ticket).__dict__, default=str)
    desk = connect(config(fake.shop), pause=never,
                   transport=Rehearsal(pretend, inner=fake, is_read=is_read))  # fmt: skip
    asked = request(fingerprint="e" * 32, at=1_763_000_900)
    assert file(desk, asked, pause=never, rehearsal=True).done == "updated"
    close(desk, request().key, DONE, rehearsal=True)
    cancel(desk, request().key, "x", rehearsal=True)
    now = some.issue(ticket)
    now.hidden_for = json.loads(before)["hidden_for"]
    assert json.dumps(now.__dict__, default=str) == before


@pytest.mark.parametrize("shop", [cloud, managed, data_center])
def test_over_a_real_socket(shop: Callable[[], Shop]) -> None:
    """The same works over the network, as the program is really run."""
    fake = JiraFake(shop())
    with serve(fake) as url:
        desk = connect(config(fake.shop, url), pause=never)
        ticket = file(desk, request(), pause=never).ticket
        assert ticket.url == f"{url}/browse/{ticket.number}"
        assert file(desk, request(commit=commit(sha="ab" * 20)), pause=never).done == "updated"


def test_a_site_that_is_down_is_an_error() -> None:
    """Where nobody listens, it is certain that nothing was written."""
    with serve(JiraFake()) as url:
        pass
    with pytest.raises(UnreachableError):
        file(connect(config(cloud(), url), pause=never), request(), pause=never)
