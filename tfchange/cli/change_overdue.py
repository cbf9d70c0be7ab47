"""`tfchange change overdue`: the reviews of emergencies that are due."""

import os
from datetime import UTC, datetime
from typing import Any

import click

from tfchange.cli import options, registered, table
from tfchange.cli.desks import connect


@click.command("overdue")
@options.together(
    table.Option(("--all",), "Also those that are due later.", kind="flag"),
    table.DESK,
    *registered.LOOK,
)
def command(desk: str, **given: Any) -> None:
    """Lists the emergencies whose review is due today or was due before, the first due first.

    A review is no longer due once all who were asked have approved, before or afterwards, or once
    tfchange change review has recorded it. The exit code is 0 whatever is due.

    \b
    Examples:
      tfchange change overdue
      tfchange change overdue --all --format json
    """
    from tfchange.report import reviews as page

    today = datetime.now(UTC).date()
    found = connect(desk, options.tables(), os.environ, rehearsal=False).desk.reviews()
    asked = found if given["all"] else page.due(found, today)
    text = page.TO_COME if found and not asked else page.text(asked, today)
    registered.tell_some(text, asked, given)
