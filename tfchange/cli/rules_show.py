"""`tfchange rules show`: what a plan is judged by, and how much of a plan it knows."""

from typing import Any

import click

from tfchange.cli import options, table
from tfchange.cli.output import columns, write
from tfchange.errors import UsageError
from tfchange.pipeline import judge, rulebook
from tfchange.reading import Options, read_plan


@click.command("show")
@click.argument("names", metavar="[ID | PLAN...]", nargs=-1)
@options.together(
    table.COVERAGE,
    table.format_of("text", "json"),
    table.OUTPUT,
    table.RULES,
    table.POLICY,
    table.WIDTH,
    table.TERRAFORM,
    table.CONFIG,
)
def command(
    names: tuple[str, ...], coverage: bool, output: str | None, width: int | None, **given: Any
) -> None:
    """Lists the rules, the worst first, or shows one: what it looks for, why, and what to do. With
    --coverage, says instead which resource types of plans the rulebook does not know.

    \b
    Examples:
      tfchange rules show
      tfchange rules show database-replaced
      tfchange rules show --rules ./our-rules --format json
      tfchange rules show --coverage plan.json
    """
    as_json, wide = given.pop("format") == "json", columns(width, output)
    asked = Options(**given)
    shown = _coverage if coverage else _rules
    write(shown(names, asked, as_json, wide), output)


def _rules(names: tuple[str, ...], asked: Options, as_json: bool, width: int) -> str:
    from tfchange.report import rules as page

    if len(names) > 1:
        raise UsageError(
            f"one rule is shown at a time, not {len(names)}",
            "`tfchange rules ID` shows one; `tfchange rules --coverage PLAN...` asks about plans.",
        )
    book, rule = rulebook(asked), next(iter(names), None)
    if as_json:
        return page.document(book, rule)
    return page.one(book, rule, width=width) if rule else page.every(book, width=width)


def _coverage(names: tuple[str, ...], asked: Options, as_json: bool, width: int) -> str:
    from tfchange.report import coverage as page
    from tfchange.rulebook.coverage import coverage
    from tfchange.source.file import find_plans

    if not names:
        raise UsageError("no plan is named", "Name some: `tfchange rules --coverage PLAN...`.")
    by = judge(asked)
    found = coverage((read_plan(name, asked) for name in find_plans(names)), by)
    if as_json:
        return page.document(by.rulebook, found)
    return page.text(by.rulebook, found, width=width)
