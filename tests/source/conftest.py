"""What the tests of reading source share."""

from collections.abc import Callable
from pathlib import Path

import pytest

Tree = Callable[[dict[str, str]], Path]


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A cache folder that keeps python-hcl2's compiled grammar for the whole run."""
    return str(tmp_path_factory.mktemp("hcl"))


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """Writes files into a folder `src` of their own and returns it."""

    def write(files: dict[str, str]) -> Path:
        for name, text in files.items():
            file = tmp_path / "src" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return tmp_path / "src"

    return write
