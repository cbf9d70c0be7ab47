"""One line on stderr for people who wait longer than a second at a terminal."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    import threading

PATIENCE = 1.0
PULSE = 0.25


class Progress:
    """Call it with what is done next; nothing is shown in the first second or in a pipe."""

    def __init__(self, stream: TextIO | None = None, patience: float = PATIENCE) -> None:
        self._stream = stream or sys.stderr
        self._patience = patience
        self._step = ""
        self._shown = ""
        self._stop: threading.Event | None = None

    def __call__(self, step: str) -> None:
        self._step = step

    def __enter__(self) -> "Progress":
        if self._stream.isatty():
            import threading

            self._stop = threading.Event()
            self._thread = threading.Thread(target=self._watch, args=[self._stop], daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._stop:
            self._stop.set()
            self._thread.join()
            self._show("")

    def _watch(self, stop: "threading.Event") -> None:
        if stop.wait(self._patience):
            return
        self._show(self._step)
        while not stop.wait(PULSE):
            self._show(self._step)

    def _show(self, step: str) -> None:
        if step != self._shown:
            # Back to the start of the line, and clear it.
            self._stream.write(f"\r\x1b[2K{step}{'…' if step else ''}")
            self._stream.flush()
            self._shown = step
