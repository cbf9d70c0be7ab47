"""Emergencies that are declared by a label or in the commit, always with their incident."""

import pytest

from tfchange.change.declared import by_label, by_trailer, labels_of
from tfchange.errors import UsageError


@pytest.mark.parametrize(
    ("label", "incident"),
    [
        ("emergency: INC0012345", "INC0012345"),
        ("Emergency/OPS-7", "OPS-7"),
        ("emergency=INC1", "INC1"),
        ("emergency INC1", "INC1"),
        ("emergencyINC1", ""),
        ("emergency-exit", ""),
        ("bug", ""),
    ],
)
def test_a_label_names_the_incident(label: str, incident: str) -> None:
    """After the word of the settings, however the two are parted; other labels say nothing."""
    assert by_label(("first", label), "emergency") == incident


@pytest.mark.parametrize("label", ["emergency", "EMERGENCY ", "emergency: soon", "emergency/ 1 2"])
def test_an_emergency_for_nothing_is_refused(label: str) -> None:
    """A declaration without an incident is an error, not an emergency and not nothing."""
    with pytest.raises(UsageError, match="names no incident"):
        by_label((label,), "emergency")


def test_a_trailer_names_the_incident() -> None:
    """Only as a trailer: in the last paragraph of the message, and not in its title."""
    message = "Fix the pool\n\nIt was full.\n\nEmergency: INC0012345\nReviewed-by: x\n"
    assert by_trailer(message, "Emergency") == "INC0012345"
    assert by_trailer(message.lower(), "Emergency") == "inc0012345"
    assert by_trailer("Emergency: INC1", "Emergency") == ""
    assert by_trailer("Fix\n\nEmergency: INC1\n\nMore text.", "Emergency") == ""
    assert by_trailer("", "Emergency") == ""
    with pytest.raises(UsageError, match="trailer Emergency"):
        by_trailer("Fix\n\nEmergency: yes, please", "Emergency")


def test_labels_are_those_of_the_forge() -> None:
    """GitHub tells them in the event, GitLab in a variable."""
    event = {"pull_request": {"labels": [{"name": "emergency: INC1"}, {"id": 1}, "x"]}}
    assert labels_of({}, event) == ("emergency: INC1",)
    assert labels_of({"CI_MERGE_REQUEST_LABELS": "a,emergency: INC1"}, {}) == (
        "a",
        "emergency: INC1",
    )
    assert labels_of({}, {"pull_request": {"labels": None}}) == labels_of({}, {}) == ()
