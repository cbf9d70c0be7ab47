"""What policy documents forbid, and what they bind to conditions; whether a change lifts that."""

from collections.abc import Iterator
from typing import Any

import msgspec

from tfchange.rulebook.conditions import implies
from tfchange.rulebook.policies import legible, matches, statements, texts


class Clause(msgspec.Struct, frozen=True):
    """One action on one resource by one principal; `!a|b` stands for all but a and b."""

    who: str
    action: str
    resource: str
    condition: Any


def drops_deny(before: Any, after: Any) -> bool:
    """Whether something that a Deny statement forbade is no longer forbidden by any.

    What is now forbidden on another resource has moved there and is not dropped. A document that
    cannot be read, before or after, drops nothing. Of two conditions that differ in a way that
    cannot be compared, neither counts as the weaker one. What forbids a part of what it allows by
    itself may go as a whole.
    """
    if not (legible(before) and legible(after)) or (after is None and _carves_out(before)):
        return False
    was, left = list(_clauses(before, "Deny")), list(_clauses(after, "Deny"))
    fresh = [new for new in left if not any(_covers(old, new) for old in was)]
    return any(
        not any(_keeps(old, new) for new in left) and not any(_moved(old, new) for new in fresh)
        for old in was
    )


def loosens_condition(before: Any, after: Any) -> bool:
    """Whether what was allowed under a condition is now allowed under a weaker one, or none."""
    was = list(_clauses(before, "Allow"))
    return any(_loosened(was, new) for new in _clauses(after, "Allow"))


def only_restricts(before: Any, after: Any) -> bool:
    """Whether all that is allowed was allowed before, and all that was forbidden still is.

    Documents that cannot be read, and conditions that cannot be compared, are never said to.
    """
    if before is None or after is None or not (legible(before) and legible(after)):
        return False
    allowed, forbidden = list(_clauses(before, "Allow")), list(_clauses(after, "Deny"))
    return all(
        any(_covers(old, new) and implies(new.condition, old.condition) for old in allowed)
        for new in _clauses(after, "Allow")
    ) and all(
        any(_covers(new, old) and implies(old.condition, new.condition) for new in forbidden)
        for old in _clauses(before, "Deny")
    )


def _carves_out(resource: Any) -> bool:
    return any("Principal" not in statement for statement in statements(resource))


def _loosened(was: list[Clause], new: Clause) -> bool:
    alike = [old for old in was if _covers(old, new)]
    if any(implies(new.condition, old.condition) for old in alike):
        return False
    return any(implies(old.condition, new.condition) for old in alike)


def _keeps(old: Clause, new: Clause) -> bool:
    if not _covers(new, old):
        return False
    return implies(old.condition, new.condition) or not implies(new.condition, old.condition)


def _moved(old: Clause, new: Clause) -> bool:
    return (old.who, old.action, old.condition) == (new.who, new.action, new.condition)


def _covers(wide: Clause, narrow: Clause) -> bool:
    return (
        _within(narrow.who, wide.who)
        and _within(narrow.action, wide.action)
        and _within(narrow.resource, wide.resource)
    )


def _within(narrow: str, wide: str) -> bool:
    if wide[:1] != "!":
        return matches(narrow, wide)
    but = wide[1:].split("|")
    if narrow[:1] == "!":
        return set(but) <= set(narrow[1:].split("|"))
    return not any(matches(narrow, one) or matches(one, narrow) for one in but)


def _clauses(resource: Any, effect: str) -> Iterator[Clause]:
    for statement in statements(resource, effect):
        condition = statement.get("Condition")
        for who in _principals(statement):
            for action in _told(statement, "Action"):
                for on in _told(statement, "Resource"):
                    yield Clause(who, action.lower(), on, condition)


def _told(statement: dict[str, Any], key: str) -> list[str]:
    if f"Not{key}" in statement:
        return ["!" + "|".join(sorted(texts(statement[f"Not{key}"])))]
    return texts(statement.get(key)) or [""]  # a trust policy names no resource


def _principals(statement: dict[str, Any]) -> list[str]:
    if "NotPrincipal" in statement:
        return ["!" + "|".join(sorted(_names(statement["NotPrincipal"])))]
    return _names(statement.get("Principal")) or [""]


def _names(principal: Any) -> list[str]:
    if not isinstance(principal, dict):
        return texts(principal)
    return [
        who if who == "*" else f"{kind}:{_account(who)}"
        for kind, named in principal.items()
        for who in texts(named)
    ]


def _account(who: str) -> str:
    return f"arn:aws:iam::{who}:root" if who.isdecimal() else who
