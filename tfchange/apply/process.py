"""Runs the command that applies, shows and hears what it writes, and outlives it.

It writes into the file of its log, not into a pipe: were tfchange killed, Terraform would die of
the broken pipe in the middle of its work. So it goes on, and the log is whole.
"""

import os
import select
import subprocess
import time
from collections.abc import Callable
from io import FileIO
from typing import NamedTuple

from tfchange.apply.command import Command
from tfchange.apply.kept import Kept
from tfchange.apply.signals import Passing, Signals, at_terminal
from tfchange.change.apply_log import Lines, Listener, Message
from tfchange.errors import SourceError
from tfchange.source.programs import environment
from tfchange.words import plain

_PULSE = 0.1
_PIECE = 1 << 16


class Ended(NamedTuple):
    """How the command ended, and what it told."""

    code: int
    """Its exit code; 128 and the number of the signal where one ended it, as a shell tells."""
    listener: Listener


def watch(command: Command, log: Kept, show: Callable[[bytes], object], signals: Signals) -> Ended:
    """The command has ended; all that it wrote was shown and heard.

    Standard input and standard error are those of tfchange. Raises `SourceError` where it cannot
    be started.
    """
    child = _start(command, log)
    ear = Ear(command.spoken, show)
    try:
        with open(log.path, "rb", buffering=0) as written:
            _follow(child, written, ear, signals, command.plan is not None)
    finally:
        # Whatever becomes of us, nobody else waits for it.
        code = child.wait()
    return Ended(code if code >= 0 else 128 - code, ear.listener)


def _follow(
    child: "subprocess.Popen[bytes]", written: FileIO, ear: "Ear", signals: Signals, tells: bool
) -> None:
    passing = Passing(child.send_signal, tells, at_terminal())
    while True:
        # Asked before the last look at the log, so that nothing it wrote is missed.
        over = child.poll() is not None
        piece = written.read(_PIECE)
        ear.take(piece)
        if over and not piece:
            break
        select.select([signals.descriptor], [], [], 0 if piece or over else _PULSE)
        for number in signals.come():
            passing.take(number, time.monotonic())
        passing.turn(ear.listener.interrupts, time.monotonic())
    ear.end()


class Ear:
    """Hears a log as it grows, and shows it: as it is, or as the text that is in it."""

    def __init__(self, spoken: bool, show: Callable[[bytes], object]) -> None:
        self.listener = Listener()
        self._lines, self._spoken, self._show = Lines(), spoken, show

    def take(self, piece: bytes) -> None:
        """More was written."""
        if not self._spoken:
            self._show(piece)
        for line in self._lines.feed(piece):
            self._line(line)

    def end(self) -> None:
        """Nothing more is written."""
        for line in self._lines.rest():
            self._line(line)

    def _line(self, line: bytes) -> None:
        message = self.listener.hear(line)
        if self._spoken:
            self._show(line + b"\n" if message is None else spoken(message))


def spoken(message: Message) -> bytes:
    """What Terraform says to people in that message; errors and warnings with their details."""
    said = str(message.get("@message", ""))
    found = message.get("diagnostic")
    detail = found.get("detail") if isinstance(found, dict) else None
    whole = f"\n{said}\n\n{detail}\n" if isinstance(detail, str) and detail else said
    # A provider may say anything, and a terminal would do as it is told.
    shown = "\n".join("\t".join(map(plain, line.split("\t"))) for line in whole.split("\n"))
    return f"{shown}\n".encode("utf-8", "replace")


def _start(command: Command, log: Kept) -> "subprocess.Popen[bytes]":
    try:
        words, own = command.words, environment(forge=True)
        return subprocess.Popen(words, stdout=log.descriptor, env=own)  # noqa: S603 - as asked for
    except OSError as error:
        raise SourceError(
            f"cannot run {command.words[0]}: {error.strerror}", "Nothing was applied."
        ) from None
    finally:
        os.close(log.descriptor)
