"""The texts of a change request, for a change manager and for whoever sees nothing else."""

from collections.abc import Callable, Iterable, Iterator

from tfchange.change.analysis import risk_text
from tfchange.change.blocks import headed, items, paragraph
from tfchange.change.checks import test_text
from tfchange.change.forge import short
from tfchange.change.implement import implementation_text
from tfchange.change.lines import (
    PATHS,
    caveat_lines,
    change_id,
    drift_lines,
    lead_text,
    service_lines,
    unchanged,
)
from tfchange.change.request import Commit, Text, Texts
from tfchange.change.undo import backout_text
from tfchange.risk.assessment import Assessment, Category, Change, Finding, Reached
from tfchange.words import (
    count,
    environment_from,
    few,
    group_name,
    headline,
    listing,
    plan_name,
    sentence,
    summary_text,
    verb,
)


def texts(assessment: Assessment, commit: Commit) -> Texts:
    """All texts of the request, each whole and none of them empty."""
    return Texts(
        description=description(assessment, commit),
        risk=risk_text(assessment),
        implementation=implementation_text(assessment, commit),
        test=test_text(assessment, commit),
        backout=backout_text(assessment, commit),
    )


def description(assessment: Assessment, commit: Commit) -> Text:
    """The verdict and why, what changes, what that reaches, and who must approve."""
    a = assessment
    return (
        *paragraph(_verdict(a)),
        *items(sentence(reason) for reason in a.why),
        *paragraph(f"The plan: {summary_text(a.summary)}.", _source(a, commit)),
        *headed("Plans", items(_plans(a))),
        *_each(a, "What changes", lambda s: items(_changes(s))),
        *_each(a, "What it reaches", _reach),
        *headed("Services", items(service_lines(a))),
        *headed("Drift: what changed outside Terraform", items(drift_lines(a))),
        *headed("Who must approve", items(_approvals(a)), paragraph(lead_text(a))),
        *headed("Who is to be told", items(_informed(a))),
        *headed("What could not be known", items(caveat_lines(a))),
        *_counterfactual(a),
    )


def _verdict(a: Assessment) -> str:
    if a.category is Category.NONE and not a.score:
        return f"{headline(a)}."
    impact = f"Impact is {a.impact.value}, likelihood is {a.likelihood.value}."
    due = " It is reviewed afterwards." if a.category is Category.EMERGENCY else ""
    return f"{headline(a)}. {impact}{due}"


def _source(a: Assessment, commit: Commit) -> str:
    number = f"pull request #{commit.pull_request}" if commit.pull_request is not None else ""
    kind = "tag" if commit.ref.startswith("refs/tags/") else "branch"
    spaces = "workspaces" if len(commit.workspaces) > 1 else "workspace"
    said = [
        commit.repository,
        number,
        f"{kind} {short(commit.ref)}" if commit.ref else "",
        f"commit {commit.sha[:12]}" if commit.sha else "",
        f"{spaces} {listing(commit.workspaces)}",
    ]
    where = f"environment {a.environment}{environment_from(a)}" if a.environment else _NOWHERE
    return f"It comes from {', '.join(filter(None, said))}; {where}."


_NOWHERE = "its environment is not known, so it counts as production"


def _plans(a: Assessment) -> Iterator[str]:
    for s in a.sections:
        yield f"{plan_name(s.plan.path)}: {headline(s).lower()}; {summary_text(s.summary)}."


def _changes(a: Assessment) -> Iterator[str]:
    found: dict[str, list[Finding]] = {}
    for finding in a.findings:
        found.setdefault(finding.address, []).append(finding)
    for change in a.changes:
        yield _change(change, found.pop(change_id(change), []))
    for address, others in found.items():
        yield f"{address}: {' '.join(map(_finding, others))}"


def _change(change: Change, found: Iterable[Finding]) -> str:
    said = [f"{change_id(change)} is {verb(change)}{_because(change)}."]
    if change.previous_address and change.previous_address != change.address:
        said.append(f"It was {change.previous_address} before.")
    if change.create_before_destroy:
        said.append("The new one is created before the old one is destroyed.")
    said += map(_finding, found)
    if change.changed_paths:
        said.append(f"Changes {few(change.changed_paths, PATHS)}.")
    if change.reached:
        depend = "depends" if change.reached == 1 else "depend"
        said.append(f"{count(change.reached, 'resource')} {depend} on it.")
    return " ".join(said)


def _because(change: Change) -> str:
    return f": {'; '.join(r.rstrip('.') for r in change.reasons)}" if change.reasons else ""


def _finding(finding: Finding) -> str:
    rest = finding.message.removeprefix(f"{finding.address} ")
    text = sentence(f"It {rest}" if rest != finding.message else rest)
    if not finding.waived:
        return f"{finding.severity.value.capitalize()}: {text}"
    w = finding.waived
    return f"{text} Waived by {w.owner} until {w.expires}, see {w.ticket}."


def _each(a: Assessment, title: str, tell: Callable[[Assessment], Text]) -> Text:
    """What is to be told of the plan; of several plans, of each under its name."""
    if not a.sections:
        return headed(title, tell(a))
    told = (headed(f"{title}: {plan_name(s.plan.path)}", tell(s)) for s in a.sections)
    return tuple(block for text in told for block in text)


def _reach(a: Assessment) -> Text:
    return (*paragraph(_reach_by_kind(a)), *items(map(_reached, unchanged(a))))


def _reach_by_kind(a: Assessment) -> str:
    number = len(unchanged(a))
    if not number:
        return ""
    noun = "resource that does not change itself depends"
    several = "resources that do not change themselves depend"
    services = [f"{name} {n:,}" for name, n in a.blast_radius.services]
    by = f" All that is reached, by kind: {few(services, 8)}." if services else ""
    return f"{count(number, noun, several)} on what changes.{by}"


def _reached(r: Reached) -> str:
    if len(r.chain) < 2:
        return r.address
    over = f", over {few([hop.address for hop in r.chain[1:-1]], 3)}" if r.distance > 1 else ""
    how = "; inferred from values" if r.inferred else ""
    return f"{r.address} depends on {r.chain[0].address}{over}{how}"


def _approvals(a: Assessment) -> Iterator[str]:
    if a.category is Category.STANDARD:
        yield f"Nobody: it is a standard change ({a.envelope}), which was approved before."
    elif a.category is Category.NONE:
        yield "Nobody: there is nothing to approve."
    for approval in a.approvals:
        yield f"{group_name(approval.group)}: {sentence(approval.reason)}"


def _informed(a: Assessment) -> Iterator[str]:
    for each in a.informed:
        yield f"{group_name(each.group)}: {sentence(each.reason)}"


def _counterfactual(a: Assessment) -> Text:
    found = a.counterfactual
    lead = f"The nearest standard change is {found.envelope}." if found.envelope else ""
    alike: dict[str, list[str]] = {}
    for blocker in found.blockers:
        alike.setdefault(blocker.reason, []).append(blocker.address or "")
    lines = (_blocked(reason, list(filter(None, at))) for reason, at in alike.items())
    close = paragraph(sentence(found.remainder))
    if not found.blockers and not close:
        return ()
    title = "What keeps it from being a standard change"
    return headed(title, paragraph(lead), items(lines), close)


def _blocked(reason: str, addresses: list[str]) -> str:
    if not addresses:
        return sentence(reason)
    subject = few(addresses, 5)
    first = reason.split(" ", 1)[0]
    phrase = first.isalpha() and first.islower()
    if not phrase:
        return f"{subject}: {sentence(reason)}"
    return sentence(f"{'each of ' if len(addresses) > 1 else ''}{subject} {reason}")
