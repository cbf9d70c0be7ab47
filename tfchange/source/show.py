"""Shows binary plans through `terraform show -json`."""

import os
import re
import shlex

from tfchange.errors import SourceError
from tfchange.source.programs import environment, find

_PROGRAMS = ("terraform", "tofu")
_ERROR = re.compile(r"^[ \t│|]*+Error: (.+)$", re.MULTILINE)
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_QUOTED = re.compile(r'"[^"]*"')
_UNPREPARED = re.compile(
    r"(?:terraform|tofu) init\b|lock file|not installed|plugin schemas|initiali[sz]ation required",
    re.IGNORECASE,
)


def show(name: str, program: str | None = None) -> bytes:
    """The binary plan in that file as JSON; raises `SourceError` with the command to run.

    The program runs in the folder of the plan, or the nearest above it that was initialised. Of
    what it prints only the title of its first error is passed on, since the rest may hold values.
    """
    _check(name)
    folder = _working_folder(name)
    first: SourceError | None = None
    for path in _programs(name, program):
        shown, complaint = _run(path, name, folder)
        if shown:
            return shown
        first = first or _failure(name, path, folder, complaint)
    raise first or _no_program(name)


def _check(name: str) -> None:
    import zipfile

    try:
        with zipfile.ZipFile(name) as archive:
            if "tfplan" in archive.namelist():
                return
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):
        raise SourceError(
            f"{name} begins like a binary plan but is damaged",
            f"Write the plan again: terraform plan -out={shlex.quote(name)}",
        ) from None
    raise SourceError(
        f"{name} is a zip archive, not a Terraform plan",
        "Write a plan: terraform plan -out=plan.tfplan && tfchange assess plan.tfplan",
    )


def _working_folder(name: str) -> str:
    own = os.path.dirname(os.path.abspath(name))
    for start in (own, os.getcwd()):
        folder, above = start, os.path.dirname(start)
        while True:
            if os.path.isdir(os.path.join(folder, ".terraform")):
                return folder
            if folder == above:
                break
            folder, above = above, os.path.dirname(above)
    return own


def _programs(name: str, program: str | None) -> list[str]:
    found = [path for word in ([program] if program else _PROGRAMS) if (path := find(word))]
    if program and not found:
        raise SourceError(
            f"{program}, named to show the binary plan {name}, is no program that can be run",
            f"Name one: TFCHANGE_TERRAFORM=$(command -v terraform) tfchange assess "
            f"{shlex.quote(name)}",
        )
    return found


def _run(program: str, name: str, folder: str) -> tuple[bytes, str]:
    """What the program shows, empty if it failed, and what it complains of."""
    import subprocess

    command = [program, "show", "-json", "-no-color", os.path.abspath(name)]
    try:
        result = subprocess.run(  # noqa: S603 - a list without a shell, of the user's own program
            command,
            cwd=folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError as fault:
        return b"", f"Error: {fault.strerror}"
    shown = b"" if result.returncode else result.stdout
    return shown, _ANSI.sub("", result.stderr.decode(errors="replace"))


def _failure(name: str, program: str, folder: str, complaint: str) -> SourceError:
    word = os.path.basename(program)
    title = _ERROR.search(complaint)
    said = _QUOTED.sub('"…"', title[1].strip())[:200] if title else "it gave no reason"
    message = f"{word} could not show the binary plan {name}: {said}"
    here, plan = shlex.quote(folder), shlex.quote(os.path.abspath(name))
    if _UNPREPARED.search(complaint):
        return SourceError(message, f"Prepare its folder first: {word} -chdir={here} init")
    return SourceError(
        message, f"See what it says: {word} -chdir={here} show -json {plan} > plan.json"
    )


def _no_program(name: str) -> SourceError:
    return SourceError(
        f"{name} is a binary plan, and neither terraform nor tofu is on the PATH to show it",
        "Where terraform is, run: "
        f"terraform show -json {shlex.quote(name)} > plan.json && tfchange assess plan.json",
    )
