"""`tfchange change show`: the change request as it stands at its desk."""

from typing import Any

import click

from tfchange.change.ending import show
from tfchange.cli import changing, options, registered, table


@click.command("show")
@click.argument("number", metavar="[NUMBER]", required=False)
@options.together(*(option for option in table.CHANGE if option is not table.DRY_RUN))
def command(number: str | None, **given: Any) -> None:
    """Shows the change request of this repository, workspaces and pull request or branch as it
    stands at its desk: number, state, who has approved. The live one, else the newest that is over.

    With NUMBER it shows that change of the register, with all that those who approve should read.

    \b
    Examples:
      tfchange change show
      tfchange change show --repository acme/shop --pull-request 12 --format json
      tfchange change show CHG-0001
    """
    if number is None:
        asked = changing.asked({**given, "dry_run": False})
        changing.tell(asked, show(asked.desk, asked.key))
    else:
        registered.show(number, given)
