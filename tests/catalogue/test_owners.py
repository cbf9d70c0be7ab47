"""Where CODEOWNERS is found, and at which revision it is read, asked of real git."""

import os
from pathlib import Path

import pytest

from tests.source.test_git import _steady, git
from tfchange.catalogue.owners import FileOwners, read
from tfchange.errors import SettingsError

__all__ = ["_steady"]  # a fixture


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone of a repository on a branch that has changed its CODEOWNERS."""
    origin, here = tmp_path / "origin", tmp_path / "clone"
    (origin / "docs").mkdir(parents=True)
    git(origin, "init", "--quiet", "--initial-branch=main")
    (origin / "CODEOWNERS").write_text("* @acme/base\n")
    (origin / "docs" / "CODEOWNERS").write_text("* @acme/docs\n")
    git(origin, "add", ".")
    git(origin, "commit", "--quiet", "--message", "first")
    git(tmp_path, "clone", "--quiet", str(origin), str(here))
    git(here, "checkout", "--quiet", "-b", "mine")
    (here / "CODEOWNERS").write_text("* @me\n")
    git(here, "commit", "--quiet", "--all", "--message", "mine")
    (here / "infra").mkdir()
    return here


def owners(found: FileOwners | None, file: str = "main.tf") -> list[tuple[str, ...]]:
    """Who owns the file, of each section."""
    assert found is not None
    return [each.owners for each in found.of(os.path.join(found.root, file))]


def test_it_is_read_where_the_pull_request_cannot_change_it(clone: Path) -> None:
    """As the CI names the branch that is merged into, else from the main branch of the remote."""
    for environ in ({}, {"GITHUB_BASE_REF": "main"},
                    {"SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main"}):  # fmt: skip
        found, caveats = read(str(clone / "infra"), True, environ)
        assert (owners(found), caveats) == ([("@acme/base",)], ())


def test_what_was_reviewed_is_read_as_it_is(clone: Path) -> None:
    """On a protected branch what is checked out counts, as it was committed."""
    (clone / "CODEOWNERS").write_text("* @nobody\n")
    found, caveats = read(str(clone), True, {"CI_COMMIT_REF_PROTECTED": "true"})
    assert (owners(found), caveats) == ([("@me",)], ())


def test_where_git_does_not_have_the_base_it_is_said(clone: Path) -> None:
    """Then it is read as it is checked out, and a caveat says that it could have been changed."""
    found, caveats = read(str(clone), True, {"GITHUB_BASE_REF": "release"})
    assert owners(found) == [("@me",)]
    assert [c.kind for c in caveats] == ["codeowners"]
    assert "a pull request could have changed it" in caveats[0].message
    assert not caveats[0].blocks_standard


def test_each_forge_has_places_of_its_own(clone: Path) -> None:
    """GitHub looks into .github first, GitLab into .gitlab last; a link counts for neither."""
    environ = {"GITHUB_BASE_REF": "gone"}
    for folder in (".github", ".gitlab"):
        (clone / folder).mkdir()
        (clone / folder / "CODEOWNERS").write_text(f"* @{folder[1:]}\n")
    assert owners(read(str(clone), True, environ)[0]) == [("@github",)]
    gitlab = {"GITLAB_CI": "true", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "gone"}
    assert owners(read(str(clone), True, gitlab)[0]) == [("@me",)]
    (clone / "CODEOWNERS").unlink()
    (clone / "CODEOWNERS").symlink_to(clone / ".github" / "CODEOWNERS")
    assert owners(read(str(clone), True, gitlab)[0]) == [("@acme/docs",)]
    (clone / "docs" / "CODEOWNERS").unlink()
    assert owners(read(str(clone), True, gitlab)[0]) == [("@gitlab",)]
    git(clone, "remote", "set-url", "origin", "https://gitlab.example.com/acme/shop.git")
    (clone / ".gitlab" / "CODEOWNERS").write_text("[Net] @net\n*.tf\n")
    base = {"CHANGE_TARGET": "gone"}
    assert owners(read(str(clone), True, base)[0]) == [("@net",)]


def test_a_file_that_is_named(clone: Path, tmp_path: Path) -> None:
    """It is read from the base as well, from disk where it lies outside, and must be there."""
    found, caveats = read(str(clone), str(clone / "docs" / "CODEOWNERS"), {})
    assert (owners(found), caveats) == ([("@acme/docs",)], ())
    outside = tmp_path / "owners"
    outside.write_text("* @acme/outside\n[a] @x\n")
    found, caveats = read(str(clone), str(outside), {"GITHUB_BASE_REF": "gone"})
    assert owners(found) == [("@acme/outside",)]
    assert "the pattern in line 2 means nothing to the forge" in caveats[0].message
    with pytest.raises(SettingsError, match="there is no file"):
        read(str(clone), str(clone / "none"), {})


def test_where_there_is_nothing_it_is_said(clone: Path, tmp_path: Path) -> None:
    """No repository, no file: nobody owns files, and a caveat says why."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    found, caveats = read(str(elsewhere), True, {})
    assert found is None
    assert caveats[0].message.startswith(f"{elsewhere} is in no git repository")
    found, caveats = read(None, True, {})
    assert found is None
    assert "name it with --source" in caveats[0].message
    git(clone, "rm", "--quiet", "--force", "CODEOWNERS", "docs/CODEOWNERS")
    found, caveats = read(str(clone), True, {"GITHUB_BASE_REF": "gone"})
    assert found is None
    assert "There is no CODEOWNERS in the repository as it is checked out." in caveats[0].message


def test_files_outside_are_nobodys(clone: Path) -> None:
    """A path is seen from the repository's root, however it is named."""
    found, _ = read(str(clone), True, {})
    assert found is not None
    assert found.path(f"{clone}/infra/../main.tf") == "main.tf"
    assert found.path("/etc/passwd") == ""
    assert found.of("/etc/passwd") == ()
