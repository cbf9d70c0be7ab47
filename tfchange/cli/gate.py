"""`tfchange gate`: whether the plan may be applied."""

from typing import Any

import click

from tfchange.cli import gating, options, outputs, table
from tfchange.cli.output import write
from tfchange.report import gate as page


@click.command("gate")
@options.plans
@options.together(*table.GATE)
def command(plans: tuple[str, ...], **given: Any) -> int:
    """Lets the plan pass only if it is what was approved, and may be done now.

    It finds the change of this repository, workspaces and pull request or branch, compares the plan
    with what was filed, and asks for approval, window, freeze, conflicts, and that nobody has
    approved a change of their own. Where it passes, the change is being implemented from then on.

    \b
    Exit codes:
      0   it may be applied       20  it waits for approval, or was not filed
      21  it was rejected         22  it does more than was approved
      23  not now: outside its window, in a freeze, or something else is in the way

    \b
    Examples:
      tfchange gate p.tfplan && terraform apply p.tfplan
      tfchange gate p.tfplan --wait 2h
      tfchange gate plan.json --format json
    """
    asked, question, verdict = gating.gate(plans, given)
    told = page.document(verdict, asked.key)
    said = page.render(told) if asked.format == "json" else page.text(verdict, asked.key)
    write(said, asked.output)
    if not asked.dry_run:
        outputs.of_gate(question, verdict, asked.key)
    return verdict.outcome.exit_code
