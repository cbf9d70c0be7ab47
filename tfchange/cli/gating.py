"""What `tfchange gate` and `tfchange run` have in common: the plans, the desk, and one answer."""

import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import click
import msgspec

from tfchange.cli import changing, history, options
from tfchange.cli.desks import actor, data_folder
from tfchange.cli.progress import Progress
from tfchange.cli.surroundings import surroundings
from tfchange.duration import seconds
from tfchange.errors import OutcomeUnknownError
from tfchange.gate import unasked
from tfchange.gate.ask import LATER, LOUD, Question, Surroundings, ask, enter
from tfchange.gate.judge import Terms
from tfchange.gate.verdict import Outcome, Verdict
from tfchange.gate.wait import wait
from tfchange.pipeline import assess, rulebook
from tfchange.reading import Options
from tfchange.risk.assessment import Assessment

if TYPE_CHECKING:
    from tfchange.rulebook.rule import Policy

_TIME = re.compile(r"([0-9]{1,6}[smhd])+")
_LONGEST = 366 * 86_400
"""Seconds that may be waited; the clock ends some thousand years later."""
BANNER = "!" * 78
UNASKED = (*LATER, OutcomeUnknownError)
"""What --fail-open lets pass: somebody could not be asked. One who refuses has been asked."""


Before = Callable[[changing.Asked, Verdict], object]
"""Asked once the plan would pass, and before the change is told; raises what is in the way."""


class Gated(NamedTuple):
    """What was asked for, and the answer."""

    asked: changing.Asked
    question: Question
    verdict: Verdict


def gate(plans: Sequence[str], given: dict[str, Any], before: Before = lambda _, __: None) -> Gated:
    """The plans have been held against what was filed; where they pass, the desk knows.

    Takes the options of the gate out of those given.
    """
    timeout, fail_open = duration(given.pop("wait")), given.pop("fail_open")
    asked = changing.asked(given)
    with Progress() as progress:
        question, policy, lead_days = _question(plans, asked, given, progress)
        around = surroundings(policy, lead_days, fail_open=fail_open)
        try:
            verdict = _answer(asked, question, around, timeout, progress)
            if verdict.passed:
                before(asked, verdict)
                verdict = _entered(asked, question, verdict)
        except UNASKED as error:
            if not fail_open:
                raise
            verdict = _passed_unasked(asked, question, error.message)
    verdict = msgspec.structs.replace(verdict, notes=(*asked.notes, *verdict.notes))
    if verdict.open:
        _loudly(verdict)
    return Gated(asked, question, verdict)


def duration(text: str | None) -> timedelta:
    """The time that the text says: `90s`, `30m`, `1h30m` or `1d`; none is no time."""
    if text and not _TIME.fullmatch(text):
        raise click.UsageError("--wait is not a time such as 90s, 30m or 2h.")
    if (length := seconds(text or "")) > _LONGEST:
        raise click.UsageError("--wait is longer than a year; name a time such as 90s, 30m or 2h.")
    return timedelta(seconds=length)


def _question(
    plans: Sequence[str], asked: changing.Asked, given: dict[str, Any], progress: Progress
) -> "tuple[Question, Policy, int]":
    from tfchange.publish import filed

    salt, kept = changing.salt(asked.commit), changing.Kept()
    wanted = Options(salt=salt.key, jobs=1, workspaces=asked.commit.workspaces, **given)
    assessment = assess(
        plans,
        wanted,
        step=progress,
        keep=kept,
        history=history.tolerant(lambda: asked.desk),
    )
    question = Question(
        asked.key,
        filed(kept.plans, salt, assessment.environment),
        assessment.category,
        asked.commit.author,
        asked.commit.run_url,
        tuple(_doubts(assessment)),
        Terms(**(options.tables().get("gate") or {})),
    )
    return question, rulebook(wanted).policy, assessment.lead_days


def _doubts(assessment: Assessment) -> Iterator[str]:
    for section in assessment.sections or (assessment,):
        name = f"{section.plan.path}: " if assessment.sections else ""
        if section.plan.errored:
            yield f"{name}Terraform could not finish this plan, and will not apply it."
        elif not section.plan.complete:
            yield f"{name}Terraform says that more is left to do after this plan."


def _answer(
    asked: changing.Asked,
    question: Question,
    around: Surroundings,
    timeout: timedelta,
    progress: Progress,
) -> Verdict:
    progress("asking the desk")
    return wait(
        lambda: ask(asked.desk, question, now(), around),
        timeout,
        clock=now,
        pause=time.sleep,
        step=_Steps(progress),
    )


def _entered(asked: changing.Asked, question: Question, verdict: Verdict) -> Verdict:
    if asked.dry_run:
        return verdict
    if verdict.ticket:
        unasked.tell(data_folder(os.environ), asked.desk, verdict.ticket)
    return enter(asked.desk, question, verdict, now())


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def _passed_unasked(asked: changing.Asked, question: Question, why: str) -> Verdict:
    some = unasked.Unasked(
        now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        asked.key.digest,
        question.plan.fingerprint,
        why,
        actor(os.environ),
        question.run,
    )
    said = f"Nobody was asked, and --fail-open lets the plan pass: {why}."
    if asked.dry_run:
        return Verdict(Outcome.PASSED, (said,), open=True)
    kept = unasked.keep(data_folder(os.environ), some)
    later = (
        f"It is kept in {kept}, and told to the desk when this change next passes the gate or "
        "is closed on this machine."
    )
    return Verdict(Outcome.PASSED, (said,), (later,), open=True)


def _loudly(verdict: Verdict) -> None:
    from tfchange.words import plain

    said = "\n".join((LOUD, *map(plain, (*verdict.reasons, *verdict.notes))))
    sys.stderr.write(f"\n{BANNER}\ntfchange: {said}\n{BANNER}\n")


class _Steps:
    """What is waited for, on the line of progress; where there is no terminal, each time that it
    changes, so that a log shows it."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._said = progress, ""

    def __call__(self, step: str) -> None:
        """One more question was answered."""
        from tfchange.words import plain

        step = plain(step)
        self._progress(step)
        what = step.partition(" Waiting for another")[0]
        if what != self._said and not sys.stderr.isatty():
            sys.stderr.write(f"tfchange: {step}\n")
            sys.stderr.flush()
        self._said = what
