"""The check that a commit is given: how it is judged, and what was found at which line."""

from posixpath import isabs, join, normpath

import msgspec

from tfchange.review.host import Annotation, Check, Conclusion
from tfchange.risk.assessment import Assessment, Category, Finding, Level
from tfchange.words import headline, plain, sentence

NAME = "tfchange"
MOST = 500
"""Annotations of one check; nobody reads as many, and each batch of them is a request."""
_CALM = frozenset({Category.NONE, Category.STANDARD})


class Located(msgspec.Struct, frozen=True):
    """What one rule found at one line."""

    path: str
    """From the root of the repository."""
    line: int
    findings: tuple[Finding, ...]

    @property
    def worst(self) -> Finding:
        """The gravest, which speaks for all of them."""
        return max(self.findings, key=lambda finding: finding.severity.rank)

    @property
    def message(self) -> str:
        """What it says, and how many more there are."""
        others = len(self.findings) - 1
        more = f" And {others} more of the same block." if others else ""
        return f"{sentence(self.worst.message)}{more}"


def check(  # noqa: PLR0913  # a verdict, and where it stands
    assessment: Assessment,
    sha: str,
    summary: str,
    *,
    name: str = NAME,
    fail_on: Level | None = None,
    base: str = "",
) -> Check:
    """The check of that commit: success where nobody has to approve, failure from `fail_on` on.

    `base` is the folder of the repository that paths in the assessment are relative to.
    """
    return Check(
        name,
        sha,
        _conclusion(assessment, fail_on),
        headline(assessment),
        summary,
        tuple(map(_annotation, located(assessment, base)[:MOST])),
    )


def _conclusion(assessment: Assessment, fail_on: Level | None) -> Conclusion:
    if fail_on and assessment.level.rank >= fail_on.rank:
        return Conclusion.FAILURE
    return Conclusion.SUCCESS if assessment.category in _CALM else Conclusion.NEUTRAL


def located(assessment: Assessment, base: str) -> list[Located]:
    """The findings whose line is known, the gravest first; instances at one line are one."""
    found: dict[tuple[str, int, str], list[Finding]] = {}
    for finding in assessment.findings:
        at = finding.location
        path = normpath(join(base, at.file.replace("\\", "/"))) if at else ""
        if at and at.line > 0 and not finding.waived and _inside(path):
            found.setdefault((path, at.line, finding.rule), []).append(finding)
    every = (Located(path, line, tuple(some)) for (path, line, _), some in found.items())
    return sorted(
        every, key=lambda each: (-each.worst.severity.rank, each.path, each.line, each.worst.rule)
    )


def _annotation(told: Located) -> Annotation:
    worst = told.worst
    return Annotation(told.path, told.line, worst.severity.value, plain(worst.rule), told.message)


def _inside(path: str) -> bool:
    """Whether a file can be one of the repository."""
    return not isabs(path) and not path.startswith("../") and ":" not in path
