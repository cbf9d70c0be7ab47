"""`tfchange change close`: how it went."""

import sys
from typing import Any

import click

from tfchange.change.applied import Applied
from tfchange.change.blocks import paragraph
from tfchange.change.closing import Heard
from tfchange.change.outcome import OUTCOMES, better
from tfchange.cli import changing, options, table
from tfchange.cli.closing import exit_code, finish, so_far, tidy
from tfchange.cli.hearing import STDIN, hear
from tfchange.errors import SourceError


@click.command("close")
@options.together(
    table.Option(
        ("--result",),
        "How it went. Default: as the log of the apply tells.",
        kind="choice",
        choices=OUTCOMES,
    ),
    table.Option(
        ("--apply-log",),
        "What terraform apply -json has written, or - for standard input; several where the "
        "change is over several plans.",
        metavar="FILE",
        several=True,
    ),
    table.Option(("--notes",), "A sentence for those who review it.", metavar="TEXT"),
    *table.CHANGE,
)
def command(apply_log: tuple[str, ...], notes: str | None, **given: Any) -> int:
    """Closes the change request with its result: what was done and what was not.

    With --apply-log the result is what the log of terraform apply -json tells, compared with what
    was approved. A better one cannot be claimed. A log that ends early, or that is of another
    apply, closes nothing unless --result says how it went. Read from standard input, the log is
    heard while it is written, and how far it is stands on standard error.

    Exit code 22: the change is closed, and something was done that nobody has approved.

    \b
    Examples:
      terraform apply -json p.tfplan | tee apply.jsonl
      tfchange change close --apply-log apply.jsonl
      terraform apply -json p.tfplan | tfchange change close --apply-log -
      tfchange change close --apply-log network.jsonl --apply-log shop.jsonl
      tfchange change close --result failed --notes "The provider was down."
    """
    claimed = given.pop("result")
    if not apply_log and claimed is None:
        raise click.UsageError("say how it went: --result, or --apply-log FILE.")
    if apply_log.count(STDIN) > 1:
        raise click.UsageError("--apply-log - can be given once.")
    read = {name: _proven(hear(name), claimed) for name in apply_log if name != STDIN}
    # An apply can take hours: that the desk is known is found out before it is waited for.
    asked = changing.asked(given)
    logs = tuple(read[name] if name in read else _proven(hear(name), claimed) for name in apply_log)
    said = paragraph("" if logs else _UNKNOWN) + paragraph(notes or "")
    try:
        done = finish(asked, Heard(logs, claimed, said))
    except SourceError:
        _left_open(asked, logs)
        raise
    tidy(asked, apply_log)
    changing.tell(asked, done.ticket, notes=() if asked.dry_run else done.said)
    return exit_code(done)


_UNKNOWN = "No log of the apply was given, so only the result is known, and not what was done."


def _left_open(asked: changing.Asked, logs: tuple[Applied, ...]) -> None:
    """Of logs that are cut the desk hears what they tell, since the change stays open."""
    for log in logs:
        why = "" if log.ended or asked.dry_run else so_far(asked, log)
        if why:
            sys.stderr.write(f"tfchange: {why}\n")


def _proven(log: Applied, claimed: str | None) -> Applied:
    if better(claimed, log):
        raise click.UsageError(
            f"--result {claimed} is better than what the log tells: {log.outcome}."
        )
    return log
