"""The log of `terraform apply -json`, heard line by line, live or afterwards.

OpenTofu writes the same. A run that went well ends with a `change_summary`, one that did not with
its errors as `diagnostic`s: Terraform writes these after everything that was under way has ended.
Of diagnostics only the summaries are kept: details and snippets quote values. Source:
https://developer.hashicorp.com/terraform/internals/machine-readable-ui
"""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from tfchange.change.applied import SILENT, Applied, Course, Told, judge
from tfchange.errors import UsageError
from tfchange.plan.secrets import Door

Message = dict[str, Any]

_ENDS = frozenset({"apply", "destroy"})
_LONGEST = 300
_MOST = 100
_LONGEST_LINE = 4 << 20
_INTERRUPTED = ("Interrupt received", "Two interrupts received")
_DOING = {"create": "Creating", "update": "Modifying", "delete": "Destroying"}
_DONE = {"create": "created", "update": "updated", "delete": "destroyed"}
_ADVICE = "Keep the log of the apply: terraform apply -json plan.tfplan | tee apply.jsonl"


def read_log(lines: Iterable[str | bytes]) -> Applied:
    """How the apply ended. Other lines between those of the log are passed over.

    Raises `UsageError` where there is no line of such a log at all.
    """
    listener = Listener()
    for line in lines:
        listener.hear(line)
    return listener.applied()


class Lines:
    """Cuts what comes in pieces into lines; one that is too long to be of a log is left out."""

    def __init__(self, longest: int = _LONGEST_LINE) -> None:
        self._longest = longest
        self._begun = bytearray()
        self._skipping = False

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """The lines that are whole by now, without their ends."""
        *whole, rest = piece.split(b"\n")
        for each in whole:
            self._add(each)
            if not self._skipping:
                yield bytes(self._begun)
            self._begun.clear()
            self._skipping = False
        self._add(rest)

    def rest(self) -> Iterator[bytes]:
        """The last line, where nothing ends it."""
        if self._begun and not self._skipping:
            yield bytes(self._begun)
        self._begun.clear()

    def _add(self, piece: bytes) -> None:
        if self._skipping or len(self._begun) + len(piece) > self._longest:
            self._skipping = True
            self._begun.clear()
        else:
            self._begun += piece


class Listener:
    """Hears a log line by line; what it keeps grows with the resources, not with the lines."""

    def __init__(self) -> None:
        self.heard = False
        """Whether any line was of such a log."""
        self.progress = ""
        """How far it is: `3 of 7 done, aws_db_instance.main: Still modifying... [40s]`."""
        self.interrupts = 0
        self._over = self._well = False
        self._began = self._last = ""
        self._told: dict[str, Told] = {}
        self._errors: dict[str, None] = {}
        self._planned = self._finished = 0
        self._door = Door()

    def hear(self, line: str | bytes) -> Message | None:
        """The message in that line; None where the line is something else."""
        message = _message(line)
        kind = message.get("type") if message else None
        if message is None or not isinstance(kind, str):
            return None
        self.heard = True
        self._last = _text(message, "@timestamp") or self._last
        self._began = self._began or self._last
        self._take(kind, message)
        return message

    def applied(self) -> Applied:
        """How the apply ended, or how far the log goes; `UsageError` where none was heard."""
        if not self.heard:
            raise UsageError("this is no log of terraform apply -json", _ADVICE)
        errors = tuple(self._errors)
        course = Course(self._over, self._well, errors, self.interrupts, self._began, self._last)
        return judge(self._told, course)

    def _take(self, kind: str, message: Message) -> None:
        if kind == "planned_change":
            self._plan(_inside(message, "change"))
        elif kind in ("apply_start", "apply_progress", "apply_complete", "apply_errored"):
            self._hook(kind, _inside(message, "hook"))
        elif kind == "diagnostic":
            self._diagnostic(_inside(message, "diagnostic"))
        elif kind == "change_summary":
            if _text(_inside(message, "changes"), "operation") in _ENDS:
                self._over = self._well = True
        elif kind == "log" and _text(message, "@message").strip().startswith(_INTERRUPTED):
            self.interrupts += 1

    def _plan(self, change: dict[str, Any]) -> None:
        action = _text(change, "action")
        self._of(change).planned.append(action)
        self._planned += action not in SILENT

    def _of(self, tree: dict[str, Any]) -> Told:
        return self._told.setdefault(_address(tree), Told())

    def _hook(self, kind: str, hook: dict[str, Any]) -> None:
        action = _text(hook, "action")
        if action in SILENT:
            return
        told = self._of(hook)
        if kind == "apply_start":
            told.started.append(action)
            self._over = self._well = False
        elif kind == "apply_complete":
            told.done.append(action)
            self._finished += not told.left and not told.open
        elif kind == "apply_errored":
            told.failed.append(action)
        self._say(kind, action, _address(hook), hook.get("elapsed_seconds"))

    def _say(self, kind: str, action: str, address: str, elapsed: object) -> None:
        doing = _DOING.get(action, action)
        if kind == "apply_start":
            does = f"{doing}..."
        elif kind == "apply_progress":
            does = f"Still {doing.lower()}... [{elapsed}s]"
        else:
            does = _DONE.get(action, action) if kind == "apply_complete" else "failed"
        of = f" of {self._planned:,}" if self._planned else ""
        self.progress = f"{self._finished:,}{of} done, {address}: {does}"

    def _diagnostic(self, diagnostic: dict[str, Any]) -> None:
        if _text(diagnostic, "severity") != "error":
            return
        self._over, self._well = True, False
        said = self._door.scrub(_text(diagnostic, "summary") or "an error without a word")
        said = said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"
        told = self._told.get(_text(diagnostic, "address"))
        if told is not None:
            told.errors += [said] if said not in told.errors else []
        elif len(self._errors) < _MOST:
            self._errors[said] = None


def _message(line: str | bytes) -> Message | None:
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


def _address(tree: dict[str, Any]) -> str:
    return _text(_inside(tree, "resource"), "addr")


def _inside(tree: dict[str, Any], name: str) -> dict[str, Any]:
    deeper = tree.get(name)
    return deeper if isinstance(deeper, dict) else {}


def _text(tree: dict[str, Any], name: str) -> str:
    value = tree.get(name)
    return value if isinstance(value, str) else ""
