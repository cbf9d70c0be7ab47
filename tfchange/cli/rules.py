"""`tfchange rules`: what plans are judged by, and the tools of those who own it."""

from collections.abc import Sequence

import click

from tfchange.cli.group import LazyGroup

SHOW = "show"


class RulesGroup(LazyGroup):
    """The commands in the modules `rules_*` beside this one; without one of them, `show`."""

    names = (SHOW, "check", "backtest", "new")
    prefix = "rules_"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """`tfchange rules ID` is `tfchange rules show ID`."""
        return super().parse_args(ctx, self.meant(args))

    def meant(self, args: Sequence[str]) -> list[str]:
        """The words with the command that they leave out."""
        known = (*self.names, "-h", "--help")
        return list(args) if args and args[0] in known else [SHOW, *args]


@click.group("rules", cls=RulesGroup, subcommand_metavar="[COMMAND] [ID | PLAN...]")
def command() -> None:
    """Lists the rules, the worst first, or shows one: what it looks for, why, and what to do.
    Without a command, `show` is meant.

    \b
    Examples:
      tfchange rules
      tfchange rules database-replaced
      tfchange rules --coverage plan.json
      tfchange rules check --rules ./our-rules
      tfchange rules backtest old-plans/ --against ./draft
      tfchange rules new queue-renamed --into ./our-rules
    """
