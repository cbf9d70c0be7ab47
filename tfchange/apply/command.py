"""The command that applies: what it is, and what is run for it."""

import os
import re
from collections.abc import Sequence

import msgspec

from tfchange.errors import UsageError

_PROGRAMS = frozenset({"terraform", "tofu"})
_FLAG = re.compile(r"--?json(=true)?")
_CHDIR = re.compile(r"--?chdir=(.+)")


class Command(msgspec.Struct, frozen=True):
    """What is run, and how what it writes is shown."""

    words: tuple[str, ...]
    spoken: bool = False
    """Whether `-json` was added, so that people are shown the text in what it writes."""
    applies: tuple[str, ...] | None = None
    """The files that it may apply, as paths; None where that is not to be seen from outside."""


def read(words: Sequence[str]) -> Command:
    """The command with those words.

    `terraform apply` and `tofu apply` are made to write their log. Everything else, such as a
    script, `make` or Terragrunt, runs as it stands.
    """
    at = _apply(words)
    if at is None:
        return Command(tuple(words))
    options = words[at + 1 :]
    folder = next((found[1] for word in words[:at] if (found := _CHDIR.fullmatch(word))), "")
    files = tuple(os.path.join(folder, word) for word in options if not word.startswith("-"))
    if any(map(_FLAG.fullmatch, options)):
        return Command(tuple(words), applies=files)
    return Command((*words[: at + 1], "-json", *options), spoken=True, applies=files)


def check(command: Command, plan: str) -> str:
    """Why nobody can check beforehand that the plan is what is applied; `""` where it is.

    Raises `UsageError` where something else is.
    """
    if command.applies is None:
        return f"Whether {plan} is what the command applies cannot be told beforehand."
    if not _binary(plan):
        return f"{plan} is no saved plan, so whether it is what is applied cannot be told."
    if any(_same(plan, each) for each in command.applies):
        return ""
    raise UsageError(
        f"{plan} is what would be asked for, and the command applies "
        + (" ".join(command.applies) or "whatever it plans then"),
        f"Name the same plan behind apply: terraform apply {plan}",
    )


def _apply(words: Sequence[str]) -> int | None:
    """Where `apply` stands, behind the options of the program itself."""
    if not words or os.path.basename(words[0]).removesuffix(".exe") not in _PROGRAMS:
        return None
    at = next((i for i, word in enumerate(words[1:], 1) if not word.startswith("-")), None)
    return at if at is not None and words[at] == "apply" else None


def _binary(plan: str) -> bool:
    try:
        with open(plan, "rb") as file:
            return file.read(4) == b"PK\x03\x04"
    except OSError:
        return False


def _same(one: str, other: str) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)
