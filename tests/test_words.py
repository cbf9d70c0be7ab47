"""The words shared by everyone who speaks of an assessment."""

import doctest
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfchange import words
from tfchange.plan.model import Action
from tfchange.report import spans
from tfchange.risk.assessment import Change, Summary


@pytest.mark.parametrize("module", [words, spans])
def test_the_examples_in_the_docstrings_hold(module: ModuleType) -> None:
    """What a docstring shows is what comes out."""
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


@given(st.text())
def test_plain_text_is_one_printable_line(text: str) -> None:
    """Nothing a terminal acts on is left, and printable text is not touched."""
    plain = words.plain(text)
    assert plain.isprintable()
    assert plain == text or not text.isprintable()


@pytest.mark.parametrize(
    ("change", "sign", "said"),
    [
        (Change("a", "t", Action.CREATE), "+", "created"),
        (Change("a", "t", Action.UPDATE), "~", "updated"),
        (Change("a", "t", Action.DELETE), "-", "destroyed"),
        (Change("a", "t", Action.REPLACE), "-/+", "replaced"),
        (Change("a", "t", Action.REPLACE, create_before_destroy=True), "+/-", "replaced"),
        (Change("a", "t", Action.FORGET), ".", "dropped from the state, not destroyed"),
        (Change("a", "t", Action.NO_OP, previous_address="b"), "=>", "moved"),
        (Change("a", "t", Action.UPDATE, previous_address="b"), "~", "moved and updated"),
        (Change("a", "t", Action.NO_OP, imports=True), "&", "imported"),
        (Change("a", "t", Action.UPDATE, imports=True), "~", "imported and updated"),
    ],
)
def test_signs_are_those_of_terraform(change: Change, sign: str, said: str) -> None:
    """Each kind of change has the sign that Terraform prints, and a verb beside it."""
    assert (words.symbol(change), words.verb(change)) == (sign, said)


def test_a_summary_counts_in_words() -> None:
    """The gravest counts come first, one is singular, and nothing is said of zeros."""
    summary = Summary(create=2, delete=1, outputs=1, no_op=1)
    said = "1 to destroy, 2 to create, 1 output to change; 1 stays as it is"
    assert words.summary_text(summary) == said
    assert words.summary_text(Summary()) == "nothing to do"


def test_an_unknown_group_keeps_its_name() -> None:
    """Groups of an organisation's own are shown as it wrote them."""
    assert words.group_name("cab") == "Change advisory board (CAB)"
    assert words.group_name("platform-SRE") == "Platform SRE"
