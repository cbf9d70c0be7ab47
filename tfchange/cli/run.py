"""`tfchange run`: gate, apply and closing in one."""

import os
import shutil
import sys
from hashlib import file_digest
from typing import Any

import click

from tfchange.change.applied import Applied
from tfchange.change.blocks import paragraph
from tfchange.change.closing import Closed, Heard, filed
from tfchange.change.desk import Ticket
from tfchange.cli import gating, options, outputs, table
from tfchange.cli.changing import Asked
from tfchange.cli.closing import by_hand, exit_code, finish, so_far
from tfchange.cli.desks import data_folder
from tfchange.cli.services import Pause
from tfchange.errors import SourceError, TfchangeError, UsageError
from tfchange.gate.verdict import Verdict
from tfchange.report import gate as gate_page
from tfchange.report import ticket as ticket_page

_LEFT_OUT = (table.TICKET, table.OUTPUT, table.DRY_RUN)


@click.command("run")
@options.plan
@click.argument(
    "words",
    metavar="-- COMMAND...",
    nargs=-1,
    required=True,
    type=click.UNPROCESSED,
    envvar="TFCHANGE_RUN_COMMAND",
)
@options.together(*(option for option in table.GATE if option not in _LEFT_OUT))
def command(plan: str, words: tuple[str, ...], **given: Any) -> int:
    """Asks the gate, applies, and closes the change request with what happened.

    Where the gate lets PLAN pass, COMMAND is run, and its exit code is that of tfchange. To
    terraform apply and tofu apply -json is added, and what they say is shown as text; with -json of
    your own their log is left as it is. They have to apply PLAN, and get a copy of it that nobody
    can replace; nothing else of Terraform is run. Any other command runs untouched, and is heard if
    it writes such a log on standard output.

    Interrupted once, Terraform ends in order and the change is closed with what was done. Should
    the log be cut, the change stays open, and the command that closes it is told.

    \b
    Exit codes:
      20 to 23 those of the gate: nothing was applied
      1        it was applied, and the change could not be closed
      22       also: it was applied, and more was done than was approved
      else     that of COMMAND, which wins

    \b
    Examples:
      tfchange run p.tfplan -- terraform apply p.tfplan
      tfchange run p.tfplan --wait 2h -- terraform apply -json p.tfplan
      tfchange run plan.json -- make apply
    """
    from tfchange.apply import command as applying

    _may_run(words[0])
    what = applying.read(words)
    doubt, before = applying.check(what, plan), _digest(plan)
    given |= {"format": "text", "output": None, "dry_run": False}

    def whole(asked: Asked, verdict: Verdict) -> None:
        _unchanged(plan, _digest(plan), before)
        if verdict.ticket:
            _one_plan(asked, verdict.ticket)

    asked, question, verdict = gating.gate((plan,), given, whole)
    outputs.of_gate(question, verdict, asked.key)
    _say(gate_page.text(verdict, asked.key).rstrip("\n"), doubt)
    if not verdict.passed:
        return verdict.outcome.exit_code
    _unchanged(plan, _digest(plan), before)
    return _apply(what, asked, before, recorded=bool(verdict.ticket or verdict.open))


def _may_run(program: str) -> None:
    if sys.platform == "win32":
        raise UsageError(
            _WINDOWS, "Use: tfchange gate, terraform apply -json, tfchange change close"
        )
    if not shutil.which(program):
        raise UsageError(
            f"{program} is no program that can be run",
            "Write the command behind --: tfchange run p.tfplan -- terraform apply p.tfplan",
        )


def _unchanged(plan: str, now: bytes, before: bytes) -> None:
    if now != before:
        raise SourceError(
            f"{plan} was written anew while the gate was asked", f"Nothing was applied. {_RETRY}"
        )


