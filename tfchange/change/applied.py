"""How an apply ended, resource by resource, judged by what its log tells."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

SILENT = frozenset({"", "noop", "no-op", "read", "move", "import", "remove", "forget", "open"})
"""Planned actions on which the log says no more: nothing of them happens outside the state."""
_STATE = frozenset({"move", "import", "remove", "forget"})
_PARTS = {"replace": ("delete", "create")}


class Told(msgspec.Struct):
    """What the log tells of one address; filled while reading.

    Of a replacement it tells `delete` and `create`. A left-over of an earlier replacement has the
    same address as the resource itself, and so the log tells both as one.
    """

    planned: list[str] = msgspec.field(default_factory=list)
    started: list[str] = msgspec.field(default_factory=list)
    done: list[str] = msgspec.field(default_factory=list)
    failed: list[str] = msgspec.field(default_factory=list)
    errors: list[str] = msgspec.field(default_factory=list)

    @property
    def acting(self) -> list[str]:
        """What was planned and happens outside the state."""
        return [action for action in self.planned if action not in SILENT]

    @property
    def open(self) -> bool:
        """Whether something was started and neither done nor failed."""
        return len(self.started) > len(self.done) + len(self.failed)

    @property
    def left(self) -> list[str]:
        """What was planned and not started."""
        return list((Counter(parts(self.acting)) - Counter(self.started)).elements())

    @property
    def half(self) -> str:
        """Which half of a replacement was done, where only one was."""
        if "replace" not in self.planned:
            return ""
        created = "create" in self.done
        destroyed = self.done.count("delete") > self.planned.count("delete")
        return "" if created == destroyed else "create" if created else "delete"

    @property
    def action(self) -> str:
        """What was to be done, in the words of the log."""
        return " and ".join(self.acting or (self.started or self.failed)[:1])


class Applied(msgspec.Struct, frozen=True):
    """How an apply ended; each resource with what was planned for it, in the order of the log."""

    outcome: str
    """`successful`, `partly` or `failed`."""
    done: tuple[tuple[str, str], ...] = ()
    failed: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    """Address, action and what Terraform says of it."""
    half: tuple[tuple[str, str], ...] = ()
    """Replacements that stopped in the middle: address and which half was done."""
    unfinished: tuple[tuple[str, str], ...] = ()
    """Started, and the log ends before their end."""
    undone: tuple[tuple[str, str], ...] = ()
    """Planned and never started."""
    errors: tuple[str, ...] = ()
    """Of no resource in particular."""
    ended: bool = True
    """Whether the log goes on to the end of the apply, with nothing left open."""
    steps: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What was done to each address, one after the other; a replacement is two steps."""
    known: tuple[str, ...] = ()
    """The addresses for which something was planned or begun."""
    interrupts: int = 0
    """How often the apply was told to stop; at the second time Terraform leaves at once."""
    began: str = ""
    """When the first line was written, as it stands there; `""` where none says."""
    last: str = ""
    """When the last one was."""

    @property
    def conclusive(self) -> bool:
        """Whether the log proves that it went no better than its outcome, though it may be cut."""
        return self.ended or bool(self.failed or self.errors or self.half)


class Course(msgspec.Struct, frozen=True):
    """What a log tells beside its resources."""

    over: bool
    """Whether the last thing it tells is the end of the apply."""
    well: bool
    """Whether that was its summary."""
    errors: tuple[str, ...] = ()
    interrupts: int = 0
    began: str = ""
    last: str = ""


def judge(told: Mapping[str, Told], course: Course) -> Applied:
    """How the apply ended, by all that its log has told."""
    acting = {a: t for a, t in told.items() if t.started or t.acting}
    failed = {a for a, t in told.items() if t.failed or t.errors}
    half = {a for a, t in acting.items() if t.half}
    cut = {a for a, t in acting.items() if t.open}
    undone = {a for a, t in acting.items() if t.left and a not in failed | half | cut}
    done = [a for a, t in acting.items() if t.done and a not in failed | half | cut | undone]
    wrong = failed or half or cut or undone or course.errors or not course.over
    some = any(t.done for t in acting.values())
    return Applied(
        outcome="successful" if not wrong else "partly" if some else "failed",
        done=tuple((a, acting[a].action) for a in done),
        failed=tuple((a, t.action, tuple(t.errors)) for a, t in told.items() if a in failed),
        half=tuple((a, t.half) for a, t in acting.items() if a in half),
        unfinished=tuple((a, t.action) for a, t in acting.items() if a in cut - failed),
        undone=tuple((a, " and ".join(_whole(t))) for a, t in acting.items() if a in undone),
        errors=course.errors,
        ended=course.over and not cut,
        steps=tuple((a, steps) for a, t in told.items() if (steps := _steps(t, course.well))),
        known=tuple(a for a, t in told.items() if t.started or {*t.planned} - _IDLE),
        interrupts=course.interrupts,
        began=course.began,
        last=course.last,
    )


_IDLE = SILENT - _STATE


def parts(actions: Iterable[str]) -> list[str]:
    """The actions as the log tells of them when they are done: a replacement is two."""
    return [part for action in actions for part in _PARTS.get(action, (action,))]


def together(named: Sequence[tuple[str, Applied]]) -> Applied:
    """Several applies as one, each address behind the label of its own."""
    logs = [log for _, log in named]
    outcomes = {log.outcome for log in logs}
    return Applied(
        outcome=outcomes.pop() if len(outcomes) == 1 else "partly",
        done=_all(named, "done"),
        failed=_all(named, "failed"),
        half=_all(named, "half"),
        unfinished=_all(named, "unfinished"),
        undone=_all(named, "undone"),
        steps=_all(named, "steps"),
        errors=tuple(label + error for label, log in named for error in log.errors),
        ended=all(log.ended for log in logs),
        known=tuple(label + address for label, log in named for address in log.known),
        interrupts=max(log.interrupts for log in logs),
        began=min((log.began for log in logs if log.began), default=""),
        last=max((log.last for log in logs if log.last), default=""),
    )


def _whole(told: Told) -> list[str]:
    return told.acting if not told.started else told.left


def _steps(told: Told, well: bool) -> tuple[str, ...]:
    # Of what happens in the state alone only the plan tells.
    state = [action for action in told.planned if action in _STATE] if well else []
    return (*told.done, *state)


def _all(named: Sequence[tuple[str, Applied]], field: str) -> tuple[Any, ...]:
    return tuple(
        (label + address, *rest) for label, log in named for address, *rest in getattr(log, field)
    )
