"""The findings as a code quality report of GitLab, which shows them in the merge request.

It is the part of the form of Code Climate that GitLab reads:
https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

import msgspec

from tfchange.hashing import sha256
from tfchange.review.verdict import Located, located
from tfchange.risk.assessment import Assessment, Level
from tfchange.words import plain

SEVERITIES = {
    Level.LOW: "minor",
    Level.MEDIUM: "major",
    Level.HIGH: "critical",
    Level.CRITICAL: "blocker",
}


def render(assessment: Assessment, *, base: str = "") -> str:
    """The findings whose file and line are known, the gravest first; a report has no others.

    `base` is the folder of the repository that paths in the assessment are relative to. What is
    waived is left out.
    """
    entries = [_entry(each) for each in located(assessment, base)]
    return msgspec.json.format(msgspec.json.encode(entries), indent=2).decode() + "\n"


def _entry(found: Located) -> dict[str, object]:
    return {
        "description": found.message,
        "check_name": plain(found.worst.rule),
        "fingerprint": _fingerprint(found),
        "severity": SEVERITIES[found.worst.severity],
        "location": {"path": plain(found.path), "lines": {"begin": found.line}},
    }


def _fingerprint(found: Located) -> str:
    # Neither line nor message: what has moved or is worded better is not new.
    first = min(finding.address for finding in found.findings)
    parts = (found.worst.rule, found.path, first)
    return sha256("\0".join(map(plain, parts)).encode()).hexdigest()
