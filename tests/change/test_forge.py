"""Addresses of forges: what a remote names, and where its commits are shown."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfchange.change import forge
from tfchange.change.forge import clean_url, page_url, place, place_of, short

GITHUB = "https://github.com/acme/shop"
AZURE = "https://dev.azure.com/acme/My%20Project/_git/shop"


def test_the_examples_in_the_docstrings_hold() -> None:
    """What a docstring shows is what comes out."""
    result = doctest.testmod(forge)
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize(
    ("remote", "base"),
    [
        ("https://github.com/acme/shop.git", GITHUB),
        ("https://github.com/acme/shop", GITHUB),
        ("https://github.com/acme/shop/", GITHUB),
        ("https://x-access-token:ghs_secret@github.com/acme/shop.git", GITHUB),
        ("https://oauth2@github.com/acme/shop.git", GITHUB),
        ("git@github.com:acme/shop.git", GITHUB),
        ("github.com:acme/shop", GITHUB),
        ("ssh://git@github.com/acme/shop.git", GITHUB),
        ("ssh://git@ssh.github.com:443/acme/shop.git", GITHUB),
        ("git://github.com/acme/shop.git", GITHUB),
        ("https://GitHub.com/acme/shop.git", GITHUB),
        ("https://ghe.acme.test:8443/acme/shop.git", "https://ghe.acme.test:8443/acme/shop"),
        ("git@gitlab.com:acme/apps/shop.git", "https://gitlab.com/acme/apps/shop"),
        ("git@bitbucket.org:acme/shop.git", "https://bitbucket.org/acme/shop"),
        ("https://acme@dev.azure.com/acme/My%20Project/_git/shop", AZURE),
        ("git@ssh.dev.azure.com:v3/acme/My%20Project/shop", AZURE),
        ("acme@vs-ssh.visualstudio.com:v3/acme/My%20Project/shop", AZURE),
        ("https://acme.visualstudio.com/DefaultCollection/My%20Project/_git/shop", AZURE),
        ("https://dev.azure.com/acme/_git/shop", "https://dev.azure.com/acme/shop/_git/shop"),
    ],
)
def test_a_remote_in_any_form_names_one_place(remote: str, base: str) -> None:
    """Whether over https or ssh, with a credential or without: it is the same repository."""
    found = place_of(remote)
    assert found is not None
    assert found.base == base


@pytest.mark.parametrize(
    "remote",
    ["", "/srv/git/shop.git", "../shop", "file:///srv/git/shop.git", "C:\\shop", "https://", "a:b",
     "https://github.com/", "https://github.com:x/a/b", "https://dev.azure.com/acme"],
)  # fmt: skip
def test_what_names_no_forge_is_no_place(remote: str) -> None:
    """A folder, half an address or nonsense is not guessed at."""
    assert place_of(remote) is None


@pytest.mark.parametrize(
    ("remote", "commit", "branch", "tag", "request_"),
    [
        (GITHUB, "/commit/abc", "/tree/fix/it", "/tree/v1", "/pull/12"),
        ("https://gitlab.com/acme/shop", "/-/commit/abc", "/-/tree/fix/it", "/-/tags/v1",
         "/-/merge_requests/12"),
        ("https://bitbucket.org/acme/shop", "/commits/abc", "/branch/fix/it", "/commits/tag/v1",
         "/pull-requests/12"),
        (AZURE, "/commit/abc", "?version=GBfix/it", "?version=GTv1", "/pullrequest/12"),
    ],
)  # fmt: skip
def test_each_forge_shows_things_at_its_own_addresses(
    remote: str, commit: str, branch: str, tag: str, request_: str
) -> None:
    """Commits, branches, tags and pull requests are linked as the forge links them."""
    at = place_of(remote)
    assert at is not None
    assert at.commit_url("abc") == remote + commit
    assert at.ref_url("refs/heads/fix/it") == remote + branch
    assert at.ref_url("refs/tags/v1") == remote + tag
    assert at.pull_request_url(12) == remote + request_


def test_an_unknown_forge_gets_no_links() -> None:
    """Where nobody knows how a forge names its pages, no address is made up."""
    assert place("https://git.acme.test", "acme/shop").commit_url("abc") == ""
    assert place("", "acme/shop", "github").commit_url("abc") == ""


def test_a_name_cannot_leave_its_place_in_an_address() -> None:
    """Odd characters of a branch are quoted."""
    at = place("https://github.com", "acme/shop", "github")
    assert at.ref_url('refs/heads/a b?"<x>#y') == f"{GITHUB}/tree/a%20b%3F%22%3Cx%3E%23y"


@given(
    user=st.text("abcxyz-_.", min_size=1),
    secret=st.from_regex(r"MARKER-[a-z0-9%.~_-]{1,20}", fullmatch=True),
    path=st.sampled_from(["/acme/shop.git", "/acme/_git/shop", "/a/b/c", "/", ""]),
    host=st.sampled_from(["github.com", "acme.visualstudio.com", "git.acme.test:99"]),
    scheme=st.sampled_from(["https", "http", "ssh", "git"]),
)
def test_no_credential_of_a_remote_survives(
    user: str, secret: str, path: str, host: str, scheme: str
) -> None:
    """Whatever stands before the @ of an address is in nothing that is made of it."""
    remote = f"{scheme}://{user}:{secret}@{host}{path}"
    assert secret not in repr(place_of(remote)) + clean_url(remote) + page_url(remote)


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://bot:secret@ci.acme.test/job/1/?token=x#y", "https://ci.acme.test/job/1/"),
        ("http://ci.acme.test:8080/a", "http://ci.acme.test:8080/a"),
        ("http://[::1]:8080/a", "http://[::1]:8080/a"),
        ("javascript:alert(1)", ""),
        ("ftp://ci/x", ""),
        ("https://[broken", ""),
        ("", ""),
    ],
)
def test_only_addresses_of_the_web_are_kept(url: str, clean: str) -> None:
    """Without user, password, query and fragment; anything else becomes nothing."""
    assert clean_url(url) == clean


def test_a_ref_has_a_short_name() -> None:
    """As people call it."""
    assert short("refs/heads/a/b") == "a/b"
    assert short("refs/tags/v1") == "v1"
    assert short("refs/pull/1/merge") == "pull/1/merge"
    assert short("main") == "main"
