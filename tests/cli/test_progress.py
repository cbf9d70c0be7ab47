"""The progress line."""

import io
import threading

from tfchange.cli.progress import Progress


class Terminal(io.StringIO):
    """A terminal that says when something was written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = threading.Event()

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        count = super().write(text)
        self.written.set()
        return count


def test_a_pipe_sees_nothing() -> None:
    """Where stderr is not a terminal, nothing is ever written to it."""
    stream = io.StringIO()
    with Progress(stream, patience=0) as progress:
        progress("reading")
    assert stream.getvalue() == ""


def test_quick_work_shows_nothing() -> None:
    """Work that ends before a reader would wonder leaves no trace on the terminal."""
    terminal = Terminal()
    with Progress(terminal, patience=3600) as progress:
        progress("reading")
    assert terminal.getvalue() == ""


def test_long_work_shows_the_step_and_cleans_up() -> None:
    """Work that takes longer shows what is done, and the line is cleared at the end."""
    terminal = Terminal()
    with Progress(terminal, patience=0) as progress:
        progress("reading plan.json")
        assert terminal.written.wait(10)
    shown = terminal.getvalue()
    assert "reading plan.json…" in shown
    assert shown.endswith("\r\x1b[2K")
