"""`tfchange comment`: the pull request hears what its plan does."""

import os
import time
from typing import Any

import click

from tfchange.cli import changing, history, hosts, options, owners, table
from tfchange.cli import emergency as urgent
from tfchange.cli.assessing import render
from tfchange.cli.output import write
from tfchange.cli.progress import Progress
from tfchange.pipeline import assess
from tfchange.reading import Options

REACHED = 10
"""The exit code where the level of --fail-on is reached."""
OPTIONS = (
    table.Option(
        ("--mode",),
        "What becomes of the comment of an earlier run: edited, deleted and made anew, or folded "
        "away with a new one below.",
        kind="choice",
        choices=("update", "recreate", "hide-and-new"),
        default="update",
    ),
    table.Option(
        ("--label", "--no-label"), "Label the pull request by category and level.", "switch"
    ),
    table.Option(
        ("--check", "--no-check"),
        "Give the commit a check with what was found at which line.",
        "switch",
    ),
    table.Option(
        ("--change",),
        "The number of the change request, to be shown.",
        metavar="NUMBER",
        environment="TFCHANGE_CHANGE",
    ),
    table.Option(
        ("--change-url",),
        "Where the change request is.",
        metavar="URL",
        environment="TFCHANGE_CHANGE_URL",
    ),
    table.Option(
        ("--report-url",),
        "Where the full report is. Default: the run, if its summary or --report has it.",
        metavar="URL",
        environment="TFCHANGE_REPORT_URL",
    ),
    table.Option(
        ("--report",),
        "Write the whole report to this file as well, as HTML.",
        kind="file",
        metavar="FILE",
        environment="TFCHANGE_REPORT",
    ),
    table.FAIL_ON,
    *table.PLACE,
    table.EMERGENCY,
    table.INCIDENT,
    table.SOURCE,
    table.BASE,
    table.ENVIRONMENT,
    table.RULES,
    table.POLICY,
    table.CATALOGUE,
    table.JOBS,
    table.TERRAFORM,
    table.Option(
        ("--dry-run",), "Look, write nothing, and print what would be written.", kind="flag"
    ),
    table.CONFIG,
)
"""In the order of the help."""


@click.command("comment")
@options.plans
@options.together(*OPTIONS)
@click.pass_context
def command(ctx: click.Context, /, plans: tuple[str, ...], **given: Any) -> None:
    """Comments on the pull request: which kind of change its plan makes and why, what it destroys,
    what that reaches, who must approve. There is one comment per repository, workspaces and pull
    request, and running this again keeps it true. Labels and a check say it in short.

    PLAN is what `tfchange assess` takes. It speaks to the forge whose CI runs it and needs a token
    alone: GITHUB_TOKEN, GITLAB_TOKEN, SYSTEM_ACCESSTOKEN (Azure) or BITBUCKET_TOKEN. Where that may
    not write, the summary of a job at GitHub says it, and that is no failure.

    \b
    Examples:
      tfchange comment p.tfplan
      tfchange comment plan.json --dry-run
      tfchange comment plans/ --mode hide-and-new --fail-on critical
      tfchange comment plan.json --change CHG0030001 --change-url https://example.com/CHG0030001
    """
    from tfchange.announce import announce
    from tfchange.review.rehearsed import Rehearsed
    from tfchange.risk.assessment import Level

    place = {option.name: given.pop(option.name) for option in table.PLACE}
    commit, notes = changing.found(place)
    report, dry_run = given.pop("report"), given.pop("dry_run")
    wishes = _wishes(given, "" if dry_run else report or "")
    host = hosts.connect(commit, os.environ) if not dry_run or hosts.known(os.environ) else None
    flagged = urgent.emergency(given.pop("emergency"), given.pop("incident"))
    tables = options.tables()
    declared = flagged or urgent.declared(tables, os.environ, commit.sha)
    given = owners.known(given, tables) | {"workspaces": commit.workspaces}
    wanted = Options(emergency=declared, salt=changing.salt(commit).key, **given)
    stage = Rehearsed(host)
    with Progress() as progress:
        assessment = assess(plans, wanted, step=progress, history=history.of(tables))
        if wishes.report:
            write(render(assessment, "html", 0, False), wishes.report)
        progress("telling the pull request")
        told = announce(
            assessment,
            commit,
            stage if dry_run else host,
            wishes,
            _nowhere() if dry_run else os.environ,
            now=int(time.time()),
        )
    notes = (*notes, *told.notes)
    write(_rehearsal(stage, notes) if dry_run else _said(told, notes))
    ctx.exit(
        REACHED if wishes.fail_on and assessment.level.rank >= Level(wishes.fail_on).rank else 0
    )


def _wishes(given: dict[str, Any], report: str) -> Any:
    from tfchange.announce import Wishes
    from tfchange.report.comment import Beside
    from tfchange.review.post import Mode
    from tfchange.risk.assessment import Level
    from tfchange.source.place import place_in_repository

    level = given.pop("fail_on")
    beside = Beside(
        given.pop("change") or "", given.pop("change_url") or "", given.pop("report_url") or ""
    )
    return Wishes(
        Mode(given.pop("mode")),
        given.pop("label"),
        given.pop("check"),
        Level(level) if level else None,
        beside,
        place_in_repository(),
        report,
    )


def _nowhere() -> dict[str, str]:
    """The places for the words of a job that only looks: a summary that is lost, if it had one."""
    from tfchange.review.job import SUMMARY

    return {SUMMARY: os.devnull} if os.environ.get(SUMMARY) else {}


def _said(told: Any, all_notes: tuple[str, ...]) -> str:
    from tfchange.review.job import warning

    done = f"The comment: {told.done}. {told.url}\n" if told.done else ""
    in_actions = os.environ.get("GITHUB_ACTIONS") == "true"
    notes = (warning(note) if in_actions else f"Note: {note}" for note in all_notes)
    return done + "".join(f"{note}\n" for note in notes) or "There was nothing to tell.\n"


def _rehearsal(stage: Any, notes: tuple[str, ...]) -> str:
    head = f"{len(stage.calls)} writes are left out, since this is a dry run:\n"
    head += "".join(f"Note: {note}\n" for note in notes)
    return head + "".join(
        f"\n{call.what}\n{f'{chr(10)}{call.text}{chr(10)}' if call.text else ''}"
        for call in stage.calls
    )
