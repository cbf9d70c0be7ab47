"""No client follows a redirect, so that no credential reaches another server."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from tests.test_http import listening
from tfchange.calendar.read import content
from tfchange.errors import TfchangeError
from tfchange.health import prometheus
from tfchange.jira import desk as jira
from tfchange.review import azure, bitbucket, github, gitlab
from tfchange.servicenow import desk as servicenow

MARKER = "planted-19c4"
STATUS = (301, 302, 303, 307, 308)


class Thief(BaseHTTPRequestHandler):
    """Remembers whoever comes."""

    seen: tuple[str, ...] = ()

    def answer(self) -> None:
        """Whatever it is asked."""
        type(self).seen += (str(self.headers),)
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Quiet."""


for method in ("GET", "POST", "PUT", "PATCH", "HEAD"):
    setattr(Thief, f"do_{method}", lambda self: self.answer())


@pytest.fixture
def thief() -> Iterator[str]:
    """Another server, where nobody should come."""
    Thief.seen = ()
    with listening(Thief) as url:
        yield url.replace("127.0.0.1", "localhost")


def _jira(url: str) -> object:
    some = jira.connect(jira.JiraConfig(url=url, user="ann@example.com", token=MARKER, project="A"))
    return some.incident("A-1")


def _servicenow(url: str) -> object:
    config = servicenow.ServiceNowConfig(url=url, user="ann", password=MARKER)
    return servicenow.connect(config).incident("INC1")


def _github(url: str) -> object:
    return github.connect(github.GitHubConfig("acme/shop", 1, MARKER, api=url)).comments()


def _graphql(url: str) -> object:
    config = github.GitHubConfig("acme/shop", 1, MARKER, api=url, graphql=f"{url}/graphql")
    return github.Api(config).query("query { viewer { login } }")


def _gitlab(url: str) -> object:
    return gitlab.connect(gitlab.GitLabConfig("42", 1, MARKER, url)).comments()


def _azure(url: str) -> object:
    return azure.connect(azure.AzureConfig(url, "shop", "shop", 1, MARKER)).comments()


def _bitbucket(url: str) -> object:
    return bitbucket.connect(bitbucket.BitbucketConfig("acme", "shop", 1, MARKER, url)).comments()


def _posting(url: str) -> object:
    return gitlab.connect(gitlab.GitLabConfig("42", 1, MARKER, url)).create("hello")


def _prometheus(url: str) -> object:
    return prometheus.connect(url, token=MARKER).at("it", "up", datetime(2026, 11, 25, tzinfo=UTC))


def _calendar(url: str) -> object:
    return content(f"{url}/c.ics", ".", "calendar.files[0]", MARKER)


CLIENTS = (
    *(_jira, _servicenow, _prometheus, _calendar),
    *(_github, _graphql, _gitlab, _azure, _bitbucket, _posting),
)


@pytest.mark.parametrize("status", STATUS)
@pytest.mark.parametrize("ask", CLIENTS, ids=lambda ask: ask.__name__.strip("_"))
def test_no_client_follows_a_redirect(
    ask: Callable[[str], object], status: int, thief: str, impatient: None
) -> None:
    """The other server hears nothing, and the error names it without any credential."""

    class Sending(Thief):
        def answer(self) -> None:
            self.send_response(status)
            self.send_header("location", f"{thief}{self.path}?token={MARKER}")
            self.send_header("content-length", "0")
            self.end_headers()

    with listening(Sending) as url, pytest.raises(TfchangeError) as refused:
        ask(url)
    assert Thief.seen == ()
    assert "sends us on to localhost" in refused.value.message
    assert MARKER not in refused.value.message + refused.value.advice
