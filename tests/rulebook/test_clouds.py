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
