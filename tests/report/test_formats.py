"""What holds for every format alike."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.report import samples
from tfchange.report import codequality, document, html, markdown, sarif, terminal, text
from tfchange.risk.assessment import Assessment

FORMATS: dict[str, Callable[[Assessment], str]] = {
    "text": text.render,
    "terminal": terminal.render,
    "json": document.render,
    "markdown": markdown.render,
    "sarif": sarif.render,
    "codequality": codequality.render,
    "html": html.render,
}


@pytest.mark.parametrize("name", FORMATS)
def test_no_escape_sequence_of_a_name_comes_through(name: str) -> None:
    """Escape, bell, the eight-bit control introducer and marks of direction are gone."""
    rendered = FORMATS[name](samples.hostile())
    own = "\x1b" if name == "terminal" else ""
    assert {"\x07", "\x9b", "\u202e", "\u2066", "\u2028", "\x1b"} & set(rendered) <= set(own)
    rendered.encode()


@pytest.mark.parametrize("name", ["text", "terminal", "markdown", "html"])
def test_every_format_for_people_opens_with_the_same_headline(name: str) -> None:
    """Category, level and score are on the first screen of all of them, in the same words."""
    rendered = FORMATS[name](samples.rich())
    body = rendered.partition("</style>")[2] or rendered
    assert "Normal change, critical risk, 118 points" in body[:1000]


def test_the_same_assessment_gives_the_same_bytes_in_every_run() -> None:
    """No order depends on how a run of Python happens to hash."""
    code = (
        "from tests.report import samples\n"
        "from tests.report.test_formats import FORMATS\n"
        "for make in (samples.rich, samples.several, samples.hostile):\n"
        "    for render in FORMATS.values(): print(ascii(render(make())))\n"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1
