"""`tfchange change approve`: a group decides on a change in the register."""

from typing import Any

import click

from tfchange.cli import options, registered


@click.command("approve")
@click.argument("number", metavar="NUMBER")
@options.together(*registered.DECIDE)
def command(number: str, **given: Any) -> None:
    """Approves a change in the register for one of the groups that it asks.

    The change is approved once all groups have approved. Who wrote the commit
    does not decide on it. The name is what you say it is: the register records it and cannot check.

    \b
    Example:
      tfchange change approve CHG-0001 --group "Database team" --by ann \
          --comment "Restored a snapshot first."
    """
    registered.decide(number, "approve", given)
