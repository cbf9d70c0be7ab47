"""`tfchange assess` as users run it."""

import json
from pathlib import Path

import pytest

from tests.build import change, plan_json
from tests.conftest import Run


@pytest.fixture
def quiet_plan(tmp_path: Path) -> Path:
    """A plan in which nothing changes."""
    file = tmp_path / "quiet.json"
    file.write_bytes(plan_json([change("aws_vpc.a", ["no-op"], {"id": "1"}, {"id": "1"})]))
    return file


def test_the_platform_plan_as_text(tfchange: Run, platform: Path) -> None:
    """The report says category, level and score, and fits into a hundred columns."""
    code, out, err = tfchange("assess", platform)
    assert (code, err) == (0, "")
    assert "normal" in out.lower()
    assert max(map(len, out.splitlines())) <= 100
    assert "\x1b" not in out


@pytest.mark.parametrize("format_", ["text", "json", "markdown", "sarif", "codequality", "html"])
def test_output_is_the_same_on_stdout_and_in_a_file(
    tfchange: Run, platform: Path, tmp_path: Path, format_: str
) -> None:
    """Every format writes the same bytes to standard output and to a file, time after time."""
    printed = tfchange("assess", platform, "--format", format_).out
    file = tmp_path / "report"
    assert tfchange("assess", platform, "--format", format_, "--output", file) == (0, "", "")
    assert file.read_text() == printed
    assert printed.endswith("\n")
    assert [each.name for each in tmp_path.iterdir()] == ["report"]


def test_a_plan_on_standard_input(process: Run, platform: Path, tmp_path: Path) -> None:
    """`-` reads the plan from standard input."""
    code, out, err = process("assess", "-", "--format", "json", stdin=platform.read_bytes())
    assert (code, err) == (0, "")
    assert json.loads(out)["plan"]["path"] == "-"


def test_the_locale_does_not_matter(process: Run, platform: Path) -> None:
    """The report is the same bytes where Python thinks that the terminal is ASCII."""
    plain = process("assess", platform)
    assert process("assess", platform, PYTHONIOENCODING="ascii", LC_ALL="C") == plain


def test_a_failed_run_leaves_the_old_file(tfchange: Run, tmp_path: Path) -> None:
    """Nothing half-written: a report that was there stays as it was when the next run fails."""
    report = tmp_path / "report.txt"
    report.write_text("the old one")
    assert tfchange("assess", tmp_path / "gone.json", "--output", report).code == 1
    assert report.read_text() == "the old one"


def test_an_output_that_cannot_be_written_is_exit_1(
    tfchange: Run, quiet_plan: Path, tmp_path: Path
) -> None:
    """A folder that does not exist is named, with advice."""
    code, _, err = tfchange("assess", quiet_plan, "--output", tmp_path / "no" / "report.txt")
    assert code == 1
    assert "cannot write" in err


def test_a_device_is_written_through(tfchange: Run, quiet_plan: Path) -> None:
    """What is not a plain file, such as /dev/null, is not replaced by one."""
    assert tfchange("assess", quiet_plan, "--output", "/dev/null").code == 0
    assert not Path("/dev/null").is_file()


def test_fail_on_reached(tfchange: Run, platform: Path) -> None:
    """From the level of --fail-on on the run ends with 10, and the report is there all the same."""
    report = tfchange("assess", platform, "--format", "json").out
    for level in ("low", json.loads(report)["level"]):
        ended = tfchange("assess", platform, "--format", "json", "--fail-on", level)
        assert ended == (10, report, "")


def test_fail_on_not_reached(tfchange: Run, quiet_plan: Path) -> None:
    """Below the level of --fail-on the run ends with 0."""
    assert tfchange("assess", quiet_plan, "--fail-on", "medium").code == 0


def test_an_emergency_is_declared(tfchange: Run, platform: Path) -> None:
    """A declared emergency is one, with its incident and the day of its review."""
    out = tfchange(
        "assess", platform, "--emergency", "--incident", "INC0042", "--format", "json"
    ).out
    said = json.loads(out)
    assert said["category"] == "emergency"
    assert said["emergency"]["incident"] == "INC0042"
    assert said["emergency"]["review_due"]


def test_several_plans_are_one_assessment(tfchange: Run, platform: Path, quiet_plan: Path) -> None:
    """Two plans come out as one assessment with a section each, the worst first."""
    said = json.loads(tfchange("assess", quiet_plan, platform, "--format", "json").out)
    assert [section["plan"]["path"] for section in said["sections"]] == [
        str(platform),
        str(quiet_plan),
    ]
    assert said["level"] == said["sections"][0]["level"]


@pytest.mark.parametrize("width", [40, 72, 160])
def test_the_width_is_kept(tfchange: Run, platform: Path, width: int) -> None:
    """No line of text is wider than asked."""
    out = tfchange("assess", platform, "--width", str(width)).out
    assert max(map(len, out.splitlines())) <= width


def test_colours_only_where_they_are_wanted(process: Run, quiet_plan: Path) -> None:
    """Colours in a pipe come only with --color always."""
    assert "\x1b[" in process("assess", quiet_plan, "--color", "always").out
    assert "\x1b[" not in process("assess", quiet_plan).out


def test_one_plan_is_held_to_the_end(tfchange: Run, tmp_path: Path) -> None:
    """What was read last is kept until the process ends, and nothing of what was read before it."""
    from tfchange.cli import assessing

    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.json").write_bytes(plan_json([]))
    assert tfchange("assess", tmp_path).code == 0
    reading, assessment = assessing._held
    assert reading.plan.path.endswith("c.json")  # type: ignore[attr-defined]
    assert len(assessment.sections) == 3  # type: ignore[attr-defined]
