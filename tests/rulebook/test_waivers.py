"""Waivers: named, dated, visible."""

from pathlib import Path

import pytest

from tests.build import change, plan
from tests.rulebook.layer import rule, write
from tfchange.errors import RulebookError
from tfchange.rulebook.judge import Judge, subject_of
from tfchange.rulebook.load import load

WAIVER = """
waivers:
  - rule: ours
    addresses: ['{addresses}']
    ticket: OPS-1
    owner: someone@example.com
    expires: {expires}
"""


def waived(tmp_path: Path, addresses: str, today: str | None, address: str = "x_thing.a") -> bool:
    """Whether the hit on the address is waived on that day."""
    text = WAIVER.format(addresses=addresses, expires="2026-03-31")
    judge = Judge(load([write(tmp_path, risk__ours=rule("ours"), waivers=text)]), today)
    entry = change(address, ["delete"], before={})
    (hit,) = judge.hits(subject_of(plan([entry]).changes[0], judge))
    return hit.waived is not None


@pytest.mark.parametrize(
    ("today", "expected"),
    [("2026-03-30", True), ("2026-03-31", True), ("2026-04-01", False), (None, False)],
)
def test_a_waiver_holds_through_its_last_day(
    tmp_path: Path, today: str | None, expected: bool
) -> None:
    """It holds on the day it expires, not on the next, and never where the day is not known."""
    assert waived(tmp_path, "x_thing.a", today) is expected


@pytest.mark.parametrize(
    ("addresses", "address", "expected"),
    [
        ("x_thing.a", 'x_thing.a["k"]', True),
        ('x_thing.a["k"]', 'x_thing.a["k"]', True),
        ('x_thing.a["k"]', 'x_thing.a["l"]', False),
        ("module.m.*", 'module.m["x.y"].x_thing.a', True),
        ("x_thing.b", "x_thing.a", False),
    ],
)
def test_a_waiver_names_instances_or_blocks(
    tmp_path: Path, addresses: str, address: str, expected: bool
) -> None:
    """A block's address covers all its instances, an instance's itself alone."""
    assert waived(tmp_path, addresses, "2026-01-01", address) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (WAIVER.format(addresses="*", expires="2026-02-30"), "'2026-02-30' is not a day"),
        (WAIVER.format(addresses="*", expires="soon"), "must be a day such as"),
        (WAIVER.format(addresses="*", expires="2026-01-01").replace("ours", "none"),
         "there is no rule 'none'"),
        ("waivers: [{rule: dns-changed, addresses: ['*'], expires: 2026-01-01}]",
         "the key 'ticket' is missing"),
    ],
)  # fmt: skip
def test_a_waiver_needs_a_rule_a_ticket_an_owner_and_a_day(
    tmp_path: Path, text: str, expected: str
) -> None:
    """A waiver that is not complete is a fault."""
    with pytest.raises(RulebookError) as caught:
        load([write(tmp_path, risk__ours=rule("ours"), waivers=text)])
    assert expected in caught.value.message
