"""`tfchange assess`: what a plan does, how risky that is, and which kind of change it makes."""

import time
from typing import Any

import click

from tfchange.cli import options, table
from tfchange.cli.assessing import run
from tfchange.risk.assessment import Emergency

REVIEW_DAYS = 5
"""An emergency change is reviewed afterwards, within so many days."""


@click.command("assess")
@click.argument("plans", metavar="PLAN...", nargs=-1, required=True)
@options.together(*table.ASSESS)
@click.pass_context
def command(ctx: click.Context, /, emergency: bool, incident: str | None, **given: Any) -> None:
    """Assesses plans: category and why, level and score, what changes, what that reaches, drift,
    who must approve.

    PLAN is a plan as JSON, a binary plan (shown through terraform or tofu), a folder of plans, or -
    for standard input. Several plans make one assessment, the worst first.

    \b
    Examples:
      tfchange assess plan.json
      terraform show -json p.tfplan | tfchange assess -
      tfchange assess plans/ --format markdown --output comment.md
      tfchange assess plan.json --environment staging --fail-on high
    """
    ctx.exit(run(emergency=_emergency(emergency, incident), **given))


def _emergency(declared: bool, incident: str | None) -> Emergency | None:
    if declared and not incident:
        raise click.UsageError("--emergency needs --incident ID: an emergency is always for one.")
    if incident and not declared:
        raise click.UsageError("--incident is for --emergency: add it, or leave both out.")
    if not incident:
        return None
    due = time.gmtime(time.time() + REVIEW_DAYS * 86_400)
    return Emergency(incident, time.strftime("%Y-%m-%d", due))
