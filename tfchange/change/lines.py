"""What several texts of a change request say alike, line by line."""

from collections.abc import Iterator, Sequence

from tfchange.risk.assessment import Assessment, Change, Reached
from tfchange.words import count, few, plain, plan_name, sentence, service_name

PATHS = 8
"""Of one resource; the attached report has all of them."""
_FATES = {
    "reverted": "This plan reverts it.",
    "kept": "This plan keeps it.",
    "irrelevant": "This plan does not touch it.",
}


def change_id(change: Change) -> str:
    """What findings and backout steps call the change by."""
    return f"{change.address} (deposed {change.deposed})" if change.deposed else change.address


def names(changes: Sequence[Change], most: int = 10) -> str:
    """Their addresses, as a sentence would list them."""
    return few([change_id(c) for c in changes], most)


def unchanged(assessment: Assessment) -> list[Reached]:
    """What is reached though it does not change."""
    return [r for r in assessment.blast_radius.reached if not r.changed]


def service_lines(assessment: Assessment) -> Iterator[str]:
    """The services of the catalogue that change, and those that are only reached."""
    for s in assessment.services or ():
        change = f"{count(s.changed, 'resource')} of it {_does(s.changed, 'change')}"
        depend = f"{count(s.reached, 'other')} {_does(s.reached, 'depend')} on what changes"
        said = [change if s.changed else "", depend if s.reached else ""]
        ci = f" CI: {plain(s.ci)}." if s.ci else ""
        yield f"{service_name(s)}: {', '.join(filter(None, said))}.{ci}"


def _does(number: int, verb: str) -> str:
    return f"{verb}s" if number == 1 else verb


def drift_lines(assessment: Assessment) -> Iterator[str]:
    """What drifted, in what, and what this plan does about it."""
    for item in assessment.drift.items:
        deleted = item.kind == "deleted"
        what = "was deleted outside Terraform" if deleted else "differs"
        paths = f" in {few(item.paths, PATHS)}" if item.paths and not deleted else ""
        fate = _FATES.get(item.status, "")
        if deleted and item.status == "reverted":
            fate = "This plan creates it again."
        yield f"{item.address} {what}{paths}. {fate}"


def caveat_lines(assessment: Assessment) -> Iterator[str]:
    """What could not be known, as finished sentences."""
    for caveat in assessment.caveats:
        apart = caveat.address and caveat.address not in caveat.message
        yield f"{caveat.address}: {caveat.message}" if apart else caveat.message


def lead_text(assessment: Assessment) -> str:
    """How long ahead to file it, from what the policy says; `""` where it says nothing.

    A policy may say `none; file it before the start`.
    """
    time, _, more = assessment.lead_time.partition(";")
    if time.strip().lower() != "none":
        return sentence(f"lead time: {assessment.lead_time}") if assessment.lead_time else ""
    return " ".join(filter(None, ["No lead time is needed.", sentence(more)]))


def plans(assessment: Assessment) -> list[str]:
    """The names of the plans in which something happens; of one plan none, it needs no name."""
    busy = (s for s in assessment.sections if s.changes or s.summary.outputs)
    return [plan_name(s.plan.path) for s in busy]


def resources(number: int, does: str, do: str) -> str:
    """`1 resource depends`, `12 resources depend`."""
    return f"{count(number, 'resource')} {does if number == 1 else do}"
