"""The cache of what blocks refer to stands where it should, and only there."""

import os
from pathlib import Path

import pytest

from tfchange.plan.configuration import Reference
from tfchange.source import cache
from tfchange.source.cache import Parsed


def test_blocks_used_least_recently_leave_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cache does not grow without end, and keeps what the last run needed."""
    monkeypatch.setattr(cache, "MOST_BLOCKS", 3)
    one, folder = Parsed((Reference("local.a", "x"),)), str(tmp_path)
    cache.write(folder, {}, {"a": one, "b": one, "c": one})
    cache.write(folder, cache.read(folder), {"a": one, "d": one})
    assert cache.read(folder) == {"c": one, "a": one, "d": one}


def test_the_grammar_is_kept_only_where_nobody_else_writes(tmp_path: Path) -> None:
    """What will be unpickled must not be anybody's to replace."""
    assert str(cache.grammar_file(str(tmp_path / "new"))).startswith(str(tmp_path / "new"))
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    assert cache.grammar_file(str(shared)) is None
    (tmp_path / "file").touch()
    assert cache.grammar_file(str(tmp_path / "file")) is None


def test_a_write_that_fails_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk loses the new blocks, not the old ones, and leaves no draft."""
    one = {"a": Parsed()}
    cache.write(str(tmp_path), {}, one)

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    cache.write(str(tmp_path), one, {"b": Parsed()})
    assert cache.read(str(tmp_path)) == one
    assert len(list(tmp_path.iterdir())) == 1
