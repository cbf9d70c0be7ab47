"""`tfchange rules check`: whether rules are sound, and do what their examples say."""

import os
from functools import partial
from typing import TYPE_CHECKING, Any

import click
from msgspec import structs

from tfchange.cli import options, table
from tfchange.cli.output import columns, write
from tfchange.errors import RulebookError
from tfchange.pipeline import judge, rulebook
from tfchange.reading import Options, read_plan
from tfchange.rulebook.files import read_layers, scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tfchange.report.soundness import Soundness
    from tfchange.risk.examples import Shown
    from tfchange.rulebook.example import Example
    from tfchange.rulebook.judge import Judge

STRICT = table.Option(
    ("--strict",), "Fail for overlaps and for what has no effect, too.", kind="flag"
)


@click.command("check")
@options.together(
    STRICT,
    table.format_of("text", "json"),
    table.OUTPUT,
    table.RULES,
    table.POLICY,
    table.WIDTH,
    table.CONFIG,
)
def command(strict: bool, output: str | None, width: int | None, **given: Any) -> None:
    """Checks all layers of rules at once: the files by their schemas and all that they name, every
    example, rules that another always hits with, and rules, entries and waivers without effect.

    Ends with 1 where something is wrong, and with --strict also where something is superfluous.

    \b
    Examples:
      tfchange rules check
      tfchange rules check --rules ./our-rules
      tfchange rules check --rules ./our-rules --strict --format json
    """
    from tfchange.report import soundness as page

    as_json = given.pop("format") == "json"
    found = soundness(Options(**given))
    write(
        page.document(found) if as_json else page.text(found, width=columns(width, output)), output
    )
    if found.failed or (strict and found.superfluous):
        raise RulebookError("the rules are not as they should be", "The report says which.")


def soundness(asked: Options) -> "Soundness":
    """What is to be said of the rules; RulebookError where they cannot even be loaded."""
    from tfchange.report.soundness import Soundness
    from tfchange.risk.examples import together, tried
    from tfchange.rulebook.overlap import shadowed, unmatched

    by = judge(asked)
    homes = {f.name: f.folder for f in reversed(read_layers(asked.rules)) if f.kind == "rule"}
    look = Look(by, homes)
    hopeless = unmatched(by.rulebook, by.traits_of)
    found = [
        each
        for rule, examples in by.rulebook.examples.items()
        for each in tried(rule, examples, partial(look, rule))
    ]
    never = (f"rule {id_}, which no resource can match" for id_ in hopeless)
    expired = (w for w in by.rulebook.waivers if by.today and w.expires < by.today)
    return Soundness(
        book=by.rulebook,
        tried=tuple(found),
        shadows=shadowed(by.rulebook),
        pairs=together(look.plans.values()),
        idle=(
            *_idle(asked),
            *never,
            *(f"the waiver {w.ticket}, which has expired" for w in expired),
        ),
    )


class Look:
    """Shows what the plan of an example shows; each plan is read once."""

    def __init__(self, by: "Judge", homes: dict[str, str]) -> None:
        self.by, self.homes = by, homes
        self.plans: dict[str, Shown] = {}

    def __call__(self, rule: str, example: "Example") -> "Shown | None":
        """The same as `risk.examples.shown`, None where the scenario's plan is not here."""
        from tfchange.risk.examples import inline, shown

        if example.scenario is None:
            plan, bumps = inline(example)
            return shown(plan, self.by, bumps)
        folder = scenario(self.homes[rule], example.scenario)
        if folder and folder not in self.plans:
            self.plans[folder] = shown(read_plan(os.path.join(folder, "plan.json")), self.by)
        return self.plans[folder] if folder else None


def _idle(asked: Options) -> "Iterator[str]":
    """Entries of each layer that change nothing of what stands above."""
    from tfchange.rulebook.overlap import idle

    named: dict[int, list[tuple[str, str]]] = {}
    for file in read_layers(asked.rules):
        if file.kind in ("rule", "envelope"):
            named.setdefault(file.layer, []).append((file.kind, file.name))
    for layer, folder in enumerate(asked.rules):
        above, book = (
            rulebook(structs.replace(asked, rules=asked.rules[:n])) for n in (layer, layer + 1)
        )
        for entry in idle(above, book, named.get(layer + 1, ())):
            yield f"{entry} in {folder}, which says no more than what stands above"
