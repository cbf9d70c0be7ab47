"""What is known of a set of changes together, before it is said what kind of change they make."""

import msgspec

from tfchange.risk.assessment import Finding, Level
from tfchange.risk.facts import Facts
from tfchange.risk.uncertainty import Doubt


class Judged(msgspec.Struct, frozen=True):
    """A set of changes with what is known of them together."""

    facts: tuple[Facts, ...]
    findings: tuple[Finding, ...]
    doubts: tuple[Doubt, ...]
    score: int
    impact: Level = Level.LOW
    likelihood: Level = Level.LOW
