"""What an AWS policy document grants and to whom, and whether a change grants more.

The grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from tfchange.rulebook.match import any_glob, glob

DOCUMENTS = frozenset((
    "policy", "assume_role_policy", "inline_policy", "access_policies", "resource_policy",
    "policy_document", "content",
))  # fmt: skip
"""Attributes that hold policy documents."""
_ACCOUNT = 12
"""Digits of the id of an account."""
_WHOLE = sorted(DOCUMENTS - {"inline_policy"})

OWN = frozenset(
    ("arn", "resource_arn", "secret_arn", "backup_vault_arn", "queue_url", "registry_id")
)
"""Attributes that say in which account a resource, or what its policy is for, is."""

# AWS knows no resource for these, so that "*" is all one can write; they read or report only.
_WITHOUT_RESOURCE = any_glob((
    "*:describe*", "*:list*", "ecr:getauthorizationtoken", "sts:getcalleridentity",
    "cloudwatch:putmetricdata", "cloudwatch:getmetric*", "xray:put*", "xray:getsampling*",
    "logs:createloggroup", "logs:createlogstream", "logs:putlogevents", "tag:getresources",
    "ec2:createnetworkinterface", "ec2:deletenetworkinterface", "ec2:*privateipaddresses",
    "ssm:updateinstanceinformation", "ssmmessages:*channel", "ec2messages:*",
))  # fmt: skip

# A condition on one of these names the caller, so that "*" is not the public.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
_NAMES_CALLER = frozenset((
    "aws:sourcearn", "aws:sourcevpc", "aws:sourcevpce", "aws:sourceaccount", "aws:sourceip",
    "aws:sourceowner", "aws:sourceorgid", "aws:principalorgid", "aws:principalarn",
    "aws:principalaccount", "aws:userid", "aws:vpcsourceip", "kms:calleraccount",
    "s3:dataaccesspointaccount", "s3:dataaccesspointarn", "sns:endpoint",
))  # fmt: skip


class Grant(msgspec.Struct, frozen=True):
    """One action on one resource that is allowed, both maybe with `*`."""

    action: str
    resource: str
    condition: str
    """The condition as sorted JSON, `""` for none."""


def gains_wildcard(before: Any, after: Any) -> bool:
    """Whether an Allow statement now grants all actions of a service, or acts on any resource."""
    was = list(grants(before))
    return any(
        _is_wild(grant) and not any(covers(old, grant) for old in was) for grant in grants(after)
    )


def becomes_public(before: Any, after: Any) -> bool:
    """Whether an Allow statement now names anyone, without a condition that names the caller."""
    return "*" in _trusted(after) and "*" not in _trusted(before)


def trusts_more(before: Any, after: Any) -> bool:
    """Whether anyone, or another account than before, is now named by an Allow statement.

    The account of the resource itself is known from its ARN, or from what its policy is about; of
    what is created it is not known, so that there only anyone counts.
    """
    gained = _trusted(after) - _trusted(before)
    return "*" in gained or (before is not None and bool(gained - _own_accounts(before)))


def statements(resource: Any, effect: str = "Allow") -> Iterator[dict[str, Any]]:
    """The statements of all policy documents in a resource that have this effect."""
    for document in _found(resource):
        stated = document.get("Statement") if isinstance(document, dict) else None
        for statement in stated if isinstance(stated, list) else [stated]:
            if isinstance(statement, dict) and statement.get("Effect") == effect:
                yield statement


def legible(resource: Any) -> bool:
    """Whether no document of the resource is masked, or known only after apply."""
    return not any(isinstance(document, str) and document for document in _found(resource))


def texts(value: Any) -> list[str]:
    """The texts of what is one text or a list of them."""
    return [
        text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)
    ]


def matches(text: str, pattern: str) -> bool:
    """Whether a text is covered by a pattern, in which only `*` and `?` are special."""
    if "?" not in pattern:
        return glob(pattern)(text)
    from fnmatch import fnmatchcase

    return fnmatchcase(text, pattern.replace("[", "[[]"))


def condition_of(statement: dict[str, Any]) -> str:
    """The condition as sorted JSON, `""` for none."""
    condition = statement.get("Condition")
    return msgspec.json.encode(condition, order="sorted").decode() if condition else ""


def covers(old: Grant, new: Grant) -> bool:
    """Whether all that the new one grants was granted by the old one."""
    same = old.condition in ("", new.condition)
    return same and matches(new.action, old.action) and matches(new.resource, old.resource)


def grants(resource: Any) -> Iterator[Grant]:
    """All that the Allow statements of a resource grant; all but a few counts as all."""
    for statement in statements(resource):
        words = condition_of(statement)
        for action in _named(statement, "Action"):
            for on in _named(statement, "Resource"):
                yield Grant(action.lower(), on, words)


def _found(resource: Any) -> list[Any]:
    if not isinstance(resource, dict):
        return []
    inline = resource.get("inline_policy")
    blocks = inline if isinstance(inline, list) else [{"policy": inline}]
    found = [resource.get(name) for name in _WHOLE]
    return found + [block.get("policy") for block in blocks if isinstance(block, dict)]


def _named(statement: dict[str, Any], key: str) -> list[str]:
    return ["*"] if f"Not{key}" in statement else texts(statement.get(key))


def _is_wild(grant: Grant) -> bool:
    if grant.action.rpartition(":")[2] == "*":
        return not _WITHOUT_RESOURCE(grant.action)
    if grant.condition or grant.resource.split(":", 5)[-1] != "*":
        return False
    return not _WITHOUT_RESOURCE(grant.action)


def _trusted(resource: Any) -> frozenset[str]:
    return frozenset(who for s in statements(resource) for who in _principals(s))


def _principals(statement: dict[str, Any]) -> Iterator[str]:
    principal = statement.get("Principal")
    named = principal if isinstance(principal, dict) else {"AWS": principal}
    keys = {key.lower() for test in (statement.get("Condition") or {}).values() for key in test}
    for who in texts(named.get("AWS")):
        if who == "*" and not keys & _NAMES_CALLER:
            yield who
        yield from _accounts(who)
    # An OIDC provider such as GitHub signs for everyone who uses it.
    if not keys and any("saml-provider" not in who for who in texts(named.get("Federated"))):
        yield "*"


def _own_accounts(resource: Any) -> frozenset[str]:
    if not isinstance(resource, dict):
        return frozenset()
    told = [resource.get(name) for name in sorted(OWN)]
    told += [on for s in statements(resource) for on in texts(s.get("Resource"))]
    return frozenset(account for text in told for account in _accounts(text))


def _accounts(text: Any) -> list[str]:
    if not isinstance(text, str):
        return []
    digits = "".join([sign if sign.isdecimal() else " " for sign in text])
    return [run for run in digits.split() if len(run) == _ACCOUNT]
