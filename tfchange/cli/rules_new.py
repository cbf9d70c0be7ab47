"""`tfchange rules new`: the beginning of a rule, with examples that hold."""

import os
from typing import TYPE_CHECKING, Any

import click

from tfchange.cli import options, table
from tfchange.cli.output import write
from tfchange.errors import SourceError, UsageError
from tfchange.reading import Options, read_plan

if TYPE_CHECKING:
    from tfchange.plan.model import ResourceChange

INTO = table.Option(
    ("--into",),
    "The folder of rules it goes into, made where it is not there. Default: the last one of "
    "--rules, else tfchange-rules.",
    metavar="DIR",
)
PLAN = table.Option(
    ("--plan",), "A plan that shows what the rule is to hit; needs --address.", metavar="PLAN"
)
ADDRESS = table.Option(
    ("--address",), "The resource in that plan that the rule is to hit.", metavar="ADDRESS"
)


@click.command("new")
@click.argument("id_", metavar="ID")
@options.together(INTO, PLAN, ADDRESS, table.RULES, table.TERRAFORM, table.CONFIG)
def command(
    id_: str, into: str | None, plan: str | None, address: str | None, **given: Any
) -> None:
    """Writes risk/ID.yaml with one example that it hits and one that it misses, and the schemas for
    editors. With --plan and --address the hit is that change, with its masked values.

    \b
    Examples:
      tfchange rules new queue-renamed
      tfchange rules new queue-renamed --plan plan.json --address aws_sqs_queue.work
    """
    from tfchange.rulebook.scaffold import SCHEMAS, problem, rule, schemas

    if wrong := problem(id_):
        raise UsageError(f"{id_!r} {wrong}", "Such as `tfchange rules new queue-renamed`.")
    if bool(plan) != bool(address):
        raise UsageError("--plan and --address belong together", "Give both, or none.")
    asked = Options(**given)
    folder = into or next(reversed(asked.rules), "tfchange-rules")
    file = os.path.join(folder, "risk", f"{id_}.yaml")
    if os.path.exists(file):
        raise UsageError(f"{file} is there already", "Choose another id, or edit that file.")
    text = rule(id_, _change(plan, address, asked) if plan and address else None)
    for name, schema in schemas().items():
        _put(os.path.join(folder, SCHEMAS, name), schema)
    _put(file, text)
    write(_told(file, folder, shown=bool(plan)))


def _change(plan: str, address: str, asked: Options) -> "ResourceChange":
    from tfchange.rulebook.scaffold import unruly

    changes = {change.id: change for change in read_plan(plan, asked).changes}
    if address not in changes:
        raise UsageError(
            f"{plan} has no resource {address}", f"`tfchange assess {plan}` lists what changes."
        )
    if wrong := unruly(changes[address]):
        raise UsageError(f"{address} {wrong}", "Name a resource that the plan changes.")
    return changes[address]


def _put(file: str, text: str) -> None:
    folder = os.path.dirname(file)
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise SourceError(
            f"cannot make {folder}: {error.strerror}", "Name another folder."
        ) from None
    write(text, file)


def _told(file: str, folder: str, *, shown: bool) -> str:
    values = " Its example holds values of the plan, masked: read them before you commit." * shown
    return (
        f"Wrote {file}.{values}\n"
        f"Say in it what the rule looks for, then: tfchange rules check --rules {folder}"
    )
