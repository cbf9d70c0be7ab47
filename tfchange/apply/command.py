"""The command that applies: what it is, and what is run for it."""

import os
import re
import shlex
import shutil
from collections.abc import Sequence

import msgspec

from tfchange.errors import UsageError

_PROGRAM = re.compile(r"(terraform|tofu)([-_.]?v?\d[\w.+-]*)?(\.exe)?")
_CARRIERS = frozenset({"env", "nice", "nohup", "sudo", "time", "timeout"})
"""Programs that run the one that stands behind their options."""
_TIME = re.compile(r"\d+(\.\d+)?[smhd]?")
_JSON = re.compile(r"--?json(=(1|t|true))?", re.IGNORECASE)
_HELP = frozenset({"-h", "-help", "--help"})
_CHDIR = re.compile(r"--?chdir=(.+)")
_VALUED = frozenset(
    {
        *("backup", "lock-timeout", "parallelism", "replace", "state", "state-out", "target"),
        *("var", "var-file"),
        *("exclude", "exclude-file", "json-into", "target-file"),  # OpenTofu
    }
)
"""Options of apply that take the next word as their value where none stands behind `=`."""
END = "--"
"""Behind it, Terraform takes no word for an option, nor for the value of one."""


class Command(msgspec.Struct, frozen=True):
    """What is run, and how what it writes is shown."""

    words: tuple[str, ...]
    spoken: bool = False
    """Whether `-json` was added, so that people are shown the text in what it writes."""
    plan: str | None = None
    """The saved plan that it applies; None where that is not to be seen from outside."""

    def of(self, copy: str) -> "Command":
        """The command that applies this copy of its plan."""
        words = (*self.words[:-1], os.path.abspath(copy))
        return msgspec.structs.replace(self, words=words, plan=copy)


def read(words: Sequence[str]) -> Command:
    """The command with those words.

    `terraform apply PLAN` and `tofu apply PLAN` are made to write their log; the plan is their last
    word. A script, `make` or Terragrunt runs as it stands. Raises `UsageError` for all else that
    Terraform can do: it would be something else than the plan.
    """
    at = _program(words)
    if at is None:
        return Command(tuple(words))
    name, rest = words[at], list(words[at + 1 :])
    folder = ""
    if rest and (found := _CHDIR.fullmatch(rest[0])):
        folder = found[1]
        rest.pop(0)
    if not rest or rest[0] != "apply":
        what = shlex.join([os.path.basename(name), *rest[:1]])
        raise UsageError(f"{what} is not the apply of a saved plan", _ADVICE.format(name))
    options, plan = _parted(name, rest[1:])
    spoken = not any(map(_JSON.fullmatch, options))
    head = words[: len(words) - len(rest) + 1]
    run = (*head, *(["-json"] if spoken else []), *options, END, plan)
    return Command(run, spoken, os.path.join(folder, plan))


def check(command: Command, plan: str) -> str:
    """Why nobody can check beforehand that the plan is what is applied; `""` where it is.

    Raises `UsageError` where something else is.
    """
    if command.plan is None:
        return f"Whether {plan} is what the command applies cannot be told beforehand."
    same = os.path.realpath(plan) == os.path.realpath(command.plan)
    if same and _binary(plan):
        return ""
    if same:
        raise UsageError(
            f"{plan} is no saved plan", f"Write one: terraform plan -out={shlex.quote(plan)}"
        )
    raise UsageError(
        f"{plan} is what would be asked for, and the command applies {command.plan}",
        f"Gate the saved plan itself: tfchange run {shlex.quote(command.plan)} -- terraform ...",
    )


_ADVICE = "Name the plan that is gated, behind all options: {} apply PLAN"


def _parted(name: str, words: Sequence[str]) -> tuple[list[str], str]:
    """The options of apply, with their values, and the one plan behind them."""
    at = 0
    while at < len(words) and len(words[at]) > 1 and words[at].startswith("-"):
        word = words[at]
        if word in _HELP:
            raise UsageError("help is not the apply of a saved plan", _ADVICE.format(name))
        at += 2 if word.lstrip("-") in _VALUED else 1
        if word == END:
            break
    options, plans = [word for word in words[:at] if word != END], words[at:]
    if not plans:
        raise UsageError(
            f"{os.path.basename(name)} apply without a saved plan makes one of its own, which "
            "nobody has approved",
            _ADVICE.format(name),
        )
    if len(plans) > 1:
        raise UsageError(
            f"{os.path.basename(name)} apply takes one plan, and here stand: {shlex.join(plans)}",
            f"{_ADVICE.format(name)}; write options as -option=value.",
        )
    return options, plans[0]


def _program(words: Sequence[str]) -> int | None:
    """Where Terraform stands: in front, or behind a program that runs it."""
    for at, word in enumerate(words):
        if _is_terraform(word):
            return at
        carries = os.path.basename(word) in _CARRIERS
        option = at and ("=" in word or word.startswith("-") or _TIME.fullmatch(word))
        value = at and words[at - 1].startswith("-")
        if not (carries or option or value):
            return None
    return None


def _is_terraform(word: str) -> bool:
    found = os.path.realpath(shutil.which(word) or word)
    return any(_PROGRAM.fullmatch(os.path.basename(path)) for path in (word, found))


def _binary(plan: str) -> bool:
    try:
        with open(plan, "rb") as file:
            return file.read(4) == b"PK\x03\x04"
    except OSError:
        return False
