"""`tfchange explain`: everything known of one resource in a plan."""

from typing import Any

import click

from tfchange.cli import options, table
from tfchange.cli.output import columns, write
from tfchange.cli.progress import Progress
from tfchange.pipeline import assess_reading, judge
from tfchange.reading import Options, read


@click.command("explain")
@click.argument("plan", metavar="PLAN")
@click.argument("address", metavar="ADDRESS")
@options.together(
    table.OUTPUT,
    table.SOURCE,
    table.BASE,
    table.ENVIRONMENT,
    table.RULES,
    table.POLICY,
    table.WIDTH,
    table.TERRAFORM,
    table.CONFIG,
)
def command(plan: str, address: str, output: str | None, width: int | None, **given: Any) -> None:
    """Explains one resource of a plan: its change, findings and points, what it depends on and what
    depends on it, by which chains.

    Quote the address, since keys have brackets and quotes that shells take for themselves.

    \b
    Examples:
      tfchange explain plan.json aws_db_instance.main
      tfchange explain plan.json 'module.app["blue"].aws_instance.web[0]'
    """
    from tfchange.report import explain

    with Progress() as progress:
        asked = Options(**given)
        reading = read(plan, asked, progress)
        assessment = assess_reading(reading, judge(asked), asked, progress)
    text = explain.render(
        assessment, reading.graph, reading.plan, address, width=columns(width, output)
    )
    write(text, output)
