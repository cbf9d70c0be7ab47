"""What a plan itself admits not to know."""

from collections.abc import Iterator

from tfchange.plan import wire
from tfchange.plan.model import Action, Caveat, Plan, verb_of
from tfchange.plan.sniff import KNOWN_MINOR

_NOT_PASSED = {"fail": "fails", "error": "could not be evaluated"}


def caveats_of(plan: Plan, raw: wire.Plan) -> Iterator[Caveat]:
    """Everything about this plan that a reader must know before trusting a conclusion."""
    yield from _format(plan, raw)
    yield from _coverage(plan)
    yield from _constructs(plan, raw)
    for check in plan.checks:
        if check.status in _NOT_PASSED:
            told = f": {check.problems[0]}" if check.problems else ""
            message = f"Check {check.address} {_NOT_PASSED[check.status]}{told}."
            yield Caveat("checks", message, check.address)


def _format(plan: Plan, raw: wire.Plan) -> Iterator[Caveat]:
    if plan.redacted:
        yield Caveat(
            "redacted",
            "This is a redacted HCP Terraform plan: references are missing, so what depends on "
            "the changes is not known.",
            blocks_standard=True,
        )
    elif raw.format_version is None:
        yield Caveat(
            "unknown-format",
            "The plan has no format_version; it was written or trimmed by another program.",
            blocks_standard=True,
        )
    elif _minor(plan.format_version) > KNOWN_MINOR:
        yield Caveat(
            "version",
            f"Plan format {plan.format_version} is newer than this version of tfchange knows "
            f"(1.{KNOWN_MINOR}); what it adds is ignored.",
        )


def _coverage(plan: Plan) -> Iterator[Caveat]:
    if plan.errored:
        yield Caveat(
            "errored",
            "Planning ended with errors, so the plan does not hold all changes.",
            blocks_standard=True,
        )
    elif not plan.complete:
        yield Caveat(
            "incomplete",
            "Terraform says that the plan is not complete (targets or deferred changes); applying "
            "it leaves changes to be made.",
            blocks_standard=True,
        )
    if plan.configuration is None and not plan.redacted and (plan.changes or plan.drift):
        yield Caveat(
            "no-configuration",
            "The plan holds no configuration, so dependencies are known from the state alone.",
            blocks_standard=True,
        )
    for change in plan.deferred:
        yield Caveat(
            "deferred",
            f"The change of {change.address} is deferred ({change.deferred}).",
            change.address,
            blocks_standard=True,
        )


def _constructs(plan: Plan, raw: wire.Plan) -> Iterator[Caveat]:
    for change, entry in zip(plan.changes, raw.resource_changes or (), strict=True):
        if change.action is Action.NO_OP:
            continue  # as no unknown word is
        words = (entry.change.actions if entry.change else None) or ()
        if not verb_of(words).known:
            yield Caveat(
                "construct",
                f"{change.address} has an action that this version of tfchange does not know; it "
                "counts as an update.",
                change.address,
                blocks_standard=True,
            )
    for action in plan.actions:
        by = f", triggered by {action.triggered_by}" if action.triggered_by else ""
        yield Caveat(
            "construct",
            f"The plan invokes the provider action {action.address}{by}; what it does cannot be "
            "assessed.",
            action.triggered_by,
            blocks_standard=True,
        )


def _minor(version: str) -> int:
    major, _, rest = version.partition(".")
    digits = rest.partition(".")[0]
    return int(digits) if major == "1" and digits.isdecimal() else 0
