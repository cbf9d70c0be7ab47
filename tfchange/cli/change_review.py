"""`tfchange change review`: the review of an emergency was held."""

from typing import Any

import click

from tfchange.change.reviewing import find, review
from tfchange.cli import changing, options, registered, table


@click.command("review")
@click.argument("number", metavar="[NUMBER]", required=False)
@options.together(
    table.Option(("--notes",), "What was found; stands in the change.", metavar="TEXT"),
    table.Option(
        ("--by",),
        "Who held it, as a name or an address. Default: the user of the CI, or yours.",
        metavar="NAME",
    ),
    *table.CHANGE,
)
def command(number: str | None, notes: str | None, by: str | None, **given: Any) -> None:
    """Records that the review of an emergency was held, and what was found, once.

    The emergency is that of this repository, workspaces and pull request or branch, or the one with
    NUMBER in the register; it may be closed by now. Running this again adds nothing.

    \b
    Examples:
      tfchange change review --notes "The runbook was followed." --by "Zoe Ray"
      tfchange change review CHG-0007 --notes "A test of the backout is missing."
    """
    if not notes or not notes.strip():
        raise click.UsageError("say what was found: --notes TEXT.")
    who = registered.person(by)
    if not who:
        raise click.UsageError("say who held it: --by NAME.")
    if number is None:
        asked = changing.asked(given)
        ticket = find(asked.desk, asked.key)
    else:
        asked, ticket = registered.asked(number, given)
    held = review(asked.desk, ticket, notes, who, rehearsal=asked.dry_run)
    changing.tell(asked, held.ticket, held.done, held.notes)
