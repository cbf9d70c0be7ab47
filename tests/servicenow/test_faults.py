"""The ServiceNow desk in bad weather: no duplicates, no lost updates, nothing said twice."""

from collections.abc import Callable

import pytest

from tests.change import faults
from tests.servicenow.fake import CLIENT, CLIENT_SECRET, ServiceNowFake
from tests.servicenow.records import FIELDS
from tests.servicenow.world import ServiceNowWorld

NEEDED = """approval assignment_group change_plan close_code close_notes cmdb_ci correlation_display
correlation_id description impact justification number on_hold parent risk short_description state
sys_created_on sys_id type std_change_producer_version work_notes"""
UNUSED = FIELDS - set(NEEDED.split())
"""Fields that this user may not read: half the work of a thousand lives would be to show them."""


def change(wrap: faults.Wrap) -> ServiceNowWorld:
    """A world over the Change Management API."""
    return ServiceNowWorld(ServiceNowFake(hidden_fields=set(UNUSED)), wrap)


def table(wrap: faults.Wrap) -> ServiceNowWorld:
    """A world over the Table API."""
    return ServiceNowWorld(ServiceNowFake(api="table", hidden_fields=set(UNUSED)), wrap)


def revertible(wrap: faults.Wrap) -> ServiceNowWorld:
    """A world whose changes can go back to New, with tokens that end early."""
    fake = ServiceNowFake(revertible=True, hashes=False, hidden_fields=set(UNUSED))
    fake.token_uses = 7
    client = {"user": "", "password": "", "client_id": CLIENT, "client_secret": CLIENT_SECRET}
    return ServiceNowWorld(fake, wrap, **client)


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies are not looked for in the environment, which would take a third of the time."""
    monkeypatch.setattr("requests.sessions.get_environ_proxies", lambda *_, **__: {})


Make = Callable[[faults.Wrap], ServiceNowWorld]
SEEDS = [(change, 0, 250), (change, 250, 500), (change, 500, 700), (table, 700, 850),
         (revertible, 850, 1000)]  # fmt: skip


@pytest.mark.parametrize(("make", "first", "end"), SEEDS)
def test_a_thousand_lives_in_bad_weather(make: Make, first: int, end: int) -> None:
    """Over 1,000 random sequences of faults there is no duplicate and no lost update."""
    happened = set()
    for seed in range(first, end):
        made: list[ServiceNowFake] = []

        def judged(wrap: faults.Wrap, made: list[ServiceNowFake] = made) -> ServiceNowWorld:
            world = make(wrap)
            world.fake.specs.each = False
            made.append(world.fake)
            return world

        happened |= set(faults.sequence(judged, seed))
        assert [fake.bad for fake in made] == [[]], f"seed {seed}"
    assert happened == {kind.__name__ for kind in faults.KINDS}