def _one_plan(asked: Asked, ticket: Ticket) -> None:
    found = filed(asked.desk, ticket)
    if found and len(found.plans) > 1:
        raise UsageError(
            f"{ticket.number} is over {len(found.plans)} plans, and one run applies one",
            "Nothing was applied. Ask the gate, apply them all with -json, and give each log to: "
            + by_hand(asked, "--apply-log", "FILE", "--apply-log", "FILE"),
        )


_WINDOWS = "tfchange run is for systems with signals of POSIX"


def _apply(what: Any, asked: Asked, gated: bytes, *, recorded: bool) -> int:
    from tfchange.apply.kept import drop, drop_copy, keep
    from tfchange.apply.process import watch
    from tfchange.apply.signals import Signals

    log = keep(data_folder(os.environ))
    if recorded:
        _say(f"tfchange: the log is kept in {log.path} until the change is closed.")
    # Signals are held until the change is closed, too: a CI that cancels a run sends several.
    with Signals() as signals:
        try:
            code, listener = watch(_own(what, log.path, gated), log, _Output(), signals)
        except SourceError:
            drop(log.path)
            raise
        drop_copy(log.path)
        heard = listener.applied() if listener.heard else None
        done = _close(asked, heard, code, signals.pause) if recorded else None
        if isinstance(done, Closed) or done is None:
            drop(log.path)
            return code or (exit_code(done) if done else 0)
        if _left_open(asked, heard, done, (code, log.path)):
            drop(log.path)
        return code or 1


def _own(what: Any, log: str, gated: bytes) -> Any:
    """The command for a copy of the plan, which nobody else can write anew before it is read."""
    from tfchange.apply.kept import copy

    if what.plan is None:
        return what
    path, digest = copy(what.plan, log)
    _unchanged(what.plan, digest, gated)
    return what.of(path)


def _close(asked: Asked, log: Applied | None, code: int, pause: Pause) -> Closed | TfchangeError:
    """The change that was closed with what happened, or why it could not be."""
    ended = f"The command ended with exit code {code}." if code or log is None else ""
    if log is None:
        said = paragraph(ended, "It wrote no log of terraform apply -json that would tell more.")
        heard = Heard((), _by_code(code), said)
    else:
        heard = Heard((log,), said=paragraph(ended))
    try:
        closed = finish(asked, heard, pause)
    except TfchangeError as error:
        return error
    _say(ticket_page.text(closed.ticket, asked.key, notes=closed.said).rstrip("\n"))
    return closed


def _by_code(code: int) -> str:
    return "failed" if code else "successful"


def _left_open(
    asked: Asked, log: Applied | None, error: TfchangeError, ended: tuple[int, str]
) -> bool:
    """What is known and what is to be done is said; whether the log is good for nothing more."""
    code, path = ended
    _say(f"tfchange: the change was not closed: {error.message}")
    if log is None:
        _say(error.advice, "Close it with:", f"  {by_hand(asked, '--result', _by_code(code))}")
        return True
    by_log = by_hand(asked, "--apply-log", path)
    if not isinstance(error, SourceError):
        _say(error.advice, "Close it with:", f"  {by_log}")
        return False
    if why := so_far(asked, log):
        _say(f"tfchange: {why}")
    if log.ended and not log.known:
        _say("Nothing was done, and the change stays as it is.", _RETRY)
        return True
    _say("Say how it went:", f"  {by_log} --result successful|partly|failed")
    return False


_RETRY = "Run the same command again."


class _Output:
    """Standard output; where nobody reads it any more, the apply goes on all the same."""

    def __init__(self) -> None:
        self._gone = False

    def __call__(self, data: bytes) -> None:
        if self._gone or not data:
            return
        try:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        except (OSError, ValueError):
            self._gone = True


def _digest(plan: str) -> bytes:
    try:
        with open(plan, "rb") as file:
            return file_digest(file, "sha256").digest()
    except OSError:
        return b""  # the gate says what is wrong with it


def _say(*lines: str) -> None:
    try:
        sys.stderr.write("".join(f"{line}\n" for line in lines if line))
        sys.stderr.flush()
    except OSError:
        pass  # nobody reads it any more; the record counts
