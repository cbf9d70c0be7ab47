"""Parsers that no fuzzer is set on: of what a run finds around it, and of what others answer."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.build import plan
from tfchange.apply.command import read as read_command
from tfchange.change import ci, declared
from tfchange.change.forge import clean_url, place_of
from tfchange.errors import SourceError, UsageError
from tfchange.health import reply
from tfchange.review.marker import Marker
from tfchange.source import place
from tfchange.source.event import read_event
from tfchange.source.file import open_plan
from tfchange.source.modules import follow

LONG = "9" * 5_000
"""Digits of which Python makes no number."""
ODD = st.sampled_from(["https://[", "git@x:y/z", "https://x:99999/", "1", "²", LONG, "a/b"])
TEXTS = st.text(max_size=12) | ODD
EVENTS = ("pull_request", "push", "workflow_run", "issue_comment", "merge_group")
OF_EVENT = (
    *("pull_request", "head_commit", "workflow_run", "issue", "merge_group", "repository"),
    *("head", "base", "repo", "full_name", "sha", "ref", "number", "html_url", "user", "login"),
    *("id", "message", "timestamp", "author", "name", "email", "url", "event", "labels", "after"),
    *("head_repository", "owner", "pull_requests", "head_ref", "head_sha", "head_branch"),
)
VARIABLES = (
    *("GITHUB_SERVER_URL", "GITHUB_REF", "GITHUB_SHA", "GITHUB_RUN_ID", "GITHUB_HEAD_REF"),
    *("GITLAB_CI", "CI_MERGE_REQUEST_IID", "CI_PROJECT_PATH", "CI_PROJECT_URL", "CI_SERVER_URL"),
    *("CI_COMMIT_TIMESTAMP", "CI_COMMIT_AUTHOR", "CI_COMMIT_MESSAGE", "CI_COMMIT_BRANCH"),
    *("TF_BUILD", "BUILD_REPOSITORY_URI", "SYSTEM_COLLECTIONURI", "SYSTEM_TEAMPROJECT"),
    *("BUILD_BUILDID", "SYSTEM_PULLREQUEST_PULLREQUESTID", "BUILD_SOURCEVERSIONMESSAGE"),
    *("BITBUCKET_BUILD_NUMBER", "BITBUCKET_PR_ID", "BITBUCKET_GIT_HTTP_ORIGIN"),
    *("JENKINS_URL", "GIT_URL", "CHANGE_ID", "CHANGE_URL", "BUILD_URL"),
)


def trees(*names: str) -> st.SearchStrategy[Any]:
    """JSON of any form, in which the keys that are looked for are at every depth."""
    leaves = st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.just(LONG)
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(names), inner, max_size=4)
        ),
        max_leaves=12,
    )


def files(*names: str) -> st.SearchStrategy[bytes]:
    """Bytes of any kind, and JSON that is nearly what is expected."""
    json = st.dictionaries(st.sampled_from(names), trees(*names), max_size=4).map(
        msgspec.json.encode
    )
    return st.binary(max_size=200) | json


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root module of a configuration that `terraform init` has been run in."""
    made = tmp_path_factory.mktemp("root")
    (made / ".terraform" / "modules").mkdir(parents=True)
    (made / "main.tf").write_text('module "m" {\n  source = "acme/m"\n}\n')
    return made


@given(data=files(*OF_EVENT))
def test_any_file_is_an_event_or_none(folder: Path, data: bytes) -> None:
    """What the runner left is an object; whatever else is there counts as nothing."""
    (folder / "event.json").write_bytes(data)
    assert isinstance(read_event(str(folder / "event.json")), dict)


@given(data=files("backend", "config", "workspaces", "key", "prefix", "path", "name"))
def test_any_file_names_a_backend_or_none(folder: Path, data: bytes) -> None:
    """What `terraform init` settled on is text, or nothing."""
    (folder / ".terraform" / "terraform.tfstate").write_bytes(data)
    assert isinstance(place.settled(str(folder)), str)


