"""`tfchange rules backtest`: how old plans would be classified."""

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click
from msgspec import structs

from tfchange.cli import options, table
from tfchange.cli.output import columns, write
from tfchange.cli.progress import Progress
from tfchange.errors import TfchangeError, UsageError
from tfchange.pipeline import assess_reading, judge
from tfchange.reading import Options, Step, read
from tfchange.rulebook.files import policies

if TYPE_CHECKING:
    from tfchange.risk.backtest import Backtest, Verdict
    from tfchange.rulebook.judge import Judge

AGAINST = table.Option(
    ("--against",),
    "What to compare with: a policy that comes with tfchange, by the rules in force, or a folder "
    "of rules (./strict, where it is called like a policy), on top of the bundled ones and instead "
    "of those of --rules; can be given several times, organisation first.",
    metavar="POLICY|DIR",
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
    """Classifies old plans by the rules in force and, with --against, by another policy or a draft
    of other rules: how many are standard, which would shift and where to, and which rules decide.

    A file that is no plan is listed and does not stop the others.

    \b
    Examples:
      tfchange rules backtest old-plans/
      tfchange rules backtest old-plans/ --against strict
      tfchange rules backtest old-plans/ --against ./draft
      tfchange rules backtest old-plans/ --rules ./our-rules --against ./draft --format json
    """
    from tfchange.report import backtest as page

    as_json = given.pop("format") == "json"
    asked = Options(**given)
    with Progress() as progress:
        found = _backtest(plans, asked, against, progress)
    shown = page.document(found) if as_json else page.text(found, width=columns(width, output))
    write(shown, output)


def other(asked: Options, against: Sequence[str]) -> Options:
    """What is asked, with the policy and the folders of rules that are named instead of its own.

    UsageError where a name is neither, or a second policy.
    """
    known = policies()
    named = [name for name in against if name in known]
    folders = tuple(name for name in against if name not in known)
    for name in folders:
        if not os.path.isdir(name):
            raise UsageError(
                f"--against: {name!r} is neither a policy nor a folder of rules",
                f"Name a folder, or one of {', '.join(known)}.",
            )
    if len(named) > 1:
        raise UsageError(
            f"--against: one policy at a time, not {' and '.join(named)}", "Run it for each."
        )
    return structs.replace(
        asked, rules=folders or asked.rules, policy=named[0] if named else asked.policy
    )


def _backtest(
    plans: tuple[str, ...], asked: Options, against: tuple[str, ...], step: Step
) -> "Backtest":
    from tfchange.risk.backtest import Backtest, Unread, ruled
    from tfchange.source.file import find_plans

    each = [asked, *([other(asked, against)] if against else [])]
    judges = [judge(options) for options in each]
    verdicts: list[tuple[Verdict, ...]] = []
    unread: list[Unread] = []
    names = find_plans(plans)
    # One process: at a thousand small plans, starting more takes longer than all of this.
    for at, name in enumerate(names, 1):
        step(f"judging plan {at} of {len(names)}")
        try:
            verdicts.append(tuple(_verdicts(name, asked, judges)))
        except TfchangeError as error:
            unread.append(Unread(name, error.message))
    if not verdicts:
        raise TfchangeError(
            f"none of these is a plan that can be read: {'; '.join(u.reason for u in unread[:3])}",
            "`terraform show -json p.tfplan > plan.json` writes one.",
        )
    now, *then = (
        ruled(by.rulebook.name, by.rulebook.hash, some)
        for by, some in zip(judges, zip(*verdicts, strict=True), strict=True)
    )
    return Backtest(now, next(iter(then), None), tuple(unread))


def _verdicts(name: str, asked: Options, judges: "list[Judge]") -> "Iterator[Verdict]":
    from tfchange.risk.backtest import verdict

    reading = read(name, asked)
    for by in judges:
        yield verdict(assess_reading(reading, by, asked), by.rulebook.policy)
