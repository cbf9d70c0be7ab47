"""`tfchange comment` as a workflow runs it: GitHub's variables and files, and nothing else."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.build import change, plan_json
from tests.conftest import ROOT, SCENARIOS, Run
from tests.review.fake import TOKEN, GitHubFake, Told, refused, serve
from tests.review.records import HEAD, STRANGER
from tests.review.test_job import outputs

DATABASE = SCENARIOS / "database-replaced" / "plan.json"
TAGS = SCENARIOS / "tags-only" / "plan.json"
SHA = HEAD
REPOSITORY = "acme/shop"


class Job:
    """A job of a workflow for pull request 12."""

    def __init__(self, fake: GitHubFake, folder: Path) -> None:
        self.fake = fake
        self.summary, self.output = folder / "summary", folder / "output"
        self.event = folder / "event.json"
        self.tell({"number": 12, "head": {"sha": SHA, "ref": "resize"}})

    def tell(self, pull_request: dict[str, object]) -> None:
        """The event is of that pull request."""
        self.event.write_text(json.dumps({"pull_request": pull_request}))

    @property
    def body(self) -> str:
        """The only comment."""
        (note,) = self.fake.notes
        return str(note["body"])

    @property
    def outputs(self) -> dict[str, str]:
        """Of the step."""
        return outputs(self.output.read_text())


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Job]:
    """GitHub's variables and files, and GitHub."""
    some = Job(GitHubFake(), tmp_path)
    with serve(some.fake, "/api/v3") as url:
        for name, value in {
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": url,
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": str(some.event),
            "GITHUB_OUTPUT": str(some.output),
            "GITHUB_REF": "refs/pull/12/merge",
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_RUN_ID": "99",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_SHA": "0ddba115" * 5,
            "GITHUB_STEP_SUMMARY": str(some.summary),
            "GITHUB_TOKEN": TOKEN,
        }.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(ROOT)
        yield some
    assert some.fake.breaches == []


def test_the_pull_request_hears_of_it(job: Job, tfchange: Run) -> None:
    """One comment, two labels, one check, the summary and the outputs, from one command."""
    done = tfchange("comment", DATABASE, "--source", DATABASE.parent / "after")
    assert (done.code, done.err) == (0, "")
    assert done.out == f"The comment: created. {job.fake.notes[0]['html_url']}\n"
    assert "Normal change" in job.body
    assert "[full report](https://github.com/acme/shop/actions/runs/99)" in job.body
    assert set(job.fake.worn) == {"change:normal", f"risk:{job.outputs['level']}"}
    (run,) = job.fake.runs
    assert (run["head_sha"], run["name"], run["conclusion"]) == (SHA, "tfchange", "neutral")
    annotations = job.fake.annotations[run["id"]]
    assert annotations
    assert all((ROOT / each["path"]).is_file() for each in annotations)
    assert job.summary.read_text().strip().startswith("## ")
    told = job.outputs
    assert told["category"] == "normal"
    assert int(told["score"]) > 0
    assert len(told["fingerprint"]) == 32
    assert told["fingerprint"] in job.body
    assert told["comment-url"] == job.fake.notes[0]["html_url"]
    assert told["report"] == ""
    assert (told["change-number"], told["change-url"]) == ("", "")


def test_the_same_plan_again_writes_no_second_comment(job: Job, tfchange: Run) -> None:
    """Nor does it edit the one there is; another plan does."""
    tfchange("comment", DATABASE)
    before = job.body
    assert tfchange("comment", DATABASE).out.startswith("The comment: unchanged.")
    assert job.body == before
    assert tfchange("comment", TAGS).out.startswith("The comment: updated.")
    assert "Standard change" in job.body
    assert set(job.fake.worn) == {"change:standard", "risk:low"}


@pytest.mark.parametrize("mode", ["recreate", "hide-and-new"])
def test_the_mode_is_chosen(job: Job, tfchange: Run, mode: str) -> None:
    """By the option, and by the setting that has its name."""
    tfchange("comment", DATABASE)
    job.fake.write(STRANGER, "thanks")
    tfchange("comment", TAGS, "--mode", mode)
    assert "Standard change" in job.fake.notes[-1]["body"]
    assert len(job.fake.notes) == (3 if mode == "hide-and-new" else 2)
    assert len(job.fake.hidden) == (1 if mode == "hide-and-new" else 0)


def test_labels_and_check_can_be_left_out(job: Job, tfchange: Run) -> None:
    """For those who have their own."""
    tfchange("comment", DATABASE, "--no-label", "--no-check")
    assert (job.fake.worn, job.fake.runs) == ([], [])
    assert len(job.fake.notes) == 1


