"""What a condition of an AWS policy admits, as far as its text alone can tell.

The operators: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from tfchange.rulebook.networks import holds
from tfchange.rulebook.policies import matches

_AMONG = ("foranyvalue:", "forallvalues:")
_OPTIONAL = "ifexists"


class Check(msgspec.Struct, frozen=True):
    """One key of a request, compared with values."""

    key: str
    among: str
    """How several values of the key count, `""` where there is one."""
    operator: str
    values: frozenset[str]
    optional: bool
    """Whether a request without the key passes."""


def implies(strict: Any, loose: Any) -> bool:
    """Whether every request that passes the one condition surely passes the other.

    >>> one, more = ({"StringEquals": {"aws:SourceVpc": v}} for v in ("vpc-1", ["vpc-1", "vpc-2"]))
    >>> implies(one, more), implies(more, one), implies(one, None)
    (True, False, True)
    """
    given = list(checks(strict))
    return all(any(_implies(one, other) for one in given) for other in checks(loose))


def checks(condition: Any) -> Iterator[Check]:
    """The single checks of a condition, all of which must hold."""
    for operator, keys in (condition if isinstance(condition, dict) else {}).items():
        among, plain, optional = _apart(operator.lower())
        for key, value in (keys if isinstance(keys, dict) else {}).items():
            values = frozenset(map(_text, value if isinstance(value, list) else [value]))
            yield Check(key.lower(), among, plain, values, optional)


def _apart(operator: str) -> tuple[str, str, bool]:
    """How several values count, what compares them, and whether none is enough."""
    among = next((start for start in _AMONG if operator.startswith(start)), "")
    plain = operator.removeprefix(among).removesuffix(_OPTIONAL)
    return among, plain, among + plain != operator


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _implies(one: Check, other: Check) -> bool:
    if (one.key, one.among) != (other.key, other.among) or (one.optional and not other.optional):
        return False
    kind, wide = _KINDS.get(one.operator), _KINDS.get(other.operator)
    if kind is None or wide is None:
        return one.operator == other.operator and one.values <= other.values
    if (kind.compares, kind.excludes) != (wide.compares, wide.excludes):
        return False
    # What is excluded must go on being excluded by the stricter one.
    few, many = (other, one) if kind.excludes else (one, other)
    return all(any(_covers(many, each, few, value) for each in many.values) for value in few.values)


def _covers(many: Check, each: str, few: Check, value: str) -> bool:
    kind = _KINDS[many.operator]
    if kind.compares == "network":
        return holds(each, value)
    if kind.pattern:
        return matches(value, each)
    return value == each and not (_KINDS[few.operator].pattern and ("*" in value or "?" in value))


class _Kind(msgspec.Struct, frozen=True):
    compares: str
    excludes: bool = False
    pattern: bool = False


_KINDS = {
    "stringequals": _Kind("text"),
    "stringlike": _Kind("text", pattern=True),
    "arnequals": _Kind("arn", pattern=True),
    "arnlike": _Kind("arn", pattern=True),
    "ipaddress": _Kind("network"),
    "stringnotequals": _Kind("text", excludes=True),
    "stringnotlike": _Kind("text", excludes=True, pattern=True),
    "arnnotequals": _Kind("arn", excludes=True, pattern=True),
    "arnnotlike": _Kind("arn", excludes=True, pattern=True),
    "notipaddress": _Kind("network", excludes=True),
}
"""Operators whose values can be compared with those of another operator."""
