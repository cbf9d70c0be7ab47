"""`tfchange change cancel`: what was opened is not wanted any more."""

from typing import Any

import click

from tfchange.change.ending import cancel
from tfchange.cli import changing, options, table


@click.command("cancel")
@options.together(
    table.Option(
        ("--reason",),
        "Why; stands in the change.",
        metavar="TEXT",
        default="It is not needed any more.",
    ),
    *table.CHANGE,
)
def command(reason: str, **given: Any) -> None:
    """Cancels the change request of this repository, workspaces and pull request or branch; one
    that is over already stays as it is.

    \b
    Example:
      tfchange change cancel --reason "The pull request was closed."
    """
    asked = changing.asked(given)
    changing.tell(asked, cancel(asked.desk, asked.key, reason, rehearsal=asked.dry_run))
