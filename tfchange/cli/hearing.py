"""Reads the log of an apply, live where it comes through a pipe."""

import os
import sys
from collections.abc import Callable, Iterator
from typing import TextIO

from tfchange.change.applied import Applied
from tfchange.change.apply_log import Lines, Listener
from tfchange.cli.progress import Progress
from tfchange.errors import SourceError
from tfchange.words import plain

STDIN = "-"
_WRITE_IT = "Write it with: terraform apply -json p.tfplan | tee apply.jsonl"
_SAY_SO = (
    "Where nothing was applied, say so: tfchange change close --result failed --notes TEXT. Else "
    "give the log that terraform apply -json has written, or look what was done and say --result."
)
_PIECE = 1 << 16


def hear(name: str) -> Applied:
    """How the apply ended by the log in that file, or by standard input as it is written.

    Raises `SourceError` where it cannot be read, `UsageError` where it is no such log.
    """
    if name == STDIN:
        with Live() as live:
            return _hear(lambda most: os.read(sys.stdin.fileno(), most), live)
    try:
        with open(name, "rb") as stream:
            return _hear(stream.read, lambda _: None)
    except FileNotFoundError:
        raise SourceError(
            f"there is no log {name}, so nothing tells how the apply went", _SAY_SO
        ) from None
    except OSError as error:
        raise SourceError(f"cannot read {name}: {error.strerror}", _WRITE_IT) from None


class Live:
    """Shows how far an apply is: at a terminal on one line, else a line for what has ended."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._line = Progress(self._stream)
        self._shown = ""

    def __enter__(self) -> "Live":
        self._line.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._line.__exit__(None, None, None)

    def __call__(self, progress: str) -> None:
        """This is how far it is now."""
        if progress == self._shown:
            return
        self._shown, said = progress, plain(progress)
        self._line(said)
        if not self._stream.isatty() and not said.endswith(_UNDER_WAY):
            self._stream.write(f"{said}\n")
            self._stream.flush()


_UNDER_WAY = ("...", "]")


def _hear(read: Callable[[int], bytes], tell: Callable[[str], object]) -> Applied:
    listener = Listener()
    for line in _lines(read):
        listener.hear(line)
        if listener.progress:
            tell(listener.progress)
    return listener.applied()


def _lines(read: Callable[[int], bytes]) -> Iterator[bytes]:
    lines = Lines()
    while piece := read(_PIECE):
        yield from lines.feed(piece)
    yield from lines.rest()
