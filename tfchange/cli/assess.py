"""`tfchange assess`: what a plan does, how risky that is, and which kind of change it makes."""

from typing import Any

import click

from tfchange.cli import options, table
from tfchange.cli.assessing import run
from tfchange.cli.emergency import emergency as declare


@click.command("assess")
@options.plans
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
    ctx.exit(run(emergency=declare(emergency, incident), tables=options.tables(), **given))
