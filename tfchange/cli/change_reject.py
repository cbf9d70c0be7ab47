"""`tfchange change reject`: a group decides on a change in the register."""

from typing import Any

import click

from tfchange.cli import options, registered


@click.command("reject")
@click.argument("number", metavar="NUMBER")
@options.together(*registered.DECIDE)
def command(number: str, **given: Any) -> None:
    """Rejects a change in the register for one of the groups that it asks.

    One rejection rejects the change; a later approval of the group takes it back. Who wrote the
    commit does not decide on it. The name is what you say it is: the register records it and cannot
    check it.

    \b
    Example:
      tfchange change reject CHG-0001 --group "Database team" --by ann \
          --comment "Not before the backup has run."
    """
    registered.decide(number, "reject", given)
