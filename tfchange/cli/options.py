"""Options that several commands share, and what they become."""

import os
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from tfchange import settings
from tfchange.pipeline import Options

Function = TypeVar("Function", bound=Callable[..., object])

FOLDER = click.Path(exists=True, file_okay=False)


def _config(ctx: click.Context, _: click.Parameter, chosen: str | None) -> None:
    path = chosen or settings.find(os.getcwd())
    if path is not None:
        found = settings.load(path)
        ctx.default_map = settings.default_map(found, ctx.command.name or "")


CONFIG = click.option(
    "--config",
    envvar="TFCHANGE_CONFIG",
    metavar="FILE",
    is_eager=True,
    expose_value=False,
    callback=_config,
    help="Settings to use instead of the nearest tfchange.yaml.",
)
SOURCE = click.option(
    "--source",
    envvar="TFCHANGE_SOURCE",
    type=FOLDER,
    metavar="DIR",
    help="The folder of *.tf files. Default: beside the plan, where there are any.",
)
ENVIRONMENT = click.option(
    "--environment",
    envvar="TFCHANGE_ENVIRONMENT",
    metavar="NAME",
    help="What the plan is for, such as production. Default: found in the plan; "
    "unknown counts as production.",
)
RULES = click.option(
    "--rules",
    envvar="TFCHANGE_RULES",
    type=FOLDER,
    multiple=True,
    metavar="DIR",
    help="A folder of rules of your own, on top of the bundled ones; can be given several times.",
)
TERRAFORM = click.option(
    "--terraform",
    envvar="TFCHANGE_TERRAFORM",
    metavar="PROGRAM",
    help="The program that shows binary plans. Default: terraform, else tofu, on PATH.",
)
WIDTH = click.option(
    "--width",
    envvar="TFCHANGE_WIDTH",
    type=click.IntRange(min=40),
    metavar="COLUMNS",
    help="The width of text. Default: that of the terminal, else 100.",
)
OUTPUT = click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Write to a file instead of standard output; it is complete or not there at all.",
)


def together(*options: Callable[[Function], Function]) -> Callable[[Function], Function]:
    """One decorator that gives a command all these options, in this order in its help."""

    def decorate(function: Function) -> Function:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


def asked(
    *,
    source: str | None = None,
    environment: str | None = None,
    rules: Sequence[str] = (),
    terraform: str | None = None,
    **more: Any,
) -> Options:
    """What the pipeline is asked to do, by the shared options of a command."""
    return Options(
        source=source,
        environment=environment,
        rules=tuple(rules),
        terraform=terraform,
        **more,
    )
