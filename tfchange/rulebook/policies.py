"""What an AWS policy document grants and to whom, and whether a change grants more.

The grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import msgspec

DOCUMENTS = frozenset(
    ("policy", "assume_role_policy", "inline_policy", "access_policies", "resource_policy")
)
"""Attributes that hold policy documents."""

# AWS knows no resource for these, so that "*" is all one can write; they read or report only.
_WITHOUT_RESOURCE = (
    "*:describe*", "*:list*", "ecr:getauthorizationtoken", "sts:getcalleridentity",
    "cloudwatch:putmetricdata", "cloudwatch:getmetric*", "xray:put*", "xray:getsampling*",
    "logs:createloggroup", "logs:createlogstream", "logs:putlogevents", "tag:getresources",
    "ec2:createnetworkinterface", "ec2:deletenetworkinterface", "ec2:*privateipaddresses",
    "ssm:updateinstanceinformation", "ssmmessages:*channel", "ec2messages:*",
)  # fmt: skip

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
    was = list(_grants(before))
    return any(
        _is_wild(grant) and not any(_covers(old, grant) for old in was) for grant in _grants(after)
    )


def becomes_public(before: Any, after: Any) -> bool:
    """Whether an Allow statement now names anyone, without a condition that names the caller."""
    return "*" in _trusted(after) and "*" not in _trusted(before)


def trusts_more(before: Any, after: Any) -> bool:
    """Whether anyone, or another account than before, is now named by an Allow statement.

    The account of the resource itself is known from its ARN; of what is created it is not known,
    so that there only anyone counts.
    """
    gained = _trusted(after) - _trusted(before)
    return "*" in gained or (before is not None and bool(gained - _own_account(before)))


def _statements(resource: Any) -> Iterator[dict[str, Any]]:
    for document in _documents(resource):
        stated = document.get("Statement")
        for statement in stated if isinstance(stated, list) else [stated]:
            if isinstance(statement, dict) and statement.get("Effect") == "Allow":
                yield statement


def _documents(resource: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(resource, dict):
        return
    inline = resource.get("inline_policy")
    blocks = inline if isinstance(inline, list) else [{"policy": inline}]
    found = [resource.get(name) for name in sorted(DOCUMENTS - {"inline_policy"})]
    found += [block.get("policy") for block in blocks if isinstance(block, dict)]
    yield from (document for document in found if isinstance(document, dict))


def _grants(resource: Any) -> Iterator[Grant]:
    for statement in _statements(resource):
        condition = statement.get("Condition")
        words = msgspec.json.encode(condition, order="sorted").decode() if condition else ""
        for action in _texts(statement, "Action"):
            for on in _texts(statement, "Resource"):
                yield Grant(action.lower(), on, words)


def _texts(statement: dict[str, Any], key: str) -> list[str]:
    if f"Not{key}" in statement:  # all but a few is as good as all
        return ["*"]
    value = statement.get(key, [])
    return [
        text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)
    ]


def _is_wild(grant: Grant) -> bool:
    if grant.action.rpartition(":")[2] == "*":
        return not any(fnmatchcase(grant.action, p) for p in _WITHOUT_RESOURCE)
    if grant.condition or grant.resource.split(":", 5)[-1] != "*":
        return False
    return not any(fnmatchcase(grant.action, pattern) for pattern in _WITHOUT_RESOURCE)


def _covers(old: Grant, new: Grant) -> bool:
    same = old.condition in ("", new.condition)
    return same and _matches(new.action, old.action) and _matches(new.resource, old.resource)


def _matches(text: str, pattern: str) -> bool:
    return fnmatchcase(text, pattern.replace("[", "[[]"))


def _trusted(resource: Any) -> frozenset[str]:
    return frozenset(who for s in _statements(resource) for who in _principals(s))


def _principals(statement: dict[str, Any]) -> Iterator[str]:
    principal = statement.get("Principal")
    named = principal if isinstance(principal, dict) else {"AWS": principal}
    keys = {key.lower() for test in (statement.get("Condition") or {}).values() for key in test}
    for who in _listed(named.get("AWS")):
        if who == "*" and not keys & _NAMES_CALLER:
            yield who
        yield from re.findall(r"(?<!\d)\d{12}(?!\d)", who)
    # An OIDC provider such as GitHub signs for everyone who uses it.
    if not keys and any("saml-provider" not in who for who in _listed(named.get("Federated"))):
        yield "*"


def _listed(value: Any) -> list[str]:
    return [
        text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)
    ]


def _own_account(resource: Any) -> frozenset[str]:
    arn = resource.get("arn") if isinstance(resource, dict) else None
    return frozenset(arn.split(":")[4:5]) if isinstance(arn, str) else frozenset()
