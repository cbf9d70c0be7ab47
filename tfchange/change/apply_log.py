"""How an apply ended, by the log of `terraform apply -json`: what was done, what failed, what not.

Of diagnostics only the summaries are kept: details and snippets quote values.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from tfchange.errors import UsageError
from tfchange.plan.secrets import Door

_ENDS = frozenset({"apply", "destroy"})
_SILENT = frozenset({"", "noop", "no-op", "read", "move", "import", "remove", "forget", "open"})
"""Planned actions on which the log says no more: nothing of them happens outside the state."""
_LONGEST = 300
_ADVICE = "Keep the log of the apply: terraform apply -json plan.tfplan | tee apply.jsonl"


class Told(msgspec.Struct):
    """What the log tells of one resource; filled while reading."""

    planned: str = ""
    started: list[str] = msgspec.field(default_factory=list)
    done: list[str] = msgspec.field(default_factory=list)
    failed: list[str] = msgspec.field(default_factory=list)
    errors: list[str] = msgspec.field(default_factory=list)


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
    """Whether the log goes on to the end of the apply."""


def read_log(lines: Iterable[str | bytes]) -> Applied:
    """How the apply ended. Other lines between those of the log are passed over.

    Raises `UsageError` where there is no line of such a log at all.
    """
    reading = _Reading()
    for line in lines:
        message = _message(line)
        if message is not None:
            reading.hear(message)
    if not reading.heard:
        raise UsageError("this is no log of terraform apply -json", _ADVICE)
    return reading.applied()


class _Reading:
    """Hears the messages one after the other."""

    def __init__(self) -> None:
        self.heard = self._ended = False
        self._told: dict[str, Told] = {}
        self._errors: list[str] = []
        self._door = Door()

    def hear(self, message: dict[str, Any]) -> None:
        kind = message.get("type")
        self.heard = self.heard or isinstance(kind, str)
        if kind == "planned_change":
            change = _inside(message, "change")
            self._of(change).planned = _text(change, "action")
        elif kind in ("apply_start", "apply_complete", "apply_errored"):
            self._hook(kind, _inside(message, "hook"))
        elif kind == "diagnostic":
            self._diagnostic(_inside(message, "diagnostic"))
        elif kind == "change_summary":
            operation = _text(_inside(message, "changes"), "operation")
            self._ended = self._ended or operation in _ENDS

    def applied(self) -> Applied:
        acting = {a: t for a, t in self._told.items() if t.started or t.planned not in _SILENT}
        failed = [a for a, t in self._told.items() if t.failed or t.errors]
        half = [a for a, t in acting.items() if _half(t)]
        done = [a for a, t in acting.items() if _complete(t) and a not in failed]
        cut = [a for a, t in acting.items() if len(t.started) > len(t.done) + len(t.failed)]
        undone = [a for a, t in acting.items() if not t.started and a not in failed]
        wrong = failed or half or cut or undone or self._errors or not self._ended
        some = any(t.done for t in acting.values())
        return Applied(
            outcome="successful" if not wrong else "partly" if some else "failed",
            done=tuple((a, _action(acting[a])) for a in done),
            failed=tuple((a, _action(t := self._told[a]), tuple(t.errors)) for a in failed),
            half=tuple((a, acting[a].done[0]) for a in half),
            unfinished=tuple((a, _action(acting[a])) for a in cut if a not in failed),
            undone=tuple((a, acting[a].planned) for a in undone),
            errors=tuple(dict.fromkeys(self._errors)),
            ended=self._ended or bool(failed or self._errors),
        )

    def _of(self, tree: dict[str, Any]) -> Told:
        return self._told.setdefault(_text(_inside(tree, "resource"), "addr"), Told())

    def _hook(self, kind: str, hook: dict[str, Any]) -> None:
        action = _text(hook, "action")
        if action in _SILENT:
            return
        told = self._of(hook)
        lists = {
            "apply_start": told.started,
            "apply_complete": told.done,
            "apply_errored": told.failed,
        }
        lists[kind].append(action)

    def _diagnostic(self, diagnostic: dict[str, Any]) -> None:
        if _text(diagnostic, "severity") != "error":
            return
        said = self._door.scrub(_text(diagnostic, "summary") or "an error without a word")
        said = said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"
        told = self._told.get(_text(diagnostic, "address"))
        if told is None:
            self._errors.append(said)
        elif said not in told.errors:
            told.errors.append(said)


def _message(line: str | bytes) -> dict[str, Any] | None:
    text = line if isinstance(line, bytes) else line.encode("utf-8", "replace")
    # CI systems write a time before each line.
    start = text.find(b'{"@')
    if start < 0:
        return None
    try:
        message = msgspec.json.decode(text[start:])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return message if isinstance(message, dict) else None


def _complete(told: Told) -> bool:
    parts = {"create", "delete"} if told.planned == "replace" else set()
    return bool(told.done) and not told.failed and not _open(told) and parts <= set(told.done)


def _half(told: Told) -> bool:
    return told.planned == "replace" and len(set(told.done) & {"create", "delete"}) == 1


def _open(told: Told) -> bool:
    return len(told.started) > len(told.done) + len(told.failed)


def _action(told: Told) -> str:
    return told.planned or (told.started or told.failed or [""])[0]


def _inside(tree: dict[str, Any], name: str) -> dict[str, Any]:
    deeper = tree.get(name)
    return deeper if isinstance(deeper, dict) else {}


def _text(tree: dict[str, Any], name: str) -> str:
    value = tree.get(name)
    return value if isinstance(value, str) else ""
