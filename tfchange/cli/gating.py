"""What `tfchange gate` and `tfchange run` have in common: the plans, the desk, and one answer."""

import os
import re
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import click

from tfchange.cli import changing, history, options
from tfchange.cli.desks import actor, data_folder
from tfchange.cli.progress import Progress
from tfchange.cli.surroundings import surroundings
from tfchange.duration import seconds
from tfchange.errors import OutcomeUnknownError
from tfchange.gate import unasked
from tfchange.gate.ask import Question, Surroundings, ask, enter
from tfchange.gate.judge import Terms
from tfchange.gate.verdict import Outcome, Verdict
from tfchange.gate.wait import LATER, wait
from tfchange.pipeline import Options, assess, rulebook

_TIME = re.compile(r"(\d+[smhd])+")
LOUD = "!" * 78
UNASKED = (*LATER, OutcomeUnknownError)
"""What --fail-open lets pass: somebody could not be asked. One who refuses has been asked."""


class Gated(NamedTuple):
    """What was asked for, and the answer."""

    asked: changing.Asked
    question: Question
    verdict: Verdict


def gate(plans: Sequence[str], given: dict[str, Any]) -> Gated:
    """The plans have been held against what was filed; where they pass, the desk knows.

    Takes the options of the gate out of those given.
    """
    timeout, fail_open = duration(given.pop("wait")), given.pop("fail_open")
    asked = changing.asked(given)
    with Progress() as progress:
        question, around = _question(plans, asked, given, progress)
        try:
            verdict = _answer(asked, question, around, timeout, progress)
        except UNASKED as error:
            if not fail_open:
                raise
            verdict = _passed_unasked(asked, question, error.message)
    return Gated(asked, question, verdict)


def duration(text: str | None) -> timedelta:
    """The time that the text says: `90s`, `30m`, `1h30m` or `1d`; none is no time."""
    if text and not _TIME.fullmatch(text):
        raise click.UsageError("--wait is not a time such as 90s, 30m or 2h.")
    return timedelta(seconds=seconds(text or ""))


def _question(
    plans: Sequence[str], asked: changing.Asked, given: dict[str, Any], progress: Progress
) -> tuple[Question, Surroundings]:
    from tfchange.publish import filed

    salt, kept = changing.salt(asked.commit), changing.Kept()
    wanted = Options(salt=salt.key, jobs=1, **given)
    assessment = assess(
        plans,
        wanted,
        step=progress,
        keep=kept,
        history=history.tolerant(lambda: asked.desk),
    )
    question = Question(
        asked.key,
        filed(kept.plans, salt),
        assessment.category,
        asked.commit.author,
        asked.commit.run_url,
        Terms(**(options.tables().get("gate") or {})),
    )
    return question, surroundings(rulebook(wanted).policy, assessment.environment)


def _answer(
    asked: changing.Asked,
    question: Question,
    around: Surroundings,
    timeout: timedelta,
    progress: Progress,
) -> Verdict:
    progress("asking the desk")
    verdict = wait(
        lambda: ask(asked.desk, question, now(), around),
        timeout,
        clock=now,
        pause=time.sleep,
        step=progress,
    )
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
    kept = unasked.keep(data_folder(os.environ), some)
    said = f"Nobody was asked, and --fail-open lets the plan pass: {why}."
    sys.stderr.write(f"\n{LOUD}\ntfchange: {said}\nRecorded in {kept}\n{LOUD}\n")
    later = "It is told to the desk by the next gate or closing of this change on this machine."
    return Verdict(Outcome.PASSED, (said,), (later,), open=True)
