"""Every bundled envelope is shown by a plan of real Terraform: what fits and what just misses."""

import json
from functools import cache
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.test_all_rules import rulebook
from tfchange.graph.build import build
from tfchange.plan.decode import decode
from tfchange.risk.assess import assess
from tfchange.risk.assessment import Assessment
from tfchange.rulebook.judge import Judge, subject_of

PLAN = ROOT / "fixtures" / "changes" / "standard" / "plan.json"
FITS = {
    "backups-longer": {"aws_db_instance.longer", "aws_dynamodb_table.recovery"},
    "capacity-nonproduction": {"aws_autoscaling_group.web"},
    "certificate-renewal": {
        "aws_acm_certificate.new",
        "aws_acm_certificate_validation.new",
        "aws_lb_listener.renewed",
        "aws_route53_record.validation",
    },
    "container-image-nonproduction": {
        "aws_ecs_service.image",
        "aws_ecs_task_definition.image",
    },
    "cost-alerts": {"aws_budgets_budget.month"},
    "dns-ttl": {"aws_route53_record.ttl"},
    "feature-flags-nonproduction": {"aws_appconfig_hosted_configuration_version.flags"},
    "function-code-nonproduction": {"aws_lambda_function.code"},
    "guards-on": {"aws_db_instance.guarded", "aws_lb.web"},
    "iam-narrowing": {"aws_iam_policy.narrowed"},
    "parameter-nonproduction": {"aws_ssm_parameter.plain"},
    "tags-only": {"aws_iam_role.worker", "aws_route53_zone.main"},
}
"""What fits each envelope; the rest of the plan does not."""
BY_SCENARIO = {
    "capacity-up",
    "log-retention-longer",
    "new-in-nonproduction",
    "observability",
    "rolling-image-patch",
    "security-group-narrowing",
}
"""Those that a scenario of their own shows (tests/test_scenarios.py)."""


@cache
def document() -> dict[str, Any]:
    """The plan that has all of them."""
    found: dict[str, Any] = json.loads(PLAN.read_text(encoding="utf-8"))
    return found


def only(addresses: set[str]) -> bytes:
    """The plan without what else changes, as a pull request of its own would have it."""
    some = [
        change
        for change in document()["resource_changes"]
        if change["address"] in addresses or change["change"]["actions"] in (["no-op"], ["read"])
    ]
    return json.dumps(document() | {"resource_changes": some}).encode()


def assessed(addresses: set[str], environment: str) -> Assessment:
    """The assessment of these changes alone."""
    plan = decode(only(addresses))
    graph, caveats = build(plan)
    by = Judge(rulebook())
    return assess(plan, graph, by, environment=environment, caveats=caveats)


def home(id_: str) -> str:
    """An environment that the envelope is for."""
    envelope = next(e for e in rulebook().envelopes if e.id == id_)
    return envelope.environments[-1] if envelope.environments else "production"


def test_every_envelope_is_shown() -> None:
    """Here, or by a scenario."""
    assert {envelope.id for envelope in rulebook().envelopes} == BY_SCENARIO | FITS.keys()


@pytest.mark.parametrize("id_", FITS)
def test_what_fits_is_what_is_meant(id_: str) -> None:
    """Of all changes of the plan exactly these fit; the near misses beside them do not."""
    at = [envelope.id for envelope in rulebook().envelopes].index(id_)
    by = Judge(rulebook())
    changes = [change for change in decode(PLAN.read_bytes()).changes if change.acts]
    fits = {change.id for change in changes if by.misfits(subject_of(change, by))[at] is None}
    assert fits == FITS[id_]


@pytest.mark.parametrize("id_", FITS)
def test_alone_it_is_a_standard_change(id_: str) -> None:
    """Score, findings and doubts leave it within its limits, in an environment that it is for."""
    found = assessed(FITS[id_], home(id_))
    assert (found.category, found.envelope) == ("standard", id_), found.counterfactual


@pytest.mark.parametrize("id_", [i for i in FITS if home(i) != "production"])
def test_what_is_for_other_environments_is_none_in_production(id_: str) -> None:
    """Nor where nobody knows the environment."""
    for environment in ("production", "somewhere"):
        assert assessed(FITS[id_], environment).category == "normal"


def test_no_bundled_envelope_has_to_be_earned() -> None:
    """Else every run would ask the register for earlier changes, which costs more than a plan."""
    assert all(envelope.earned is None for envelope in rulebook().envelopes)


@pytest.mark.parametrize("id_", FITS)
def test_one_more_change_takes_it_out(id_: str) -> None:
    """What just misses is not carried along by what fits."""
    misses = {
        change["address"]
        for change in document()["resource_changes"]
        if change["change"]["actions"] not in (["no-op"], ["read"])
    } - set.union(*FITS.values())
    for miss in sorted(misses):
        assert assessed(FITS[id_] | {miss}, home(id_)).category == "normal", miss


def test_every_envelope_says_what_is_still_recorded() -> None:
    """A standard change is logged, not skipped; and each says what others write about its kind."""
    for envelope in rulebook().envelopes:
        assert envelope.record.endswith(".")
        assert envelope.references
