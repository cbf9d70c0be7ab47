"""The files by which a step of GitHub Actions tells the job: its summary and its outputs.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

import os
import secrets
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

SUMMARY, OUTPUT = "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"
MOST = 1_048_576
"""Bytes of the summary of one step; a longer one is refused as a whole."""
_SPARE = 1_024
_LEAST = 200

Environ = Mapping[str, str]


def summarise(environ: Environ, render: Callable[[int], str]) -> bool:
    """The summary of the step ends with what `render` makes for at most so many bytes.

    It fits, with what other commands of the step have written before; False where there is no place
    for a summary.
    """
    file = environ.get(SUMMARY, "")
    if not file:
        return False
    free = MOST - _SPARE - _size(file)
    text = render(free) if free >= _LEAST else ""
    if not text or len(text.encode()) > free:
        return False
    return _append(file, f"\n{text}\n")


def tell(environ: Environ, outputs: Iterable[tuple[str, str]]) -> bool:
    """The step has these outputs; False where there is no place for them."""
    file = environ.get(OUTPUT, "")
    return bool(file) and _append(file, "".join(_output(name, value) for name, value in outputs))


def warning(text: str) -> str:
    """The workflow command that shows the text as a warning of the run."""
    for character, code in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A")):
        text = text.replace(character, code)
    return f"::warning title=tfchange::{text}"


def _output(name: str, value: str) -> str:
    # Nobody who chose a name in a plan can know the line that ends the value.
    end = f"end-{secrets.token_hex(16)}"
    return f"{name}<<{end}\n{value}\n{end}\n"


def _size(file: str) -> int:
    with suppress(OSError):
        return os.path.getsize(file)
    return 0


def _append(file: str, text: str) -> bool:
    try:
        with open(file, "a", encoding="utf-8", newline="") as stream:
            stream.write(text)
    except OSError:
        return False
    return True
