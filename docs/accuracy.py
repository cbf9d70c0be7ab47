"""Renews docs/accuracy.md: `python docs/accuracy.py`. What people say of changes, and what tfchange
says, side by side.

Labels stand in the README of each change: of the scenarios (`fixtures/scenarios`), and of public
incidents made anew (`fixtures/incidents`), which were labelled before tfchange saw them. A label
that turns out wrong for tfchange stays; the page names it as a miss.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tfchange.pipeline import assess
from tfchange.reading import Options
from tfchange.risk.assessment import Assessment, Level

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "accuracy.md"
DAY = "2026-11-23"
LEVELS = [str(level) for level in Level]

HEAD = """# Accuracy

Renewed by `make docs`; do not edit by hand.

Every change below is a plan that Terraform made, with a label by a person beside it, and what
tfchange says of it with the default policy, in an environment that the plan itself names or that
nobody knows. {right} of {all} are right. Where they are not, [the misses](#misses) say in which
direction.

How far this can be trusted:

- The scenarios were written by the people who wrote the rules, and their labels are tests: a
  change of the rules that breaks one does not land. They show that nothing gets lost, not how
  good the rules are.
- The incidents are public write-ups, made anew as small plans on AWS, whatever they happened on.
  They were labelled before tfchange saw them, by what happened then, and a label is not changed
  to fit. A plan shows less than happened: nobody can read a race in an automation from it. Beside
  most of them stands a harmless change of the same kind, for whoever warns of everything is right
  about incidents, too.
- When tfchange saw those 26 first, it said the right thing of 21, and too little of five. Three
  of the five misses led to rules (`capacity-cut`, `security-group-replaced`, `waf-blocks-more`),
  so that the table shows what they do about the very changes they were made after.
- The labels of incidents give a least level, those of harmless changes a highest one: *critical*
  is for data that is lost for good or a service that stops as a whole, *high* for a part that
  stops or for data in the wrong hands, *medium* for what somebody who answers for it should know.
- {all} small plans are few, nearly all of them on AWS. Try the rules on your own past: `tfchange
  rules backtest old-plans/`.
"""


class Label(NamedTuple):
    """What a person says of a change."""

    category: tuple[str, ...]
    levels: tuple[str, ...]
    """All that are right."""
    words: str
    """The levels as the page says them."""


class Case(NamedTuple):
    """One change with its label and what tfchange says."""

    name: str
    title: str
    label: Label
    found: Assessment
    source: str = ""
    happened: str = ""

    @property
    def verdict(self) -> str:
        """`right`, `too low`, `too high` or `other category`."""
        level, ranks = self.found.level.rank, [LEVELS.index(name) for name in self.label.levels]
        if level < min(ranks):
            return "too low"
        if level > max(ranks):
            return "too high"
        return "right" if self.found.category in self.label.category else "other category"


def cases(kind: str) -> list[Case]:
    """All changes of fixtures/<kind>."""
    return [_case(file.parent) for file in sorted((ROOT / "fixtures" / kind).glob("*/plan.json"))]


def page() -> str:
    """The text of docs/accuracy.md."""
    made, happened = cases("scenarios"), cases("incidents")
    right = sum(case.verdict == "right" for case in (*made, *happened))
    head = HEAD.format(right=right, all=len(made) + len(happened))
    lines = [head, "## Incidents, and harmless changes of the same kind", "", *_table(happened)]
    lines += ["", "## What happened then", "", *_stories(happened)]
    lines += ["", "## Misses", "", *_misses([*happened, *made]), "", "## Scenarios", ""]
    return "\n".join([*lines, *_table(made)]) + "\n"


def _case(folder: Path) -> Case:
    said = _front(folder / "README.md")
    options = Options(source=str(folder / "after"), today=DAY)
    found = assess([str(folder / "plan.json")], options)
    return Case(
        folder.name,
        said["title"],
        _label(said),
        found,
        said.get("source", ""),
        said.get("happened", ""),
    )


def _front(readme: Path) -> dict[str, Any]:
    _, front, _ = readme.read_text(encoding="utf-8").split("---\n", 2)
    said: dict[str, Any] = yaml.safe_load(front)
    return said


def _label(said: dict[str, Any]) -> Label:
    category = tuple(said["category"].split(" or "))
    if "level" in said:
        levels = tuple(said["level"])
        return Label(category, levels, " or ".join(levels))
    if "least" in said:
        least = said["least"]
        rest = tuple(LEVELS[LEVELS.index(least) :])
        return Label(category, rest, least if len(rest) == 1 else f"{least} or more")
    most = said["most"]
    return Label(category, tuple(LEVELS[: LEVELS.index(most) + 1]), f"{most} at most")


def _table(some: list[Case]) -> Iterator[str]:
    yield "| change | a person says | tfchange says | points | |"
    yield "|---|---|---|---:|---|"
    for case in some:
        person = f"{' or '.join(case.label.category)}, {case.label.words}"
        ours = f"{case.found.category}, {case.found.level}"
        name = f"`{case.name}`: {case.title}"
        yield f"| {name} | {person} | {ours} | {case.found.score} | {case.verdict} |"


def _stories(some: list[Case]) -> Iterator[str]:
    for case in some:
        if case.source:
            yield f"- `{case.name}`: {case.happened} ([source]({case.source}))."


def _misses(some: list[Case]) -> Iterator[str]:
    missed = [case for case in some if case.verdict != "right"]
    if not missed:
        yield "None of these. Others there will be: see above how far this can be trusted."
    for case in missed:
        found = ", ".join(f"`{f.rule}` ({f.severity})" for f in case.found.findings)
        yield f"- `{case.name}`, {case.verdict}: {case.title}. It found {found or 'nothing'}."


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
