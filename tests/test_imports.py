"""What a plain run imports: start-up time is kept by this list, not by good intentions."""

import subprocess
import sys
from pathlib import Path

import pytest

import tfchange
from tests.rulebook.layer import rule, write

HEAVY = {
    "ast", "asyncio", "click", "concurrent.futures", "dataclasses", "dateutil", "email", "hcl2",
    "holidays", "http", "icalendar",
    "importlib.metadata", "inspect", "jsonschema", "lark", "logging", "msgspec._json_schema",
    "msgspec.inspect", "multiprocessing", "networkx", "numpy", "pathlib", "platform", "requests",
    "rich", "sqlalchemy", "subprocess", "tempfile", "textwrap", "urllib.request", "yaml",
    "zoneinfo",
}  # fmt: skip
"""Packages that a small run never needs; each costs between 2 and 300 ms."""


def imported(*arguments: str) -> set[str]:
    """The modules that a run of the command line imports, from the start of Python to its end."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "tfchange", *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The platform plan, with no source beside it."""
    here = Path(__file__).parent.parent / "fixtures" / "scenarios" / "platform" / "plan.json"
    there = tmp_path_factory.mktemp("plan") / "plan.json"
    there.write_bytes(here.read_bytes())
    imported("assess", str(there))  # fills the cache of the compiled rulebook
    return str(there)


@pytest.mark.parametrize("format_", ["text", "json", "markdown", "sarif", "codequality", "html"])
def test_an_assessment_imports_nothing_heavy(plan: str, format_: str) -> None:
    """Reading a plan, judging it and writing any plain format takes none of the heavy packages."""
    assert imported("assess", plan, "--format", format_) & HEAVY == set()


def test_cel_is_for_expressions_that_need_it(plan: str, tmp_path: Path) -> None:
    """A plan of which the bundled rules say much takes no CEL; a rule that calculates takes it."""
    assert "cel_expr_python" not in imported("assess", plan)
    odd = rule("odd").replace("types: [x_thing]", 'expression: "1 + 1 == 2"')
    rules = write(tmp_path / "rules", risk__odd=odd)
    imported("assess", plan, "--rules", rules)  # compiling the rulebook checks what CEL it holds
    assert "cel_expr_python" in imported("assess", plan, "--rules", rules)


def test_an_assessment_imports_no_other_command(plan: str) -> None:
    """Only the command that is asked for is imported, and only the format that is."""
    modules = imported("assess", plan)
    assert "tfchange.cli.assessing" in modules
    for other in ("cli.graph", "cli.explain", "cli.rules", "report.html", "report.sarif"):
        assert f"tfchange.{other}" not in modules


def test_a_plain_assessment_imports_nothing_for_what_it_does_not_do(plan: str) -> None:
    """It maps no file, asks no program, reads no source, and tells nobody that it takes long."""
    modules = imported("assess", plan)
    for idle in (
        "cli.progress", "plan.digest", "plan.identify", "plan.seldom", "rulebook.example",
        "source.git", "source.hcl", "source.programs", "source.scan",
    ):  # fmt: skip
        assert f"tfchange.{idle}" not in modules
    assert {"mmap", "bisect"} & modules == set()


def test_the_version_needs_only_click() -> None:
    """`--version` does not import the pipeline."""
    modules = imported("--version")
    assert "click" in modules
    assert {"msgspec", "tfchange.pipeline", "tfchange.reading"} & modules == set()


def test_the_public_names_are_these() -> None:
    """The package offers what its first page promises, and `import tfchange` loads none of it."""
    assert tfchange.__all__ == ["Assessment", "Plan", "__version__", "assess", "read_plan"]
    assert all(getattr(tfchange, name) for name in tfchange.__all__)
    with pytest.raises(AttributeError):
        tfchange.no_such_name  # noqa: B018
    done = subprocess.run(
        [sys.executable, "-c", "import tfchange, sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert {name for name in done.stdout.split() if name.startswith("tfchange.")} == set()
