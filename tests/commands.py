"""All commands of the program, by the words that call them."""

from collections.abc import Iterator, Sequence

import click

from tfchange.cli.group import cli
from tfchange.cli.rules import RulesGroup


def walk(group: click.Group, words: str = "") -> Iterator[tuple[str, click.Command]]:
    """Each command below the group with its words, groups before what is in them."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command
        yield f"{words}{name}", command
        if isinstance(command, click.Group):
            yield from walk(command, f"{words}{name} ")


COMMANDS = dict(walk(cli))
"""Such as `assess` and `change open`."""


def understood(words: Sequence[str]) -> click.Context:
    """What the program makes of a command line, without doing it; raises where it is wrong."""
    arguments = list(words[1:])
    name = cli.name or ""
    context = click.Context(cli, info_name="tfchange", **cli.context_settings)
    asked: click.Command = cli
    while isinstance(asked, click.Group):
        if isinstance(asked, RulesGroup):
            arguments = asked.meant(arguments)
        name = arguments.pop(0)
        asked = COMMANDS[f"{context.command_path} {name}".removeprefix("tfchange ")]
        context = click.Context(asked, info_name=name, parent=context)
    return asked.make_context(name, arguments, parent=context.parent)
