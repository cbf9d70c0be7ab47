"""`tfchange change`: the change request, at the desk that the settings name."""

import click

from tfchange.cli.group import LazyGroup


class ChangeGroup(LazyGroup):
    """The commands in the modules `change_*` beside this one."""

    names = (
        *("open", "show", "close", "cancel", "overdue", "review"),
        *("list", "approve", "reject", "log", "verify"),
    )
    prefix = "change_"


@click.group("change", cls=ChangeGroup)
def command() -> None:
    """Opens, shows and ends the change request of a plan: one per repository, workspaces and pull
    request or branch, found again before anything is opened.

    The desk is the embedded register unless --desk, TFCHANGE_DESK or tfchange.yaml names another.
    list, approve, reject, log and verify are for the register, which needs no server.

    \b
    Examples:
      tfchange change open plan.json
      tfchange change show --format json
      tfchange change close --apply-log apply.jsonl
    """
