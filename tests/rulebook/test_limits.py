"""Policy documents: what is no longer forbidden, no longer bound, or hands on permissions."""

import json
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tfchange.rulebook import view
from tfchange.rulebook.conditions import implies
from tfchange.rulebook.escalation import gains_escalation
from tfchange.rulebook.federation import federates_more
from tfchange.rulebook.limits import drops_deny, loosens_condition, only_restricts
from tfchange.rulebook.policies import gains_wildcard

GITHUB = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"
SUB = "token.actions.githubusercontent.com:sub"
AUD = {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
INSECURE = {"Bool": {"aws:SecureTransport": "false"}}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    """A resource with these statements."""
    return {"policy": {"Statement": list(statements)}}


def says(effect: str, action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    """One statement."""
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    """A resource with one Deny statement."""
    return policy(says("Deny", action, resource, **more))


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    """A resource with one Allow statement."""
    return policy(says("Allow", action, resource, **more))


def github(**condition: Any) -> dict[str, Any]:
    """A role that trusts GitHub under this condition."""
    statement: dict[str, Any] = {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity"}
    statement |= {"Principal": {"Federated": GITHUB}, "Condition": condition}
    return {"assume_role_policy": {"Statement": [statement]}}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (deny("s3:*"), policy(), True),
        (deny("s3:*"), None, True),
        (deny(["s3:Put*", "s3:Get*"]), deny(["s3:Get*"]), True),
        (deny(["s3:Put*", "s3:Get*"]), deny("s3:*"), False),
        (deny("s3:*", "arn:aws:s3:::b/*"), deny("s3:*"), False),
        (deny("s3:*"), deny("s3:*", "arn:aws:s3:::b/*"), True),
        (deny("s3:*", Condition=INSECURE), deny("s3:*"), False),
        (deny("s3:*"), deny("s3:*", Condition=INSECURE), True),
        (deny("s3:*", Condition=INSECURE), deny("s3:*", Condition=MFA), False),
        (deny("*", Condition={"StringNotEquals": {"aws:RequestedRegion": "a"}}),
         deny("*", Condition={"StringNotEquals": {"aws:RequestedRegion": ["a", "b"]}}), True),
        (deny("*", Condition={"StringNotEquals": {"aws:RequestedRegion": ["a", "b"]}}),
         deny("*", Condition={"StringNotEquals": {"aws:RequestedRegion": "a"}}), False),
        (policy({"Effect": "Deny", "NotAction": ["iam:*"], "Resource": "*"}),
         policy({"Effect": "Deny", "NotAction": ["iam:*", "s3:*"], "Resource": "*"}), True),
        (policy({"Effect": "Deny", "NotAction": ["iam:*", "s3:*"], "Resource": "*"}),
         policy({"Effect": "Deny", "NotAction": ["iam:*"], "Resource": "*"}), False),
        (deny("ec2:RunInstances"),
         policy({"Effect": "Deny", "NotAction": ["iam:*"], "Resource": "*"}), False),
        (deny("s3:*", Principal={"AWS": "*"}), deny("s3:*", Principal="*"), False),
        (deny("s3:*", Principal={"AWS": "111111111111"}),
         deny("s3:*", Principal={"AWS": "arn:aws:iam::111111111111:root"}), False),
        (deny("s3:*", Principal="*"),
         policy({"Effect": "Deny", "Action": "s3:*", "Resource": "*",
                 "NotPrincipal": {"AWS": "arn:aws:iam::111111111111:root"}}), True),
        (policy(says("Allow", "s3:*"), says("Deny", "s3:Put*")), None, False),
        (policy(says("Allow", "s3:*", Principal="*"), says("Deny", "s3:Put*", Principal="*")), None,
         True),
        (deny("s3:*", "arn:aws:s3:::old/*"), deny("s3:*", "arn:aws:s3:::new/*"), False),
        (deny("s3:*", ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]), deny("s3:*", "arn:aws:s3:::a/*"),
         True),
        (deny("s3:*"), {"policy": view.UNKNOWN}, False),
        (deny("s3:*"), {"policy": ""}, True),
        (allow("s3:*"), policy(), False),
        (None, deny("s3:*"), False),
        ({"content": deny("s3:*")["policy"]}, {"content": allow("*")["policy"]}, True),
    ],
)  # fmt: skip
def test_a_deny_is_dropped_where_nothing_forbids_the_same(
    before: Any, after: Any, expected: bool
) -> None:
    """A broader Deny keeps a narrower one; what moved or is not known is not dropped."""
    assert drops_deny(before, after) is expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (allow("s3:Get*", Condition=MFA), allow("s3:Get*"), True),
        (allow("s3:Get*"), allow("s3:Get*", Condition=MFA), False),
        (allow("s3:Get*", Condition=MFA), allow("s3:Put*"), False),
        (allow("s3:Get*", Condition=MFA), allow("s3:GetObject"), True),
        (allow("s3:Get*", Condition={**MFA, "StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
         allow("s3:Get*", Condition=MFA), True),
        (allow("s3:Get*", Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}}),
         allow("s3:Get*", Condition={"StringEquals": {"aws:SourceVpc": ["vpc-2", "vpc-1"]}}), True),
        (allow("s3:Get*", Condition={"StringEquals": {"aws:SourceVpc": ["vpc-2", "vpc-1"]}}),
         allow("s3:Get*", Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}}), False),
        (allow("s3:Get*", Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}}),
         allow("s3:Get*", Condition={"StringEquals": {"aws:SourceVpc": "vpc-2"}}), False),
        (allow("s3:Get*", Condition={"StringEquals": {"aws:sourcevpc": "vpc-1"}}),
         allow("s3:Get*", Condition={"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}}), True),
        (allow("s3:Get*", Condition={"IpAddress": {"aws:SourceIp": "10.1.0.0/16"}}),
         allow("s3:Get*", Condition={"IpAddress": {"aws:SourceIp": ["10.0.0.0/8"]}}), True),
        (allow("s3:Get*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
         allow("s3:Get*", Condition={"IpAddress": {"aws:SourceIp": ["10.1.0.0/16"]}}), False),
        (policy(says("Allow", "s3:*"), says("Allow", "s3:Get*", Condition=MFA)),
         allow("s3:*"), False),
        (deny("s3:*", Condition=MFA), deny("s3:*"), False),
        (None, allow("s3:*"), False),
    ],
)  # fmt: skip
def test_a_condition_is_loosened_where_more_requests_surely_pass(
    before: Any, after: Any, expected: bool
) -> None:
    """Values that were swapped prove nothing, and what stood without a condition binds nothing."""
    assert loosens_condition(before, after) is expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, allow("iam:PassRole"), True),
        (None, allow(["iam:PassRole"], ["arn:aws:iam::111111111111:role/*"]), True),
        (None, allow("iam:PassRole", "arn:aws:iam::111111111111:role/app"), False),
        (None, allow("iam:PassRole", "arn:aws:iam::111111111111:role/app-*"), False),
        (None, allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "x"}}),
         False),
        (None, allow("iam:Put*"), True),
        (None, allow("iam:Get*"), False),
        (None, allow("s3:*"), False),
        (None, allow("*"), True),
        (allow("*"), allow("iam:*"), False),
        (allow("iam:PassRole"), allow("iam:*"), True),
        (None, policy({"Effect": "Allow", "NotAction": ["iam:*", "sts:*", "lambda:*"],
                       "Resource": "*"}), False),
        (None, policy({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}), True),
        (None, deny("iam:*"), False),
        (allow("iam:*"), None, False),
    ],
)  # fmt: skip
def test_permissions_that_give_permissions_count_on_all_of_a_kind(
    before: Any, after: Any, expected: bool
) -> None:
    """On named resources, or under a condition, they are what deployments are made of."""
    assert gains_escalation(before, after) is expected


