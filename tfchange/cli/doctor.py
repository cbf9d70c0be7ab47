"""`tfchange doctor`: whether the settings fit the desk, and settings that do."""

import os
from typing import Any

import click

from tfchange.cli import options, table
from tfchange.cli.output import write

FAILED = 1


@click.command("doctor")
@options.together(
    table.DESK,
    table.Option(
        ("--write",),
        "Write the settings that were found into tfchange.yaml, after showing them.",
        kind="flag",
    ),
    table.format_of("text", "json"),
    table.OUTPUT,
    table.CONFIG,
)
@click.pass_context
def command(ctx: click.Context, /, desk: str, **given: Any) -> None:
    """Examines the desk: whether the settings are right, it can be reached, the credentials may do
    what is needed, and what its fields, choices, states and templates are called.

    Each check that fails says what to do. Nothing is written to the desk.

    \b
    Examples:
      tfchange doctor
      tfchange doctor --desk jira --write
    """
    from tfchange.cli.desks import examine
    from tfchange.report import examination as page

    found = examine(desk, options.tables(), os.environ)
    shown = page.render if given["format"] == "json" else page.text
    write(shown(desk, found), given["output"])
    if given["write"] and found.settings:
        from tfchange.settings import merge

        file = merge(options.file(), desk, found.settings)
        click.echo(f"Written into {file}.", err=True)
    ctx.exit(0 if found.passed else FAILED)
