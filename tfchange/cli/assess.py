"""`tfchange assess`: what a plan does, how risky that is, and which kind of change it makes."""

import time
from typing import Any

import click

from tfchange.cli import options
from tfchange.cli.output import columns, styled, write
from tfchange.cli.progress import Progress
from tfchange.pipeline import assess
from tfchange.risk.assessment import Assessment, Emergency, Level

FORMATS = ("text", "json", "markdown", "sarif", "html")
REACHED = 10
"""The exit code where the level of --fail-on is reached."""
REVIEW_DAYS = 5
"""An emergency change is reviewed afterwards, within so many days."""


@click.command("assess")
@click.argument("plans", metavar="PLAN...", nargs=-1, required=True)
@options.together(
    click.option(
        "--format",
        "-f",
        type=click.Choice(FORMATS),
        default="text",
        show_default=True,
        help="What to write.",
    ),
    options.OUTPUT,
    options.SOURCE,
    options.ENVIRONMENT,
    options.RULES,
    click.option(
        "--fail-on",
        envvar="TFCHANGE_FAIL_ON",
        type=click.Choice([str(level) for level in Level]),
        metavar="LEVEL",
        help="Exit with code 10 from this level on: low, medium, high or critical.",
    ),
    click.option("--emergency", is_flag=True, help="Declare an emergency; needs --incident."),
    click.option("--incident", metavar="ID", help="The incident that the emergency change is for."),
    options.WIDTH,
    click.option(
        "--color",
        envvar="TFCHANGE_COLOR",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        show_default=True,
        help="Colours in text; auto also heeds NO_COLOR.",
    ),
    click.option(
        "--jobs",
        envvar="TFCHANGE_JOBS",
        type=click.IntRange(min=1),
        metavar="N",
        help="Processes for 32 plans or more. Default: one per core.",
    ),
    options.TERRAFORM,
    options.CONFIG,
)
@click.pass_context
def command(ctx: click.Context, /, plans: tuple[str, ...], **given: Any) -> None:
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
    width, color, output = given.pop("width"), given.pop("color"), given.pop("output")
    format_, fail_on = given.pop("format"), given.pop("fail_on")
    given["emergency"] = _emergency(given.pop("emergency"), given.pop("incident"))
    with Progress() as progress:
        assessment = assess(plans, options.asked(**given), step=progress)
        progress(f"writing {format_}")
        text = render(assessment, format_, columns(width, output), styled(color, output))
    write(text, output)
    if fail_on and assessment.level.rank >= Level(fail_on).rank:
        ctx.exit(REACHED)


def render(assessment: Assessment, format_: str, width: int, color: bool) -> str:
    """The assessment in one of FORMATS."""
    if format_ == "json":
        from tfchange.report import document

        return document.render(assessment)
    if format_ == "markdown":
        from tfchange.report import markdown

        return markdown.render(assessment)
    if format_ == "sarif":
        from tfchange.report import sarif

        return sarif.render(assessment)
    if format_ == "html":
        from tfchange.report import html

        return html.render(assessment)
    if color:
        from tfchange.report import terminal

        return terminal.render(assessment, width=width, color=True)
    from tfchange.report import text

    return text.render(assessment, width=width)


def _emergency(declared: bool, incident: str | None) -> Emergency | None:
    if declared and not incident:
        raise click.UsageError("--emergency needs --incident ID: an emergency is always for one.")
    if incident and not declared:
        raise click.UsageError("--incident is for --emergency: add it, or leave both out.")
    if not incident:
        return None
    due = time.gmtime(time.time() + REVIEW_DAYS * 86_400)
    return Emergency(incident, time.strftime("%Y-%m-%d", due))
