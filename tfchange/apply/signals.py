"""Signals that are not to end tfchange before what it watches, and that the other may need too.

Ctrl-C at a terminal reaches both by itself. Otherwise it is not to be seen who got a signal: a CI
may send it to one process, or to all of them. A second one makes Terraform leave at once, without
saving what it did, so a signal is passed on only if the log does not tell in a while that it came.
"""

import os
import select
import signal
import time
from collections.abc import Callable
from types import FrameType, TracebackType

GRACE = 2.0
"""Seconds in which Terraform says that it was interrupted; it does so within milliseconds."""
_HELD = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Signals:
    """Holds signals back while it is entered; `descriptor` can be read from when one has come."""

    def __init__(self) -> None:
        self._before: dict[int, object] = {}
        self._write = -1
        self.descriptor = -1
        self._wake = -1

    def __enter__(self) -> "Signals":
        self.descriptor, self._write = os.pipe()
        os.set_blocking(self.descriptor, False)
        os.set_blocking(self._write, False)
        for number in (*_HELD, signal.SIGCHLD):
            # What is ignored, as by nohup, stays so.
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, _nothing)
        self._wake = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        signal.set_wakeup_fd(self._wake)
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        os.close(self.descriptor)
        os.close(self._write)

    def pause(self, seconds: float) -> None:
        """So much time has passed; raises `InterruptedError` as soon as a signal comes."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            select.select([self.descriptor], [], [], left)
            if self.come():
                raise InterruptedError

    def come(self) -> list[int]:
        """The signals that came since this was asked last, without those that a child ended."""
        try:
            return [number for number in os.read(self.descriptor, 4096) if number in _HELD]
        except BlockingIOError:
            return []


class Passing:
    """Passes signals on to a child that has not got them by itself."""

    def __init__(self, send: Callable[[int], object], tells: bool, at_terminal: bool) -> None:
        """`tells` is whether the log of the child says when it was interrupted."""
        self._send, self._grace, self._at_terminal = send, GRACE if tells else 0.0, at_terminal
        self._waiting: list[tuple[float, int]] = []
        self._come = 0
        self._last = (0, -GRACE)

    def take(self, number: int, now: float) -> None:
        """One has come; the same again at once is still that one, sent to us and to all of us."""
        last, self._last = self._last, (number, now)
        if last[0] == number and now - last[1] < GRACE:
            return
        self._come += 1
        if number == signal.SIGINT and self._at_terminal:
            return
        # Terraform knows no hang-up, and would die of it in the middle of its work.
        self._waiting.append(
            (now + self._grace, number if number == signal.SIGINT else signal.SIGTERM)
        )

    def turn(self, heard: int, now: float) -> None:
        """Those that are due are passed on, save those that the child has told of: `heard`."""
        while self._waiting and self._come - heard < len(self._waiting):
            self._waiting.pop(0)
        while self._waiting and self._waiting[0][0] <= now:
            self._send(self._waiting.pop(0)[1])


def at_terminal() -> bool:
    """Whether Ctrl-C at a terminal reaches this process, and so its children."""
    try:
        terminal = os.open(os.ctermid(), os.O_RDONLY | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)


def _nothing(number: int, frame: FrameType | None) -> None:
    """What has come is read from the descriptor."""
