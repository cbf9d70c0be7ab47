"""An emergency, as a person declares it."""

from collections.abc import Mapping
from typing import Any

import click

from tfchange.change.desk import Desk
from tfchange.errors import DeskError
from tfchange.risk.assessment import Emergency


def emergency(declared: bool, incident: str | None) -> Emergency | None:
    """The emergency that was declared, if one was; it is always for an incident."""
    if declared and not incident:
        raise click.UsageError("--emergency needs --incident ID: an emergency is always for one.")
    if incident and not declared:
        raise click.UsageError("--incident is for --emergency: add it, or leave both out.")
    if not incident:
        return None
    return Emergency(incident)


def declared(settings: Mapping[str, Any], environ: Mapping[str, str], sha: str) -> Emergency | None:
    """The emergency that a label of the pull request or a trailer of the commit declares, if the
    settings let them."""
    words = settings.get("emergency") or {}
    if not words:
        return None
    from tfchange.change.declared import by_label, by_trailer, labels_of
    from tfchange.source.event import read_event
    from tfchange.source.git import read_message

    label, trailer = words.get("label"), words.get("trailer")
    event = environ.get("GITHUB_EVENT_PATH")
    labels = labels_of(environ, read_event(event) if event else {}) if label else ()
    found = by_label(labels, label) if label else ""
    if not found and trailer:
        found = by_trailer(read_message(".", sha or "HEAD"), trailer)
    return Emergency(found) if found else None


def checked(desk: Desk, emergency: Emergency | None) -> tuple[str, ...]:
    """What the desk says of the incident; raises `DeskError` where it has none of that name."""
    found = desk.incident(emergency.incident) if emergency else None
    if emergency is None:
        return ()
    if found is None:
        return (f"Nobody checked {emergency.incident}: the desk keeps no such incidents.",)
    if found.state == "missing":
        raise DeskError(
            f"there is no incident {found.id} at the desk",
            "Name the incident that the emergency change is for: --incident ID",
        )
    return (f"The incident {found.id} is closed already.",) if found.state == "closed" else ()
