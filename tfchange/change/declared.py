"""An emergency as people declare it outside of the command line: by a label, or in the commit.

Only where the settings name a label or a trailer: whoever can write either could otherwise declare
an emergency, and an emergency does not wait for approval.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tfchange.errors import UsageError

_INCIDENT = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,38}\d")


def by_label(labels: Iterable[str], name: str) -> str:
    """The incident in a label such as `emergency: INC0012345` or `emergency/OPS-7`; `""` without.

    Raises `UsageError` where the label is there and names none.
    """
    for label in labels:
        first, rest = label[: len(name)], label[len(name) :].lstrip(" :/=")
        bare = label.strip().casefold() == name.casefold()
        if bare or (first.casefold() == name.casefold() and rest != label[len(name) :]):
            return _incident(rest, f"the label {label!r}", f"{name}: INC0012345")
    return ""


def by_trailer(message: str, name: str) -> str:
    """The incident in a trailer of a commit, such as `Emergency: INC0012345`; `""` without.

    Trailers are the last paragraph of the message (git-interpret-trailers). Raises `UsageError`
    where it is there and names none.
    """
    paragraphs = re.split(r"\n\s*\n", message.strip())
    for line in paragraphs[-1].splitlines() if len(paragraphs) > 1 else ():
        key, colon, value = line.partition(":")
        if colon and key.strip().casefold() == name.casefold():
            return _incident(value, f"the trailer {name}", f"{name}: INC0012345")
    return ""


def labels_of(environ: Mapping[str, str], event: Mapping[str, Any]) -> tuple[str, ...]:
    """The labels of the pull or merge request, as GitHub's event or GitLab's variable has them."""
    told = event.get("pull_request")
    listed = told.get("labels") if isinstance(told, dict) else None
    found = [each.get("name") for each in listed or () if isinstance(each, dict)]
    gitlab = environ.get("CI_MERGE_REQUEST_LABELS", "").split(",")
    return tuple(each for each in (*found, *gitlab) if isinstance(each, str) and each.strip())


def _incident(text: str, where: str, example: str) -> str:
    named = text.strip()
    if not _INCIDENT.fullmatch(named):
        raise UsageError(
            f"{where} declares an emergency and names no incident",
            f"An emergency is always for one; write it as: {example}",
        )
    return named
