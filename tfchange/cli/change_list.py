"""`tfchange change list`: the changes in the register."""

from typing import Any

import click

from tfchange.change.desk import State
from tfchange.cli import options, registered, table

OVER = "No change is open. Those that are over are listed by: tfchange change list --all\n"


@click.command("list")
@options.together(
    table.Option(("--all",), "Also those that are closed or cancelled.", kind="flag"),
    table.Option(
        ("--state",),
        "Only those in this state.",
        kind="choice",
        metavar="STATE",
        choices=tuple(map(str, State)),
    ),
    table.Option(
        ("--limit",), "At most so many. Default: 50.", kind="integer", metavar="N", least=1
    ),
    *registered.LOOK,
)
def command(state: str | None, limit: int | None, **given: Any) -> None:
    """Lists the changes in the register, the newest first: where they stand, whom they wait for.

    \b
    Examples:
      tfchange change list
      tfchange change list --state waiting --format json
    """
    from tfchange.report import register as page

    live = None if given["all"] or state else True
    register = registered.register()
    found = register.list(live=live, state=State(state) if state else None, limit=limit or 50)
    text = page.listing(found)
    if not found and live and register.list(live=False, limit=1):
        text = OVER
    registered.tell_some(text, found, given)
