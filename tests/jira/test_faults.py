"""Jira in bad weather: over 1,000 random sequences, nothing twice and nothing lost."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from tests.change import faults
from tests.change.faults import Wrap
from tests.contracts.desk import DONE, emergency
from tests.jira import shop as jira_shop
from tests.jira.fake import JiraFake
from tests.jira.shop import Shop, hurried
from tests.jira.world import JiraWorld
from tfchange.errors import DeskError

LAG = 3
JUDGED_EVERY = 20
"""The judge takes longer than everything else together, so it looks at some."""


def lives(shop: Callable[[], Shop], seeds: range, *, lag: int) -> set[str]:
    """The faults that happened in so many lives of a change."""
    happened = set()
    for seed in seeds:
        JiraFake.made.clear()
        made: list[JiraFake] = []

        def make(wrap: Wrap, seed: int = seed, made: list[JiraFake] = made) -> JiraWorld:
            site = shop()
            site.lag = lag
            made.append(JiraFake(site, judged=seed % JUDGED_EVERY == 0))
            return JiraWorld(made[0], wrap(made[0]))

        happened |= set(faults.sequence(make, seed, lag=lag > 0))
        assert made[0].breaches == [], f"seed {seed}"
    return happened


EVERY = {kind.__name__ for kind in faults.KINDS}


@pytest.mark.parametrize("part", range(4))
def test_cloud_in_bad_weather(part: int) -> None:
    """On Cloud, with a search that sees new issues at once."""
    assert lives(jira_shop.cloud, range(part * 100, part * 100 + 100), lag=0) == EVERY


@pytest.mark.parametrize("part", range(2))
def test_cloud_with_a_late_index(part: int) -> None:
    """On Cloud as it is, where the search sees new issues late."""
    assert lives(jira_shop.cloud, range(part * 100, part * 100 + 100), lag=LAG) == EVERY


@pytest.mark.parametrize("part", range(3))
def test_service_desk_in_bad_weather(part: int) -> None:
    """With approvals."""
    assert lives(jira_shop.managed, range(part * 100, part * 100 + 100), lag=0) == EVERY


@pytest.mark.parametrize("part", range(3))
def test_data_center_in_bad_weather(part: int) -> None:
    """With a workflow that has no way back from an approval."""
    assert lives(jira_shop.data_center, range(part * 100, part * 100 + 100), lag=0) == EVERY


def emergency_in_bad_weather(shop: Shop, seed: int) -> set[str]:
    """An emergency is filed and closed, then read back and reviewed through faults."""
    fake = JiraFake(replace(hurried(shop), lag=0), judged=seed % JUDGED_EVERY == 0)
    network = faults.Faults(fake, Random(seed), rate=0.0)
    world = JiraWorld(fake, network)
    desk, ticket = world.desk, emergency(world, pull_request=40, due="2026-11-30")
    desk.close(ticket, DONE)
    network.rate = 0.4
    kept = insist(network, lambda: desk.fetch(ticket, "assessment.json"))
    assert kept == b'{"score": 52}', f"seed {seed}"
    assert len(insist(network, desk.reviews)) == 1, f"seed {seed}"
    insist(network, lambda: desk.review(ticket, "The runbook was followed."))
    assert insist(network, desk.reviews) == (), f"seed {seed}"
    assert world.texts(ticket).count("The runbook was followed.") == 1, f"seed {seed}"
    assert fake.breaches == [], f"seed {seed}"
    return set(network.happened)


def insist(network: faults.Faults, act: Callable[[], Any]) -> Any:
    """What comes of it in the end, as a person runs a command again."""
    for _ in range(faults.TRIES):
        try:
            return act()
        except DeskError:
            continue
    network.rate = 0.0
    return act()


@pytest.mark.parametrize("shop", [jira_shop.cloud, jira_shop.managed, jira_shop.data_center])
def test_reviews_in_bad_weather(shop: Callable[[], Shop]) -> None:
    """A finding is written once, and a file is read back whole or not at all."""
    happened = set()
    for seed in range(40):
        JiraFake.made.clear()
        happened |= emergency_in_bad_weather(shop(), seed)
    assert happened == EVERY