MAIN = {"StringEquals": {SUB: "repo:acme/app:ref:refs/heads/main", **AUD}}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (github(**MAIN), github(StringLike={SUB: "repo:acme/app:*"}, StringEquals=AUD), True),
        (github(StringLike={SUB: "repo:acme/*"}), github(**MAIN), False),
        (github(**MAIN), github(StringEquals={SUB: "repo:other/app:ref:refs/heads/main"}), True),
        (github(**MAIN), github(StringEquals=AUD), True),
        (github(StringEquals=AUD), github(**MAIN), False),
        (None, github(**MAIN), False),
        (None, github(StringLike={SUB: "repo:acme/*"}), False),
        (None, github(StringLike={SUB: ["repo:acme/*", "repo:*"]}), True),
        (None, github(StringEquals=AUD), True),
        (None, github(StringEquals={**AUD, "x:job_workflow_ref": "acme/app/.github/a.yml"}), False),
        (None, {"assume_role_policy": {"Statement": {
            "Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}}}}, False),
        (github(**MAIN), {"assume_role_policy": view.UNKNOWN}, False),
    ],
)  # fmt: skip
def test_a_subject_of_an_identity_provider_counts_where_it_is_new(
    before: Any, after: Any, expected: bool
) -> None:
    """On a change any subject that was not covered, on creation only everyone."""
    assert federates_more(before, after) is expected


@pytest.mark.parametrize("function", [drops_deny, loosens_condition, gains_escalation,
                                      federates_more])  # fmt: skip
@pytest.mark.parametrize("odd", [None, {}, {"policy": "text"}, {"policy": {"Statement": 1}},
                                 {"policy": {"Statement": [{"Effect": "Allow", "Condition": 1}]}},
                                 {"inline_policy": [1, {"policy": None}]}])  # fmt: skip
def test_what_is_no_document_says_nothing(function: Any, odd: Any) -> None:
    """Whatever stands in the place of a document is no reason to fail, or to hit."""
    assert function(odd, odd) is False


actions = st.sampled_from(["*", "s3:*", "s3:Get*", "s3:GetObject", "iam:PassRole", "iam:*"])
resources = st.sampled_from(["*", "arn:aws:s3:::b/*", "arn:aws:iam::111111111111:role/*"])
operators = st.sampled_from(["StringEquals", "StringLike", "StringNotLike", "ArnLike",
                             "StringEqualsIfExists", "ForAnyValue:StringEquals"])  # fmt: skip
keys = st.sampled_from(["aws:SourceVpc", "aws:PrincipalArn", SUB])
values = st.lists(st.sampled_from(["a", "a*", "*", "b?", "[x]"]), min_size=1, max_size=3)
conditions = st.dictionaries(operators, st.dictionaries(keys, values, max_size=2), max_size=2)
several = st.lists(actions, min_size=1, max_size=3)
principals = st.sampled_from(["*", {"AWS": ["111111111111", "*"]}, {"Federated": GITHUB}])
statements = st.builds(
    lambda effect, action, resource, who, condition: {
        "Effect": effect,
        "Action": action,
        "Resource": resource,
        "Principal": who,
        "Condition": condition,
    },
    st.sampled_from(["Allow", "Deny"]),
    several,
    st.lists(resources, min_size=1, max_size=2),
    principals,
    conditions,
)
documents = st.lists(statements, max_size=3)
FUNCTIONS = (drops_deny, loosens_condition, gains_escalation, federates_more)


def seen(document: list[dict[str, Any]], **writing: Any) -> Any:
    """A resource as a rule sees it, whose document is written in some way."""
    return view.resource({"policy": json.dumps({"Statement": document}, **writing)}, None)


@given(documents, st.randoms(use_true_random=False))
def test_order_and_writing_are_no_change(document: list[dict[str, Any]], random: Any) -> None:
    """Statements, actions and values in another order, and JSON in another form, hit nothing."""
    shuffled = [
        {**s, "Action": random.sample(s["Action"], len(s["Action"]))}
        for s in random.sample(document, len(document))
    ]
    for function in FUNCTIONS:
        assert not function(seen(document), seen(shuffled, indent=2, sort_keys=True))


@given(documents, statements)
def test_what_is_only_added_drops_nothing(document: list[dict[str, Any]], more: Any) -> None:
    """One more statement lifts no Deny, and one fewer lets nobody do more under weaker terms."""
    assert not drops_deny(seen(document), seen([*document, more]))
    for function in (loosens_condition, gains_escalation, federates_more):
        assert not function(seen([*document, more]), seen(document))


@given(documents, documents)
def test_what_only_restricts_loosens_nothing(one: list[dict[str, Any]], two: Any) -> None:
    """It excludes what the others look for, and is true of what stays as it is.

    An operator without a key is no condition, which not all of them know.
    """
    assume(all(all(s.get("Condition", {}).values()) for s in [*one, *two]))
    assert only_restricts(seen(one), seen(one))
    if only_restricts(seen(one), seen(two)):
        for function in (drops_deny, loosens_condition, gains_escalation, gains_wildcard):
            assert not function(seen(one), seen(two))


@given(documents, documents, documents)
def test_restricting_twice_is_restricting(one: Any, two: Any, three: Any) -> None:
    """What only restricts what only restricts does so itself."""
    if only_restricts(seen(one), seen(two)) and only_restricts(seen(two), seen(three)):
        assert only_restricts(seen(one), seen(three))


@given(documents, statements)
def test_a_further_ban_restricts_and_a_further_grant_does_not(
    document: list[dict[str, Any]], more: dict[str, Any]
) -> None:
    """One more Deny always only restricts; one more Allow only where it was granted already."""
    ban = {**more, "Effect": "Deny"}
    assert only_restricts(seen(document), seen([*document, ban]))
    new = {"Effect": "Allow", "Action": ["new:Action"], "Resource": "arn:aws:new:::thing"}
    everything = any(s["Effect"] == "Allow" and "*" in s["Action"] for s in document)
    if not everything:
        assert not only_restricts(seen(document), seen([*document, new]))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (allow(["s3:GetObject", "s3:PutObject"]), allow("s3:GetObject"), True),
        (allow("s3:*"), allow("s3:Get*", "arn:aws:s3:::b/*"), True),
        (allow("s3:Get*"), allow("s3:*"), False),
        (allow("s3:Get*"), allow("s3:Put*"), False),
        (allow("s3:*"), allow("s3:*", Condition=MFA), True),
        (allow("s3:*", Condition=MFA), allow("s3:*"), False),
        (deny("s3:*"), deny("s3:Get*"), False),
        (deny("s3:Get*"), deny("s3:*"), True),
        (None, allow("s3:*"), False),
        (allow("s3:*"), None, False),
        (allow("s3:*"), {"policy": view.UNKNOWN}, False),
        ({"policy": "(sensitive)"}, allow("s3:*"), False),
    ],
)
def test_what_only_restricts(before: Any, after: Any, expected: bool) -> None:
    """Less is allowed, more is forbidden, or the terms are stricter."""
    assert only_restricts(before, after) is expected


@settings(max_examples=500)
@given(conditions, conditions, conditions)
def test_implying_is_an_order(one: Any, two: Any, three: Any) -> None:
    """Each condition implies itself and none at all; what follows from what follows, follows."""
    assert implies(one, one)
    assert implies(one, None)
    if implies(one, two) and implies(two, three):
        assert implies(one, three)
