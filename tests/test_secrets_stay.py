"""No secret leaves: markers planted wherever a plan or a configuration can hold one."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.build import change, plan_json, state
from tfchange.change.fingerprint import items
from tfchange.change.origin import Given, origin
from tfchange.cli.group import cli
from tfchange.pipeline import assess
from tfchange.plan.decode import decode
from tfchange.publish import Wishes, request
from tfchange.reading import Options
from tfchange.source.git import Git

MARKER = "MARKER-9d41"
FORMATS = ["text", "json", "markdown", "sarif", "html"]
GRAPHS = ["json", "dot", "mermaid", "graphml"]

SOURCE = f"""
locals {{
  token = "{MARKER}-local"
  name  = aws_db_instance.main.id
}}
variable "db_password" {{
  sensitive = true
  default   = "{MARKER}-default"
}}
resource "aws_db_instance" "main" {{
  password = "{MARKER}-literal"
  dynamic "thing" {{
    for_each = [local.name, "{MARKER}-dynamic"]
    content {{ value = thing.value }}
  }}
}}
provider "aws" {{
  secret_key = "{MARKER}-provider"
}}
"""


def _values(where: str) -> dict[str, Any]:
    """Attributes with a marker in every position that Terraform or a name marks as secret."""
    return {
        "id": "db-1",
        "password": f"{MARKER}-{where}-name",
        "marked": f"{MARKER}-{where}-marked",
        "deep": [{"inner": {f"{MARKER}-{where}-key": f"{MARKER}-{where}-deep"}}],
        "from_variable": f"prefix {MARKER}-variable suffix",
        "user_data": base64.b64encode(f"echo {MARKER}-variable".encode()).decode(),
        "environment": [{"variables": {"API_TOKEN": f"{MARKER}-{where}-environment"}}],
        "policy": json.dumps({"auth": f"db_password={MARKER}-{where}-assigned"}),
        "url": f"postgres://app:{MARKER}{where}@db.internal/app",
        "tags": {"Environment": "production", "Name": "main"},
        "instance_class": where,
    }


MARKS = {"marked": True, "deep": [{"inner": True}]}


def _plan(actions: list[str], drifts: bool) -> bytes:
    before = None if actions == ["create"] else _values("before")
    after = None if actions == ["delete"] else _values("after")
    entry = change(
        "aws_db_instance.main",
        actions,
        before,
        after,
        before_sensitive=MARKS,
        after_sensitive=MARKS,
    )
    other = change("aws_x.other", ["update"], {"a": f"{MARKER}-variable"}, {"a": "1"})
    drift = change(
        "aws_db_instance.main",
        ["update"],
        _values("seen"),
        _values("found"),
        before_sensitive=MARKS,
        after_sensitive=MARKS,
    )
    prior = state(**{"aws_db_instance.main": [], "aws_x.other": ["aws_db_instance.main"]})
    for resource in prior:
        resource["values"] = _values("state")
    references = {"references": ["aws_db_instance.main.id", "aws_db_instance.main"]}
    return plan_json(
        [entry, other],
        drift=[drift] if drifts else None,
        state=prior,
        variables={
            "db_password": {"value": f"{MARKER}-variable"},
            "api_secret": {"value": f"{MARKER}-named"},
        },
        output_changes={
            "o": {
                "actions": ["update"],
                "before": f"{MARKER}-out",
                "after": f"{MARKER}-out2",
                "before_sensitive": True,
                "after_sensitive": True,
            }
        },
        planned_values={"outputs": {"o": {"value": f"{MARKER}-out"}}},
        checks=[
            {
                "address": {"kind": "check", "to_display": "check.x"},
                "status": "fail",
                "instances": [
                    {
                        "status": "fail",
                        "problems": [{"message": f"The password {MARKER}-variable is too short."}],
                    }
                ],
            }
        ],
        configuration={
            "provider_config": {
                "aws": {
                    "name": "aws",
                    "expressions": {"secret_key": {"constant_value": f"{MARKER}-constant"}},
                }
            },
            "root_module": {
                "variables": {"db_password": {"sensitive": True, "default": f"{MARKER}-d"}},
                "resources": [
                    {
                        "address": "aws_x.other",
                        "type": "aws_x",
                        "name": "other",
                        "mode": "managed",
                        "expressions": {"a": references},
                    },
                    {
                        "address": "aws_db_instance.main",
                        "type": "aws_db_instance",
                        "name": "main",
                        "mode": "managed",
                        "provisioners": [
                            {
                                "type": "local-exec",
                                "expressions": {
                                    "command": {"constant_value": f"deploy --token {MARKER}-p"}
                                },
                            }
                        ],
                        "expressions": {"password": {"constant_value": f"{MARKER}-c"}},
                    },
                ],
                "module_calls": {
                    "m": {"source": f"git::https://bot:{MARKER}@example.com/m", "module": {}}
                },
            },
        },
    )


def _everything_said(folder: Path, arguments: list[str]) -> str:
    ran = CliRunner(env={"TFCHANGE_CACHE_DIR": str(folder / "cache")}).invoke(cli, arguments)
    said = ran.output + (ran.stderr or "") + repr(ran.exception) + repr(ran.exc_info)
    kept = "".join(
        file.read_bytes().decode("utf-8", "replace")
        for file in (folder / "cache").rglob("*")
        if file.is_file() and "lark" not in file.name
    )
    return said + kept


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a configuration that holds markers, too."""
    made = tmp_path_factory.mktemp("secrets")
    (made / "main.tf").write_text(SOURCE, encoding="utf-8")
    return made


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None
)
@given(
    actions=st.sampled_from(
        [
            ["create"],
            ["update"],
            ["delete"],
            ["delete", "create"],
            ["create", "delete"],
            ["forget"],
            ["no-op"],
        ]
    ),
    drifts=st.booleans(),
    arguments=st.sampled_from(
        [
            *([("assess", "--format", name)] for name in FORMATS),
            *([("graph", "--format", name)] for name in GRAPHS),
            [("explain",)],
            [("comment", "--repository", "acme/shop", "--pull-request", "12", "--dry-run")],
        ]
    ),
)
def test_no_planted_marker_shows_in_any_output(
    folder: Path, actions: list[str], drifts: bool, arguments: list[tuple[str, ...]]
) -> None:
    """Whatever is asked, in whatever format, no marker is printed, raised or cached."""
    (folder / "plan.json").write_bytes(_plan(actions, drifts))
    command, *options = arguments[0]
    address = ["aws_db_instance.main"] if command == "explain" else []
    said = _everything_said(folder, [command, str(folder / "plan.json"), *address, *options])
    assert "aws_db_instance.main" in said
    assert MARKER not in said


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)
@given(at=st.floats(0, 1), junk=st.sampled_from(["", "{", '"', "\x00", "]}", "\\ud800", "NaN"]))
def test_no_planted_marker_shows_in_any_error(folder: Path, at: float, junk: str) -> None:
    """A plan broken anywhere is refused without quoting it."""
    whole = _plan(["update"], True)
    cut = int(at * len(whole))
    (folder / "broken.json").write_bytes(whole[:cut] + junk.encode() + whole[cut + len(junk) :])
    assert MARKER not in _everything_said(folder, ["assess", str(folder / "broken.json")])


