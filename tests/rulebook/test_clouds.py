"""Firewalls of Azure and Google Cloud: what is opened to the world."""

from typing import Any

import pytest

from tests.build import change, plan_json
from tfchange.plan.decode import decode
from tfchange.rulebook.exposure import opens_to_world
from tfchange.rulebook.judge import Judge, subject_of
from tfchange.rulebook.load import load
from tfchange.rulebook.view import UNKNOWN


def azure(**fields: Any) -> dict[str, Any]:
    """A rule of a network security group that lets SSH in from everywhere."""
    return {
        "direction": "Inbound",
        "access": "Allow",
        "protocol": "Tcp",
        "source_address_prefix": "*",
        "source_address_prefixes": None,
        "destination_port_range": "22",
        "destination_port_ranges": None,
    } | fields


def google(**fields: Any) -> dict[str, Any]:
    """A firewall that lets SSH in from everywhere."""
    allow = [{"protocol": "tcp", "ports": ["22"]}]
    return {"direction": "INGRESS", "source_ranges": ["0.0.0.0/0"], "allow": allow} | fields


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, azure(), True),
        (azure(), azure(), False),
        (azure(source_address_prefix="10.0.0.0/8"), azure(), True),
        (azure(access="Deny"), azure(), True),
        (azure(destination_port_range="20-25"), azure(), False),
        (azure(destination_port_range="*"), azure(protocol="*", destination_port_range="*"), True),
        (azure(protocol="*", destination_port_range="*"), azure(), False),
        (azure(), azure(destination_port_range=None, destination_port_ranges=["22", "80"]), True),
        (None, azure(source_address_prefix="Internet"), True),
        (None, azure(source_address_prefix="VirtualNetwork"), False),
        (None, azure(source_address_prefix=None, source_address_prefixes=["0.0.0.0/0"]), True),
        (None, azure(source_address_prefix=None, source_address_prefixes=["10.0.0.0/8"]), False),
        (None, azure(source_address_prefix=UNKNOWN), False),
        (None, azure(direction="Outbound"), False),
        (None, azure(access="Deny"), False),
        (None, azure(protocol="Icmp"), False),
        (None, {"security_rule": [azure(access="Deny"), azure()]}, True),
        ({"security_rule": [azure()]}, {"security_rule": []}, False),
        (None, {"security_rule": UNKNOWN}, False),
        (None, google(), True),
        (google(), google(), False),
        (google(source_ranges=["10.0.0.0/8"]), google(), True),
        (google(disabled=True), google(), True),
        (google(allow=[{"protocol": "all", "ports": []}]), google(), False),
        (google(), google(allow=[{"protocol": "tcp", "ports": ["22-23"]}]), True),
        (None, google(direction=None), True),
        (None, google(source_ranges=UNKNOWN), False),
        (None, google(direction="EGRESS"), False),
        (None, google(allow=[], deny=[{"protocol": "tcp", "ports": ["22"]}]), False),
        (None, google(allow=UNKNOWN), False),
    ],
)
def test_what_is_opened_to_the_world(before: Any, after: Any, expected: bool) -> None:
    """A port that anybody can reach afterwards and could not before, whoever's firewall it is."""
    assert opens_to_world(before, after) is expected


@pytest.mark.parametrize(
    ("type_", "wide", "narrow"),
    [
        ("azurerm_network_security_rule", azure(), azure(source_address_prefix="10.0.0.0/8")),
        ("google_compute_firewall", google(), google(source_ranges=["10.0.0.0/8"])),
    ],
)
def test_a_narrowing_is_a_standard_change_and_its_way_back_is_none(
    type_: str, wide: dict[str, Any], narrow: dict[str, Any]
) -> None:
    """What only narrows fits the envelope that it fits for security groups of AWS."""
    judge = Judge(load())
    at = [envelope.id for envelope in judge.rulebook.envelopes].index("security-group-narrowing")
    changes = [
        change(f"{type_}.a", ["update"], before, after)
        for before, after in ((wide, narrow), (narrow, wide))
    ]
    there, back = decode(plan_json(changes)).changes
    assert judge.misfits(subject_of(there, judge))[at] is None
    assert judge.misfits(subject_of(back, judge))[at] is not None


def test_a_way_out_of_something_new_is_no_opening() -> None:
    """The rule resource for egress looks like the one for ingress, and is told from it."""
    judge = Judge(load())
    rule = {"cidr_ipv4": "0.0.0.0/0", "ip_protocol": "-1", "security_group_id": UNKNOWN}
    at = [envelope.id for envelope in judge.rulebook.envelopes].index("new-in-nonproduction")
    types = ("aws_vpc_security_group_egress_rule", "aws_vpc_security_group_ingress_rule")
    plan = decode(plan_json([change(f"{type_}.a", ["create"], None, rule) for type_ in types]))
    out, into = (subject_of(entry, judge) for entry in plan.changes)
    assert judge.misfits(out)[at] is None
    assert judge.misfits(into)[at] is not None
    assert not judge.hits(out)
    assert [hit.rule.id for hit in judge.hits(into)] == ["sensitive-port-opened"]


@pytest.mark.parametrize(
    ("type_", "after"),
    [("azurerm_network_security_rule", azure()), ("google_compute_firewall", google())],
)
def test_an_opening_is_found_and_is_no_standard_change(type_: str, after: dict[str, Any]) -> None:
    """The rule hits, and no envelope takes the change in, even outside of production."""
    judge = Judge(load())
    (entry,) = decode(plan_json([change(f"{type_}.a", ["create"], None, after)])).changes
    subject = subject_of(entry, judge)
    assert "sensitive-port-opened" in {hit.rule.id for hit in judge.hits(subject)}
    assert None not in judge.misfits(subject)
