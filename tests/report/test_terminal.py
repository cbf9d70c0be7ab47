"""The report in colour."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.report import samples
from tfchange.report import terminal, text

COLOUR = re.compile("\x1b\\[[0-9;]*m")


def test_without_colour_there_is_no_escape_sequence() -> None:
    """NO_COLOR, as the command line passes it on, leaves plain characters alone."""
    assert "\x1b" not in terminal.render(samples.rich(), width=80, color=False)


def test_colour_changes_nothing_but_the_colour() -> None:
    """Take the colours away and the report without colour is left."""
    coloured = terminal.render(samples.rich(), width=80, color=True)
    bare = [line.rstrip() for line in COLOUR.sub("", coloured).split("\n")]
    assert bare == terminal.render(samples.rich(), width=80, color=False).split("\n")
    assert COLOUR.search(coloured)


@pytest.mark.parametrize("width", [40, 60, 80, 100, 140])
@pytest.mark.parametrize("make", [samples.rich, samples.several, samples.hostile, samples.empty])
def test_no_line_is_wider_than_the_terminal(make: type, width: int) -> None:
    """Whatever the width, every line fits it."""
    lines = terminal.render(make(), width=width, color=False).split("\n")
    assert max(map(text.columns, lines)) <= width


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=4))
def test_names_cannot_act_on_the_terminal(names: list[str]) -> None:
    """The only escape sequences are the report's own colours."""
    rendered = COLOUR.sub("", terminal.render(samples.named(names), color=True))
    assert all(line.isprintable() for line in rendered.split("\n"))


def test_names_are_not_read_as_markup() -> None:
    """Brackets that rich would take for a style are printed as they are."""
    assert "[red]markup[/red]" in terminal.render(samples.hostile(), color=False)


def test_a_long_title_is_not_cut() -> None:
    """Where the headline does not fit the frame, it stands inside it in full."""
    rendered = terminal.render(samples.several(), width=50, color=False)
    said = " ".join(line.strip("│ ") for line in rendered.split("\n"))
    assert "prod/plan.json: normal change, critical risk, 118 points" in said
