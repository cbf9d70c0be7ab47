"""Where results go, and how wide and colourful they are."""

import os
import sys
from pathlib import Path

import pytest

from tfchange.cli import output


class Screen:
    """A standard output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard output is a terminal from now on, and nobody refused colours."""
    monkeypatch.setattr(sys, "stdout", Screen())
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")


def test_a_terminal_gets_colours_unless_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Colours are for terminals; NO_COLOR, a dumb terminal, a file or --color never refuse them."""
    at_a_terminal(monkeypatch)
    assert output.styled("auto", None)
    assert not output.styled("auto", "report.txt")
    assert not output.styled("never", None)
    monkeypatch.setenv("TERM", "dumb")
    assert not output.styled("auto", None)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    assert not output.styled("auto", None)
    assert output.styled("always", None)


def test_the_width_is_that_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked for wins, then the terminal; a file gets a hundred columns."""
    at_a_terminal(monkeypatch)
    monkeypatch.setenv("COLUMNS", "72")
    assert output.columns(None, None) == 72
    assert output.columns(50, None) == 50
    assert output.columns(None, "report.txt") == 100
    monkeypatch.setenv("COLUMNS", "10")
    assert output.columns(None, None) == 40


def test_a_replaced_file_keeps_its_mode(tmp_path: Path) -> None:
    """A report that only its owner may read stays so."""
    file = tmp_path / "report"
    file.write_text("old")
    file.chmod(0o600)
    output.write("new", str(file))
    assert file.read_text() == "new\n"
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """Writing to a symbolic link changes what it points to."""
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    output.write("new", str(tmp_path / "link"))
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new\n"


def test_nothing_is_left_behind_when_the_disk_says_no(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the last step fails, the old report stays and the draft is gone."""
    file = tmp_path / "report"
    file.write_text("old")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(output.SourceError) as refused:
        output.write("new", str(file))
    assert "No space left" in refused.value.message
    assert file.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["report"]
