"""The event that a run of GitHub's CI is for, as the runner left it in a file."""

from typing import Any

import msgspec


def read_event(path: str) -> dict[str, Any]:
    """The event in that file; empty where there is none to read, as in a container without it."""
    try:
        with open(path, "rb") as file:
            event = msgspec.json.decode(file.read())
    except (OSError, ValueError, msgspec.MsgspecError, RecursionError):
        return {}
    return event if isinstance(event, dict) else {}
