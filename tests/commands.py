"""All commands of the program, by the words that call them."""

from collections.abc import Iterator

import click

from tfchange.cli.group import cli


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
