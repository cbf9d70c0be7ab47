"""What is particular to Azure Repos: threads, soft deletion, labels without colours, statuses."""

import pytest

from tests.contracts.forges import AzureForge
from tests.contracts.host import marker, never
from tests.review import azure_fake
from tests.review.test_github_checks import check
from tfchange.review import azure
from tfchange.review.post import post


@pytest.fixture
def forge() -> AzureForge:
    """A fresh pull request."""
    return AzureForge()


def test_a_thread_asks_for_no_answer(forge: AzureForge) -> None:
    """An active one keeps a pull request from being completed where a policy says so."""
    made = forge.host.create("hello")
    assert forge.fake.threads[0]["status"] == 4
    assert made.url.endswith("/pullrequest/12?discussionId=1")


def test_answers_in_our_thread_stay(forge: AzureForge) -> None:
    """Neither are they edited, nor does an answer of ours count where the thread is not ours."""
    post(forge.host, marker(), "hello", pause=never)
    forge.fake.answered(forge.fake.threads[0], azure_fake.STRANGER, "thanks")
    assert post(forge.host, marker("2", 2), "world", pause=never).done == "updated"
    assert [text.partition("\n")[2] or text for text in forge.texts()] == ["world", "thanks"]


def test_what_is_deleted_is_not_there(forge: AzureForge) -> None:
    """It stays in the list, without its text; so do threads."""
    forge.host.delete(forge.host.create("hello"))
    forge.fake.write(azure_fake.STRANGER, "bye")["isDeleted"] = True
    assert forge.host.comments() == ()
    assert len(forge.fake.threads) == 2


def test_without_a_pull_request_the_commit_has_the_status(forge: AzureForge) -> None:
    """With a link, where there is one."""
    config = azure.AzureConfig(forge.fake.url, "shop floor", "shop", None, azure_fake.TOKEN)
    host = azure.connect(config, transport=forge.fake)
    assert host.check(check(0, url="https://dev.azure.test/run/1")) == ()
    assert len(host.check(check(2))) == 1
    forge.host.check(check(0))
    assert [each["sha"] is None for each in forge.fake.statuses] == [False, False, True]
    assert forge.fake.statuses[0]["targetUrl"] == "https://dev.azure.test/run/1"
    assert azure_fake.TOKEN not in repr(config)
