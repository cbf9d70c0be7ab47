"""What desks and forges answer may be anything: never our bug, and never taken for done."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import msgspec
import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from requests.adapters import BaseAdapter

from tests.change.faults import reply
from tests.jira.shop import cloud
from tests.jira.world import config as jira_config
from tests.servicenow.world import config as servicenow_config
from tfchange import http
from tfchange.change.desk import Key
from tfchange.errors import DeskError, OutcomeUnknownError
from tfchange.jira import desk as jira
from tfchange.jira import doctor as jira_doctor
from tfchange.review import azure, bitbucket, github, gitlab
from tfchange.review.host import Comment, Label
from tfchange.servicenow import desk as servicenow
from tfchange.servicenow import doctor as servicenow_doctor

HERE = "https://forge.example"
NAMES = st.sampled_from(
    [
        "id",
        "login",
        "user",
        "body",
        "data",
        "head",
        "sha",
        "values",
        "value",
        "name",
        "issues",
        "key",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=8,
)
COMMENT = Comment("7", "ann", "said")


class Odd(BaseAdapter):
    """Answers every request alike."""

    def __init__(self, told: object) -> None:
        super().__init__()
        self._told = msgspec.json.encode(told)

    def close(self) -> None:
        """Nothing is open."""

    def send(self, request: requests.PreparedRequest, *args: Any, **given: Any) -> Any:
        """A success that says what it likes."""
        return reply(request, 200, self._told)


def forges(odd: Odd) -> list[Any]:
    """All forges, with these answers."""
    lab = gitlab.GitLabConfig("42", 12, "t", HERE, "", "")
    repos = azure.AzureConfig(HERE, "p", "r", 12, "t", "")
    bucket = bitbucket.BitbucketConfig("acme", "shop", 12, "t", HERE)
    return [
        github.connect(github.GitHubConfig("acme/shop", 12, "t", api=HERE), transport=odd),
        gitlab.connect(lab, transport=odd),
        azure.connect(repos, transport=odd),
        bitbucket.connect(bucket, transport=odd),
    ]


CALLS: list[Callable[[Any], object]] = [
    lambda host: host.me(),
    lambda host: host.head(),
    lambda host: host.comments(),
    lambda host: host.labels(),
    lambda host: host.create("text"),
    lambda host: host.update(COMMENT, "text"),
    lambda host: host.label(Label("risk: high", "ff0000", "A high risk")),
]


@settings(deadline=None)
@given(JSON)
def test_whatever_a_forge_answers_is_no_bug_of_ours(told: object) -> None:
    """Each call ends well or with an error that people are told."""
    for host in forges(Odd(told)):
        for call in CALLS:
            with suppress(DeskError):
                call(host)


@settings(deadline=None)
@given(JSON)
def test_whatever_a_desk_answers_is_no_bug_of_ours(told: object) -> None:
    """The same of Jira and ServiceNow, and where they are examined."""
    odd = Odd(told)
    for port, examine, configured in (
        (jira, jira_doctor.examine, jira_config(cloud())),
        (servicenow, servicenow_doctor.examine, servicenow_config()),
    ):
        desk: Any = port.connect(configured, transport=odd)
        for ask in (
            partial(desk.find, Key("acme/shop", "", 12)),
            partial(desk.read, "10001"),
            partial(desk.incident, "OPS-1"),
            desk.reviews,
            partial(examine, configured, transport=odd, pause=lambda _: None),
        ):
            with suppress(DeskError):
                ask()


class Broken:
    """An adapter that reads what is not there."""

    name = "Forge"

    def look(self) -> object:
        """Reads."""
        return {}["hunter2"]

    def write(self) -> object:
        """Writes, and then reads the answer."""
        return {}["hunter2"]


def test_what_was_sent_to_be_written_may_have_been() -> None:
    """A read ends as a refusal does, a write as one whose answer never came; no value is told."""
    broken = http.understood(Broken(), "Forge", {"look"})
    with pytest.raises(DeskError, match=r"^Forge answers what nobody here can read") as read:
        broken.look()
    with pytest.raises(OutcomeUnknownError, match="it may have written, or not"):
        broken.write()
    assert not isinstance(read.value, OutcomeUnknownError)
    assert "hunter2" not in f"{read.value}{read.value.advice}"
    assert broken.name == "Forge"
