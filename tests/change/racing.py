"""Runs as a program of its own: processes that race at a register, and some that kill themselves.

All of them are forks of this one, so that each is a process with connections of its own and none
spends a second on imports. `python -m tests.change.racing URL race 12 12 13` has three file a
change each for pull requests 12, 12 and 13; `... URL kill 3 40` has 40 die in the middle, by dice.
"""

import os
import signal
import sys
from collections.abc import Callable
from random import Random

from sqlalchemy import event

from tests.change.requests import commit, request
from tests.register.world import engine_of, register_at
from tfchange.change.file import file


def say(what: object) -> None:
    """A line on standard output, whole, however many speak at once."""
    os.write(1, f"{what}\n".encode())


def child(act: Callable[[], object]) -> int:
    """The id of a new process that does it, says what came of it, and ends."""
    if pid := os.fork():
        return pid
    code = 1
    try:
        say(act())
        code = 0
    except Exception as error:
        say(repr(error))
    finally:
        os._exit(code)


def filed(url: str, pull: int) -> str:
    """What filing has done."""
    with register_at(url) as register:
        return file(register, request(commit=commit(pull_request=pull))).done


def race(url: str, pulls: list[int]) -> None:
    """All wait until all are there, then all begin."""
    gate, opener = os.pipe()

    def act(pull: int) -> str:
        os.close(opener)
        os.read(gate, 1)
        return filed(url, pull)

    children = [child(lambda pull=pull: act(pull)) for pull in pulls]  # type: ignore[misc]
    os.close(opener)
    for pid in children:
        os.waitpid(pid, 0)


def kill(url: str, seed: int, victims: int) -> None:
    """Each files a change and kills itself at a statement that the dice has chosen."""
    dice = Random(seed)
    for number in range(victims):
        last = dice.randint(1, 90)
        os.waitpid(child(lambda n=number, last=last: _die(url, n, last)), 0)  # type: ignore[misc]
        with register_at(url) as register:
            say(" ".join([str(number), *register.verify().faults]))


def _die(url: str, pull: int, last: int) -> str:
    left = last

    def count(*_: object) -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    with register_at(url) as register:
        for moment in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(engine_of(register), moment, count)
        return file(register, request(commit=commit(pull_request=pull))).done


if __name__ == "__main__":
    where, what, *numbers = sys.argv[1:]
    if what == "race":
        race(where, [int(each) for each in numbers])
    else:
        kill(where, *(int(each) for each in numbers))
