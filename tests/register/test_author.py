"""Separation of duties from a real commit on: whoever git names as its author does not decide."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.change.requests import request
from tests.register.world import opened
from tfchange.change.file import file
from tfchange.change.origin import Given
from tfchange.errors import DeskError
from tfchange.publish import where
from tfchange.register.desk import Register

ANN = "Ann Lee <ann@example.com>"


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    """A fresh register."""
    with opened("sqlite", tmp_path) as made:
        yield made


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two commits by Ann; whoever committed them is somebody else."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "shop"
    run = ["git", "-c", "user.name=Bot", "-c", "user.email=bot@example.com", "-C", str(folder)]
    folder.mkdir()
    subprocess.run([*run, "init", "-q", "-b", "main"], check=True)
    for number in ("1", "2"):
        made = [*run, "commit", "-q", "--allow-empty", "-m", number, "--author", ANN]
        subprocess.run(made, check=True)
    return folder


def refused(register: Register, by: str) -> None:
    """The person decides neither way."""
    for decide in (register.approve, register.reject):
        with pytest.raises(DeskError, match="author is not approver"):
            decide("1", "", by)


@pytest.mark.parametrize("by", ["Ann Lee", "ann lee", "ann@example.com", ANN])
def test_the_author_of_what_is_checked_out(register: Register, repository: Path, by: str) -> None:
    """By name, by address, and by both."""
    file(register, request(commit=where(Given("acme/shop"), {}, str(repository))))
    refused(register, by)
    assert register.approve("1", "", "bot@example.com").state == "approved"


@pytest.mark.parametrize("by", ["Ann Lee", "ann@example.com", "ann-lee", "@Ann-Lee"])
def test_the_author_of_what_is_only_in_the_clone(
    register: Register, repository: Path, tmp_path: Path, by: str
) -> None:
    """The head of a pull request is asked of git, and the login comes from the event."""
    git = ["git", "-C", str(repository), "rev-parse", "HEAD~1"]
    sha = subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()
    head = {"sha": sha, "ref": "resize"}
    event = tmp_path / "event.json"
    pull = {"number": 3, "head": head, "user": {"login": "ann-lee"}}
    event.write_text(json.dumps({"pull_request": pull}))
    environ = {
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(event),
    }
    commit = where(Given(), environ, str(repository))
    assert commit.author == f"{ANN} (@ann-lee)"
    file(register, request(commit=commit))
    refused(register, by)
