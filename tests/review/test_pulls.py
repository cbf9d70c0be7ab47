"""How GitHub is asked for the pull request of a commit, held against its own description.

The description is not part of the project: `TFCHANGE_SPECS` names its folder.
"""

import json

import pytest
from openapi_core import Config, OpenAPI
from openapi_core.testing import MockRequest

from tests.jira import spec
from tests.review.fake import TOKEN
from tests.review.wire import Asked, Fake, Told
from tfchange.review import github
from tfchange.review.github_api import Api, GitHubConfig
from tfchange.review.host import Pull

REPOSITORY = "octocat/Hello-World"
EXAMPLE = Pull(1347, "https://github.com/octocat/Hello-World/pull/1347")
MERGE = "e5bd3914e2e596debea16f433f57875b5b90bcd6"
HEAD = "6dcb09b5b57875f334f61aebed695e2e4193db5e"


class Described(Fake):
    """Answers with the examples of the description, and holds each request against it."""

    base = spec.BASE

    def __init__(self) -> None:
        super().__init__()
        if spec.FOLDER is None:
            pytest.skip("no folder of API descriptions: set TFCHANGE_SPECS")
        file = spec.FOLDER / "github.examples.json"
        told = json.loads(file.read_text(encoding="utf-8"))
        told["servers"] = [{"url": spec.BASE}]
        (self.example,) = told["components"]["examples"]["pull-request-simple-items"]["value"]
        self.schema = told["components"]["schemas"]["pull-request-simple"]
        self.asked: list[Asked] = []
        config = Config(spec_validator_cls=None, additional_properties_default_policy="forbid")
        self._judge = OpenAPI.from_dict(told, config=config)

    def reply(self, asked: Asked) -> Told:
        """The example."""
        self.asked.append(asked)
        self._judge.validate_request(MockRequest(self.base, "get", asked.path, args=asked.query))
        return Told(200, [self.example])


@pytest.fixture
def described() -> Described:
    """GitHub as it describes itself."""
    return Described()


def api(described: Described) -> Api:
    """As the token of a workflow sees it."""
    return Api(GitHubConfig(REPOSITORY, None, TOKEN, api=described.base), described)


def test_the_merge_of_a_pull_request_is_read(described: Described) -> None:
    """As GitHub tells it, in all its fields; its example is merged into `master`."""
    assert github.merging(api(described), REPOSITORY, "master", MERGE) == EXAMPLE
    assert github.merging(api(described), "OctoCat/hello-world", "master", MERGE) == EXAMPLE
    assert github.merging(api(described), REPOSITORY, "main", MERGE) is None
    assert github.merging(api(described), REPOSITORY, "master", HEAD) is None
    assert github.merging(api(described), "octocat/other", "master", MERGE) is None
    described.example["merged_at"] = None
    assert github.merging(api(described), REPOSITORY, "master", MERGE) is None


def test_the_head_of_a_pull_request_is_read(described: Described) -> None:
    """By the branch, which is of a fork or not."""
    assert github.asking(api(described), "octocat", "new-topic", HEAD) == EXAMPLE
    assert github.asking(api(described), "octocat", "new-topic", MERGE) is None


def test_a_branch_keeps_its_signs(described: Described) -> None:
    """Names of branches hold what an address would take for something else."""
    github.asking(api(described), "octocat", "a&b=c#d/ü", HEAD)
    (asked,) = described.asked
    assert asked.query["head"] == "octocat:a&b=c#d/ü"


def test_what_is_read_is_always_there(described: Described) -> None:
    """By the description, also of those that are not merged."""
    read = {"number", "html_url", "merged_at", "merge_commit_sha", "head", "base"}
    assert read <= set(described.schema["required"])
    for side in ("head", "base"):
        assert {"ref", "sha", "repo"} <= set(described.schema["properties"][side]["required"])
