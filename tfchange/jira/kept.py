"""What tfchange keeps in an issue of its own: a label to search for, a property to know it by."""

from typing import Any

import msgspec

from tfchange.change.request import ChangeRequest, Record, Window

LABEL = "tfchange"
PROPERTY = "tfchange"

_LONGEST_KEY = 1000


class Over(msgspec.Struct, frozen=True, omit_defaults=True):
    """How tfchange ended the change."""

    end: str
    """`closed` or `cancelled`."""
    digest: str = ""
    """Of what was said about it, so that it is said once."""
    stuck: str = ""
    """The status in which Jira offered no way to end it; there it counts as ended all the same."""


class Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """What tfchange keeps in the property of an issue."""

    key: str
    """The digest; the label is found by it."""
    about: str = ""
    """The key for people."""
    record: Record | None = None
    asked: tuple[str, ...] = ()
    """The groups whose approval is asked for."""
    window: Window | None = None
    window_fields: dict[str, str] = {}
    successor_of: str | None = None
    over: Over | None = None


def label(digest: str) -> str:
    """The label under which the change of a key is searched for."""
    return f"{LABEL}-{digest}"


def kept_for(
    request: ChangeRequest, window_fields: dict[str, str], before: Kept | None = None
) -> Kept:
    """What is to be kept of the request; where it comes from is never forgotten."""
    return Kept(
        key=request.key.digest,
        about=str(request.key)[:_LONGEST_KEY],
        record=request.record,
        asked=tuple(dict.fromkeys(a.group for a in request.approvals)),
        window=request.window,
        window_fields=window_fields,
        successor_of=request.successor_of or (before.successor_of if before else None),
    )


def as_property(kept: Kept) -> dict[str, Any]:
    """The property, to be written beside fields."""
    return {"key": PROPERTY, "value": msgspec.to_builtins(kept)}
