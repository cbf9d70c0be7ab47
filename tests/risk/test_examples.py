"""Examples of rules, tried."""

from tfchange.plan.configuration import Bump, Pin
from tfchange.risk.examples import Pair, Shown, inline, together
from tfchange.rulebook.example import Example


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
        plan, bumps = inline(Example(address, change=said))
        (change,) = plan.changes
        assert bumps == ()
        assert (change.id, change.type, change.action) == (address, "aws_sqs_queue", "update")


def test_an_inline_example_may_be_a_version() -> None:
    """The address of a module or a provider says so; what was not there before is left out."""
    for address in ("module.net", "module.a.module.net", 'provider["acme/x/y"]'):
        plan, bumps = inline(Example(address, change={"after": {"version": "2.0.0"}}))
        assert (plan.changes, bumps) == ((), (Bump(address, None, Pin("", "2.0.0")),))
    assert not inline(Example("module.net.aws_vpc.a", change={"actions": ["create"]}))[1]
