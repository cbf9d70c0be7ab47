"""The documentation is true: commands, options, settings, rules, links and generated pages."""

import json
import os
import re
import runpy
import shlex
from pathlib import Path

import click
import pytest

from tests.commands import COMMANDS, understood
from tests.conftest import ROOT
from tfchange.cli.group import cli
from tfchange.errors import UsageError
from tfchange.pipeline import rulebook
from tfchange.reading import Options
from tfchange.report.rules import find
from tfchange.schema import load as schema

DOCS = ROOT / "docs"
SITES = {"jira", "servicenow"}
"""Desks that have settings of their own, each with a page."""
PAGED = SITES | {"calendar"}
"""Tables of tfchange.yaml that have pages of their own."""
COMMANDS_PAGE = DOCS / "commands.md"
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted(DOCS.glob("*.md")),
    *sorted(DOCS.glob("decisions/*.md")),
]
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)\s]+)\)")
SHELL = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def command(name: str) -> click.Command:
    """The command of that name."""
    return COMMANDS[name]


@pytest.fixture(scope="module")
def generated() -> dict[Path, str]:
    """All generated pages, as they should be."""
    here = Path.cwd()
    try:
        pages: dict[Path, str] = runpy.run_path(str(DOCS / "generate.py"))["pages"]()
    finally:
        os.chdir(here)
    return pages


def test_generated_pages_are_fresh(generated: dict[Path, str]) -> None:
    """What `make docs` would write is what is committed: help texts, the report, rule pages."""
    stale = [
        str(file.relative_to(ROOT))
        for file, text in generated.items()
        if not file.exists() or file.read_text(encoding="utf-8") != text
    ]
    assert stale == [], "run `make docs` and read what changed"


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    """docs/rules holds one page per rule of the bundled rulebook, and no other."""
    pages = {file.stem for file in (DOCS / "rules").glob("*.md")} - {"README"}
    assert pages == {rule.id for rule in rulebook(Options()).rules}


def test_the_firing_of_rules_is_counted_anew() -> None:
    """docs/rules/firing.json says what the rules of today do, as far as the plans are at hand."""
    firing = runpy.run_path(str(DOCS / "firing.py"))
    assert json.loads(firing["FILE"].read_text(encoding="utf-8")) == firing["counts"]()


def test_the_page_of_accuracy_is_fresh() -> None:
    """docs/accuracy.md says what tfchange says of all labelled changes today, misses and all."""
    accuracy = runpy.run_path(str(DOCS / "accuracy.py"))
    assert accuracy["PAGE"].read_text(encoding="utf-8") == accuracy["page"]()


def test_no_incident_would_have_been_waved_through() -> None:
    """Whatever level it gets, none of the incidents is a standard change or none at all."""
    accuracy = runpy.run_path(str(DOCS / "accuracy.py"))
    incidents = [case for case in accuracy["cases"]("incidents") if case.source]
    assert len(incidents) >= 14
    assert {str(case.found.category) for case in incidents} == {"normal"}


def test_the_picture_shows_the_report(generated: dict[Path, str]) -> None:
    """docs/report.svg shows the report that the README prints."""
    text = re.sub(r"<[^>]+>", "", (DOCS / "report.svg").read_text(encoding="utf-8"))
    words = set(re.findall(r"\w+", text.replace("&#160;", " ")))
    block = generated[ROOT / "README.md"].split("platform/after -->")[1]
    headline = next(line for line in block.splitlines()[2:] if line.strip())
    assert set(re.findall(r"\w+", headline)) <= words


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name: str) -> None:
    """docs/commands.md has a section for each command that shows all its options."""
    section = COMMANDS_PAGE.read_text().split(f"## tfchange {name}\n")[1].split("\n## ")[0]
    for parameter in command(name).params:
        if isinstance(parameter, click.Option):
            assert all(flag in section for flag in parameter.opts)
            assert parameter.help


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_a_line_in_the_settings(name: str) -> None:
    """docs/settings.md names every option and the variable that sets it."""
    page = (DOCS / "settings.md").read_text()
    for parameter in command(name).params:
        if isinstance(parameter, click.Option):
            assert parameter.opts[0] in page
            if isinstance(parameter.envvar, str):
                assert f"`{parameter.envvar}`" in page


