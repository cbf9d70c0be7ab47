"""`tfchange graph`: what depends on what, for people and for other tools."""

from typing import Any

import click

from tfchange.cli import options, table
from tfchange.cli.output import write
from tfchange.cli.progress import Progress
from tfchange.reading import Options, Reading, read

FORMATS = ("json", "dot", "mermaid", "graphml")


@click.command("graph")
@click.argument("plan", metavar="PLAN")
@options.together(
    table.format_of(*FORMATS),
    table.OUTPUT,
    table.SOURCE,
    table.TERRAFORM,
    table.CONFIG,
)
def command(plan: str, output: str | None, **given: Any) -> None:
    """Writes the dependency graph of a plan: an edge goes from a resource to what it depends on,
    and says how that is known.

    \b
    Examples:
      tfchange graph plan.json
      tfchange graph plan.json --format dot | dot -Tsvg > graph.svg
      tfchange graph plan.json --format graphml --output graph.graphml
    """
    format_ = given.pop("format")
    with Progress() as progress:
        text = render(read(plan, Options(**given), progress), format_)
    write(text, output)


def render(reading: Reading, format_: str) -> str:
    """The graph in one of FORMATS."""
    if format_ in ("dot", "mermaid"):
        from tfchange.report import diagram

        draw = diagram.dot if format_ == "dot" else diagram.mermaid
        return draw(reading.graph, reading.plan)
    from tfchange.graph import export
    from tfchange.words import json_text, plain

    if format_ == "graphml":
        # XML knows no way to write most of what is not printable.
        return "\n".join(map(plain, export.graphml(reading.graph, reading.plan).split("\n")))
    import msgspec

    links = export.node_link(reading.graph, reading.plan)
    return json_text(msgspec.json.encode(links))
