"""What `tfchange assess` does once it is known what was asked, however that was read."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from tfchange.cli.output import columns, styled, write
from tfchange.pipeline import History, assess
from tfchange.reading import Options, Reading, Step, quiet
from tfchange.risk.assessment import Assessment, Level

if TYPE_CHECKING:
    from tfchange.risk.earned import Runs

REACHED = 10
"""The exit code where the level of --fail-on is reached."""
_OWNING = frozenset({"services", "codeowners"})
"""Settings that tell who answers for what."""
_FOR_FILES = frozenset({"sarif", "codequality"})

_held: list[object] = []
"""The plan that was read last, and what came of it: the process ends without taking them apart."""


def _history(tables: Mapping[str, Any]) -> History:
    def history(envelope: str, days: int) -> "Runs | None":
        # Desks are imported only where an envelope has to be earned.
        from tfchange.cli.history import of

        return of(dict(tables))(envelope, days)

    return history


def _hold(reading: Reading) -> None:
    _held[:] = [reading]


def run(  # noqa: PLR0913  # one parameter an option
    plans: Sequence[str],
    *,
    format: str,  # noqa: A002
    output: str | None,
    fail_on: str | None,
    width: int | None,
    color: str,
    tables: Mapping[str, Any],
    **asked: Any,
) -> int:
    """The assessment stands where it was asked for; returns the exit code."""
    options = Options(**_owned(asked, tables))
    with _progress() as progress:
        assessment = assess(plans, options, step=progress, keep=_hold, history=_history(tables))
        _held.append(assessment)
        progress(f"writing {format}")
        text = render(assessment, format, columns(width, output), styled(color, output))
    write(text, output)
    return REACHED if fail_on and assessment.level.rank >= Level(fail_on).rank else 0


def _progress() -> AbstractContextManager[Step]:
    # Where nobody watches, what would tell them is not even imported.
    if not sys.stderr.isatty():
        return nullcontext(quiet)
    from tfchange.cli.progress import Progress

    return Progress()


def _owned(asked: dict[str, Any], tables: Mapping[str, Any]) -> dict[str, Any]:
    if not asked["catalogue"] and tables.keys().isdisjoint(_OWNING):
        return asked
    from tfchange.cli.owners import known

    return known(asked, tables)


def render(assessment: Assessment, format_: str, width: int, color: bool) -> str:
    """The assessment in one of the formats."""
    if format_ == "json":
        from tfchange.report import document

        return document.render(assessment)
    if format_ == "markdown":
        from tfchange.report import markdown

        return markdown.render(assessment)
    if format_ in _FOR_FILES:
        return _beside_lines(assessment, format_)
    if format_ == "html":
        from tfchange.report import html

        return html.render(assessment)
    if color:
        from tfchange.report import terminal

        return terminal.render(assessment, width=width, color=True)
    from tfchange.report import text

    return text.render(assessment, width=width)


def _beside_lines(assessment: Assessment, format_: str) -> str:
    """What a forge shows beside lines of files, named from the root of the repository."""
    from tfchange.report import codequality, sarif
    from tfchange.source.place import place_in_repository

    speak = sarif.render if format_ == "sarif" else codequality.render
    return speak(assessment, base=place_in_repository())
