"""The cache: where it lies, and that nothing in it is ever half there."""

import os
from pathlib import Path

import pytest

from tfchange import cache


@pytest.mark.parametrize(
    ("system", "environment", "folder"),
    [
        ("posix", {}, "/h/.cache/tfchange"),
        ("posix", {"XDG_CACHE_HOME": "/c"}, "/c/tfchange"),
        ("posix", {"XDG_CACHE_HOME": "/c", "TFCHANGE_CACHE_DIR": "/mine"}, "/mine"),
        ("nt", {"LOCALAPPDATA": "/l"}, "/l/tfchange/cache"),
    ],
)
def test_the_folder_follows_the_system(
    monkeypatch: pytest.MonkeyPatch, system: str, environment: dict[str, str], folder: str
) -> None:
    """Caches lie where TFCHANGE_CACHE_DIR says, else where the system keeps them."""
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "TFCHANGE_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"HOME": "/h", **environment}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("tfchange.cache.os.name", system)
    found = cache.folder()
    monkeypatch.undo()
    assert found == folder


def test_what_is_kept_is_whole_and_private(tmp_path: Path) -> None:
    """The file is there with its folder, nothing else is, and only its owner may read it."""
    file = tmp_path / "new" / "kept"
    cache.keep(str(file), b"data")
    assert file.read_bytes() == b"data"
    assert file.stat().st_mode & 0o077 == 0
    assert os.listdir(file.parent) == ["kept"]


def test_what_cannot_be_kept_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the folder is a file, or the disk is full, what was there stays and nothing is left."""
    blocked = tmp_path / "file"
    blocked.write_text("mine")
    cache.keep(str(blocked / "kept"), b"data")
    assert blocked.read_text() == "mine"

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    cache.keep(str(blocked), b"data")
    assert blocked.read_text() == "mine"
    assert os.listdir(tmp_path) == ["file"]
