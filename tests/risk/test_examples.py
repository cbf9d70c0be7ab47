"""Examples of rules, tried."""

from tfchange.risk.examples import Pair, Shown, inline, together
from tfchange.rulebook.rule import Example


def test_rules_that_always_hit_together_are_told() -> None:
    """A rule overlaps where it hit often enough and never alone; the other need not."""
    plans = [
        Shown(frozenset({("a", "x.1"), ("b", "x.1"), ("b", "x.2")}), frozenset()),
        Shown(frozenset({("a", "x.1"), ("b", "x.1"), ("c", "x.1")}), frozenset()),
        Shown(frozenset({("a", "x.3"), ("b", "x.3")}), frozenset()),
    ]
    assert together(plans) == (Pair("a", "b", 3),)


def test_an_inline_example_may_leave_out_what_its_address_says() -> None:
    """Mode, type and name are those of the address, and the outer part may be left out, too."""
    inner = {"actions": ["update"], "before": {"a": 1}, "after": {"a": 2}}
    address = 'module.m["k"].aws_sqs_queue.q[0]'
    for said in (inner, {"change": inner}):
        (change,) = inline(Example(address, change=said)).changes
        assert (change.id, change.type, change.action) == (address, "aws_sqs_queue", "update")
