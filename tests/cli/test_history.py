"""What earlier changes say of an envelope."""

from tfchange.change.desk import Finished
from tfchange.cli import history
from tfchange.risk.earned import Run


def test_what_has_no_outcome_counts_neither_way() -> None:
    """A success that was only claimed neither earns an envelope nor loses it."""
    told = {"CHG-1": "successful", "CHG-2": "", "CHG-3": "partly", "CHG-4": "failed"}
    found = tuple(Finished(number, "2026-11-23T10:00:00Z", said) for number, said in told.items())
    runs = history.at(lambda *_: found)("tags-only", 90)
    assert runs
    assert runs.runs == (Run("CHG-1", True), Run("CHG-3", False), Run("CHG-4", False))