def test_every_setting_is_documented() -> None:
    """docs/settings.md names every key of the schema of tfchange.yaml, and its example is valid."""
    import yaml

    from tfchange.schema import faults

    page = (DOCS / "settings.md").read_text()
    for key, what in schema("settings-1.0")["properties"].items():
        inner = what.get("properties")
        if key in PAGED:
            continue
        for each in [f"{key}.{name}" for name in inner] if inner else [key]:
            assert f"`{each}`" in page
    example = yaml.safe_load(page.split("```yaml\n")[1].split("```")[0])
    assert faults(example, "settings-1.0") == []
    assert set(example) | PAGED == set(schema("settings-1.0")["properties"])


@pytest.mark.parametrize("desk", sorted(SITES))
def test_every_setting_of_a_desk_is_documented(desk: str) -> None:
    """The page of a desk names all its settings, its variables, and its examples are valid."""
    import yaml

    from tfchange.cli.desks import PLAIN, SECRET
    from tfchange.schema import faults

    page = (DOCS / f"{desk}.md").read_text()
    for name in schema("settings-1.0")["properties"][desk]["properties"]:
        variable = f"TFCHANGE_{desk}_{name}".upper()
        assert f"`{name}`" in page or f"\n  {name}:" in page or variable in page, name
    for name in (*PLAIN[desk], *SECRET[desk]):
        assert f"TFCHANGE_{desk}_{name}".upper() in page or f"`_{name.upper()}`" in page, name
    examples = page.split("```yaml\n")[1:]
    assert examples
    for example in examples:
        assert faults(yaml.safe_load(example.split("```")[0]), "settings-1.0") == []


def test_every_setting_of_the_calendar_is_documented() -> None:
    """Its page shows every setting and every key of an entry, and its examples are valid."""
    import yaml

    from tfchange.rulebook.document import plain
    from tfchange.schema import faults

    page = (DOCS / "calendar.md").read_text()
    parts = schema("settings-1.0")["$defs"]
    names = {name for part in parts.values() for name in part.get("properties", {})}
    assert [name for name in sorted(names) if f"`{name}`" not in page] == []
    examples = [part.split("```")[0] for part in page.split("```yaml\n")[1:]]
    assert len(examples) > 1
    for example in examples:
        said = yaml.load(example, plain(yaml.SafeLoader))  # noqa: S506 - a safe loader
        assert faults(said, "settings-1.0") == []


def invocations() -> list[tuple[str, list[str]]]:
    """Each `tfchange ...` in the shell blocks of all pages and in the examples of all helps."""
    found = []
    for page in PAGES:
        for block in SHELL.findall(page.read_text(encoding="utf-8")):
            lines = block.replace("\\\n", " ").splitlines()
            found += [(page.name, line) for line in lines]
    for name in ("", *COMMANDS):
        text = (command(name) if name else cli).help or ""
        examples = re.split(r"Examples?:", text)[1].replace("\\\n", " ")
        found += [(f"help of {name}", line) for line in examples.splitlines()]
    split = [
        (where, shlex.split(each, comments=True))
        for where, line in found
        for each in re.split(r" \| (?![^']*'$)", line)
        if re.match(r"\s*tfchange ", each)
    ]
    assert len(split) > 15
    return split


@pytest.mark.parametrize(("where", "words"), invocations(), ids=lambda v: " ".join(v)[:60])
def test_commands_in_the_docs_can_be_run(where: str, words: list[str], tmp_path: Path) -> None:
    """Every command line shown anywhere is one that the program understands, and rules exist."""
    context = understood([str(tmp_path) if each.startswith("./") else each for each in words])
    if (
        context.command.name == "show"
        and context.params.get("names")
        and not context.params["coverage"]
    ):
        try:
            find(rulebook(Options()), context.params["names"][0])
        except UsageError as error:
            pytest.fail(f"{where}: {error.message}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link names a file that is there and, behind #, a heading in it."""
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        if anchor:
            headings = HEADING.findall(target.read_text(encoding="utf-8"))
            slugs = {
                re.sub(r"[^\w -]", "", each).strip().lower().replace(" ", "-") for each in headings
            }
            assert anchor in slugs, link


def test_make_targets_in_the_docs_are_there() -> None:
    """Every `make TARGET` that a page names is in the Makefile, and its help names them all."""
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    for page in PAGES:
        named = re.findall(r"(?:`|^)make ([a-z]+)", page.read_text(), re.MULTILINE)
        assert set(named) <= targets, page.name
    helped = set(re.findall(r'"make ([a-z]+)', makefile))
    assert helped == targets - {"help", "clean"}
