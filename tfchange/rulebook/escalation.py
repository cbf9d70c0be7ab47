"""Which permissions let their holder take further ones, and whether a change grants such.

The actions: https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/
"""

from collections.abc import Iterator
from typing import Any

from tfchange.rulebook.policies import (
    Grant,
    condition_of,
    covers,
    grants,
    matches,
    statements,
    texts,
)

_ESCALATING = (
    "iam:addusertogroup", "iam:attachgrouppolicy", "iam:attachrolepolicy", "iam:attachuserpolicy",
    "iam:createaccesskey", "iam:createloginprofile", "iam:createpolicyversion",
    "iam:deleterolepermissionsboundary", "iam:deleteuserpermissionsboundary", "iam:passrole",
    "iam:putgrouppolicy", "iam:putrolepermissionsboundary", "iam:putrolepolicy",
    "iam:putuserpermissionsboundary", "iam:putuserpolicy", "iam:setdefaultpolicyversion",
    "iam:updateassumerolepolicy", "iam:updateloginprofile", "lambda:updatefunctioncode",
    "sts:assumerole",
)  # fmt: skip


def gains_escalation(before: Any, after: Any) -> bool:
    """Whether a permission to take or hand on permissions is now allowed on all of a kind.

    On single resources, or under a condition, it is what deployments are made of.
    """
    was = list(grants(before))
    return any(not any(covers(old, new) for old in was) for new in _escalations(after))


def _escalations(resource: Any) -> Iterator[Grant]:
    for statement in statements(resource):
        if condition_of(statement):
            continue
        for on in ["*"] if "NotResource" in statement else texts(statement.get("Resource")):
            if _is_all_of_a_kind(on.split(":", 5)[-1]):
                yield from (Grant(action, on, "") for action in _granted(statement))


def _is_all_of_a_kind(name: str) -> bool:
    kind = name[:-2].replace("-", "_").replace("_", "a")
    return name == "*" or (name.endswith(("/*", ":*")) and kind.isalnum())


def _granted(statement: dict[str, Any]) -> list[str]:
    but = "NotAction" in statement
    patterns = [p.lower() for p in texts(statement.get("NotAction" if but else "Action"))]
    return [a for a in _ESCALATING if any(matches(a, p) for p in patterns) is not but]
