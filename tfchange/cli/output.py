"""Where results go: standard output or a file, whole or not at all."""

import os
import sys

from tfchange.errors import SourceError

PLAIN_WIDTH = 100


def write(text: str, output: str | None = None) -> None:
    """The text has reached its place: a file, or standard output where none is named."""
    text = text if text.endswith("\n") else f"{text}\n"
    if output is None:
        # As bytes, so that a report is the same whatever the locale says.
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
        return
    try:
        _replace(output, text.encode())
    except OSError as error:
        raise SourceError(
            f"cannot write {output}: {error.strerror}",
            "Name a file in a folder that exists and that you may write to.",
        ) from None


def styled(color: str, output: str | None) -> bool:
    """Whether text is meant for a terminal and its reader did not refuse colours."""
    if color != "auto":
        return color == "always"
    refused = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return output is None and not refused and sys.stdout.isatty()


def columns(width: int | None, output: str | None) -> int:
    """The width that was asked for, else that of the terminal, else 100."""
    if width is not None:
        return width
    if output is None and sys.stdout.isatty():
        import shutil

        return max(40, shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns)
    return PLAIN_WIDTH


def _replace(output: str, data: bytes) -> None:
    # A pipe or a device must be written through: replacing it would destroy it.
    target = os.path.realpath(output)
    if os.path.exists(target) and not os.path.isfile(target):
        with open(target, "wb") as stream:
            stream.write(data)
        return
    draft = f"{target}.{os.getpid()}.part"
    try:
        with open(draft, "xb") as file:
            file.write(data)
        if os.path.exists(target):
            os.chmod(draft, os.stat(target).st_mode & 0o7777)
        os.replace(draft, target)
    except OSError:
        if os.path.exists(draft):
            os.unlink(draft)
        raise
