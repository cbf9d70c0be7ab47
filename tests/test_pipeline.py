"""The pipeline: from arguments to an assessment, one plan or many, here or elsewhere."""

import shutil
import subprocess
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.build import change, plan_json
from tfchange import assess, read_plan, reading
from tfchange.errors import PlanError, SourceError
from tfchange.pipeline import MANY
from tfchange.reading import Options
from tfchange.risk.assessment import Location

TODAY = Options(today="2026-01-01")


class Here(Executor):
    """Runs every task at once, in this process, and counts them; as strict as a real pool."""

    def __init__(self) -> None:
        self.tasks = 0

    def submit(self, fn: Any, /, *arguments: Any, **named: Any) -> "Future[Any]":
        """What goes to another machine and comes back must survive being packed."""
        import pickle

        self.tasks += 1
        fn, arguments, named = pickle.loads(pickle.dumps((fn, arguments, named)))  # noqa: S301
        future: Future[Any] = Future()
        try:
            future.set_result(pickle.loads(pickle.dumps(fn(*arguments, **named))))  # noqa: S301
        except Exception as error:
            future.set_exception(pickle.loads(pickle.dumps(error)))  # noqa: S301
        return future


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A folder of more plans than one process takes, each with a VPC of its own to update."""
    for number in range(MANY + 3):
        before, after = {"id": str(number), "tags": None}, {"id": str(number), "tags": {"a": "b"}}
        plan = plan_json([change(f"aws_vpc.v{number}", ["update"], before, after)])
        (tmp_path / f"plan-{number:03}.json").write_bytes(plan)
    return tmp_path


def test_one_plan_is_one_assessment(platform: Path) -> None:
    """A single plan comes back without sections, under its own name."""
    assessment = assess([str(platform)], TODAY)
    assert assessment.sections == ()
    assert assessment.plan.path == str(platform)


def test_many_plans_here_and_elsewhere_say_the_same(many: Path) -> None:
    """An executor gets the plans in chunks, and the result is that of one process."""
    elsewhere = Here()
    spread = assess([str(many)], TODAY, executor=elsewhere)
    alone = assess([str(many)], msgspec.structs.replace(TODAY, jobs=1))
    assert elsewhere.tasks == 2
    assert spread == alone
    assert len(spread.sections) == MANY + 3


def test_many_plans_in_processes(many: Path) -> None:
    """Without an executor a pool of processes does it, with the same result."""
    pooled = assess([str(many)], msgspec.structs.replace(TODAY, jobs=2))
    assert pooled == assess([str(many)], msgspec.structs.replace(TODAY, jobs=1))


def test_an_error_elsewhere_arrives_whole(many: Path) -> None:
    """A plan that cannot be read in another process is refused with its message and advice."""
    (many / "plan-001.json").write_text("nonsense")
    with pytest.raises(PlanError) as refused:
        assess([str(many)], TODAY, executor=Here())
    assert refused.value.message
    assert refused.value.advice


def test_the_order_of_the_arguments_is_irrelevant(many: Path) -> None:
    """Several plans give one assessment whatever their order."""
    names = [str(name) for name in sorted(many.iterdir())[:3]]
    assert assess(names, TODAY) == assess(names[::-1], TODAY)


def test_the_source_beside_the_plan_is_read(platform: Path, tmp_path: Path) -> None:
    """Where *.tf files lie beside a plan they are its source, unless another folder is named."""
    shutil.copy(platform, tmp_path)
    plan = str(tmp_path / platform.name)
    assert reading.read(plan, TODAY).source is None
    after = platform.parent / "after"
    shutil.copytree(after, tmp_path, dirs_exist_ok=True)
    beside = reading.read(plan, TODAY).source
    assert beside is not None
    named = reading.read(str(platform), Options(source=str(after))).source
    assert named is not None
    assert beside.modules == named.modules


def test_the_steps_are_told(platform: Path) -> None:
    """Whoever waits is told what is read, built and judged."""
    steps: list[str] = []
    assess([str(platform)], TODAY, step=steps.append)
    assert steps == [f"reading {platform}", "building the graph", "judging the risk"]


def test_a_plan_can_be_read_alone(platform: Path) -> None:
    """`read_plan` gives the plan without judging it."""
    assert read_plan(str(platform)).changes


def test_a_folder_without_plans_is_refused(tmp_path: Path) -> None:
    """An empty folder is an error, not an empty assessment."""
    with pytest.raises(SourceError):
        assess([str(tmp_path)], TODAY)


def test_findings_name_files_as_seen_from_where_the_run_began(
    platform: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Code scanning finds the file, also when the source is named by its absolute path."""
    monkeypatch.chdir(platform.parent.parent)
    for source in (platform.parent / "after", Path("platform/after")):
        found = assess([str(platform)], Options(source=str(source)))
        files = {f.location.file for f in found.findings if f.location}
        assert "platform/after/main.tf" in files
        assert all(Path(file).is_file() for file in files)


def test_versions_are_compared_with_the_base(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A provider that is upgraded is a finding in the lock file, also if nothing else changes."""
    lock = 'provider "registry.terraform.io/hashicorp/aws" {{\n  version = "{}"\n}}\n'
    git = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@acme.test", "-C", str(tmp_path)]
    monkeypatch.chdir(tmp_path)
    subprocess.run([*git, "init", "--quiet"], check=True)
    (tmp_path / "main.tf").touch()
    for version in ("5.100.0", "6.0.0"):
        (tmp_path / ".terraform.lock.hcl").write_text(lock.format(version))
        subprocess.run([*git, "add", "--all"], check=True)
        subprocess.run([*git, "commit", "--quiet", "--message", version], check=True)
    (tmp_path / "plan.json").write_bytes(plan_json())
    (finding,) = assess(["plan.json"], TODAY).findings
    address = 'provider["registry.terraform.io/hashicorp/aws"]'
    assert (finding.rule, finding.address) == ("provider-major-upgrade", address)
    assert finding.message == f"{address} goes from 5.100.0 to 6.0.0, another major version."
    assert finding.location == Location(".terraform.lock.hcl", 1)
    assert assess(["plan.json"], msgspec.structs.replace(TODAY, base="HEAD")).findings == ()
