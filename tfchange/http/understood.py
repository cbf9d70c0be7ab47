"""Answers of another form than the API of a desk or a forge says: told as such, not as our bug."""

import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, TypeVar, cast

from tfchange.errors import DeskError, OutcomeUnknownError

T = TypeVar("T")
_UNREAD = (LookupError, TypeError, ValueError, AttributeError)
"""What reading a value as something that it is not ends with."""
_ADVICE = (
    "Check that the address is that of the API itself. If it is, please report these words; they "
    "hold nothing of the answer."
)


def understood(adapter: T, name: str, reads: Collection[str]) -> T:
    """The same adapter, whose calls end as `answers` says; those not among `reads` write."""
    return cast("T", _Understood(adapter, name, reads))


@contextmanager
def answers(name: str, *, writing: bool = False) -> Iterator[None]:
    """What cannot be read of an answer is a `DeskError`.

    Where something was written, it is an `OutcomeUnknownError`: it may have been done. `name` is
    that of the desk or forge, for sentences.
    """
    try:
        yield
    except _UNREAD as error:
        kind = OutcomeUnknownError if writing else DeskError
        said = f"{type(error).__name__} {_place(error.__traceback__)}".strip()
        done = ", so it may have written, or not" if writing else ""
        raise kind(f"{name} answers what nobody here can read ({said}){done}", _ADVICE) from None


class _Understood:
    """An adapter, and what is made of its mistakes in reading."""

    def __init__(self, adapter: object, name: str, reads: Collection[str]) -> None:
        self._adapter, self._name, self._reads = adapter, name, reads

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._adapter, name)
        return self._guarded(name, found) if callable(found) else found

    def _guarded(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*given: Any, **more: Any) -> Any:
            with answers(self._name, writing=name not in self._reads):
                return call(*given, **more)

        return guarded


def _place(trace: TracebackType | None) -> str:
    """The last line of ours that was reached; of what it read nothing is told."""
    said = ""
    while trace:
        file = trace.tb_frame.f_code.co_filename.replace(os.sep, "/")
        if "/tfchange/" in file and not file.endswith("/http/understood.py"):
            said = f"at {file.rpartition('/tfchange/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return said
