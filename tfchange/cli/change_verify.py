"""`tfchange change verify`: whether the register is as it was written."""

from typing import Any

import click

from tfchange.cli import options, registered, table

FAULTY = 1


@click.command("verify")
@options.together(
    table.Option(
        ("--anchor",),
        "A head that an earlier verify has printed and that was kept elsewhere; several.",
        metavar="NUMBER:HASH",
        several=True,
    ),
    *registered.LOOK,
)
@click.pass_context
def command(ctx: click.Context, /, anchor: tuple[str, ...], **given: Any) -> None:
    """Verifies the audit trail of the register: each entry holds the hash of the one before, none
    is missing, and the changes are as the trail says. Exit code 1 where something does not hold.

    It prints the head of the trail. Keep that where nobody can alter both, and give it as --anchor
    later: then also a trail that was rewritten as a whole is found out.

    \b
    Example:
      tfchange change verify --anchor 41:9f2c...
    """
    from tfchange.report import register as page

    found = registered.register().verify(anchor)
    registered.tell_some(page.verdict(found), found, given)
    ctx.exit(FAULTY if found.faults else 0)
