"""No regular expression takes longer than the length of its text asks for."""

import pytest

from tests.abuse import patterns
from tests.abuse.patterns import Use, busy
from tfchange.plan import shapes

MODULES = patterns.modules()
VARIABLE = {
    "tfchange.plan.secrets",  # words of which each is escaped
    "tfchange.plan.shapes",  # below
    "tfchange.report.spans",  # words of which each is escaped
    "tfchange.rulebook.document",  # what scalars of YAML look like, at most 1 MB
    "tfchange.rulebook.form",  # a word of a rule
    "tfchange.rulebook.match",  # stars of a rule, against the path of an attribute
    "tfchange.rulebook.operations",  # of rules, but words and alternatives alone: syntax.py
    "tfchange.rulebook.syntax",  # below
    "tfchange.schema",  # of our own schemas, against a key
    "tfchange.source.scan",  # a heredoc's word, escaped
}
"""Where patterns are no constants, and why that is no harm."""
OURS = {"tfchange.report.dialect"}
"""These read a page that we have written, of a limited length, in which names are entities."""


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_no_pattern_is_kept_busy(module: patterns.ModuleType) -> None:
    """Whatever a pattern repeats, a long text of it takes no longer than it is long."""
    for use in patterns.uses(module):
        if use.pattern is None:
            assert module.__name__ in VARIABLE, use.place
        elif module.__name__ not in OURS:
            assert busy(use) is None, use


SHAPES = [shapes._NAME, *(shape for _, _, shape in shapes._SHAPES)]


@pytest.mark.parametrize("shape", SHAPES)
def test_no_shape_of_a_secret_is_kept_busy(shape: str) -> None:
    """These are held against every value of a plan."""
    assert busy(Use("shapes", shape, "search")) is None


@pytest.mark.parametrize("pattern", [r"\s*x?\s*;", r"(a+)+;", r"a*;", r"(?:\w|a)*;"])
def test_a_pattern_that_can_be_kept_busy_is_found(pattern: str) -> None:
    """What is looked for would be found: the same again and again, from each place in the text."""
    assert busy(Use("here", pattern, "search")) is not None