def test_the_change_request_is_named(job: Job, tfchange: Run) -> None:
    """With its link, in the comment and in the outputs."""
    tfchange("comment", DATABASE, "--change", "CHG1", "--change-url", "https://desk.test/CHG1")
    assert "[CHG1](https://desk.test/CHG1)" in job.body
    assert job.outputs["change-number"] == "CHG1"
    assert job.outputs["change-url"] == "https://desk.test/CHG1"


def test_the_whole_report_is_written(job: Job, tfchange: Run, tmp_path: Path) -> None:
    """As HTML, to the file that is asked for, and the outputs name it; not in a dry run."""
    file = tmp_path / "report.html"
    tfchange("comment", DATABASE, "--report", file, "--dry-run")
    assert not file.exists()
    tfchange("comment", DATABASE, "--report", file)
    assert file.read_text().startswith("<!DOCTYPE html>")
    assert job.outputs["report"] == str(file)


def test_a_plan_of_thousands_is_told_whole_somewhere(
    job: Job, tfchange: Run, tmp_path: Path
) -> None:
    """The comment fits and leads to the run, whose summary names every change, as the file does."""
    plan, file = tmp_path / "plan.json", tmp_path / "report.html"
    queues = [f"aws_sqs_queue.q{n}_" for n in range(2_500)]
    plan.write_bytes(plan_json([change(q, ["delete"], {"id": "1"}, None) for q in queues]))
    assert tfchange("comment", plan, "--report", file).code == 0
    assert len(job.body) <= 65_536
    assert "[full report](https://github.com/acme/shop/actions/runs/99)" in job.body
    assert "more resources" in job.body
    assert "tfchange assess" not in job.body
    summary = job.summary.read_text(encoding="utf-8")
    assert 100_000 < job.summary.stat().st_size <= 1_048_576
    for whole in (summary, file.read_text(encoding="utf-8")):
        assert all(queue in whole for queue in queues)
    assert "full report" not in summary
    printed = tfchange("assess", plan, "--format", "html").out
    assert printed.partition("<footer>")[0] == file.read_text("utf-8").partition("<footer>")[0]


