"""What git says of a folder, asked of real git."""

import os
import subprocess
from pathlib import Path

import pytest

from tfchange.source.event import read_event
from tfchange.source.git import Git, read_commit, read_git

WHEN = "2025-11-13T02:13:20+00:00"


@pytest.fixture(autouse=True)
def _steady(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    settings = {
        "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "Ada",
        "GIT_AUTHOR_EMAIL": "ada@acme.test", "GIT_COMMITTER_NAME": "Bot",
        "GIT_COMMITTER_EMAIL": "bot@acme.test", "GIT_COMMITTER_DATE": WHEN,
        "GIT_AUTHOR_DATE": "2001-01-01T00:00:00+00:00",
    }  # fmt: skip
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


def git(folder: Path, *arguments: str) -> str:
    """What git prints."""
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two commits on main, with a remote."""
    folder = tmp_path / "shop"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    for number in (1, 2):
        git(folder, "commit", "--quiet", "--allow-empty", "--message", f"{number}")
    git(folder, "remote", "add", "origin", "https://bot:secret@github.com/acme/shop.git")
    return folder


def test_a_branch_is_told_with_its_commit(repository: Path) -> None:
    """Remote, commit, full ref, the committer's time and the author."""
    found = read_git(str(repository))
    assert found.sha == git(repository, "rev-parse", "HEAD")
    assert found == Git(
        "https://bot:secret@github.com/acme/shop.git",
        found.sha,
        "refs/heads/main",
        1_763_000_000,
        "Ada <ada@acme.test>",
    )


def test_a_detached_head_has_a_ref_only_by_its_tag(repository: Path) -> None:
    """As CI systems check out; of two tags nobody knows which one was meant."""
    git(repository, "checkout", "--quiet", "--detach")
    assert read_git(str(repository)).ref == ""
    git(repository, "tag", "v1")
    assert read_git(str(repository)).ref == "refs/tags/v1"
    git(repository, "tag", "v2")
    assert read_git(str(repository)).ref == ""


def test_a_shallow_clone_knows_its_own_commit_alone(repository: Path, tmp_path: Path) -> None:
    """What is not in it has no time, and asking for it is no error."""
    first = git(repository, "rev-parse", "HEAD~1")
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{repository}", str(shallow))
    assert read_git(str(shallow)).time == 1_763_000_000
    assert read_commit(str(repository), first)[0] == first
    assert read_commit(str(shallow), first) == ("", 0, "")
    assert read_commit(str(shallow), "--output=x") == ("", 0, "")


def test_a_repository_without_a_commit_or_remote_is_told_as_it_is(tmp_path: Path) -> None:
    """There is a branch and nothing else."""
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    assert read_git(str(tmp_path)) == Git(ref="refs/heads/main")


def test_outside_of_a_repository_the_fault_says_so(tmp_path: Path) -> None:
    """It is no error: a CI may say it all."""
    assert read_git(str(tmp_path)).fault == "This folder is in no git repository."


def test_without_git_the_fault_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is that an error."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert read_git(str(tmp_path)).fault == "There is no git to ask."


def test_a_repository_of_somebody_else_is_named_with_the_cure(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in containers, where the folder belongs to the user of the host."""
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    found = read_git(str(repository))
    assert "belongs to another user" in found.fault
    assert f"safe.directory {repository}" in found.advice


def test_an_event_is_read_or_it_is_empty(tmp_path: Path) -> None:
    """A file that is not there, not JSON or no object is as if there were none."""
    path = tmp_path / "event.json"
    assert read_event(str(path)) == {}
    for text, expected in (('{"a": 1}', {"a": 1}), ("[]", {}), ("{", {}), ("\ud83d", {})):
        path.write_text(text, encoding="utf-8", errors="surrogatepass")
        assert read_event(str(path)) == expected