CREDENTIALS = f"bot:{MARKER}@"
RUNS = [
    {},
    {
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_SERVER_URL": f"https://{CREDENTIALS}github.com",
        "GITHUB_TOKEN": MARKER,
        "TFCHANGE_GITHUB_TOKEN": MARKER,
        "GITHUB_RUN_ID": "1",
        "GITHUB_REF": "refs/heads/main",
    },
    {
        "GITLAB_CI": "true",
        "CI_SERVER_URL": f"https://{CREDENTIALS}gitlab.acme.test",
        "CI_PROJECT_PATH": "acme/shop",
        "CI_PROJECT_URL": f"https://{CREDENTIALS}gitlab.acme.test/acme/shop",
        "CI_REPOSITORY_URL": f"https://{CREDENTIALS}gitlab.acme.test/acme/shop.git",
        "CI_JOB_TOKEN": MARKER,
        "CI_JOB_URL": f"https://{CREDENTIALS}gitlab.acme.test/acme/shop/-/jobs/1",
        "CI_COMMIT_BRANCH": "main",
    },
    {
        "TF_BUILD": "True",
        "BUILD_REPOSITORY_URI": f"https://{CREDENTIALS}dev.azure.com/acme/apps/_git/shop",
        "SYSTEM_COLLECTIONURI": f"https://{CREDENTIALS}dev.azure.com/acme/",
        "SYSTEM_TEAMPROJECT": "apps",
        "SYSTEM_ACCESSTOKEN": MARKER,
        "BUILD_BUILDID": "1",
        "BUILD_SOURCEBRANCH": "refs/heads/main",
    },
    {
        "JENKINS_URL": "https://ci.acme.test",
        "GIT_URL": f"https://{CREDENTIALS}git.acme.test/acme/shop.git",
        "BUILD_URL": f"https://{CREDENTIALS}ci.acme.test/job/1/",
        "CHANGE_ID": "12",
        "CHANGE_URL": f"https://{CREDENTIALS}git.acme.test/acme/shop/pull/12",
    },
]
"""The variables of CI systems, with credentials wherever people put them."""


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None
)
@given(
    actions=st.sampled_from(
        [["create"], ["update"], ["delete"], ["delete", "create"], ["create", "delete"], ["forget"]]
    ),
    drifts=st.booleans(),
    environ=st.sampled_from(RUNS),
    report=st.sampled_from(["html", "markdown"]),
)
def test_no_planted_marker_is_told_to_a_desk(
    folder: Path, actions: list[str], drifts: bool, environ: dict[str, str], report: str
) -> None:
    """Not in a text, a link or a file, and no credential of a remote or of the CI either."""
    path = folder / "plan.json"
    path.write_bytes(_plan(actions, drifts))
    git = Git(f"https://{CREDENTIALS}github.com/acme/shop.git", "5ca1ab1e" * 5, "refs/heads/main")
    commit = origin(Given(), environ, git, {})
    assessment = assess([str(path)], Options(source=str(folder), today="2026-01-01", salt="s"))
    filed = request(assessment, commit, Wishes(report=report), now=1)
    said = repr(filed) + "".join(file.data.decode() for file in filed.attachments)
    assert "aws_db_instance.main" in said
    assert MARKER not in said
    assert MARKER not in repr(items(decode(path.read_bytes()), "s"))
