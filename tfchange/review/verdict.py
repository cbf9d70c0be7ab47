"""The check that a commit is given: how it is judged, and what was found at which line."""

from collections.abc import Iterator
from posixpath import isabs, join, normpath

from tfchange.review.host import Annotation, Check, Conclusion
from tfchange.risk.assessment import Assessment, Category, Finding, Level
from tfchange.words import headline, plain, sentence

NAME = "tfchange"
MOST = 500
"""Annotations of one check; nobody reads as many, and each batch of them is a request."""
_CALM = frozenset({Category.NONE, Category.STANDARD})


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
        tuple(_annotations(assessment, base))[:MOST],
    )


def _conclusion(assessment: Assessment, fail_on: Level | None) -> Conclusion:
    if fail_on and assessment.level.rank >= fail_on.rank:
        return Conclusion.FAILURE
    return Conclusion.SUCCESS if assessment.category in _CALM else Conclusion.NEUTRAL


def _annotations(assessment: Assessment, base: str) -> Iterator[Annotation]:
    """The findings whose line is known, the gravest first; instances at one line are one."""
    found: dict[tuple[str, int, str], list[Finding]] = {}
    for finding in assessment.findings:
        at = finding.location
        path = normpath(join(base, at.file.replace("\\", "/"))) if at else ""
        if at and at.line > 0 and not finding.waived and _inside(path):
            found.setdefault((path, at.line, finding.rule), []).append(finding)
    for (path, line, rule), some in sorted(
        found.items(), key=lambda each: (-_worst(each[1]).severity.rank, each[0])
    ):
        worst, others = _worst(some), len(some) - 1
        more = f" And {others} more of the same block." if others else ""
        message = f"{sentence(worst.message)}{more}"
        yield Annotation(path, line, worst.severity.value, plain(rule), message)


def _worst(some: list[Finding]) -> Finding:
    return max(some, key=lambda finding: finding.severity.rank)


def _inside(path: str) -> bool:
    """Whether a file can be one of the repository."""
    return not isabs(path) and not path.startswith("../") and ":" not in path
