"""References as Terraform and people write them, taken apart."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfchange.graph import steps
from tfchange.graph.steps import ALL, OWN, Step, step_of, without_companions


def test_the_example_is_true() -> None:
    """What the docstrings show is what happens."""
    assert doctest.testmod(steps).failed == 0


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("aws_vpc.main", Step("block", "aws_vpc.main")),
        ("aws_vpc.main.id", Step("block", "aws_vpc.main")),
        ("resource.aws_vpc.main.id", Step("block", "aws_vpc.main")),
        ("data.aws_ami.x.id", Step("block", "data.aws_ami.x")),
        ("ephemeral.aws_x.y", Step("block", "ephemeral.aws_x.y")),
        ("aws_x.y[0].id", Step("block", "aws_x.y", (0,))),
        ('aws_x.y["a.b]\\"c"].id', Step("block", "aws_x.y", ('a.b]"c',))),
        ('aws_x.y["${var.z}"].id', Step("block", "aws_x.y", ALL)),
        ("aws_x.y[each.key].id", Step("block", "aws_x.y", OWN)),
        ("aws_x.y[ count.index ]", Step("block", "aws_x.y", OWN)),
        ("aws_x.y[each.value].id", Step("block", "aws_x.y", ALL)),
        ("aws_x.y[*].id", Step("block", "aws_x.y", ALL)),
        ("aws_x.y.*.id", Step("block", "aws_x.y", ALL)),
        ("aws_x.größe.id", Step("block", "aws_x.größe")),
        ("module.m.out", Step("output", "m", ALL, "out")),
        ("module.m.out.deep[0]", Step("output", "m", ALL, "out")),
        ('module.m["a"].out', Step("output", "m", ("a",), "out")),
        ('module.m["a"]', Step("call", "m", ("a",))),
        ("module.m", Step("call", "m")),
        ("module.m[each.key].out", Step("call", "m", OWN)),
        ("module.m[*].out", Step("call", "m", ALL)),
        ("module.m.*.out", Step("call", "m", ALL)),
        ("var.x.y", Step("var", "x")),
        ("local.x", Step("local", "x")),
        ("something", Step("unknown", "something")),
        ("module.", Step("unknown", "module.")),
        ("each.key", None),
        ("count.index", None),
        ("path.module", None),
        ("terraform.workspace", None),
        ("self.id", None),
    ],
)
def test_a_reference_is_one_step(text: str, step: Step | None) -> None:
    """Each form leads where Terraform takes it, with the instance that it names."""
    assert step_of(text) == step


_PIECES = (
    ".",
    "[",
    "]",
    "0",
    '"k"',
    "*",
    "-",
    " ",
    "\n",
    "module",
    "data",
    "resource",
    "var",
    "local",
)


@given(st.lists(st.sampled_from([*_PIECES, "a", "a-b", "ü"]) | st.text(max_size=2)).map("".join))
def test_what_is_read_without_a_pattern_is_read_as_by_the_pattern(text: str) -> None:
    """Names without keys mean the same either way."""
    plain = steps._plainly(text)
    assert plain is None or plain == steps._by_pattern(text)


def test_plain_names_need_no_pattern() -> None:
    """These are nearly all that a plan holds."""
    for text in ("aws_vpc.main.id", "data.aws_ami.x.id", "module.m.out.id", "module.m", "var.x.y"):
        assert steps._plainly(text) == step_of(text) is not None


@pytest.mark.parametrize(
    ("texts", "meant"),
    [
        (["x.a.id", "x.a"], ["x.a.id"]),
        (["x.a[0].id", "x.a[0]", "x.a"], ["x.a[0].id"]),
        (["x.a"], ["x.a"]),
        (["x.a", "x.a.id", "x.a"], ["x.a", "x.a.id"]),
        (["x.a.id", "x.a", "x.a"], ["x.a.id", "x.a"]),
        (["module.m.o", "module.m", "module.mm"], ["module.m.o", "module.mm"]),
    ],
)
def test_short_forms_are_told_from_what_is_meant(texts: list[str], meant: list[str]) -> None:
    """A short form that follows its longer one says nothing; any other is meant."""
    assert list(without_companions(texts)) == meant
