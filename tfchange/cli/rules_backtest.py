"""`tfchange rules backtest`: how old plans would be classified."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click
from msgspec import structs

from tfchange.cli import options, table
from tfchange.cli.output import columns, write
from tfchange.errors import TfchangeError
from tfchange.pipeline import Options, assess_reading, judge, read

if TYPE_CHECKING:
    from tfchange.risk.backtest import Backtest, Verdict
    from tfchange.rulebook.judge import Judge

AGAINST = table.Option(
    ("--against",),
    "A folder of rules to compare with, on top of the bundled ones and instead of those of "
    "--rules; can be given several times, organisation first.",
    kind="folder",
    metavar="DIR",
    several=True,
)


@click.command("backtest")
@click.argument("plans", metavar="PLAN...", nargs=-1, required=True)
@options.together(
    AGAINST,
    table.format_of("text", "json"),
    table.OUTPUT,
    table.SOURCE,
    table.ENVIRONMENT,
    table.RULES,
    table.POLICY,
    table.WIDTH,
    table.TERRAFORM,
    table.CONFIG,
)
def command(
    plans: tuple[str, ...],
    against: tuple[str, ...],
    output: str | None,
    width: int | None,
    **given: Any,
) -> None:
    """Classifies old plans by the rules in force and, with --against, by a draft of others: how
    many are standard, which plans would shift and where to, and which rules decide.

    A file that is no plan is listed and does not stop the others.

    \b
    Examples:
      tfchange rules backtest old-plans/
      tfchange rules backtest old-plans/ --against ./draft
      tfchange rules backtest old-plans/ --rules ./our-rules --against ./draft --format json
    """
    from tfchange.report import backtest as page

    as_json = given.pop("format") == "json"
    asked = Options(**given)
    found = _backtest(plans, asked, against)
    shown = page.document(found) if as_json else page.text(found, width=columns(width, output))
    write(shown, output)


def _backtest(plans: tuple[str, ...], asked: Options, against: tuple[str, ...]) -> "Backtest":
    from tfchange.risk.backtest import Backtest, Unread, ruled
    from tfchange.source.file import find_plans

    each = [asked, *([structs.replace(asked, rules=against)] if against else [])]
    judges = [judge(options) for options in each]
    verdicts: list[tuple[Verdict, ...]] = []
    unread: list[Unread] = []
    for name in find_plans(plans):
        try:
            verdicts.append(tuple(_verdicts(name, asked, judges)))
        except TfchangeError as error:
            unread.append(Unread(name, error.message))
    if not verdicts:
        raise TfchangeError(
            f"none of these is a plan that can be read: {'; '.join(u.reason for u in unread[:3])}",
            "`terraform show -json p.tfplan > plan.json` writes one.",
        )
    now, *other = (
        ruled(by.rulebook.name, by.rulebook.hash, some)
        for by, some in zip(judges, zip(*verdicts, strict=True), strict=True)
    )
    return Backtest(now, next(iter(other), None), tuple(unread))


def _verdicts(name: str, asked: Options, judges: "list[Judge]") -> "Iterator[Verdict]":
    from tfchange.risk.backtest import verdict

    reading = read(name, asked)
    for by in judges:
        yield verdict(assess_reading(reading, by, asked), by.rulebook.policy)
