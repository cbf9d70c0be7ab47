"""Checks at GitHub: annotations in batches, a status where no check may be written."""

from random import Random
from typing import Any

import pytest

from tests.change.faults import Faults, lost_after
from tests.contracts.host import never
from tests.contracts.test_hosts import GitHubForge
from tests.review.fake import TOKEN, GitHubFake
from tests.review.records import HEAD
from tfchange.review.github import connect
from tfchange.review.github_api import GitHubConfig
from tfchange.review.host import Annotation, Check, Conclusion, ReadOnlyError

SHA = "5ca1ab1e" * 5


def check(number: int = 0, **given: Any) -> Check:
    """A check with so many annotations."""
    some = tuple(Annotation("main.tf", n + 1, "medium", "rule", "It is.") for n in range(number))
    told = {"title": "Normal change", "summary": "*Why*", "annotations": some, **given}
    return Check("tfchange", SHA, Conclusion.NEUTRAL, **told)


@pytest.fixture
def forge() -> GitHubForge:
    """A fresh pull request."""
    return GitHubForge(GitHubFake())


def test_only_so_many_annotations_go_at_once(forge: GitHubForge) -> None:
    """GitHub refuses more than 50; the adapter brings them in batches."""
    forge.host.check(check(120))
    assert [call for call in forge.fake.calls if "check-runs" in call] == [
        "POST /repos/acme/shop/check-runs",
        *["PATCH /repos/acme/shop/check-runs/1001"] * 2,
    ]
    lines = [each["start_line"] for each in forge.fake.annotations[1001]]
    assert lines == list(range(1, 121))
    too_many = {"annotations": [{}] * 51, "title": "", "summary": ""}
    run = {"name": "x", "head_sha": SHA, "output": too_many}
    assert forge.fake._run(_Body(run)).status == 422


class _Body:
    def __init__(self, json: Any) -> None:
        self.json = json


def test_without_checks_there_is_a_status(forge: GitHubForge) -> None:
    """A token that may not write checks gives the commit a status, and a note says so."""
    forge.fake.may.discard("checks")
    (note,) = forge.host.check(check(3, title="x" * 200, url="https://ci.test/1"))
    assert "checks: write" in note
    (status,) = forge.fake.statuses
    assert (status["state"], status["context"]) == ("success", "tfchange")
    assert (len(status["description"]), status["target_url"]) == (140, "https://ci.test/1")
    forge.fake.may.discard("statuses")
    with pytest.raises(ReadOnlyError):
        forge.host.check(check())


def test_a_check_in_doubt_is_looked_for() -> None:
    """An answer that is lost after the check was made makes no second one."""
    forge = GitHubForge(GitHubFake(), transport=None)
    fake = forge.fake
    lossy = _LosesOnce(fake, "/check-runs")
    host = connect(
        GitHubConfig("acme/shop", 12, TOKEN, api=fake.base), transport=lossy, pause=never
    )
    assert host.check(check(60)) == ()
    assert len(fake.runs) == 1
    assert len(fake.annotations[fake.runs[0]["id"]]) == 60


class _LosesOnce(Faults):
    """A network that loses the answer to the first write to a path."""

    def __init__(self, inner: Any, path: str) -> None:
        super().__init__(inner, Random(1), 0.0)
        self._path, self._lost = path, False

    def send(self, asked: Any, *args: Any, **given: Any) -> Any:
        """The reply, or nothing."""
        if asked.method == "POST" and asked.url.endswith(self._path) and not self._lost:
            self._lost = True
            return lost_after(lambda: self._inner.send(asked, *args, **given), asked)
        return self._inner.send(asked, *args, **given)


def test_a_check_at_the_head_asks_for_it(forge: GitHubForge) -> None:
    """Where the event does not say which commit it is, the pull request does."""
    config = GitHubConfig("acme/shop", 12, TOKEN, api=forge.fake.base, at_head=True)
    connect(config, transport=forge.fake).check(check())
    assert forge.fake.runs[0]["head_sha"] == HEAD
