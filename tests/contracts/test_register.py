"""The register keeps the contract in both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.desk import DeskContract, World
from tests.register.world import BOTH, RegisterWorld, opened


@pytest.mark.parametrize("kind", BOTH)
class TestRegister(DeskContract):
    """The suite over the register."""

    @pytest.fixture
    def world(self, kind: str, tmp_path: Path) -> Iterator[World]:
        """A fresh register."""
        with opened(kind, tmp_path) as register:
            yield RegisterWorld(register)
