"""Plays `terraform apply -json`: writes a log line by line and does what a script tells it.

The script is the file `script` in the working folder; each line is one thing to do:

    say LOG FROM TO    writes those lines of a log
    text WORDS         writes other text
    ready FIFO         goes on once somebody reads from it
    go FIFO            goes on once somebody has written to it and closed it
    wait               goes on once a signal has come
    move FROM TO       moves a file
    exit CODE          ends

It tells of a signal as Terraform does, and a second one ends it at once.
"""

import json
import os
import signal
import sys

_SAYS = ("\nInterrupt received.\n", "\nTwo interrupts received.\n")


class Player:
    """Goes through the script."""

    def __init__(self) -> None:
        self.came = 0
        self.woken, wake = os.pipe()
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake)
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, self.take)

    def take(self, *_: object) -> None:
        """A signal has come."""
        self.came += 1
        said = {"@level": "info", "@message": _SAYS[min(self.came, 2) - 1], "type": "log"}
        os.write(1, json.dumps(said).encode() + b"\n")
        if self.came > 1:
            os._exit(1)

    def say(self, log: str, start: str, end: str) -> None:
        with open(log, "rb") as file:
            os.write(1, b"".join(file.readlines()[int(start) : int(end)]))

    def text(self, *words: str) -> None:
        os.write(1, " ".join(words).encode() + b"\n")

    def ready(self, fifo: str) -> None:
        with open(fifo, "w") as file:
            file.write("ready")

    def go(self, fifo: str) -> None:
        with open(fifo) as file:
            file.read()

    def wait(self) -> None:
        os.read(self.woken, 1)

    def move(self, old: str, new: str) -> None:
        os.replace(old, new)

    def exit(self, code: str) -> None:
        sys.exit(int(code))


if __name__ == "__main__":
    player = Player()
    with open("script") as script:
        for line in script:
            verb, *words = line.split()
            getattr(player, verb)(*words)