@given(data=files("Modules", "Key", "Dir"))
def test_any_manifest_leads_to_modules_or_a_caveat(folder: Path, data: bytes) -> None:
    """A module that the manifest does not tell of is missing, which a caveat says."""
    (folder / ".terraform" / "modules" / "modules.json").write_bytes(data)
    call = {"m": {"source": "acme/m", "module": {}}}
    planned = plan(configuration={"root_module": {"module_calls": call}})
    modules, caveats = follow(str(folder), planned)
    assert [module.path for module in modules][:1] == [""]
    assert len(modules) == 2 or [caveat.address for caveat in caveats] == ["module.m"]


@given(data=st.binary(max_size=200))
def test_no_bytes_that_begin_like_a_zip_are_a_plan(folder: Path, data: bytes) -> None:
    """They are refused before any program is asked to show them."""
    (folder / "p.tfplan").write_bytes(b"PK\x03\x04" + data)
    with pytest.raises(SourceError, match=r"damaged|not a Terraform plan"):
        open_plan(str(folder / "p.tfplan"))


@given(
    environ=st.dictionaries(st.sampled_from(VARIABLES), TEXTS, max_size=8),
    github=st.sampled_from(("", *EVENTS)),
    event=st.dictionaries(st.sampled_from(OF_EVENT), trees(*OF_EVENT), max_size=5),
)
@example({"JENKINS_URL": "x", "CHANGE_ID": LONG}, "", {})
@example({"GITHUB_REF": f"refs/pull/{LONG}/merge"}, "pull_request", {})
def test_any_run_is_told(environ: dict[str, str], github: str, event: dict[str, Any]) -> None:
    """Whatever a CI and its event say, there is a run with a number of a pull request or none."""
    if github:
        environ = environ | {"GITHUB_REPOSITORY": "acme/shop", "GITHUB_EVENT_NAME": github}
    run = ci.run(environ, event)
    assert run.pull_request is None or isinstance(run.pull_request, int)
    assert all(isinstance(label, str) for label in declared.labels_of(environ, event))


@given(text=st.text(), name=st.text(min_size=1))
def test_any_text_declares_an_emergency_or_none(text: str, name: str) -> None:
    """By a label or a trailer: with its incident, or it is refused."""
    with suppress(UsageError):
        assert isinstance(declared.by_label([text, f"{name}: {text}"], name), str)
    with suppress(UsageError):
        assert isinstance(declared.by_trailer(f"a\n\n{name}: {text}", name), str)


@given(text=st.text() | st.text("hgits:/@[]%.?#\\") | ODD)
def test_any_remote_is_a_place_or_none(text: str) -> None:
    """What git has for a remote, anybody may have written."""
    found = place_of(text)
    assert found is None or found.repository
    assert isinstance(clean_url(text), str)


@given(text=st.text() | st.from_regex(r"tfchange:[0-9a-f]{32} [0-9a-f]{16} [0-9a-f]{1,20}\."))
def test_any_comment_has_a_marker_or_none(text: str) -> None:
    """A marker that is read is written as it was."""
    found = Marker.parse(text)
    assert found is None or Marker.parse(str(found)) == found


WORDS = st.sampled_from(["terraform", "apply", "-chdir=", "-chdir=x", "-json", "--", "env", "-var"])
PLAIN = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=6)


@given(words=st.lists(PLAIN | WORDS, min_size=1, max_size=6))
def test_any_command_is_read_or_refused(words: list[str]) -> None:
    """What is run for it has all its words, but that `-json` and `--` may be added."""
    with suppress(UsageError):
        run = read_command(words).words
        assert [word for word in words if word != "--" and word not in run] == []


OF_REPLY = ("status", "data", "resultType", "result", "metric", "value", "warnings", "error")


@given(data=files(*OF_REPLY))
def test_any_reply_of_a_prometheus_is_an_answer_or_none(data: bytes) -> None:
    """What is no reply, or no number, is said to be so."""
    with suppress(ValueError, reply.NoNumberError):
        assert isinstance(reply.answer(reply.decoded(data)).series, tuple)
