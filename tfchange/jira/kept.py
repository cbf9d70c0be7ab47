"""What tfchange keeps in an issue of its own: labels to search for, a property to know it by."""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from tfchange.change.people import together
from tfchange.change.request import ChangeRequest, Record, Window
from tfchange.jira.text import clean
from tfchange.risk.assessment import Emergency

LABEL = "tfchange"
PROPERTY = "tfchange"
EMERGENCY = "tfchange-emergency"
"""The label of emergencies."""

_ENVELOPE = "tfchange-envelope-"
_KEY = re.compile(rf"{LABEL}-([0-9a-f]{{32}})")
_LONGEST_KEY = 1000
_LONGEST_AUTHOR = 300
_ROOM, _ROOM_FOR_WORKSPACES = 16_000, 6_000
"""Characters for the names of services and items; a property takes 32,768 in all."""


class Over(msgspec.Struct, frozen=True, omit_defaults=True):
    """How tfchange ended the change."""

    end: str
    """`closed` or `cancelled`."""
    digest: str = ""
    """Of what was said about it, so that it is said once."""
    stuck: str = ""
    """The status in which Jira offered no way to end it; there it counts as ended all the same."""
    outcome: str = ""
    """`successful`, `partly` or `failed`; `""` where it was cancelled."""
    at: str = ""
    """ISO 8601 in UTC."""
    proven: bool = False
    """Whether more than a word speaks for the outcome."""


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
    authors: tuple[str, ...] = ()
    envelope: str = ""
    emergency: Emergency | None = None
    reviewed: str = ""
    """The digest of what was found; `""` before the review of an emergency has been held."""
    begun: bool = False
    """Whether an emergency was begun where no status could tell."""
    repository: str = ""
    workspaces: tuple[str, ...] = ()
    touches: tuple[str, ...] = ()
    """Services and configuration items by name, as many as there is room for."""


def label(digest: str) -> str:
    """The label under which the change of a key is searched for."""
    return f"{LABEL}-{digest}"


def envelope_label(envelope: str) -> str:
    """The label under which the changes that fit into an envelope are searched for."""
    return f"{_ENVELOPE}{envelope}"


def labels_for(request: ChangeRequest) -> tuple[str, ...]:
    """All labels that the change has of tfchange."""
    envelope = (envelope_label(request.envelope),) if request.envelope else ()
    emergency = (EMERGENCY,) if request.emergency else ()
    return (LABEL, label(request.key.digest), *envelope, *emergency)


def passing(labels: Iterable[str]) -> list[str]:
    """Those labels of tfchange that another plan of the same change may not deserve."""
    return [each for each in labels if each == EMERGENCY or each.startswith(_ENVELOPE)]


def keys(labels: Iterable[str]) -> list[str]:
    """The digests of keys among the labels."""
    return [found[1] for each in labels if (found := _KEY.fullmatch(each))]


def kept_for(
    request: ChangeRequest, window_fields: dict[str, str], before: Kept | None = None
) -> Kept:
    """What is to be kept of the request; where it comes from is never forgotten."""
    same = before and before.record and before.record.fingerprint == request.fingerprint
    return Kept(
        key=request.key.digest,
        about=str(request.key)[:_LONGEST_KEY],
        record=request.record,
        asked=tuple(dict.fromkeys(a.group for a in request.approvals)),
        window=request.window,
        window_fields=window_fields,
        successor_of=request.successor_of or (before.successor_of if before else None),
        authors=_authors(request, before),
        envelope=request.envelope or "",
        emergency=request.emergency,
        # A review is of what was done; of another plan it has to be held again.
        reviewed=before.reviewed if before and same else "",
        begun=bool(before and before.begun),
        repository=request.commit.repository,
        workspaces=_fitting(request.commit.workspaces, _ROOM_FOR_WORKSPACES),
        touches=_fitting((*request.services, *request.items), _ROOM),
    )


def as_property(kept: Kept) -> dict[str, Any]:
    """The property, to be written beside fields."""
    return {"key": PROPERTY, "value": msgspec.to_builtins(kept)}


def _authors(request: ChangeRequest, before: Kept | None) -> tuple[str, ...]:
    earlier = before.authors if before else ()
    told = [clean(each)[:_LONGEST_AUTHOR] for each in request.authors]
    # Whoever has filed last stands at the end.
    return together(*(each for each in earlier if each not in told[-1:]), *told)


def _fitting(names: Iterable[str], room: int) -> tuple[str, ...]:
    taken = []
    for name in dict.fromkeys(names):
        room -= len(ascii(name)) + 2
        if room < 0:
            break
        taken.append(name)
    return tuple(taken)
