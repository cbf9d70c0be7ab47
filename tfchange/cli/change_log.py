"""`tfchange change log`: what was done, by whom, when."""

from typing import Any

import click

from tfchange.cli import options, registered, table


@click.command("log")
@click.argument("number", metavar="[NUMBER]", required=False)
@options.together(
    table.Option(
        ("--limit",), "Only the newest so many entries.", kind="integer", metavar="N", least=1
    ),
    *registered.LOOK,
)
def command(number: str | None, limit: int | None, **given: Any) -> None:
    """Shows the audit trail of the register, or of one change in it, oldest first.

    \b
    Examples:
      tfchange change log CHG-0001
      tfchange change log --limit 20 --format json
    """
    from tfchange.report import register as page

    found = registered.register().log(number, limit=limit)
    registered.tell_some(page.log(found), found, given)
