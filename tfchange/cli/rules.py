"""`tfchange rules`: what a plan is judged by."""

import click

from tfchange.cli import options, table
from tfchange.cli.output import columns, write
from tfchange.pipeline import Options, rulebook


@click.command("rules")
@click.argument("rule", metavar="[ID]", required=False)
@options.together(
    table.format_of("text", "json"),
    table.OUTPUT,
    table.RULES,
    table.WIDTH,
    table.CONFIG,
)
def command(
    rule: str | None, output: str | None, rules: tuple[str, ...], width: int | None, **given: str
) -> None:
    """Lists the rules, the worst first, or shows one: what it looks for, why, and what to do.

    \b
    Examples:
      tfchange rules
      tfchange rules database-replaced
      tfchange rules --rules ./our-rules --format json
    """
    from tfchange.report import rules as page

    book = rulebook(Options(rules=rules))
    if given["format"] == "json":
        text = page.document(book, rule)
    elif rule:
        text = page.one(book, rule, width=columns(width, output))
    else:
        text = page.every(book, width=columns(width, output))
    write(text, output)
