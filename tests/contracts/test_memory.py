"""The desk in memory keeps the contract, so that what is tested with it holds for real desks."""

import pytest

from tests.change.memory import MemoryWorld
from tests.contracts.desk import DeskContract, World


class TestMemory(DeskContract):
    """The suite over the desk in memory."""

    @pytest.fixture
    def world(self) -> World:
        """A fresh desk."""
        return MemoryWorld()
