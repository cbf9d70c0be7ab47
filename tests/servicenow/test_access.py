"""Credentials, refusals and the network between tfchange and ServiceNow."""

from typing import Any

import pytest

from tests.servicenow.fake import (
    API_KEY,
    CLIENT,
    CLIENT_SECRET,
)
from tests.servicenow.world import config, put, world
from tfchange.errors import AccessDeniedError, DeskError, SettingsError, UnreachableError
from tfchange.servicenow.desk import connect

KINDS: dict[str, dict[str, Any]] = {
    "basic": {},
    "api key": {"user": "", "password": "", "api_key": API_KEY},
    "oauth": {"user": "", "password": "", "client_id": CLIENT, "client_secret": CLIENT_SECRET},
}


@pytest.mark.parametrize("kind", KINDS)
def test_three_kinds_of_credentials(kind: str) -> None:
    """Basic, API key and OAuth client credentials all work."""
    assert put(world(KINDS[kind])).done == "opened"


def test_a_token_that_was_taken_back_is_renewed_once() -> None:
    """A token that ends early is renewed and the request sent again; twice is an error."""
    some = world(KINDS["oauth"])
    some.fake.token_uses = 5
    assert put(some).done == "opened"
    assert some.fake.issued > 2
    some.fake.token_uses = 0
    some.fake.tokens.clear()
    with pytest.raises(AccessDeniedError, match="does not know these credentials"):
        put(some)


@pytest.mark.parametrize("kind", KINDS)
def test_secrets_stay(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    """No secret is in a log, an error, or what a config or desk says of itself."""
    caplog.set_level("DEBUG")
    given = KINDS[kind]
    wrong = {name: "PLANTED-wrong" for name in given if given[name]} or {"password": "PLANTED-x"}
    some = world({**given, **wrong})
    with pytest.raises(AccessDeniedError) as caught:
        put(some)
    assert put(world(given)).done == "opened"
    made = config(**given)
    said = [caplog.text, repr(caught.value), caught.value.advice, repr(made), str(made)]
    said += [repr(list(made.__rich_repr__())), repr(connect(made, transport=some.fake))]
    assert "PLANTED" not in " ".join(said)


def test_settings_with_faults_list_them_all() -> None:
    """All faults of the settings are told at once."""
    with pytest.raises(SettingsError) as caught:
        connect(config(password="", risk={"huge": "1"}, api="soap"))
    assert len(caught.value.message.splitlines()) == 3


def test_an_instance_that_sleeps_says_so() -> None:
    """A hibernating instance is told from data, with what to do about it."""
    some = world(hibernating=True)
    with pytest.raises(DeskError, match="web page") as caught:
        put(some)
    assert "developer.servicenow.com" in caught.value.advice


def test_a_limit_is_waited_for_or_said() -> None:
    """A short limit is waited for; one of an hour is said with its length."""
    some = world()
    some.fake.limits = [{"Retry-After": "7", "X-RateLimit-Reset": "1795425600"}]
    assert put(some).done == "opened"
    assert some.pauses[0] == 7.0
    some.fake.limits = [{"Retry-After": "3000", "X-RateLimit-Limit": "100"}]
    with pytest.raises(UnreachableError, match="3000 seconds"):
        put(some)


def test_a_user_who_may_not_write_is_told_the_role() -> None:
    """A refusal of the access rules names the roles that would do."""
    some = world(writable=False)
    with pytest.raises(AccessDeniedError) as caught:
        put(some)
    assert "sn_change_write" in caught.value.advice


@pytest.mark.parametrize("api", ["change", "table"])
def test_a_rule_that_aborts_is_named(api: str) -> None:
    """A business rule that stops a write is named, and is no matter of roles."""
    some = world({"fields": {"correlation_id": "x" * 101}}, api=api)
    ticket = put(some).ticket
    with pytest.raises(DeskError, match="Correlation id too long") as caught:
        some.desk._api.patch(ticket.id, {"correlation_id": "x" * 101})
    assert "rule of the instance" in caught.value.advice


@pytest.mark.parametrize("key", ["s\u00e9cr\u00e9t\u20ac", "key\n", " key"])
def test_a_key_that_cannot_be_sent_is_named(key: str) -> None:
    """An API key is sent as a header, which does not take everything; a password is not."""
    with pytest.raises(SettingsError, match="TFCHANGE_SERVICENOW_API_KEY") as caught:
        connect(config(user="", password="", api_key=key))
    assert key not in caught.value.message
    connect(config(password="caf\u00e9 \u20ac"))  # noqa: S106  # not one


def test_an_address_that_cannot_be_one_is_named() -> None:
    """By the setting and by the variable."""
    with pytest.raises(SettingsError, match=r"servicenow\.url \(TFCHANGE_SERVICENOW_URL\)"):
        connect(config(url="https://[::1"))