def test_a_run_that_keeps_no_report_says_how_to_make_one(
    job: Job, tfchange: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link leads to the full report only where there is one: a summary, or a file of the job."""
    plan = tmp_path / "plan.json"
    queues = [change(f"aws_sqs_queue.q{n}", ["delete"], {"id": "1"}, None) for n in range(90)]
    plan.write_bytes(plan_json(queues))
    run = "https://github.com/acme/shop/actions/runs/99"
    assert f"[full report]({run})" in tfchange("comment", plan, "--dry-run").out
    monkeypatch.delenv("GITHUB_STEP_SUMMARY")
    tfchange("comment", plan)
    assert f"[run]({run})" in job.body
    assert "Long lists are shortened; `tfchange assess PLAN --format html` has every" in job.body
    job.fake.notes.clear()
    tfchange("comment", plan, "--report", tmp_path / "report.html")
    assert f"[full report]({run})" in job.body
    assert "tfchange assess" not in job.body
    job.fake.notes.clear()
    tfchange("comment", plan, "--report-url", "https://ci.test/report.html")
    assert "[full report](https://ci.test/report.html)" in job.body


def test_a_level_can_fail_the_run(job: Job, tfchange: Run) -> None:
    """With exit code 10, after everything has been told, and a check that fails."""
    assert tfchange("comment", DATABASE, "--fail-on", "low").code == 10
    assert job.fake.runs[0]["conclusion"] == "failure"
    assert "Normal change" in job.body


def test_a_token_that_only_reads_is_no_failure(job: Job, tfchange: Run) -> None:
    """As that of a pull request from a fork: a warning, and the summary says it all."""
    job.fake.may.clear()
    done = tfchange("comment", DATABASE)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("::warning title=tfchange::No comment and no label and no check")
    assert "Resource not accessible by integration" in done.out
    assert (job.fake.notes, job.fake.worn) == ([], [])
    assert "Normal change" in job.summary.read_text()
    assert job.outputs["comment-url"] == ""


def limited(seconds: int) -> Told:
    """GitHub takes no requests for so long."""
    told = refused(403, "You have exceeded a secondary rate limit. Please wait a few minutes.")
    return told._replace(headers=(("Retry-After", str(seconds)),))


@pytest.mark.parametrize(
    "call", ["GET .*comments", "POST .*comments", "GET .*labels", "check-runs"]
)
def test_a_limit_that_is_short_is_waited_for(job: Job, tfchange: Run, call: str) -> None:
    """All is told then, and nothing is to be noted."""
    job.fake.planned += [(call, limited(0))] * 2
    done = tfchange("comment", DATABASE)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("The comment: created.")
    assert "::warning" not in done.out
    assert (len(job.fake.notes), len(job.fake.worn), len(job.fake.runs)) == (1, 2, 1)


@pytest.mark.parametrize(
    ("call", "said", "there"),
    [
        ("GET .*comments", "No comment and no label and no check could be written.", (0, 0, 0)),
        ("GET .*labels", "No label and no check could be written.", (1, 0, 0)),
        ("check-runs", "No check could be written.", (1, 2, 0)),
    ],
)
def test_a_limit_that_lasts_is_no_failure(
    job: Job, tfchange: Run, call: str, said: str, there: tuple[int, int, int]
) -> None:
    """The plan was assessed and the summary says all of it; GitHub is asked no more meanwhile."""
    job.fake.planned.append((call, limited(3600)))
    done = tfchange("comment", DATABASE)
    assert (done.code, done.err) == (0, "")
    assert f"::warning title=tfchange::{said} 127.0.0.1 takes no more requests for 3600" in done.out
    assert (len(job.fake.notes), len(job.fake.worn), len(job.fake.runs)) == there
    assert re.search(call, job.fake.calls[-1])
    assert "Normal change" in job.summary.read_text()
    assert job.outputs["category"] == "normal"
    job.fake.planned.append((call, limited(3600)))
    assert tfchange("comment", DATABASE, "--fail-on", "low").code == 10


def test_an_answer_that_is_lost_is_no_failure(job: Job, tfchange: Run) -> None:
    """Whether it is there is not known, and that is said; what does not depend on it is done."""
    job.fake.planned.append(("POST .*check-runs", refused(502, "Bad gateway")))
    done = tfchange("comment", DATABASE)
    assert (done.code, done.err) == (0, "")
    assert "Whether the check was written is not known." in done.out
    assert (len(job.fake.notes), len(job.fake.worn)) == (1, 2)


def test_a_limit_that_lasts_fails_where_nobody_has_heard(
    job: Job, tfchange: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a summary there is no other place; once the comment is there, there is."""
    monkeypatch.delenv("GITHUB_STEP_SUMMARY")
    job.fake.planned.append(("GET .*comments", limited(3600)))
    done = tfchange("comment", DATABASE)
    assert done.code == 1
    assert "takes no more requests for 3600 seconds" in done.err
    assert "Run the command again after that time" in done.err
    job.fake.planned.append(("GET .*labels", limited(3600)))
    assert tfchange("comment", DATABASE).code == 0


def test_without_any_place_it_fails(
    job: Job, tfchange: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where neither the pull request nor a summary can be written, nobody has heard of it."""
    job.fake.may.clear()
    monkeypatch.delenv("GITHUB_STEP_SUMMARY")
    done = tfchange("comment", DATABASE)
    assert done.code == 1
    assert "Resource not accessible by integration" in done.err
    assert "pull-requests: write" in done.err


def test_another_refusal_is_a_failure_and_the_job_has_heard(job: Job, tfchange: Run) -> None:
    """The summary and the outputs are there all the same; nothing of the token is said."""
    job.fake.planned.append(("GET .*comments", refused(401, "Bad credentials")))
    done = tfchange("comment", DATABASE)
    assert done.code == 1
    assert "wrong, expired or revoked" in done.err
    assert TOKEN not in done.out + done.err
    assert "Normal change" in job.summary.read_text()
    assert job.outputs["category"] == "normal"


def test_without_a_pull_request_the_commit_is_told(
    job: Job, tfchange: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A push has a check and a summary, and a note that there is nowhere to comment."""
    monkeypatch.setenv("GITHUB_EVENT_NAME", "push")
    monkeypatch.setenv("GITHUB_REF", "refs/heads/main")
    job.event.write_text(json.dumps({"after": SHA, "ref": "refs/heads/main"}))
    done = tfchange("comment", DATABASE)
    assert done.code == 0
    assert "There is no pull request to comment on." in done.out
    assert (job.fake.notes, len(job.fake.runs)) == ([], 1)


@pytest.mark.parametrize("sha", [HEAD, SHA])
def test_the_second_half_for_a_fork_finds_its_pull_request(
    job: Job, tfchange: Run, monkeypatch: pytest.MonkeyPatch, sha: str
) -> None:
    """The event does not name it; GitHub does, unless somebody has pushed in between."""
    monkeypatch.setenv("GITHUB_EVENT_NAME", "workflow_run")
    monkeypatch.setenv("GITHUB_REF", "refs/heads/main")
    head = {"full_name": "mallory/shop", "owner": {"login": "mallory"}}
    run = {"event": "pull_request", "head_branch": "resize", "head_sha": sha, "pull_requests": []}
    job.event.write_text(json.dumps({"workflow_run": {**run, "head_repository": head}}))
    done = tfchange("comment", DATABASE)
    assert done.code == 0
    assert len(job.fake.notes) == (1 if sha == HEAD else 0)
    assert job.fake.runs[0]["head_sha"] == sha


def test_a_comment_on_a_pull_request_checks_its_head(
    job: Job, tfchange: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event of a comment names the pull request and no commit of it."""
    monkeypatch.setenv("GITHUB_EVENT_NAME", "issue_comment")
    monkeypatch.setenv("GITHUB_REF", "refs/heads/main")
    job.event.write_text(json.dumps({"issue": {"number": 12, "pull_request": {"url": "x"}}}))
    assert tfchange("comment", DATABASE).code == 0
    assert (len(job.fake.notes), job.fake.runs[0]["head_sha"]) == (1, HEAD)


def test_a_stack_of_its_own_has_a_comment_and_a_check_of_its_own(job: Job, tfchange: Run) -> None:
    """Jobs of a matrix do not overwrite each other."""
    tfchange("comment", DATABASE, "--workspace", "shop")
    tfchange("comment", TAGS, "--workspace", "tags")
    assert len(job.fake.notes) == 2
    assert {run["name"] for run in job.fake.runs} == {"tfchange (shop)", "tfchange (tags)"}


def test_several_plans_are_one_comment(job: Job, tfchange: Run) -> None:
    """The worst first, and no path of this machine in it."""
    tfchange("comment", TAGS, DATABASE)
    assert job.body.index("database-replaced") < job.body.rindex("tags-only")
    assert str(ROOT) not in job.body
    assert "&#47;scenarios" not in job.body


def test_an_old_run_overwrites_nothing(job: Job, tfchange: Run) -> None:
    """A run of an earlier plan that comes late changes neither the comment nor the labels."""
    tfchange("comment", DATABASE)
    first = job.fake.notes[0]
    stamp = first["body"].partition(" -->")[0].rpartition(".")[2]
    first["body"] = first["body"].replace(f".{stamp} -->", ".ffffffff -->", 1)
    worn = list(job.fake.worn)
    assert tfchange("comment", TAGS).out.startswith("The comment: left.")
    assert "Normal change" in job.body
    assert job.fake.worn == worn


def test_a_dry_run_writes_nothing(job: Job, tfchange: Run) -> None:
    """It looks, and prints what would be written."""
    tfchange("comment", DATABASE)
    calls, summary = len(job.fake.calls), job.summary.read_text()
    done = tfchange("comment", TAGS, "--mode", "recreate", "--dry-run")
    assert all(call.startswith("GET") or "graphql" in call for call in job.fake.calls[calls:])
    assert job.summary.read_text() == summary
    heads = [
        "\ndelete the comment https",
        "\ncreate a comment\n",
        "\nremove the label change:normal",
    ]
    assert all(head in done.out for head in heads)
    assert "## 🟢 Standard change" in done.out
    assert done.out.count("create a comment") == 1


def test_a_dry_run_needs_no_token(job: Job, tfchange: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """On somebody's own machine the comment can be looked at."""
    monkeypatch.delenv("GITHUB_TOKEN")
    done = tfchange("comment", DATABASE, "--dry-run")
    assert done.code == 0
    assert "Normal change" in done.out
    assert job.fake.calls == []


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("GITHUB_TOKEN", "GITHUB_TOKEN: ${{ github.token }}"),
        ("GITHUB_REPOSITORY", "or set GITHUB_REPOSITORY and GITHUB_TOKEN"),
    ],
)
def test_what_is_missing_is_named(
    job: Job, tfchange: Run, monkeypatch: pytest.MonkeyPatch, variable: str, said: str
) -> None:
    """With what to do about it."""
    monkeypatch.delenv(variable)
    done = tfchange("comment", DATABASE, "--repository", REPOSITORY, "--pull-request", 12)
    assert done.code == 2
    assert said in done.err


def test_a_folder_of_the_repository_is_no_matter(
    job: Job, tfchange: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Annotations name files from the root of the repository, whatever folder the run is in."""
    monkeypatch.chdir(DATABASE.parent)
    tfchange("comment", "plan.json", "--source", "after")
    (run,) = job.fake.runs
    paths = {each["path"] for each in job.fake.annotations[run["id"]]}
    assert paths
    assert all((ROOT / path).is_file() for path in paths)


def test_settings_choose_too(job: Job, tfchange: Run, tmp_path: Path) -> None:
    """What stands in tfchange.yaml under `comment`."""
    file = tmp_path / "tfchange.yaml"
    file.write_text("comment:\n  label: false\n  check: false\n  mode: recreate\n")
    assert tfchange("comment", DATABASE, "--config", file).code == 0
    assert (job.fake.worn, job.fake.runs, len(job.fake.notes)) == ([], [], 1)
