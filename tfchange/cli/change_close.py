"""`tfchange change close`: how it went."""

import sys
from typing import Any

import click
import msgspec

from tfchange.change.apply_log import Applied, read_log
from tfchange.change.ending import close
from tfchange.change.outcome import OUTCOMES, result
from tfchange.change.request import Block, Result
from tfchange.cli import changing, options, table
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
        "What terraform apply -json has written, or - for standard input.",
        metavar="FILE",
    ),
    table.Option(("--notes",), "A sentence for those who review it.", metavar="TEXT"),
    *table.CHANGE,
)
def command(apply_log: str | None, notes: str | None, **given: Any) -> None:
    """Closes the change request with its result: what was done and what was not.

    With --apply-log the result is what the log of terraform apply -json tells. A better one cannot
    be claimed.

    \b
    Examples:
      terraform apply -json p.tfplan | tee apply.jsonl
      tfchange change close --apply-log apply.jsonl
      tfchange change close --result failed --notes "The provider was down."
    """
    done = _result(given.pop("result"), apply_log, notes)
    asked = changing.asked(given)
    changing.tell(asked, close(asked.desk, asked.key, done, rehearsal=asked.dry_run))


def _result(claimed: str | None, file: str | None, notes: str | None) -> Result:
    if file is None and claimed is None:
        raise click.UsageError("say how it went: --result, or --apply-log FILE.")
    applied = read_log(_lines(file)) if file else None
    if claimed and applied and OUTCOMES.index(claimed) < OUTCOMES.index(applied.outcome):
        raise click.UsageError(
            f"--result {claimed} is better than what the log tells: {applied.outcome}."
        )
    if claimed is None and applied and not _told(applied):
        raise click.UsageError(
            "the log tells of nothing that was done: give the log of this apply, or --result."
        )
    made = result(applied, claimed)
    said = (Block("paragraph", (notes,)),) if notes else ()
    return msgspec.structs.replace(made, notes=(*made.notes, *said))


def _told(applied: Applied) -> bool:
    # A log of another run, or of a plan that changes nothing, proves nothing of this change.
    a = applied
    return bool(a.done or a.failed or a.half or a.unfinished or a.undone or a.errors)


def _lines(file: str) -> list[bytes]:
    try:
        if file == "-":
            return sys.stdin.buffer.read().splitlines()
        with open(file, "rb") as stream:
            return stream.read().splitlines()
    except OSError as error:
        raise SourceError(
            f"cannot read {file}: {error.strerror}",
            "Write it with: terraform apply -json p.tfplan | tee apply.jsonl",
        ) from None
