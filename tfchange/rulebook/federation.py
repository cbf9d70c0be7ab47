"""Whose tokens a role accepts from identity providers (OIDC), and whether a change accepts more."""

from collections.abc import Iterator
from typing import Any

from tfchange.rulebook.conditions import Check, checks
from tfchange.rulebook.policies import matches, statements, texts

_TAKES = ("stringequals", "stringlike")


def federates_more(before: Any, after: Any) -> bool:
    """Whether a role trusts subjects of an identity provider that it did not trust before.

    Of a new role only that counts which names no subject, or nothing of it: its provider signs
    for all repositories, projects or service accounts alike.
    """
    was, now = set(_subjects(before)), set(_subjects(after))
    if before is None:
        return any(_is_everyone(subject) for _, subject in now)
    return any(
        not any(provider == other and matches(subject, old) for other, old in was)
        for provider, subject in now
    )


def _is_everyone(subject: str) -> bool:
    """Whether it is all, or all of a service: no organisation, project or namespace is named."""
    service, _, rest = subject.partition(":")
    if subject.startswith(("*", "system:serviceaccount:*")):
        return True
    return "*" not in service and rest.startswith("*")


def _subjects(resource: Any) -> Iterator[tuple[str, str]]:
    for statement in statements(resource):
        principal = statement.get("Principal")
        asked = [c for c in checks(statement.get("Condition")) if not c.key.endswith(":aud")]
        for provider in texts(principal.get("Federated") if isinstance(principal, dict) else None):
            if ":oidc-provider/" in provider:
                yield from ((provider, subject) for subject in _named(asked))


def _named(asked: list[Check]) -> list[str]:
    told = [c for c in asked if c.key.endswith(":sub") and c.operator in _TAKES]
    if told:
        return sorted(told[0].values)
    # Another claim may say as much as the subject does.
    return [] if asked else ["*"]
