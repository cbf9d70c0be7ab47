"""The options of the table as click takes them, and what they become."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from tfchange import settings
from tfchange.cli import table

Function = TypeVar("Function", bound=Callable[..., object])
PLAN = "TFCHANGE_PLAN"
SETTINGS, FILE = "tfchange.settings", "tfchange.file"


class Lines(click.types.StringParamType):
    """A text; a variable holds one a line, so that there can be spaces in it."""

    def split_envvar_value(self, rv: str) -> list[str]:
        """The lines that say something."""
        return [line.strip() for line in rv.splitlines() if line.strip()]


class Line(click.types.StringParamType):
    """The one line that says something; a variable may have empty ones around it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """That line, without spaces around it."""
        lines = [line.strip() for line in str(value).splitlines() if line.strip()]
        if len(lines) != 1:
            self.fail(f"there are {len(lines)}, and this takes one.", param, ctx)
        return lines[0]


def plan(function: Function) -> Function:
    """The one plan that a command is about: as it is given, else by TFCHANGE_PLAN."""
    return click.argument("plan", metavar="PLAN", type=Line(), envvar=PLAN)(function)


def plans(function: Function) -> Function:
    """The plans that a command is about, at least one: as they are given, else by TFCHANGE_PLAN."""
    take = click.argument(
        "plans", metavar="PLAN...", nargs=-1, required=True, type=Lines(), envvar=PLAN
    )
    return take(function)


def together(*options: table.Option) -> Callable[[Function], Function]:
    """One decorator that gives a command all these options, in this order in its help."""

    def decorate(function: Function) -> Function:
        for option in reversed(options):
            function = _decorator(option)(function)
        return function

    return decorate


def _decorator(option: table.Option) -> Callable[[Function], Function]:
    more: dict[str, Any] = {}
    if option is table.CONFIG:
        more = {"is_eager": True, "expose_value": False, "callback": _config}
    if option.default is not None:
        more |= {"default": option.default, "show_default": True}
    flags = option.flags
    if option.kind == "switch":
        flags, more = ("/".join(flags),), {"default": True, "show_default": True}
    return click.option(
        *flags,
        type=_type(option),
        is_flag=option.kind in ("flag", "switch"),
        multiple=option.several,
        metavar=option.metavar,
        envvar=option.environment,
        help=option.help,
        **more,
    )


def _type(option: table.Option) -> click.ParamType[Any] | None:
    if option.kind == "choice":
        return click.Choice(option.choices)
    if option.kind == "integer":
        return click.IntRange(min=option.least)
    if option.kind == "folder":
        return click.Path(exists=True, file_okay=False)
    return click.Path(dir_okay=False) if option.kind == "file" else None


def _config(ctx: click.Context, _: click.Parameter, chosen: str | None) -> None:
    found = settings.chosen(chosen)
    ctx.meta[SETTINGS], ctx.meta[FILE] = found or {}, chosen
    if found is not None:
        # `tfchange change open` has the settings of `change`.
        name = ctx.command_path.split()[1:2] or [""]
        ctx.default_map = settings.default_map(found, name[0])


def tables() -> settings.Settings:
    """The settings of the file as a whole, for what is no option: the tables of the desks."""
    found: settings.Settings = click.get_current_context().meta[SETTINGS]
    return found


def file() -> str | None:
    """The settings file that was chosen; None for the nearest."""
    found: str | None = click.get_current_context().meta[FILE]
    return found
