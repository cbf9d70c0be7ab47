"""The program as click knows it: its commands, its help, its version."""

from importlib import import_module

import click

from tfchange import __version__

COMMANDS = ("assess", "change", "comment", "doctor", "explain", "gate", "graph", "rules", "run")


class LazyGroup(click.Group):
    """A group whose commands are the modules beside this one, imported on first use."""

    names: tuple[str, ...] = COMMANDS
    prefix = ""
    """Of the modules: those of `tfchange change` begin with `change_`."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """The names of all commands, without importing any."""
        return list(self.names)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now, or None."""
        if cmd_name not in self.names:
            return None
        module = import_module(f"tfchange.cli.{self.prefix}{cmd_name}")
        command: click.Command = module.command
        return command


@click.group(
    cls=LazyGroup,
    context_settings={
        "auto_envvar_prefix": "TFCHANGE",
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
    },
    epilog="""\b
Exit codes:
  0   done                    2    the request was wrong
  1   could not be done       10   the risk level of --fail-on was reached
  20  waits for approval      21   rejected
  22  not what was approved   23   outside its window, frozen, or something is in the way
  70  a bug in tfchange       130  interrupted
""",
)
@click.version_option(__version__, message="tfchange %(version)s")
def cli() -> None:
    """Reads a Terraform plan, works out what it reaches and how risky it is, and says which kind of
    ITIL change it is and why.

    \b
    Examples:
      terraform plan -out p.tfplan
      tfchange assess p.tfplan
      terraform show -json p.tfplan | tfchange assess -
    """
