"""Jira keeps the contract of all desks: Cloud, Cloud with Service Management, Data Center."""

from collections.abc import Iterator

import pytest

from tests.change.requests import request
from tests.contracts.desk import DeskContract, never
from tests.jira import shop as jira_shop
from tests.jira.fake import JiraFake
from tests.jira.world import JiraWorld
from tfchange.change.file import file


class Jira(DeskContract):
    """What is the same on all deployments."""

    shop = staticmethod(jira_shop.cloud)

    @pytest.fixture
    def world(self) -> Iterator[JiraWorld]:
        """A fresh site; nothing may have been asked of it that Atlassian does not describe."""
        world = JiraWorld(JiraFake(jira_shop.hurried(self.shop())))
        yield world
        assert world.fake.breaches == []

    def test_of_two_the_oldest_wins(self, world: JiraWorld) -> None:  # type: ignore[override]
        """The same as everywhere, once the index of Jira has caught up."""
        first, second = world.desk.open(request()), world.desk.open(request())
        world.fake.store.settle()
        ticket = file(world.desk, request(), pause=never).ticket
        assert ticket.id == first.id
        loser = world.desk.read(second.id)
        assert not loser.state.live
        assert ticket.number in world.links(loser)

    def test_an_incident_is_known(self, world: JiraWorld) -> None:  # type: ignore[override]
        """The same as everywhere, of incidents whose names are keys of issues."""
        world.declare("INC-1", open_=True)
        world.declare("INC-2", open_=False)
        found = [world.desk.incident(name) for name in ("INC-1", "INC-2", "INC-3")]
        assert [each and each.state for each in found] == ["open", "closed", "missing"]
        assert world.desk.incident("INC0010001") is None


class TestCloud(Jira):
    """A project of Jira Cloud without fields for changes."""


class TestServiceDesk(Jira):
    """Jira Service Management with its template for changes."""

    shop = staticmethod(jira_shop.managed)


class TestDataCenter(Jira):
    """Version 2, wiki markup, a personal access token."""

    shop = staticmethod(jira_shop.data_center)
