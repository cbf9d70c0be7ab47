"""The findings as SARIF 2.1.0, for code scanning and other viewers of findings."""

from collections.abc import Iterable, Iterator, Mapping
from posixpath import basename, isabs, join, normpath
from urllib.parse import quote

import msgspec

from tfchange import __version__
from tfchange.hashing import sha256
from tfchange.plan.model import Caveat
from tfchange.risk.assessment import Assessment, Finding, Level, Location
from tfchange.rulebook.rule import Rule
from tfchange.words import group_name, listing, plain, sentence

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
LEVELS = {
    Level.LOW: "note",
    Level.MEDIUM: "warning",
    Level.HIGH: "error",
    Level.CRITICAL: "error",
}
MOST = 25_000
"""Results of one run; code scanning refuses a log with more, as it does one with a result that is
in no file: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support
"""
_LONGEST = 1_024
"""Characters of a description of a rule there."""
Object = dict[str, object]


def render(assessment: Assessment, rules: Iterable[Rule] = (), *, base: str = "") -> str:
    """The findings as a SARIF log of one run; `rules` add titles, reasons and remedies.

    `base` is the folder of the repository that paths in the assessment are relative to, since those
    of a log are relative to its root. What is in no file of it is said of the plan.
    """
    found = list(_found(assessment))[:MOST]
    known = {rule.id: rule for rule in rules}
    gravest: dict[str, Finding] = {}
    for _, finding in found:
        first = gravest.setdefault(finding.rule, finding)
        if finding.severity.rank > first.severity.rank:
            gravest[finding.rule] = finding
    order = {rule: number for number, rule in enumerate(sorted(gravest))}
    driver = {
        "name": "tfchange",
        "semanticVersion": __version__,
        "version": __version__,
        "rules": [_rule(gravest[rule], known) for rule in order],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": "tfchange/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(assessment)],
        "results": [
            _result(plan, finding, order, _file(finding, plan or assessment.plan.path, base))
            for plan, finding in found
        ],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(log), indent=2).decode() + "\n"


def _found(assessment: Assessment) -> Iterator[tuple[str, Finding]]:
    """Each finding with the plan it is from, which is `""` where there is but one."""
    if not assessment.sections:
        yield from (("", finding) for finding in assessment.findings)
    for section in assessment.sections:
        yield from ((section.plan.path, finding) for finding in section.findings)


def _rule(finding: Finding, known: Mapping[str, Rule]) -> Object:
    rule_id, rule = plain(finding.rule), known.get(finding.rule)
    title = rule.title if rule else rule_id.replace("-", " ").capitalize()
    why = rule.why if rule else f"Run `tfchange rules {rule_id}` to read why this matters."
    help_ = [sentence(why)]
    if rule and rule.remedy:
        help_.append(sentence(rule.remedy))
    if rule and rule.references:
        help_.append(f"See {listing([plain(r) for r in rule.references])}.")
    return {
        "id": rule_id,
        "name": "".join(word.capitalize() for word in rule_id.split("-")),
        "shortDescription": {"text": sentence(title)[:_LONGEST]},
        "fullDescription": {"text": sentence(why)[:_LONGEST]},
        "help": {"text": "\n\n".join(help_)},
        "defaultConfiguration": {"level": LEVELS[finding.severity]},
        "properties": {"tags": ["terraform", "change-management"]},
    }


def _result(plan: str, finding: Finding, order: Mapping[str, int], at: Location) -> Object:
    said = sentence(finding.message)
    if finding.approvers:
        said += f" Approval is asked of: {listing([group_name(g) for g in finding.approvers])}."
    result: Object = {
        "ruleId": plain(finding.rule),
        "ruleIndex": order[finding.rule],
        "level": LEVELS[finding.severity],
        "message": {"text": said},
        "locations": [_location(finding, at)],
        "partialFingerprints": {"tfchange/v1": _fingerprint(plan, finding)},
        "properties": {
            "severity": finding.severity.value,
            "points": finding.points,
            "approvers": [plain(group) for group in finding.approvers],
            **({"plan": plain(plan)} if plan else {}),
        },
    }
    if finding.waived:
        owner, ticket, until = finding.waived.owner, finding.waived.ticket, finding.waived.expires
        why = f"Waived by {plain(owner)} until {plain(until)}, see {plain(ticket)}."
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": why}]
    return result


def _file(finding: Finding, plan: str, base: str) -> Location:
    """Where in the repository it was found; of what is not there, the plan, which seldom is."""
    if finding.location:
        path = normpath(join(base, finding.location.file.replace("\\", "/")))
        if not isabs(path) and not path.startswith("../"):
            return Location(path, max(1, finding.location.line))
    path = normpath(join(base, "plan.json" if plan == "-" else plan.replace("\\", "/")))
    return Location(basename(path) if isabs(path) or path.startswith("../") else path, 1)


def _location(finding: Finding, at: Location) -> Object:
    logical: Object = {"fullyQualifiedName": plain(finding.address), "kind": "resource"}
    uri = quote(plain(at.file), safe="/._-~")
    physical: Object = {
        "artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": at.line},
    }
    return {"logicalLocations": [logical], "physicalLocation": physical}


def _fingerprint(plan: str, finding: Finding) -> str:
    # The message is left out: better wording must not make an old finding look new.
    parts = (plan, finding.rule, finding.address, finding.path or "")
    return sha256("\0".join(map(plain, parts)).encode()).hexdigest()


def _invocation(assessment: Assessment) -> Object:
    plans = assessment.sections or (assessment,)
    notes = [_notification(caveat) for plan in plans for caveat in plan.caveats]
    return {"executionSuccessful": True, "toolExecutionNotifications": notes}


def _notification(caveat: Caveat) -> Object:
    level = "warning" if caveat.blocks_standard else "note"
    return {"level": level, "message": {"text": sentence(caveat.message)}}
