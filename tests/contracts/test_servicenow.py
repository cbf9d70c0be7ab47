"""The ServiceNow desk keeps the contract, over both of its APIs."""

from collections.abc import Iterator

import pytest

from tests.contracts.desk import DeskContract, World
from tests.servicenow.fake import ServiceNowFake
from tests.servicenow.world import ServiceNowWorld


class TestChangeManagementApi(DeskContract):
    """The suite over `sn_chg_rest`."""

    @pytest.fixture
    def world(self) -> Iterator[World]:
        """A fresh instance; in the end nothing was asked that does not fit its descriptions."""
        some = ServiceNowWorld()
        yield some
        assert some.fake.bad == []


class TestTableApi(DeskContract):
    """The suite over an instance that has the Table API alone."""

    @pytest.fixture
    def world(self) -> Iterator[World]:
        """A fresh instance."""
        some = ServiceNowWorld(ServiceNowFake(api="table"))
        yield some
        assert some.fake.bad == []


class TestRevertible(DeskContract):
    """The suite over an instance whose changes can go back to New."""

    @pytest.fixture
    def world(self) -> Iterator[World]:
        """A fresh instance."""
        some = ServiceNowWorld(ServiceNowFake(revertible=True))
        yield some
        assert some.fake.bad == []
