"""Policy documents: what is granted that was not, and to whom."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfchange.rulebook.policies import becomes_public, gains_wildcard, trusts_more

OWN, OTHER = "111111111111", "222222222222"
ARN = f"arn:aws:iam::{OWN}:role/r"


def allow(action: Any, resource: Any = "arn:aws:s3:::b/*", **more: Any) -> dict[str, Any]:
    """A resource with a policy of one Allow statement."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    return {"policy": {"Statement": [statement]}}


def queue(*accounts: str) -> dict[str, Any]:
    """A policy of a queue of the own account that names accounts."""
    resource = f"arn:aws:sqs:eu-west-1:{OWN}:work"
    return allow("sqs:SendMessage", resource, Principal={"AWS": list(accounts)})


def trust(principal: Any, effect: str = "Allow", **more: Any) -> dict[str, Any]:
    """A role that trusts the principal."""
    statement = {"Effect": effect, "Action": "sts:AssumeRole", "Principal": principal, **more}
    return {"arn": ARN, "assume_role_policy": {"Statement": statement}}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, allow("s3:*"), True),
        (None, allow("s3:GetObject"), False),
        (None, allow("s3:Get*"), False),
        (allow("s3:*"), allow("s3:*"), False),
        (allow("*", "*"), allow("s3:*", "*"), False),
        (allow("s3:*"), allow("s3:*", "*"), True),
        (allow("s3:GetObject"), allow("s3:GetObject", "*"), True),
        (allow("s3:GetObject"), allow("s3:GetObject", "arn:aws:s3:::*"), True),
        (None, allow(["ec2:DescribeInstances", "ecr:GetAuthorizationToken"], "*"), False),
        (None, allow("logs:PutLogEvents", "arn:aws:logs:eu-west-1:1:log-group:/x:*"), False),
        (None, allow("ec2:RunInstances", "*", Condition={"StringEquals": {"a": "b"}}), False),
        (allow("s3:*", Condition={"Bool": {"a": "b"}}), allow("s3:*"), True),
        (None, {"policy": {"Statement": {"Effect": "Allow", "NotAction": "iam:*",
                                         "Resource": "*"}}}, True),
        (None, {"policy": {"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}},
         False),
        (None, {"inline_policy": [{"name": "x", **allow("s3:*")}]}, True),
        (None, {"policy": "(known after apply)"}, False),
        (None, {"policy": None}, False),
        (allow("s3:*"), None, False),
    ],
)  # fmt: skip
def test_a_wildcard_counts_where_it_is_new(before: Any, after: Any, expected: bool) -> None:
    """All actions of a service, or any resource, in an Allow statement that did not say so."""
    assert gains_wildcard(before, after) is expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, trust("*"), True),
        (None, trust({"AWS": "*"}), True),
        (trust("*"), trust({"AWS": ["*"]}), False),
        (None, trust("*", "Deny"), False),
        (None, trust({"Service": "ec2.amazonaws.com"}), False),
        (None, trust("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), False),
        (None, trust("*", Condition={"Bool": {"aws:SecureTransport": "true"}}), True),
        (None, trust({"Federated": "arn:aws:iam::1:oidc-provider/x"}), True),
        (None, trust({"Federated": "arn:aws:iam::1:oidc-provider/x"},
                     Condition={"StringLike": {"x:sub": "repo:a/b:*"}}), False),
        (trust("*"), None, False),
    ],
)  # fmt: skip
def test_public_means_anyone_without_a_condition_on_the_caller(
    before: Any, after: Any, expected: bool
) -> None:
    """A principal `*` is the public unless a condition names who calls."""
    assert becomes_public(before, after) is expected
    assert trusts_more(before, after) is expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (trust({"AWS": OWN}), trust({"AWS": [OWN, f"arn:aws:iam::{OTHER}:root"]}), True),
        (trust({"AWS": OTHER}), trust({"AWS": OTHER}), False),
        (trust({"Service": "x"}), trust({"AWS": f"arn:aws:iam::{OWN}:root"}), False),
        (None, trust({"AWS": OTHER}), False),
        (queue(), queue(OWN), False),
        (queue(), queue(OTHER), True),
        (
            {**queue(), "queue_url": f"https://sqs.eu-west-1.amazonaws.com/{OTHER}/work"},
            queue(OTHER),
            False,
        ),
    ],
)
def test_another_account_counts_where_the_own_one_is_known(
    before: Any, after: Any, expected: bool
) -> None:
    """A new account counts on a change; of a new resource nobody knows the account yet."""
    assert trusts_more(before, after) is expected


actions = st.sampled_from(["*", "s3:*", "s3:Get*", "s3:GetObject", "iam:PassRole"])
resources = st.sampled_from(["*", "arn:aws:s3:::*", "arn:aws:s3:::b/*"])
grants = st.lists(st.tuples(actions, resources), max_size=3)


def several(found: list[tuple[str, str]]) -> dict[str, Any]:
    """A resource with a policy of several statements."""
    statements = [{"Effect": "Allow", "Action": a, "Resource": r} for a, r in found]
    return {"policy": {"Statement": statements}}


@given(grants, st.randoms(use_true_random=False))
def test_order_and_removal_gain_nothing(found: list[tuple[str, str]], random: Any) -> None:
    """Statements in another order, or fewer of them, never count as gained."""
    shuffled = random.sample(found, len(found))
    assert not gains_wildcard(several(found), several(shuffled))
    assert not gains_wildcard(several(found), several(shuffled[1:]))
