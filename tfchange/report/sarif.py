"""The findings as SARIF 2.1.0, for code scanning and other viewers of findings."""

from collections.abc import Iterable, Iterator, Mapping
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
Object = dict[str, object]


def render(assessment: Assessment, rules: Iterable[Rule] = ()) -> str:
    """The findings as a SARIF log of one run; `rules` add titles, reasons and remedies."""
    found = list(_found(assessment))
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
        "results": [_result(plan, finding, order) for plan, finding in found],
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
        "shortDescription": {"text": sentence(title)},
        "fullDescription": {"text": sentence(why)},
        "help": {"text": "\n\n".join(help_)},
        "defaultConfiguration": {"level": LEVELS[finding.severity]},
        "properties": {"tags": ["terraform", "change-management"]},
    }


def _result(plan: str, finding: Finding, order: Mapping[str, int]) -> Object:
    said = sentence(finding.message)
    if finding.approvers:
        said += f" Approval is asked of: {listing([group_name(g) for g in finding.approvers])}."
    result: Object = {
        "ruleId": plain(finding.rule),
        "ruleIndex": order[finding.rule],
        "level": LEVELS[finding.severity],
        "message": {"text": said},
        "locations": [_location(finding)],
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


def _location(finding: Finding) -> Object:
    address = plain(finding.address)
    logical: Object = {"fullyQualifiedName": address, "kind": "resource"}
    location: Object = {"logicalLocations": [logical]}
    if finding.location:
        location["physicalLocation"] = _physical(finding.location)
    return location


def _physical(location: Location) -> Object:
    uri = quote(plain(location.file).replace("\\", "/"), safe="/._-~")
    place: Object = {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}}
    if location.line > 0:
        place["region"] = {"startLine": location.line}
    return place


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
