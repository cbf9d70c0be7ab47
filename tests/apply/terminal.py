"""A terminal of its own to run a command line at."""

import os
import pty
import subprocess
import sys
import threading

_START = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "os.execv(sys.executable, [sys.executable, '-m', 'tfchange', *sys.argv[1:]])"
)


class Terminal:
    """Runs tfchange at a terminal; what it shows is read, so that it never has to wait."""

    def __init__(self, *arguments: str) -> None:
        self._ours, theirs = pty.openpty()
        self._child = subprocess.Popen(
            [sys.executable, "-c", _START, *arguments],
            stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        self.shown = bytearray()
        self._reader = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> "Terminal":
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._child.poll() is None:
            self._child.kill()
            self._child.wait()
        self._reader.join()
        os.close(self._ours)

    def press_ctrl_c(self) -> None:
        """The terminal sends SIGINT to all that run in its foreground."""
        os.write(self._ours, b"\x03")

    def wait(self) -> int:
        """The exit code."""
        return self._child.wait()

    def _read(self) -> None:
        try:
            while data := os.read(self._ours, 4096):
                self.shown += data
        except OSError:
            pass  # nobody has the other end any more
